"""Changes to work by hand: what joins a round, what comes beside it, and what only a person can read."""

from core.orders import OrderState
from core.revisions import BatchState, What
from tests.databases import EVERY
from tests.desk.studio import Studio
from tests.desk.test_money import accounts
from tests.desk.test_work import DESK, card, handed_in, waiting

pytestmark = EVERY


async def heard(studio: Studio) -> None:
    """v1, by an engineer, is with its artist."""
    await waiting(studio)
    await studio.presses("ella", "Take it", place=DESK)
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)


async def sealed(studio: Studio, words: str = "1.5 dB louder") -> None:
    await heard(studio)
    await studio.says("ada", words)
    await studio.presses("ada", "Send 1 change - free")


async def test_what_nobody_has_begun_is_joined_for_nothing(studio: Studio) -> None:
    await sealed(studio)  # row 5
    await studio.says("ada", "and a fade-out")
    text = studio.card("ada", "changes:").text
    assert "it joins your round, which nobody has begun yet (A18)" in text
    await studio.presses("ada", "Send 1 change - free")
    project = await studio.project("ada")
    assert [batch.state for batch in project.batches] == [BatchState.SEALED, BatchState.JOINED]
    assert [item.what for item in project.batches[0].items] == [What.VOLUME, What.FADE_OUT]
    assert "Fade-out" in card(studio).text
    assert project.order.version == 2


async def test_what_comes_while_the_round_is_in_work_is_the_next_one_and_costs_the_floor(
    studio: Studio,
) -> None:
    await sealed(studio)  # row 6
    await studio.presses("ella", "Begin", place=DESK)
    await studio.says("ada", "and a fade-out")
    assert "(A19)" in studio.card("ada", "changes:").text
    await studio.presses("ada", "Accept $10")
    await studio.settles()
    project = await studio.project("ada")
    assert [batch.state for batch in project.batches] == [BatchState.SEALED] * 2
    assert project.order.version == 2
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)
    project = await studio.project("ada")
    assert [batch.state for batch in project.batches] == [BatchState.DELIVERED, BatchState.SEALED]
    assert project.order.state is OrderState.WORKING  # it goes on with what was paid
    assert project.order.version == 3
    assert "Fade-out" in card(studio).text
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)
    assert (await accounts(studio))["income"] == 1000
    assert (await studio.project("ada")).order.state is OrderState.REVIEW


async def test_what_nobody_could_read_goes_to_the_engineer_as_it_was_written(studio: Studio) -> None:
    await heard(studio)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "vocals up, and it should feel like rain on a tin roof")
    text = studio.card("ada", "changes:").text
    assert "Level of: vocals up" in text
    assert "As you wrote it: it should feel like rain on a tin roof" in text
    assert "I did not understand" not in text
    await studio.presses("ada", "Send 2 changes - free")
    assert "rain on a tin roof" in card(studio).text


async def test_after_the_first_round_what_only_a_person_can_read_is_priced_by_a_person(
    studio: Studio,
) -> None:
    await sealed(studio)
    await studio.presses("ella", "Begin", place=DESK)
    await handed_in(studio)
    await studio.presses("ella", "Send to customer", place=DESK)
    await studio.presses("ada", "Ask for changes")
    await studio.says("ada", "more like rain")
    shown = studio.card("ada", "changes:")
    assert "only a person can read that: staff name a price, from $10 a song (A23)" in shown.text
    assert not shown.has("Accept")
    assert shown.has("Ask for a quote")


async def test_what_takes_back_all_of_a_round_does_not_join_it(studio: Studio) -> None:
    await sealed(studio)
    await studio.says("ada", "1.5 dB softer")
    shown = studio.card("ada", "changes:")
    assert "That takes back all of the round that you have sent." in shown.text
    assert not shown.has("Send")
    await studio.says("ada", "and a fade-out")
    await studio.presses("ada", "Send 2 changes - free")
    assert [item.what for item in (await studio.project("ada")).batches[0].items] == [What.FADE_OUT]


async def test_an_empty_list_says_what_a_wish_would_cost_now(studio: Studio) -> None:
    await sealed(studio)
    await studio.says("ada", "and wider")
    await studio.presses("ada", "Start over")
    assert "more can go with it, for nothing" in studio.card("ada", "changes:").text
    await studio.presses("ella", "Begin", place=DESK)
    await studio.says("ada", "and wider")
    await studio.presses("ada", "Start over")
    assert "What you wish now is another one: from $10 a song" in studio.card("ada", "changes:").text


async def test_more_words_than_a_message_shows_are_not_taken_and_not_lost_in_silence(studio: Studio) -> None:
    await heard(studio)
    await studio.says("ada", "louder, and " + "the breath before the second chorus is so lovely " * 60)
    assert "It was not added." in studio.last("ada").text
    assert (await studio.project("ada")).batches == ()
    await studio.says("ada", "louder, and the breath before the second chorus is so lovely")
    assert studio.card("ada", "changes:").has("Send 2 changes - free")


async def test_instruments_and_parts_are_named_in_the_language_of_who_reads(studio: Studio) -> None:
    await heard(studio)
    await studio.commands("ada", "language de")
    await studio.says("ada", "Stimme leiser im letzten Refrain; Snare lauter in der zweiten Strophe")
    text = studio.card("ada", "changes:").text
    assert "Pegel von: Stimme um 1,5 dB runter, Refrain (das letzte Mal)" in text
    assert "Pegel von: Snare um 1,5 dB rauf, Strophe 2" in text
