"""Stems: what their song is called, and what does not fit together."""

import pytest

from core.messages import FileRef
from core.songs import Song, SongState
from core.stems import differences, is_zip, title_of_stems
from tests.core.samples import a_song


def stem(place: int, rate: int = 48000, duration: float = 180.0) -> Song:
    return a_song(place, analysis={"rate": rate, "duration": duration})


def titled(*titles: str) -> list[Song]:
    return [a_song(place, title=title) for place, title in enumerate(titles, 1)]


def a_zip(name: str) -> Song:
    return a_song(9, SongState.DROPPED, file=FileRef("terminal", "ref", name))


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (("Midnight Drive Kick", "Midnight Drive Snare", "Midnight Drive Voice"), "Midnight Drive"),
        (("Midnight Drive - Kick", "Midnight Drive - Kit"), "Midnight Drive"),
        (("Drive (Stems) Kick", "Drive (Stems) Voice"), "Drive"),
        (("Kick", "Kit"), ""),  # half a word is none
        (("Kick", "Voice"), ""),
        (("Mix Kick", "Mix Voice"), ""),
    ],
)
def test_the_song_is_called_what_its_stems_begin_with(titles: tuple[str, ...], title: str) -> None:
    assert title_of_stems(titled(*titles)) == title


def test_else_it_is_called_like_the_zip_they_came_in() -> None:
    assert title_of_stems([*titled("Kick", "Voice"), a_zip("Harbour Lights STEMS.zip")]) == "Harbour Lights"


def test_stems_that_fit_together_have_nothing_said_of_them() -> None:
    assert differences([stem(1), stem(2, duration=180.4)]) == []


def test_other_rates_and_lengths_are_told() -> None:
    told = differences([stem(1), stem(2, rate=44100), stem(3, duration=181.0)])
    assert told == [
        {"code": "stem-rates", "details": {"lowest": 44100, "highest": 48000}},
        {"code": "stem-lengths", "details": {"shortest": 180.0, "longest": 181.0}},
    ]


@pytest.mark.parametrize(
    ("name", "media_type", "known"),
    [
        ("stems.ZIP", None, True),
        ("stems", "application/zip", True),
        ("stems.wav", "audio/wav", False),
    ],
)
def test_a_zip_is_known_by_its_name_or_its_type(name: str, media_type: str | None, known: bool) -> None:
    assert is_zip(FileRef("terminal", "ref", name, 10, media_type)) is known
