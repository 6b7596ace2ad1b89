"""What may stand in a scenario, and where the mistake is when it may not."""

from pathlib import Path

import pytest

from bots.terminal.parse import Press
from tests.scenarios.script import (
    DOORS,
    Deed,
    Expect,
    Fill,
    Pattern,
    Sight,
    Unreadable,
    filled,
    read,
    scenarios,
)

HEAD = "people: Anna, Ben (de owner)\nrooms: studio\nfiles: Song.wav (3 s)\n"


def script(folder: Path, body: str) -> Path:
    file = folder / "one.chat"
    file.write_text(HEAD + body, "utf-8")
    return file


@pytest.mark.parametrize(
    ("body", "line", "told"),
    [
        ("Carl: hello", 4, "Carl is not among the people"),
        ("Anna in cellar: hello", 4, "cellar is not among the rooms"),
        ('Anna: @"Other.wav"', 4, "Other.wav is not among the files"),
        ("Anna: hello\n    sees: hello", 5, "what is seen begins with"),
        ("Anna: hello\n    Carl told: hello", 5, "Carl is neither among the people nor among the rooms"),
        ("Anna: hello\n    told:", 5, "nothing is said"),
        ("    told: hello", 4, "nothing can be seen before"),
        ("Anna hello", 4, "a line is NAME:"),
        ("Anna: >", 4, "which button?"),
        ("Anna: hello {again}", 4, "a form is opened by a button or a command"),
        ("on the moon", 4, "there is no door"),
        ("advance soon", 4, "no length of time"),
        ("Anna: hello\npeople: Carl", 5, "above the first deed"),
        ("people: 7up", 4, "is no name"),
        ("people: Carl (admiral)", 4, "neither a language nor a role"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_line(tmp_path: Path, body: str, line: int, told: str) -> None:
    with pytest.raises(Unreadable) as raised:
        read(script(tmp_path, body))
    assert str(raised.value).startswith(f"one.chat:{line}: ")
    assert told in str(raised.value)


def test_a_line_is_for_the_doors_that_were_named_before_it(tmp_path: Path) -> None:
    scenario = read(script(tmp_path, "Anna: a\non discord\nAnna: b\non every door\nAnna: c\n"))
    lines = {door: [step.line for step in scenario.at(door)] for door in DOORS}
    assert lines == {"terminal": [4, 8], "telegram": [4, 8], "discord": [4, 6, 8]}


def test_a_form_is_opened_and_filled_in_one_line(tmp_path: Path) -> None:
    scenario = read(script(tmp_path, "Anna: >Title and artist {Neon | -}"))
    (step,) = scenario.at("terminal")
    assert isinstance(step, Deed)
    assert step.doing == Fill(Press("Title and artist"), ("Neon", None))


def test_what_is_seen_goes_on_in_the_next_line(tmp_path: Path) -> None:
    body = "Anna: hi\n    studio new card: Hello\n        world [Pay $6] [-Cancel] {*.wav, b.mp3}"
    *_, seen = read(script(tmp_path, body)).at("terminal")
    assert isinstance(seen, Expect)
    assert (seen.viewer, seen.sight) == ("studio", Sight.NEW_CARD)
    assert seen.pattern == Pattern("Hello … world", ("Pay $6",), ("Cancel",), ("*.wav", "b.mp3"))


@pytest.mark.parametrize(
    ("words", "text", "reads"),
    [
        ("one … three", "one, two\nand three", True),
        ("three … one", "one, two and three", False),
        ("one two", "one  \n two", True),
        ("Order <n> … <n> again", "Order 7 is here, 7 again", True),
        ("Order <n> … <n> again", "Order 7 is here, 8 again", False),
        ("a.c", "abc", False),
    ],
)
def test_words_stand_in_their_order_with_anything_in_the_gaps(words: str, text: str, *, reads: bool) -> None:
    assert (Pattern(words).reads(text, {}) is not None) is reads


def test_a_word_that_was_found_is_known_from_then_on() -> None:
    known = Pattern("say /link <code> there").reads("Now say /link K7QF-2M9X there.", {"Anna": "x"})
    assert known == {"Anna": "x", "code": "K7QF-2M9X"}
    assert filled("/link <code> <other>", known) == "/link K7QF-2M9X <other>"


@pytest.mark.parametrize(
    ("wanted", "missing", "there"),
    [
        (("Pay $6", "Terms"), (), True),
        (("Terms", "Pay $6"), (), False),
        (("pay",), (), True),
        ((), ("Cancel",), True),
        ((), ("Pay",), False),
    ],
)
def test_buttons_stand_in_their_order_or_do_not_stand_there(
    wanted: tuple[str, ...], missing: tuple[str, ...], *, there: bool
) -> None:
    assert Pattern("", wanted, missing).has_buttons(("Pay $6 (demo)", "Style", "Terms"), {}) is there


def test_the_files_that_came_are_exactly_those() -> None:
    assert Pattern("", files=("*.wav", "b.mp3")).has_files(("a.wav", "b.mp3"))
    assert not Pattern("", files=("*.wav",)).has_files(("a.wav", "b.mp3"))
    assert not Pattern("", files=()).has_files(("a.wav",))
    assert Pattern("anything").has_files(("a.wav",))


def test_nobody_plays_in_two_scenarios_so_that_they_can_share_a_house() -> None:
    casts = [name for one in scenarios() for name in (*(actor.name for actor in one.people), *one.rooms)]
    assert sorted(casts) == sorted(set(casts))
