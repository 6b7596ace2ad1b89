"""What the stems of a zip are called in the studio, and what a revision makes of its length."""

import pytest

from core.revisions import Item, What
from core.work.revised import lengthened, told_apart
from core.work.unpacking import named_apart


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["Stems/Kick.wav", "Stems/Bass.flac"], ["Kick.wav", "Bass.flac"]),
        (["Drums/01.wav", "Bass/01.wav", "Lead.wav"], ["Drums - 01.wav", "Bass - 01.wav", "Lead.wav"]),
        (["a/x/01.wav", "b/x/01.WAV", "01"], ["x - 01.wav", "x - 01 (2).WAV", "01"]),
        (["Kick.wav", "Kick.wav", "Kick", "Kick"], ["Kick.wav", "Kick (2).wav", "Kick", "Kick (2)"]),
        (["../../etc/passwd.wav", "/shadow.wav"], ["passwd.wav", "shadow.wav"]),
        (["A - 01.wav", "A/01.wav", "B/01.wav"], ["A - 01.wav", "A - 01 (2).wav", "B - 01.wav"]),
        (["", "/", "con.wav"], ["song", "song (2)", "_con.wav"]),
    ],
)
def test_every_file_of_a_zip_has_a_name_of_its_own(paths: list[str], names: list[str]) -> None:
    assert named_apart(paths) == names


def test_a_version_is_longer_by_its_gap_and_shorter_by_its_trims() -> None:
    asked = [
        Item(What.TRIM_START, 1, 3.0),
        Item(What.TRIM_END, -1, 1.0),
        Item(What.GAP, 1, 0.5),
        Item(What.FADE_OUT, 1, 8.0),
    ]
    assert lengthened(asked) == pytest.approx(-1.5)
    assert lengthened([]) == 0.0


def test_places_are_told_apart_only_while_both_versions_begin_alike() -> None:
    at = Item(What.BASS, 1, 2.0, place=(10.0, 20.0))
    fault = Item(What.CLICK, 0, 0.0, place=(5.0, 5.1))
    assert told_apart([at, fault, Item(What.BASS, 1, 2.0)]) == [at]
    assert told_apart([at, Item(What.TRIM_START, 1, 2.0)]) == []
