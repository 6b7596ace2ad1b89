"""Words beside a file that say no more than that it is a reference."""

import pytest

from core.words import names_a_reference


@pytest.mark.parametrize(
    "phrase",
    [
        "reference",
        "my reference",
        "as a reference",
        "references",
        "like this song",
        "like this",
        "make it sound like the reference",
        "It should sound like this!",
        "please make it sound more like this one.",
        "Referenz",
        "als Referenz",
        "es soll wie die Referenz klingen",
        "soll so klingen wie dieses Lied",
    ],
)
def test_a_reference_is_named_by_words_that_say_nothing_else(phrase: str) -> None:
    assert names_a_reference(phrase)


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "this",
        "reference mix v3",
        "louder, like this",
        "less bass than the reference",
        "I like this song",
        "make it louder",
        "this one please",
        "das Lied",
    ],
)
def test_words_that_say_more_are_no_name_of_a_reference(phrase: str) -> None:
    assert not names_a_reference(phrase)
