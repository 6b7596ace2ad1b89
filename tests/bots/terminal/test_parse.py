"""The line language of the terminal door."""

import contextlib
import shlex
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.terminal.parse import (
    Advance,
    Command,
    Drop,
    EnterRoom,
    LeaveRoom,
    Once,
    Press,
    Say,
    SpeakAs,
    SpeakAsStaff,
    Unclear,
    Wait,
    duration,
    parse,
)
from core.people import Role


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("1.5 dB louder, less bass", Say("1.5 dB louder, less bass")),
        ("  hello  ", Say("hello")),
        ("\\# not a comment", Say("# not a comment")),
        ("\\/not a command", Say("/not a command")),
        ("\\\\", Say("\\")),
        ("/help", Command("help")),
        ("/Human  where is my song? ", Command("human", "where is my song?")),
        ("/reference @song.wav", Command("reference", "", ("song.wav",))),
        ('/deliver 1042 2 @"my song.wav"', Command("deliver", "1042 2", ("my song.wav",))),
        ("/master @a.wav @b.wav warm please", Command("master", "warm please", ("a.wav", "b.wav"))),
        ("/human @ella, are you there?", Command("human", "@ella, are you there?")),
        ("/master mail me@home.example", Command("master", "mail me@home.example")),
        ("@song.wav", Drop(("song.wav",))),
        ("@song.wav my new one", Drop(("song.wav",), "my new one")),
        ('@"my song.wav" @b.flac two of them', Drop(("my song.wav", "b.flac"), "two of them")),
        ("@'it is.wav'", Drop(("it is.wav",))),
        ('"@my song.wav" a caption', Drop(("my song.wav",), "a caption")),
        ("@my\\ song.wav", Drop(("my song.wav",))),
        ('@"say \\"hi\\".wav"', Drop(('say "hi".wav',))),
        ("@a.wav \\@band wrote this", Drop(("a.wav",), "@band wrote this")),
        ("@a.wav it's late", Drop(("a.wav",), "it's late")),
        (">2", Press(2)),
        ("> pay", Press("pay")),
        (">1.5 dB", Press("1.5 dB")),
        ("!as anna", SpeakAs("anna")),
        ("!staff bo", SpeakAsStaff("bo", None)),
        ("!staff bo Engineer", SpeakAsStaff("bo", Role.ENGINEER)),
        ("!room studio", EnterRoom("studio")),
        ("!dm", LeaveRoom()),
        ("!once 7 @song.wav", Once("7", Drop(("song.wav",)))),
        ("!once anna-1 hello there", Once("anna-1", Say("hello there"))),
        ("!wait", Wait()),
        ("!advance 5d3h", Advance(timedelta(days=5, hours=3))),
        ("!advance 1w 2m 3s", Advance(timedelta(weeks=1, minutes=2, seconds=3))),
    ],
)
def test_a_line_means_what_the_language_says(line: str, meaning: object) -> None:
    assert parse(line) == meaning


@pytest.mark.parametrize("line", ["", "   ", "# a comment", "  # indented"])
def test_empty_lines_and_comments_mean_nothing(line: str) -> None:
    assert parse(line) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("/", "a name after the slash"),
        ("/ help", "a name after the slash"),
        ("@", "no path"),
        ("@a.wav @ @b.wav", "no path"),
        ('@"never closed', "not closed"),
        (">", "which button"),
        ("!as", "!as NAME"),
        ("!as anna bob", "one word"),
        ("!as ..", "not beginning with"),
        ("!as terminal:anna", "a name is"),
        ("!staff bo king", "no role"),
        ("!once", "!once ID takes"),
        ("!once 7", "!once ID takes"),
        ("!once 7 !wait", "!once ID takes"),
        ("!once 7 !once 8 hello", "!once ID takes"),
        ("!once ../7 hello", "no name"),
        ("!wait 5", "stands alone"),
        ("!advance", "how far"),
        ("!advance soon", "no length of time"),
        ("!advance 5", "no length of time"),
        ("!advance 5d-3h", "no length of time"),
        ("!advance 999999999w", "a hundred years"),
        ("!dance", "there are !as"),
        ("!!!", "there are !as"),
    ],
)
def test_an_unclear_line_is_refused_with_a_reason(line: str, why: str) -> None:
    with pytest.raises(Unclear, match=why):
        parse(line)


@given(st.text(alphabet=st.characters(exclude_characters="\r\n")))
def test_a_leading_backslash_makes_any_line_text(text: str) -> None:
    assert parse("\\" + text) == Say(("\\" + text).strip()[1:])


@given(st.text(min_size=1).filter(lambda path: "\n" not in path and "\r" not in path))
def test_a_path_quoted_for_a_shell_arrives_as_it_is(path: str) -> None:
    assert parse("@" + shlex.quote(path)) == Drop((path,))


@given(st.text())
def test_no_line_does_anything_but_mean_something_or_say_why_not(line: str) -> None:
    with contextlib.suppress(Unclear):
        parse(line)


@given(st.integers(0, 5000), st.integers(0, 23), st.integers(0, 59))
def test_a_length_of_time_is_the_sum_of_its_parts(days: int, hours: int, minutes: int) -> None:
    assert duration(f"{days}d{hours}h{minutes}m") == timedelta(days=days, hours=hours, minutes=minutes)
