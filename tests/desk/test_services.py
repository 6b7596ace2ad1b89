"""The service lines: price, time and refund rule of each on the offer, bought with two taps (A01, A04)."""

from datetime import timedelta

from core.orders import OrderState
from core.rules import HouseRules
from tests.desk.studio import START, Studio
from tests.desk.test_money import gives_credit

USUAL = HouseRules()


def without(*lines: str) -> HouseRules:
    """A house that does not have some lines."""
    services = {name: getattr(USUAL.service, name).model_copy(update={"offered": False}) for name in lines}
    return USUAL.model_copy(update={"service": USUAL.service.model_copy(update=services)})


async def offered(studio: Studio, who: str = "ada") -> None:
    await studio.drops(who, "song.wav")
    await studio.checks()


FAULTS = "if a fault is not put right within 24 hours, you get all your money back."


async def test_the_offer_shows_every_line_with_price_time_and_its_own_refund_rule(studio: Studio) -> None:
    await offered(studio)
    card = studio.card("ada")
    for line in (
        "Automatic master: $6, ready in about 5 minutes.",
        "Engineer master: $35, within 3 days.",
        "Mix of your stems: $120, within 5 days: send me all of them, or one zip.",
        "One round of changes is free within 5 days.",
        f"Automatic: {FAULTS}",
        "Engineer: credit, no cash refund (unless the law gives you more).",  # A04
    ):
        assert line in card.text.splitlines()
    assert [button.label for button in card.buttons][:2] == ["Pay $6 (demo money)", "Engineer $35"]


async def test_another_line_is_chosen_with_one_tap_and_paid_with_the_next(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "Engineer $35")
    card = studio.card("ada")
    assert [button.label for button in card.buttons][:2] == ["Pay $35 (demo money)", "Automatic $6"]
    assert card.text.index("Engineer master") < card.text.index("Automatic master")
    assert not card.has("Style")  # to a person one says it in words
    await studio.presses("ada", "Pay $35")
    await studio.settles()
    order = (await studio.project("ada")).order
    assert (order.state, order.service, order.version) == (OrderState.WORKING, "engineer", 1)
    assert order.promised == START + timedelta(hours=72)
    assert studio.card("ada").text.splitlines()[1].startswith("Paid.")


async def test_a_choice_from_a_card_that_has_changed_since_only_shows_the_new_one(studio: Studio) -> None:
    await offered(studio)
    before = studio.card("ada")
    await studio.presses("ada", "Engineer $35")
    await studio.presses("ada", "Engineer $35", on=before)
    assert "That has changed since" in studio.last("ada").text
    assert (await studio.project("ada")).order.service == "engineer"


async def test_a_line_that_nobody_offers_cannot_be_chosen(studio: Studio) -> None:
    await offered(studio)
    order = (await studio.project("ada")).order
    for name in ("mixing", "golden"):
        await studio.presses_raw("ada", f"service:{order.id}:{order.rev}:{name}")
        assert (await studio.project("ada")).order.service == "automatic"


async def test_a_house_with_one_line_shows_no_choice(studio: Studio) -> None:
    studio.goes_by(without("engineer", "mixing"))
    await offered(studio)
    card = studio.card("ada")
    assert not card.has("Engineer")
    assert "ix of your stems" not in card.text
    assert "\nIf you tell us of a fault" in card.text


async def test_a_house_of_people_alone_offers_what_they_do(studio: Studio) -> None:
    studio.goes_by(without("automatic", "mixing"))
    await offered(studio)
    card = studio.card("ada")
    assert card.has("Pay $35")
    assert "A refund is credit, not cash (unless the law gives you more)." in card.text


async def test_hello_names_what_the_house_has(studio: Studio) -> None:
    await studio.commands("ada", "start")
    assert "I will master it: $6, ready in about 5 minutes." in studio.last("ada").text
    assert "Engineer: credit, no cash refund" in studio.last("ada").text
    studio.goes_by(without("automatic", "mixing"))
    await studio.commands("ada", "start")
    assert "an engineer will master it: $35, within 3 days." in studio.last("ada").text
    assert "$6" not in studio.last("ada").text


async def test_a_line_that_is_taken_off_the_offer_is_not_sold_any_more(studio: Studio) -> None:
    await offered(studio)
    await studio.presses("ada", "Engineer $35")
    studio.goes_by(without("engineer"))
    await studio.presses("ada", "Pay $35")
    assert studio.card("ada").has("Pay $6")
    assert (await studio.project("ada")).order.paid_at is None


async def test_what_people_do_is_paid_before_the_work_whatever_the_house_rule(studio: Studio) -> None:
    studio.charges("before-files")
    await offered(studio)
    assert studio.card("ada").has("Make a preview - free")
    await studio.presses("ada", "Engineer $35")
    assert studio.card("ada").has("Pay $35")
    assert not studio.card("ada").has("Make a preview")
    await studio.presses("ada", "Pay $35")
    await studio.settles()
    order = (await studio.project("ada")).order
    assert not order.owed
    assert order.paid_at == START


async def test_what_is_paid_with_credit_has_its_receipt_too(studio: Studio) -> None:
    await gives_credit(studio, "ada", 1000)
    await offered(studio)
    await studio.presses("ada", "Pay $6 with credit")
    assert "Paid for order 1000: $6 of your credit. Thank you!" in studio.told("ada")
    await studio.masters()
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.drops("ada", "another.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    assert "Received $2 for order 1001, and $4 of your credit. Thank you!" in studio.told("ada")
