"""A reference at the whole house: real files, the real engine, and what is left of them afterwards."""

import sqlite3
from pathlib import Path

import pytest

from tests.bots.lathe import Desk
from tests.scenarios import songs


@pytest.fixture
def idol(tmp_path: Path) -> Path:
    songs.write(tmp_path / "Idol.wav", "loud")
    return tmp_path / "Idol.wav"


def kept(desk: Desk) -> list[str]:
    """The keys of all audio of the house."""
    with sqlite3.connect(desk.home / "lathe.sqlite3") as rows:
        return [key for (key,) in rows.execute("SELECT key FROM blob_keys")]


def test_nothing_is_left_of_a_reference_but_its_figures(desk: Desk, song: Path, idol: Path) -> None:
    desk.chat(f'@"{song}"', "!wait")
    before = kept(desk)
    shown = desk.chat(f'@"{idol}" like this song', "!wait")
    assert any("Towards: Idol." in str(message.get("text")) for message in shown)
    assert kept(desk) == before


def test_a_reference_that_tells_nothing_leaves_nothing_either(desk: Desk, song: Path, tmp_path: Path) -> None:
    songs.write(tmp_path / "Mute.wav", "silent")
    songs.write(tmp_path / "Notes.pdf", "text")
    desk.chat(f'@"{song}"', "!wait")
    before = kept(desk)
    for name in ("Mute.wav", "Notes.pdf"):
        shown = desk.chat(f'@"{tmp_path / name}" reference', "!wait")
        assert any("Not taken as a reference" in str(message.get("text")) for message in shown)
        assert any("[Pay" in str(message) or "Pay $6" in str(message) for message in shown)
    assert kept(desk) == before
