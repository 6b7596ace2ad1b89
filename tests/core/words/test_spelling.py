"""Mistyped words are repaired where one word alone can be meant; real words are left alone."""

import pytest

from core.words.spelling import known_as
from tests.core.words.notation import short


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bas", "bass"),
        ("vocls", "vocals"),
        ("harhs", "harsh"),
        ("brigther", "brighter"),
        ("sibilence", "sibilance"),
        ("distorsion", "distortion"),
        ("noize", "noise"),
        ("wenigr", "weniger"),
        ("sooo", "so"),
        ("esssss", "ess"),
        ("gitarren", "gitarren"),
        ("warmes", "warm"),
    ],
)
def test_a_slip_of_the_fingers_is_repaired(typed: str, meant: str) -> None:
    assert known_as(typed) == meant


@pytest.mark.parametrize(
    "word", ["brand", "boss", "mild", "wade", "bread", "snake", "purple", "artwork", "xq", "hm2"]
)
def test_a_real_word_is_not_a_mistyped_one(word: str) -> None:
    assert known_as(word) is None


@pytest.mark.parametrize(
    ("phrase", "wanted"),
    [
        ("fade ot is too short", ["fade-out+"]),
        ("its to harhs in the chorsu", ["sibilance- @chorus"]),
        ("lauter bite", ["volume+"]),
        ("vocls a bit louder", ["!level:vocals (presence+)"]),
        ("guitars are to quite", ["!level:guitar (presence+)"]),
        ("weniger Hohen", ["air-"]),
        ("mehr hoehen", ["air+"]),
        ("more brand", ["?more brand"]),
    ],
)
def test_sentences_are_read_in_spite_of_it(phrase: str, wanted: list[str]) -> None:
    assert short(phrase) == wanted
