"""What holds of every phrase, whatever is typed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from core.asks import SECONDS, STEPS
from core.revisions import Item, What
from core.words import MOST_DB, MOST_SECONDS, Read, read
from core.words.wish import NAMED_APART

_LIST = """
    louder less more too bass air bright dB -2 +1.5 3 s zu mehr fade-out trim the end a bit not , and .
    : — LUFS % undo half back vocals snare left reverb in the chorus at 1:02 to 1:30 from without keep
    muddy verse 2 second first love tempo mp3 title reference Spotify click noise und nicht so weniger
    Höhen wie vorher enough 60 Hz because it needs ( ) ? !
"""
_WISHES = st.lists(st.sampled_from(_LIST.split()), max_size=14).map(" ".join)


def in_bounds(item: Item) -> bool:
    if item.what in STEPS:
        return 0 < item.amount <= 1
    return 0 < item.amount <= (MOST_SECONDS if item.what in SECONDS else MOST_DB)


def accounted_for(said: Read) -> str:
    """All that is said of a phrase, in its own words."""
    texts = [item.text for item in said.items] + [asked.text for asked in said.impossible]
    return " ".join((*texts, *said.bounds, *said.not_understood, *said.passed_over))


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read_without_a_fall(words: str) -> None:
    read(words, [("s", words[:10]), ("t", "Intro")])
    read(words, stems=True)


@given(_WISHES)
def test_every_change_stays_within_what_may_be_asked(words: str) -> None:
    for item in read(words, stems=True).items:
        assert item.text
        if item.target is not None:
            assert (item.what, item.direction) == (What.VOLUME, 0)
            assert -36 <= item.target <= -5
        elif item.what is What.UNDO or item.what in NAMED_APART:
            assert item.direction == 0
        elif item.what is not What.PAN:
            assert item.direction in (-1, 1)
            assert in_bounds(item)


_JOINING = frozenset({"and", "und", "also"})


@given(_WISHES)
def test_every_word_is_somewhere_in_what_was_heard(words: str) -> None:
    there = re.findall(r"\w+", accounted_for(read(words)))
    for word in re.findall(r"\w+", words):
        assert word in there or word in _JOINING


@given(_WISHES)
def test_what_is_beyond_a_stereo_master_is_an_item_where_each_stem_is_by_itself(words: str) -> None:
    stereo, mix = read(words), read(words, stems=True)
    stems = [item for item in mix.items if item.what in (What.LEVEL, What.PAN, What.REVERB)]
    assert not any(item.what in (What.LEVEL, What.PAN, What.REVERB) for item in stereo.items)
    assert {asked.what for asked in mix.impossible} <= {"tempo", "key"}
    assert {item.what.value for item in stems} == {asked.what for asked in stereo.impossible} - {
        "tempo",
        "key",
    }
