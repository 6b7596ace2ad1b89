"""Script (a): the first order, from the drop to the files."""

from datetime import timedelta

import pytest

from core.jobs import JobKind
from core.orders import OrderState
from tests.databases import EVERY
from tests.desk.studio import START, Studio

pytestmark = EVERY


async def bought(studio: Studio, who: str = "ada") -> None:
    await studio.drops(who, "midnight drive.wav")
    await studio.checks()
    await studio.presses(who, "Pay")
    await studio.settles()


async def previewed(studio: Studio, who: str = "ada") -> None:
    await bought(studio, who)
    await studio.masters()


async def test_a_file_is_a_valid_first_message(studio: Studio) -> None:
    await studio.drops("ada", "midnight drive.wav")
    card = studio.card("ada")
    assert "midnight drive" in card.text
    assert "Checking" in card.text


async def test_the_first_answer_holds_price_time_revision_rule_and_refund_rule(studio: Studio) -> None:
    await studio.drops("ada", "midnight drive.wav")
    await studio.checks()
    text = studio.card("ada").text
    for told in (
        "3:58",
        "44.1 kHz/24 bit",
        "-19.2 LUFS",
        "$6",
        "5 minutes",
        "5 days",
        "24 hours",
        "13 or older",
    ):
        assert told in text
    assert studio.card("ada").media[0].name == "waveform.png"


async def test_the_paying_tap_is_consent_and_charge_in_one(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    order = (await studio.project("ada")).order
    assert order.state is OrderState.PAYING
    assert order.terms_version == studio.rules.terms_version
    assert len(order.terms_sha256 or "") == 64


async def test_tapping_pay_twice_charges_once(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    offer = studio.card("ada")
    await studio.presses("ada", "Pay", on=offer)
    await studio.presses("ada", "Pay", on=offer)
    assert len((await studio.project("ada")).charges) == 1
    answer = studio.last("ada")
    assert answer.text.startswith("That has changed since")
    assert "Payment is on its way" in answer.text  # and shows how it stands


async def test_a_price_that_has_changed_since_it_was_drawn_is_never_charged(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    offer = studio.card("ada")
    await studio.drops("ada", "b.wav")
    await studio.checks()
    await studio.presses("ada", "Pay", on=offer)
    assert (await studio.project("ada")).charges == ()


async def test_a_paid_song_is_mastered_and_the_preview_starts_the_clock(studio: Studio) -> None:
    await bought(studio)
    assert studio.card("ada").text.endswith("Mastering …")
    studio.clock.time += timedelta(minutes=3)
    await studio.masters()
    preview = studio.last("ada")
    assert [media.kind for media in preview.media] == ["audio", "audio", "picture"]
    order = (await studio.project("ada")).order
    assert order.first_sent == START + timedelta(minutes=3)
    assert order.deadline == START + timedelta(minutes=3, days=5)
    assert "Sat 7 Mar 10:03 (in 5 days)" in studio.card("ada").text


async def test_approving_releases_files_with_checksums_and_a_kept_until_date(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    files = studio.last("ada")
    assert [media.name for media in files.media] == ["song.wav", "song.mp3"]
    assert "abababababab" in files.text
    assert "Kept until Sat 4 Apr" in files.text


async def test_a_tap_on_the_approval_of_an_older_version_approves_nothing(studio: Studio) -> None:
    await previewed(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"approve:{order.id}:0")
    assert (await studio.project("ada")).order.state is OrderState.REVIEW


async def test_nobody_else_can_press_an_artists_buttons(studio: Studio) -> None:
    await previewed(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("eve", f"approve:{order.id}:1")
    assert (await studio.project("ada")).order.state is OrderState.REVIEW
    assert studio.last("eve").text == "That button is not for you."


async def test_the_window_ends_and_the_order_completes_by_itself_with_its_files(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=4)
    assert "completes" in studio.last("ada").text
    await studio.passes(days=1, seconds=1)
    order = (await studio.project("ada")).order
    assert order.state is OrderState.COMPLETED
    await studio.delivers()
    assert studio.last("ada").media


async def test_the_reminder_comes_once(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=4, hours=23)
    assert sum("completes" in text for text in studio.told("ada")) == 1


async def test_approving_does_not_shorten_the_window(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=3)
    assert studio.card("ada").has("Ask for changes")  # row 24
    assert (await studio.project("ada")).order.deadline == START + timedelta(days=5)


async def test_an_offer_nobody_pays_ends_after_seven_days(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.passes(days=6, hours=23)
    assert studio.card("ada").has("Pay")
    await studio.passes(hours=2)
    assert "Cancelled" in studio.card("ada").text


async def test_a_declined_payment_keeps_the_order(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    await studio.settles(declined="insufficient")
    assert "not enough money" in studio.last("ada").text
    assert studio.card("ada").has("Pay")


async def test_an_engine_that_fails_sets_the_order_aside_and_offers_the_money_back(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    await studio.commands("olga", "staff here", place="room:desk")
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    assert "reference" in studio.card("ada").text
    assert "engine failed" in studio.card("room:desk", "aside:").text
    await studio.presses("ada", "Give me my money back")
    await studio.does(JobKind.REFUND, {"provider_id": "demo-1", "declined": None})
    assert "$6" in studio.last("ada").text
    assert (await studio.project("ada")).charges[0].state == "refunded"


async def test_staff_let_the_engine_try_again(studio: Studio) -> None:
    await studio.grants("owner", "olga")
    await studio.commands("olga", "staff here", place="room:desk")
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("olga", "Try again", place="room:desk")
    await studio.masters()
    assert studio.last("ada").media


@pytest.mark.parametrize("code", ["not-audio", "too-short", "too-long", "silent", "broken", "drm", "gone"])
async def test_a_file_that_cannot_be_mastered_gets_one_clear_sentence_and_a_way_on(
    studio: Studio, code: str
) -> None:
    await studio.drops("ada", "a.pdf")
    await studio.fails(JobKind.FETCH, code, seconds=0.1, minutes=30)
    card = studio.card("ada")
    assert card.has("Talk to a human")
    assert not card.has("Pay")
    await studio.drops("ada", "b.wav")  # the better file joins the same order
    await studio.checks()
    assert studio.card("ada").has("Pay $6")


async def test_an_empty_file_is_said_to_be_empty_before_anything_is_fetched(studio: Studio) -> None:
    await studio.drops("ada", "a.wav", size=0)
    assert "This file is empty." in studio.card("ada").text
    assert await studio.idle()


@pytest.mark.parametrize("code", ["too-short", "too-long"])
async def test_no_file_is_asked_for_in_another_format_whose_length_is_at_fault(
    studio: Studio, code: str
) -> None:
    await studio.drops("ada", "a.wav")
    await studio.fails(JobKind.FETCH, code, seconds=0.1, minutes=30)
    card = studio.card("ada").text
    assert "Send another file, or talk to a person." in card
    assert "format" not in card


async def test_approved_files_are_on_their_way_until_they_are_here(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    assert "Approved. Your files are on their way." in studio.card("ada").text
    await studio.delivers()
    assert "Approved. Your files are here." in studio.card("ada").text


async def test_a_house_that_charges_before_files_works_first_and_releases_for_money(studio: Studio) -> None:
    studio.charges("before-files")
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview - free")
    await studio.masters()
    assert not studio.card("ada").has("Approve")
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    await studio.delivers()
    assert studio.last("ada").media


async def test_an_unpaid_preview_completes_without_its_files(studio: Studio) -> None:
    studio.charges("before-files")
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview - free")
    await studio.masters()
    await studio.passes(days=6)
    assert "not released" in studio.last("ada").text
    assert not studio.card("ada").has("Send the files again")


async def test_a_new_mix_takes_the_place_of_a_clipped_one_however_late_it_comes(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks(advice=[{"code": "clipped", "details": {"samples": 142, "at": 1.0, "down_db": 3}}])
    assert "142 clipped samples" in studio.card("ada").text
    await studio.presses("ada", "Send a new mix")
    await studio.passes(minutes=30)
    await studio.drops("ada", "a fixed.wav")
    await studio.checks()
    card = studio.card("ada")
    assert "a fixed" in card.text
    assert "clipped" not in card.text
    assert card.has("Pay $6")


async def test_what_is_written_beside_the_drop_is_kept(studio: Studio) -> None:
    await studio.says("ada", "the snare is meant to be that loud", "a.wav")
    await studio.checks()
    assert "the snare is meant to be that loud" in studio.card("ada").text


async def test_what_is_written_beside_several_files_is_all_kept_and_what_is_too_long_is_said(
    studio: Studio,
) -> None:
    await studio.says("ada", "keep it warm", "a.wav")
    await studio.says("ada", "and this one bright", "b.wav")
    assert (await studio.project("ada")).order.note == "keep it warm / and this one bright"
    await studio.says("ada", "loud " * 200, "c.wav")
    assert "I kept its beginning" in studio.last("ada").text
