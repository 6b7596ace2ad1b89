"""Rebate codes: said once, a line on the offer, looked at again at the paying tap (B51)."""

from datetime import date
from typing import Any

import pytest

from core.money import Money
from core.orders import OrderState
from core.quotes import QuoteKind, QuoteLine, QuoteState
from core.rules import HouseRules, Rebate
from tests.databases import EVERY
from tests.desk.studio import Studio

pytestmark = EVERY


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def house(**rebate: Any) -> HouseRules:
    """A house with one code, SUMMER, of a fifth unless told otherwise."""
    given = {} if "amount" in rebate else {"percent": 20}
    return HouseRules(rebates={"SUMMER": Rebate(**given | rebate)})


async def offered(studio: Studio, rules: HouseRules, who: str = "ada") -> None:
    studio.goes_by(rules)
    await studio.drops(who, "song.wav")
    await studio.checks()


async def bought(studio: Studio, who: str = "ada") -> None:
    await studio.presses(who, "Pay")
    await studio.settles()
    await studio.masters()


async def test_a_code_is_a_line_on_the_offer_and_on_the_paying_button(studio: Studio) -> None:
    await offered(studio, house())
    await studio.commands("ada", "code summer")
    card = studio.card("ada")
    assert "Code SUMMER: $1.20 less." in card.text
    assert card.has("Pay $4.80")
    await studio.presses("ada", "Engineer $28")  # of 35
    assert "Code SUMMER: $7 less." in studio.card("ada").text


async def test_what_was_bought_with_a_code_keeps_its_lines(studio: Studio) -> None:
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    await bought(studio)
    project = await studio.project("ada")
    (quote,) = project.quotes
    assert (quote.kind, quote.state, quote.total) == (QuoteKind.ORDER, QuoteState.PAID, usd(480))
    assert quote.accepted_by == project.order.person
    assert quote.lines == (
        QuoteLine(usd(600), song=project.songs[0].id),
        QuoteLine(usd(-120), causes=("rebate",), words="SUMMER"),
    )


async def test_a_code_is_for_one_order_of_a_person(studio: Studio) -> None:
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    await bought(studio)
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    assert "You have had SUMMER for an order already; it is for one." in studio.last("ada").text
    await offered(studio, house(), "ben")
    await studio.commands("ben", "code SUMMER")
    assert studio.card("ben").has("Pay $4.80")


async def test_two_offers_with_one_code_are_not_both_bought_with_it(studio: Studio) -> None:
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    first = studio.card("ada")
    await studio.passes(minutes=5)
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    await studio.presses("ada", "Pay $4.80")
    await studio.presses("ada", "Pay $4.80", on=first)
    assert "That has changed since" in studio.last("ada").text
    assert studio.last("ada").has("Pay $6")


async def test_a_payment_that_fails_gives_the_code_back(studio: Studio) -> None:
    await offered(studio, house())
    await studio.commands("ada", "code SUMMER")
    await studio.presses("ada", "Pay")
    await studio.settles(provider_id=None, declined="insufficient")
    project = await studio.project("ada")
    assert [quote.state for quote in project.quotes] == [QuoteState.VOID]
    await studio.presses("ada", "Pay $4.80")
    await studio.settles()
    assert (await studio.project("ada")).order.state is OrderState.WORKING


async def test_a_house_may_give_a_code_as_often_as_it_is_said(studio: Studio) -> None:
    for _ in range(2):
        await offered(studio, house(once=False))
        await studio.commands("ada", "code SUMMER")
        assert studio.card("ada").has("Pay $4.80")
        await bought(studio)


async def test_a_code_that_is_over_by_the_paying_tap_renews_the_offer(studio: Studio) -> None:
    await offered(studio, house(until=date(2026, 3, 2)))
    await studio.commands("ada", "code SUMMER")
    await studio.passes(days=1)  # its last day counts whole
    await studio.presses("ada", "Pay $4.80")
    assert studio.last("ada").has("Pay $6")
    assert (await studio.project("ada")).order.paid_at is None
    await studio.commands("ada", "code SUMMER")
    assert "The code SUMMER is over." in studio.last("ada").text


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("code WINTER", "There is no code WINTER."),
        ("code", "Say /code and your code."),
        ("code SUMMER", "The code SUMMER is for another service. Choose that one first."),
    ],
)
async def test_a_code_that_takes_nothing_off_says_why(studio: Studio, said: str, answer: str) -> None:
    await offered(studio, house(services=("engineer",)))
    await studio.commands("ada", said)
    assert studio.last("ada").text == answer
    assert studio.card("ada").has("Pay $6")


async def test_a_code_needs_a_song_that_it_is_for(studio: Studio) -> None:
    studio.goes_by(house())
    await studio.commands("ada", "code SUMMER")
    assert studio.last("ada").text == "Drop a song first; then say /code and your code."


async def test_a_code_for_all_of_the_price_leaves_nothing_to_pay(studio: Studio) -> None:
    await offered(studio, house(amount=10000))
    await studio.commands("ada", "code SUMMER")
    await studio.presses("ada", "Order it - nothing to pay")
    assert studio.last("ada").text == "Order 1000 costs nothing. Thank you!"
    await studio.masters()
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert (await studio.project("ada")).order.price == usd(0)
