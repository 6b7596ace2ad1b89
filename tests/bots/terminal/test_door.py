"""The terminal door over real blobs."""

import hashlib
import io
import json
import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.terminal.door import Missing, TerminalDoor, file_ref, safe
from bots.terminal.screen import JsonLines
from bots.web.links import Links
from core.links import Link
from core.messages import Button, Card, FileRef, Media, Notice, To
from core.ports import Blobs, Outgoing, Reach, Refused
from core.text import Moment, Text, Title
from core.wording import Catalogues
from storage.blob_keys import BlobKeys
from storage.database import open_database
from tests.blobs import blobs_in

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANNA = Reach("terminal", "anna", "anna", private=True, locale="en", zone=None)
PUBLIC = "https://studio.example"
LINK = Link("order-1", "ab" * 32, 0, NOON)
DESK = Reach("terminal", "room:desk", None, private=False, locale="en", zone=None)


class Noon:
    def now(self) -> datetime:
        return NOON


@pytest.fixture
def out() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def blobs(url: str, tmp_path: Path) -> AsyncIterator[Blobs]:
    async with open_database(url) as database:
        yield blobs_in(tmp_path, BlobKeys(database))


@pytest.fixture
def door(tmp_path: Path, out: io.StringIO, blobs: Blobs) -> Iterator[TerminalDoor]:
    door = opened(tmp_path, out, blobs, PUBLIC)
    yield door
    door.close()


def opened(folder: Path, out: io.StringIO, blobs: Blobs, public: str | None) -> TerminalDoor:
    zone, links = ZoneInfo("Europe/Berlin"), Links(b"k" * 32, public)
    return TerminalDoor(folder / "terminal", JsonLines(out), blobs, Catalogues({}, {}), Noon(), zone, links)


def shown(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def handed(out: io.StringIO) -> list[Path]:
    return [
        Path(file["path"])
        for message in map(json.loads, out.getvalue().splitlines())
        for file in message["files"]
    ]


def rewritten(path: Path, content: bytes | None) -> bytes:
    """What a file held, before it was written anew."""
    held = path.read_bytes()
    if content is not None:
        path.write_bytes(content)
    return held


def notice(words: Text, to: To | None = None, *media: Media) -> Notice:
    return Notice("n1", to or To.person("a"), words, media=media)


async def test_a_notice_that_is_sent_again_is_not_shown_again(door: TerminalDoor, out: io.StringIO) -> None:
    sent = Outgoing(1, ANNA, notice=notice(Text(("Paid.",))))
    assert await door.send_notice(sent) == await door.send_notice(sent)
    assert [message["text"] for message in shown(out)] == ["Paid."]


async def test_a_card_that_changes_is_shown_as_an_edit(door: TerminalDoor, out: io.StringIO) -> None:
    for words in ("Checking …", "Ready."):
        card = Card("order:1", To.person("a"), Text((words,)), (Button("Pay", action=f"pay:{words[0]}"),))
        await door.send_card(Outgoing(1, ANNA, card=card))
    assert [message["edit"] for message in shown(out)] == [False, True]
    button = door.button("anna", "pay")
    assert button is not None
    assert button.action == "pay:R"


async def test_a_moment_is_shown_in_the_readers_zone_or_else_the_houses(
    door: TerminalDoor, out: io.StringIO
) -> None:
    words = Text(("until ", Moment(datetime(2026, 3, 7, 12, tzinfo=UTC))))
    await door.send_notice(Outgoing(1, ANNA, notice=notice(words)))
    tokyo = Reach("terminal", "bo", "bo", private=True, locale="en", zone="Asia/Tokyo")
    await door.send_notice(Outgoing(2, tokyo, notice=notice(words)))
    berlin, far = (str(message["text"]) for message in shown(out))
    assert berlin == "until Sat 7 Mar 13:00 (in 5 days)"
    assert far == "until Sat 7 Mar 21:00 (in 5 days)"


@pytest.mark.parametrize(
    ("reach", "to", "secret", "seen"),
    [
        (ANNA, To.person("a"), True, True),
        (DESK, To.staff(), False, True),
        (DESK, To.staff(), True, False),
        (DESK, To.room("terminal", "room:desk"), False, False),
    ],
)
async def test_a_title_is_seen_in_private_and_by_staff_unless_it_is_secret(
    reach: Reach, to: To, secret: bool, seen: bool, door: TerminalDoor, out: io.StringIO
) -> None:
    words = Text((Title("Midnight Drive", secret=secret), " is ready."))
    await door.send_notice(Outgoing(1, reach, notice=notice(words, to)))
    assert ("Midnight" in str(shown(out)[0]["text"])) is seen


async def test_a_file_is_handed_over_under_the_name_its_reader_knows(
    door: TerminalDoor, out: io.StringIO, blobs: Blobs, tmp_path: Path
) -> None:
    source = tmp_path / "x"
    source.write_bytes(b"music")
    blob = await blobs.put(source, scope="a")
    media = Media("file", blob.key, "AC/DC: live.wav", Text(("Live",)), "audio/wav", blob.size, blob.sha256)
    await door.send_notice(Outgoing(1, ANNA, notice=notice(Text(("Here.",)), None, media)))
    (path,) = handed(out)
    assert path.name == "AC-DC- live.wav"
    assert path.is_relative_to(tmp_path / "terminal")
    assert rewritten(path, b"changed by its reader") == b"music"
    async with blobs.open(blob.key) as kept:
        assert rewritten(kept, None) == b"music"


async def test_a_file_is_shown_with_its_private_link(
    door: TerminalDoor, out: io.StringIO, blobs: Blobs, tmp_path: Path
) -> None:
    source = tmp_path / "x"
    source.write_bytes(b"music")
    blob = await blobs.put(source, scope="a")
    media = Media("file", blob.key, "a.wav", Text(("a",)), "audio/wav", blob.size, blob.sha256, LINK)
    await door.send_notice(Outgoing(1, ANNA, notice=notice(Text(("Here.",)), None, media)))
    (file,) = json.loads(out.getvalue())["files"]
    assert file["url"].startswith(f"{PUBLIC}/f/")


@pytest.mark.parametrize(
    ("reach", "public", "drawn"), [(ANNA, PUBLIC, True), (ANNA, None, False), (DESK, PUBLIC, False)]
)
async def test_a_private_link_is_a_button_where_its_reader_is_alone_and_there_is_an_address(
    reach: Reach, public: str | None, drawn: bool, out: io.StringIO, blobs: Blobs, tmp_path: Path
) -> None:
    door = opened(tmp_path, out, blobs, public)
    row = (Button("Open privately", link=LINK), Button("Talk to a human", form="human:none"))
    await door.send_notice(Outgoing(1, reach, notice=Notice("n1", To.person("a"), Text(("Hm.",)), row)))
    door.close()
    labels = [button["label"] for button in json.loads(out.getvalue())["buttons"]]
    assert labels == (["Open privately", "Talk to a human"] if drawn else ["Talk to a human"])


async def test_a_file_that_is_sent_arrives_whatever_its_name_and_size(
    door: TerminalDoor, tmp_path: Path
) -> None:
    content = os.urandom(2_500_000)
    path = tmp_path / os.fsdecode(b"caf\xe9 #1 %20?.wav")
    path.write_bytes(content)
    ref = file_ref(str(path))
    assert (ref.size, ref.media_type, ref.name) == (2_500_000, "audio/x-wav", "caf\ufffd #1 %20?.wav")
    json.dumps(ref.ref).encode()
    digest = hashlib.sha256()
    async for chunk in door.fetch(ref):
        digest.update(chunk)
    assert digest.digest() == hashlib.sha256(content).digest()


async def test_a_file_that_is_gone_when_it_is_fetched_is_refused(door: TerminalDoor, tmp_path: Path) -> None:
    gone = FileRef("terminal", (tmp_path / "gone.wav").as_uri(), "gone.wav")
    with pytest.raises(Refused, match="No such file"):
        await anext(door.fetch(gone))


def test_what_is_no_file_is_said_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, why in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "is no file"),
        (tmp_path / "no", "No such"),
    ):
        with pytest.raises(Missing, match=why):
            file_ref(str(path))
    with pytest.raises(Missing):
        file_ref("nul\0.wav")
    with pytest.raises(Missing, match="too long"):
        file_ref("x" * 5000)


@given(st.text())
def test_a_safe_name_stays_in_its_folder(name: str) -> None:
    made = safe(name)
    assert made
    assert Path("folder", made).parent == Path("folder")
    assert not made.startswith(".")
    assert len(made.encode("utf-8", "replace")) <= 200
