"""How was it? One tap, and the staff hear of a poor one (B18)."""

import pytest

from tests.desk.studio import Studio
from tests.desk.test_first_order import previewed
from tests.desk.test_tickets import DESK, at_the_desk


async def delivered(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert studio.last("ada").text.endswith("How was it?")


async def rating(studio: Studio) -> int | None:
    return (await studio.project("ada")).order.rating


@pytest.mark.parametrize("stars", ["3", "4", "5"])
async def test_one_tap_rates_an_order_and_the_staff_are_not_bothered(studio: Studio, stars: str) -> None:
    await delivered(studio)
    await studio.presses("ada", stars)
    assert studio.last("ada").text == f"Thank you: {stars} of 5. Another tap changes it."
    assert await rating(studio) == int(stars)
    assert not [key for _, key in studio.cards if key.startswith("rating:")]


@pytest.mark.parametrize("stars", ["1", "2"])
async def test_of_a_poor_rating_the_staff_hear_at_once(studio: Studio, stars: str) -> None:
    await delivered(studio)
    await studio.presses("ada", stars)
    assert studio.card(DESK, "rating:").text == f"Order 1000 was rated {stars}."
    await studio.presses("ada", "Add a comment")
    await studio.says("ada", "too quiet")
    assert studio.card(DESK, "rating:").text == f"Order 1000 was rated {stars}.\ntoo quiet"


async def test_another_tap_changes_it_and_the_card_of_the_staff_with_it(studio: Studio) -> None:
    await delivered(studio)
    await studio.presses("ada", "1")
    await studio.presses("ada", "5")
    assert await rating(studio) == 5
    card = studio.card(DESK, "rating:")
    assert card.text == "Order 1000 was rated 5."
    assert not card.has("Talk to them")


async def test_the_staff_can_speak_to_them_and_what_they_say_is_a_ticket(studio: Studio) -> None:
    await delivered(studio)
    await studio.presses("ada", "2")
    await studio.presses("sam", "Talk to them", place=DESK)
    await studio.says("sam", "what was wrong?", place=DESK)
    assert studio.last("ada").text == "sam from the studio: what was wrong?"
    assert "We have written to ada. Order 1000" in studio.card(DESK, "thread:").text
    await studio.presses("ada", "Answer")
    await studio.says("ada", "too quiet")
    card = studio.card(DESK, "thread:").text
    assert "sam has it." in card
    assert "ada: too quiet" in card


async def test_an_order_that_is_not_delivered_is_not_rated_and_nobody_rates_for_another(
    studio: Studio,
) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"rate.5:{order.id}")
    assert await rating(studio) is None
    await studio.presses("ada", "Approve")
    await studio.delivers()
    for stars in ("0", "6", "x"):
        await studio.presses_raw("ada", f"rate.{stars}:{order.id}")
    await studio.presses_raw("eve", f"rate.1:{order.id}")
    assert await rating(studio) is None
