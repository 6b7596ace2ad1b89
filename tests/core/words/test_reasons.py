"""Why a wish was handed back can be said."""

import pytest

from core.words import Unread, why


@pytest.mark.parametrize(
    ("clause", "reason"),
    [
        ("louder in the chorus", Unread.PART),
        ("weniger Bass im Refrain", Unread.PART),
        ("louder at 1:30-1:10", Unread.PART),
        ("less bass from 1:30", Unread.PART),
        ("wider at 1:20", Unread.PLACE),
        ("fade out at 3:02", Unread.PLACE),
        ("undo the bass", Unread.UNDO),
        ("mach das rückgängig", Unread.UNDO),
        ("vocals up at 1:20", Unread.BEYOND),
        ("vocals down in the chorus", Unread.PART),
        ("paint it green", Unread.WORDS),
        ("", Unread.WORDS),
    ],
)
def test_why_it_was_handed_back_can_be_said(clause: str, reason: Unread) -> None:
    assert why(clause) is reason


def test_a_place_that_could_be_read_was_handed_back_because_the_song_is_over_by_then() -> None:
    assert why("less bass at 9:10") is Unread.BEYOND
