"""Script (b), as far as one free round goes: changes are collected, sent once, and measured in the result."""

from core.orders import OrderState
from core.revisions import BatchState
from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed


async def test_changes_are_collected_from_words_and_buttons_and_sent_once(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "1.5 dB louder, less harsh")
    await studio.presses("ada", "More bass")
    card = studio.card("ada", "changes:")
    assert "1. Volume up 1.5 dB" in card.text
    assert "3. Bass up 1.5 dB" in card.text
    await studio.presses("ada", "Send 3 changes - free")
    project = await studio.project("ada")
    assert project.batches[0].state is BatchState.SEALED
    settings = project.versions[-1].settings
    assert settings["target_lufs"] == -12.5
    assert settings["tone_db"] == {"bass": 1.5, "sibilance": -1.5}


async def test_a_sentence_is_a_valid_revision_without_any_button(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "less bass please")
    assert "Bass down 1.5 dB" in studio.card("ada", "changes:").text


async def test_what_was_not_understood_is_shown_and_not_guessed(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "louder, and the vocals should smile")
    text = studio.card("ada", "changes:").text
    assert "I did not understand: the vocals should smile" in text
    assert studio.card("ada", "changes:").has("Send 1 change")


async def test_a_place_is_on_the_list_with_its_times_and_in_the_settings(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "less harsh s at 1:02, 2 dB louder from 1:10 to 1:30")
    text = studio.card("ada", "changes:").text
    assert "1. Sibilance down 1.5 dB, 1:02–1:04" in text
    assert "2. Volume up 2.0 dB, 1:10–1:30" in text
    await studio.presses("ada", "Send 2 changes - free")
    assert (await studio.project("ada")).versions[-1].settings["places"] == [
        {"start": 62.0, "end": 64.0, "what": "sibilance", "gain_db": -1.5},
        {"start": 70.0, "end": 90.0, "what": "volume", "gain_db": 2.0},
    ]


async def test_what_cannot_be_done_at_one_place_is_said_with_its_reason(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "less bass in the chorus; wider at 1:02; more air at 59:00")
    text = studio.card("ada", "changes:").text
    assert "I cannot tell where that is: less bass in the chorus. Say it with times" in text
    assert "the rest only for the whole song: wider at 1:02." in text
    assert "By then the song is over: more air at 59:00." in text
    assert "Send" not in "".join(button.label for button in studio.card("ada", "changes:").buttons)


async def test_a_part_of_the_mix_at_a_place_that_nobody_knows_is_handed_back_with_both_reasons(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.says("ada", "louder; vocals down in the chorus; kick up at 59:00; vocals up at 1:02")
    card = studio.card("ada", "changes:")
    assert (
        "no part can be changed by itself: vocals up at 1:02; vocals down in the chorus; kick up" in card.text
    )
    assert "I cannot tell where that is: vocals down in the chorus. Say it with times" in card.text
    assert "By then the song is over: kick up at 59:00." in card.text
    near = [button.label for button in card.buttons if button.label.startswith("Nearest")]
    assert near == ["Nearest: Presence up 1.5 dB, 1:02–1:04"]


async def test_the_new_version_says_what_was_asked_beside_what_was_measured(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "1.5 dB louder")
    await studio.presses("ada", "Send 1 change")
    await studio.masters(lufs=-12.5, changes=[{"asked": "Volume up 1.5 dB", "measured": "measured +1.5 LU"}])
    preview = studio.last("ada")
    assert "v2" in preview.text
    assert "Volume up 1.5 dB - measured +1.5 LU" in preview.text
    assert (await studio.project("ada")).batches[0].state is BatchState.DELIVERED


async def test_a_list_that_grew_since_its_button_was_drawn_is_shown_again_not_sent(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    old = studio.card("ada", "changes:")
    await studio.says("ada", "less bass")
    await studio.presses("ada", "Send 1 change", on=old)
    assert (await studio.project("ada")).batches[0].state is BatchState.OPEN


async def test_sending_twice_is_one_revision(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    card = studio.card("ada", "changes:")
    await studio.presses("ada", "Send", on=card)
    await studio.presses("ada", "Send", on=card)
    project = await studio.project("ada")
    assert (project.order.version, len(project.batches)) == (2, 1)


async def test_wishes_can_be_taken_back_before_they_are_sent(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder, less bass")
    await studio.presses("ada", "Remove the last one")
    assert "Bass" not in studio.card("ada", "changes:").text
    await studio.presses("ada", "Start over")
    assert not studio.card("ada", "changes:").has("Send")


async def test_the_one_free_round_is_used_up_by_sending_it(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.masters()
    assert "new wishes cost from $10" in studio.card("ada").text
    assert studio.card("ada").has("Approve")
    await studio.says("ada", "less bass")
    assert not studio.card("ada", "changes:").has("Send")


async def test_changes_are_free_to_the_last_moment_of_the_window_and_not_after(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=5)
    assert "free until" in studio.card("ada").text  # row 2
    await studio.passes(minutes=1)
    assert "staff name a price" in studio.card("ada").text  # row 3


async def test_a_new_version_gives_two_more_days_and_never_fewer_than_promised(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=4)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.masters()
    order = (await studio.project("ada")).order
    assert order.deadline is not None
    assert order.first_sent is not None
    assert (order.deadline - order.first_sent).days == 6  # 4 days gone, 2 more: A13


async def test_changes_after_an_approval_bring_the_order_back_for_another_one(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.masters()
    assert (await studio.project("ada")).order.state is OrderState.REVIEW
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert studio.last("ada").media


async def test_the_same_wish_twice_adds_up_and_its_opposite_takes_it_away(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder, less bass")
    await studio.says("ada", "1 dB louder")
    assert "1. Volume up 2.5 dB" in studio.card("ada", "changes:").text
    await studio.presses("ada", "More bass")
    assert "Bass" not in studio.card("ada", "changes:").text
    assert studio.card("ada", "changes:").has("Send 1 change")


async def test_the_reminder_speaks_of_wishes_that_were_not_sent(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    await studio.passes(days=4)
    assert "not sent yet" in studio.last("ada").text


async def test_a_new_version_names_the_later_of_its_two_dates(studio: Studio) -> None:
    await previewed(studio)  # on Monday, at 10:00
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters()
    assert "More of the same is free until Sat 7 Mar 10:00" in studio.last("ada").text
    await studio.passes(days=4)
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send 1 change - free")
    await studio.masters()
    assert "More of the same is free for 2 days from now" in studio.last("ada").text


async def test_what_was_not_understood_is_quoted_in_short_and_can_be_put_away(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "strawberries " * 300)
    card = studio.card("ada", "changes:")
    assert "I did not understand: strawberries" in card.text
    assert len(card.text) < 400
    await studio.presses("ada", "Start over", on=card)
    assert "strawberries" not in studio.card("ada", "changes:").text


async def test_a_list_that_nobody_sent_in_time_says_so_and_offers_nothing_more(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "louder")
    await studio.passes(days=5, seconds=1)
    card = studio.card("ada", "changes:")
    assert "It was not sent, and these changes were not made." in card.text
    assert [button.label for button in card.buttons] == ["Talk to a human"]


async def test_a_list_of_an_order_whose_money_went_back_says_so_and_offers_nothing_more(
    studio: Studio,
) -> None:
    await previewed(studio)
    await studio.commands("ada", "refund it hums")
    await studio.says("ada", "louder")
    await studio.passes(hours=24)
    card = studio.card("ada", "changes:")
    assert "Order 1000 is cancelled: these changes were not made." in card.text
    assert not card.has("Send")


async def test_what_is_nearest_is_taken_once_and_never_something_else(studio: Studio) -> None:
    await previewed(studio)
    await studio.says("ada", "vocals up, kick down")
    offered = studio.card("ada", "changes:")
    near = [button for button in offered.buttons if button.label.startswith("Nearest")]
    assert len(near) > 1
    for _ in range(2):
        await studio.presses_raw("ada", near[0].action or "")
    assert len((await studio.project("ada")).batches[0].items) == 1
