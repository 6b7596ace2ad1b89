"""Texts, buttons and pictures as Telegram takes them."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bots.catalogues import load_catalogues
from bots.telegram.commands import menus
from bots.telegram.pictures import THUMBNAIL_BYTES, sheet, thumbnail
from bots.telegram.writing import Run, bar, keyboard, led, marked_up, pages, plain, runs, shortened, units
from core.messages import Button, To
from core.text import Moment, Text, Title

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SAY = load_catalogues().voice("en")
BERLIN = ZoneInfo("Europe/Berlin")


def written(text: Text, to: To, *, alone: bool = True) -> str:
    return plain(runs(text, to, SAY, NOW, BERLIN, alone=alone))


def test_a_private_button_in_a_group_is_an_address_that_opens_the_chat_with_us() -> None:
    drop, terms = Button("Drop", "drop:abc", private=True), Button("Terms", "terms:none")
    address = Button("Drop", url="https://t.me/lathe_bot?start=drop-abc")
    assert led((drop, terms), "lathe_bot") == (address, terms)


def test_an_address_leads_to_nothing_that_binds_anybody() -> None:
    with pytest.raises(ValueError, match="leads to no such action"):
        Button("Pay", "pay:abc:3", private=True)


def test_a_moment_is_in_the_readers_zone_and_says_how_far_off_it_is() -> None:
    text = Text(("Free until ", Moment(NOW + timedelta(days=5)), "."))
    assert written(text, To.person("x")) == "Free until Sat 7 Mar 11:00 (in 5 days)."


def test_a_title_is_seen_by_its_artist_and_by_nobody_in_a_room() -> None:
    text = Text((Title("Midnight <Drive>"),))
    assert written(text, To.person("x")) == "Midnight <Drive>"
    assert written(text, To.room("telegram", "-1"), alone=False) == "a song"


def test_words_are_never_markup() -> None:
    assert (
        marked_up((Run("1 < 2 & <b>"), Run("<i>", strong=True))) == "1 &lt; 2 &amp; &lt;b&gt;<b>&lt;i&gt;</b>"
    )


def test_others_are_not_called_by_what_somebody_wrote() -> None:
    assert "@everyone" not in written(Text(("@everyone",)), To.staff(), alone=False)
    assert "@everyone" in written(Text(("@everyone",)), To.person("x"))


@given(st.lists(st.tuples(st.text(max_size=60), st.booleans()), max_size=20), st.integers(10, 80))
def test_pages_fit_and_lose_no_word(parts: list[tuple[str, bool]], most: int) -> None:
    whole = tuple(Run(words, strong) for words, strong in parts)
    cut = pages(whole, most)
    assert all(units(plain(page)) <= most for page in cut)
    assert "".join("".join(plain(page).split()) for page in cut) == "".join(plain(whole).split())


def test_pages_end_between_lines_where_they_can() -> None:
    assert [plain(page) for page in pages((Run("one\ntwo\nthree"),), 9)] == ["one\ntwo", "three"]


def test_a_card_too_long_for_a_message_says_that_it_goes_on() -> None:
    short = shortened((Run("🎛" * 3000),))
    assert units(plain(short)) <= 4096
    assert plain(short).endswith(" …")


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, "░░░░░░░░░░ 0 %"), (0.5, "▓▓▓▓▓░░░░░ 50 %"), (1.2, "▓▓▓▓▓▓▓▓▓▓ 100 %")]
)
def test_progress_is_a_bar(share: float, shown: str) -> None:
    assert bar(share) == shown


def test_buttons_stand_side_by_side_while_they_can_be_read() -> None:
    labels = ["Pay $6", "Terms", "Style: Balanced", "Talk to a human"]
    drawn = keyboard([Button(label, action=f"a:{n}") for n, label in enumerate(labels)])
    assert drawn is not None
    assert [[button.text for button in row] for row in drawn.inline_keyboard] == [labels[:3], labels[3:]]


def test_a_form_is_opened_by_what_the_desk_reads_as_such() -> None:
    drawn = keyboard([Button("Reply", form="reply:thread")])
    assert drawn is not None
    assert drawn.inline_keyboard[0][0].callback_data == "form.reply:thread"


def test_a_button_that_sends_too_much_is_an_error_here() -> None:
    with pytest.raises(ValueError, match="64 bytes"):
        keyboard([Button("Reply", form="reply:" + "x" * 60)])


def test_a_thumbnail_is_one_to_the_platform(tmp_path: Path) -> None:
    source = tmp_path / "wave.png"
    Image.effect_noise((1200, 630), 90).save(source)
    small = thumbnail(source)
    with Image.open(BytesIO(small)) as image:
        assert (image.format, max(image.size)) == ("JPEG", 320)
    assert len(small) < THUMBNAIL_BYTES


def test_pictures_stand_two_in_a_row(tmp_path: Path) -> None:
    sources = []
    for number in range(3):
        source = tmp_path / f"{number}.png"
        Image.new("RGB", (1200, 630)).save(source)
        sources.append(source)
    with Image.open(BytesIO(sheet(sources))) as image:
        assert image.size == (1280, 672)


def test_every_command_can_be_shown_in_a_menu() -> None:
    for _, commands in menus():
        assert len(commands) <= 100
        for command in commands:
            assert command.name.replace("_", "").isalnum()
            assert command.name == command.name.lower()
            assert len(command.name) <= 32
