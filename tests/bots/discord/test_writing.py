"""Texts, cards and notices as Discord messages, without a Discord."""

from datetime import UTC, datetime

import pytest

from bots.catalogues import load_catalogues
from bots.discord import writing
from bots.discord.actions import custom_id, form_of
from bots.discord.words import escaped, in_pieces, rendered
from bots.discord.writing import Letter
from core.messages import Button, Media, To
from core.text import Moment, Strong, Text, Title

SAY = load_catalogues().voice("en")
ADA, STAFF, ROOM = To.person("ada"), To.staff(), To.room("discord", "channel:1")
MIB = 1 << 20


def file(name: str, size: int) -> Media:
    return Media("file", f"cas/{name}", name, Text((name,)), "audio/wav", size, "ab" * 32)


# Words


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("*bold* _it_ `code` ||spoiler||", r"\*bold\* \_it\_ \`code\` \|\|spoiler\|\|"),
        ("~~gone~~ but ~6", r"\~~gone\~~ but ~6"),
        ("<@1> <#2> <t:0:R>", r"\<@1> \<#2> \<t:0:R>"),
        ("@everyone, @here, ada@home", r"\@everyone, \@here, ada@home"),
        ("https://evil.example", r"https\://evil.example"),
        ("[a](b) [text]", r"[a\](b) [text]"),
        ("# big\n> said\n- one - two", "\\# big\n\\> said\n\\- one - two"),
        ("  -# small", r"  \-# small"),
        ("-14.0 LUFS, 50 %", r"\-14.0 LUFS, 50 %"),
        (r"C:\music", r"C:\\music"),
    ],
)
def test_what_is_written_is_shown_as_it_was_written(written: str, sent: str) -> None:
    assert escaped(written) == sent


def test_a_line_goes_on_over_the_parts_of_a_text() -> None:
    text = Text(("It is ", Title("- loud"), "\n", Title("- soft")))
    assert rendered(text, ADA, SAY) == "It is - loud\n\\- soft"


def test_a_moment_is_discords_own_and_relative_too() -> None:
    text = Text(("Free until ", Moment(datetime(2026, 3, 7, 10, tzinfo=UTC)), "."))
    assert rendered(text, ADA, SAY) == "Free until <t:1772877600:f> (<t:1772877600:R>)."


def test_strong_words_are_bold_and_hold_no_markup_of_their_own() -> None:
    assert rendered(Text((Strong("no **way**"),)), ADA, SAY) == r"**no \*\*way\*\***"


@pytest.mark.parametrize(
    ("to", "secret", "shown"),
    [(ADA, True, "Noon"), (STAFF, False, "Noon"), (STAFF, True, "a song"), (ROOM, False, "a song")],
)
def test_a_title_stays_where_it_may_be_seen(to: To, secret: bool, shown: str) -> None:
    assert rendered(Text((Title("Noon", secret),)), to, SAY) == shown


def test_long_words_part_at_lines_then_at_spaces_then_anywhere() -> None:
    assert in_pieces("one two\nthree four", 10) == ["one two", "three four"]
    assert in_pieces("one two three", 8) == ["one two", "three"]
    assert in_pieces("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]
    assert in_pieces("", 10) == []


# Letters


def test_a_short_notice_is_one_letter_with_its_files() -> None:
    files = (file("a.wav", 100), file("b.wav", 100))
    assert writing.letters("Your files", files) == [Letter("Your files", files)]


def test_files_are_parted_at_ten_and_at_what_discord_takes_at_once() -> None:
    many = [file(f"{n}.wav", 100) for n in range(12)]
    assert [len(letter.files) for letter in writing.letters("", many)] == [10, 2]
    large = [file(f"{n}.wav", 10 * MIB) for n in range(3)]
    assert [len(letter.files) for letter in writing.letters("x", large)] == [2, 1]


def test_the_buttons_stand_below_the_last_letter() -> None:
    buttons = (Button("Terms", action="terms:none"),)
    letters = writing.ended(writing.letters("x" * 3000, ()), 0, "", buttons)
    assert [letter.buttons for letter in letters] == [(), buttons]


def test_what_is_added_goes_below_the_last_words_if_it_fits_and_was_not_sent() -> None:
    letters = [Letter("Your files")]
    assert [one.words for one in writing.ended(letters, 0, "More", ())] == ["Your files\nMore"]
    assert [one.words for one in writing.ended(letters, 1, "More", ())] == ["Your files", "More"]
    assert [one.words for one in writing.ended([Letter("x" * 1999)], 0, "More", ())] == ["x" * 1999, "More"]


def test_the_nonce_of_a_cause_is_always_the_same_and_fits() -> None:
    assert writing.nonce("n1") == writing.nonce("n1") != writing.nonce("n1", 1)
    assert len(writing.nonce("n1")) == 25


# Cards and buttons


@pytest.mark.parametrize(
    ("share", "shown"), [(0, "░░░░░░░░░░ 0 %"), (0.5, "▓▓▓▓▓░░░░░ 50 %"), (1.2, "▓▓▓▓▓▓▓▓▓▓ 100 %")]
)
def test_a_bar_shows_its_share(share: float, shown: str) -> None:
    assert writing.bar(share) == shown


def test_a_card_with_everything_keeps_within_what_discord_takes() -> None:
    buttons = [Button(f"No. {n}", action=f"show:{n}") for n in range(40)]
    pictures = [(f"{n}.png", "Waveform") for n in range(10)]
    view = writing.layout("word " * 2000, pictures, buttons, 0.5)
    assert view.content_length() <= 4000
    assert sum(1 for _ in view.walk_children()) <= 40


def test_two_buttons_that_do_the_same_are_drawn_once() -> None:
    twice = (Button("Terms", action="terms:none"), Button("The terms", action="terms:none"))
    view = writing.keyboard(twice)
    assert view is not None
    assert len(view.children) == 1


def test_an_action_and_a_form_are_told_apart_by_their_ids() -> None:
    assert custom_id(Button("Pay", action="pay:abc:3")) == "a:pay:abc:3"
    assert custom_id(Button("Reply", form="reply:abc")) == "f:reply:abc"
    assert form_of("f:reply:abc:7") == ("reply", "abc")
    assert form_of("f:human") == ("human", "none")
    assert form_of("a:f:human") is None


def test_a_picture_is_known_by_its_content_and_not_by_its_name() -> None:
    assert writing.attachment_name(file("Midnight Drive.PNG", 1)) == "ab" * 10 + ".png"
