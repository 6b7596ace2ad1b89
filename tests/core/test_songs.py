"""Titles and file names, from whatever a stranger's file is called."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.songs import file_name, title_of, track_number

HOSTILE = st.text(alphabet=st.characters() | st.sampled_from('/\\<>:"|?*. \x00\n\u202e\ud800'), max_size=300)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("midnight drive.m4a", "midnight drive"),
        ("Midnight_Drive.wav", "Midnight Drive"),
        ("01 - Intro.wav", "Intro"),
        ("1. Intro.flac", "Intro"),
        ("02_Midnight Drive.aiff", "Midnight Drive"),
        ("track.final.v2.wav", "track.final.v2"),
        ("mix v1.5.wav", "mix v1.5"),
        ("mix v1.5", "mix v1.5"),
        ("1999.wav", "1999"),
        ("01.wav", "01"),
        ("C:\\Users\\ada\\song.wav", "song"),
        ("/home/ada/song.wav", "song"),
        ("../../etc/passwd", "passwd"),
        ("  much   room  .mp3", "much room"),
        ("Ünïcödé – ночь 夜.ogg", "Ünïcödé – ночь 夜"),
        ("gnp.\u202ewav.exe", "gnp.wav"),
        ("\x00\x1b[31mred.wav", "[31mred"),
        (".wav", "Song"),
        ("", "Song"),
    ],
)
def test_a_title_is_the_name_without_folder_ending_and_number(name: str, title: str) -> None:
    assert title_of(name) == title


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("01 - Intro.wav", 1),
        ("12_Outro.wav", 12),
        ("3. Dawn.wav", 3),
        ("album/07 Night.wav", 7),
        ("1999.wav", None),
        ("01.wav", 1),
        ("Intro.wav", None),
        ("4x4.wav", None),
    ],
)
def test_a_track_number_is_one_that_the_name_begins_with(name: str, number: int | None) -> None:
    assert track_number(name) == number


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Midnight Drive", "Midnight Drive"),
        ("AC/DC: Back? <live>", "AC DC Back live"),
        ("../../etc/passwd", "etc passwd"),
        ("...", "song"),
        ("", "song"),
        ("name. ", "name"),
        ("\x00\u202e", "song"),
        ("CON", "_CON"),
        ("nul.mix", "_nul.mix"),
        ("Console", "Console"),
        ("ночь 夜", "ночь 夜"),
    ],
)
def test_a_file_name_holds_nothing_that_a_file_system_refuses(name: str, safe: str) -> None:
    assert file_name(name) == safe


def test_a_long_name_is_cut_to_fit_in_characters_and_in_bytes() -> None:
    assert len(file_name("a" * 500)) == 120
    assert len(file_name("夜" * 500).encode()) <= 200
    assert file_name("夜" * 500).strip("夜") == ""  # never half a character


def test_a_long_name_is_cut_before_its_ending() -> None:
    assert file_name("a" * 500 + ".wav") == "a" * 116 + ".wav"
    assert file_name("夜" * 500 + ".flac") == "夜" * 65 + ".flac"
    assert file_name("a" * 500 + ".no ending") == "a" * 120


def test_what_a_file_is_survives_a_long_title() -> None:
    assert file_name("a" * 500, " v2 - preview.mp3") == "a" * 103 + " v2 - preview.mp3"
    assert file_name("夜" * 500, " v2.png") == "夜" * 64 + " v2.png"
    assert file_name("Mr. Who", " v1.png") == "Mr. Who v1.png"
    assert file_name("???", " v1.png") == "song v1.png"


@given(HOSTILE)
def test_whatever_a_file_is_called_it_has_a_short_title_that_can_be_written_down(name: str) -> None:
    title = title_of(name)
    assert 0 < len(title) <= 120
    assert title.encode()
    assert not [sign for sign in title if unicodedata.category(sign) == "Cc"]


@given(HOSTILE)
def test_whatever_a_song_is_called_its_file_stays_in_its_folder(name: str) -> None:
    safe = file_name(name)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('/\\<>:"|?*\x00\n')
    assert len(safe.encode()) <= 201
    assert safe == safe.strip(" .")


@given(HOSTILE)
def test_a_safe_name_is_safe_as_it_is(name: str) -> None:
    assert file_name(file_name(name)) == file_name(name)
