"""The last question before money moves: answered within seconds, whatever else happens."""

from pathlib import Path

from core.messages import Kind
from tests.bots.telegram.house import House, open_house, shown
from tests.bots.telegram.test_orders import offered
from tests.doubles.telegram import Invoice, Person, Telegram


async def invoice_for(telegram: Telegram, house: House, person: Person, amount: int = 600) -> str:
    """A link to pay the order of somebody."""
    order = (await house.project(person)).order
    link = f"https://t.me/$invoice-{amount}"
    telegram.world.links[link] = Invoice("Master", "One song", f"{order.id}:{order.rev}", "USD", amount)
    return link


async def test_what_is_offered_may_be_paid_and_the_payment_is_told(
    telegram: Telegram, house: House, ada: Person
) -> None:
    await offered(telegram, house, ada)
    outcome = await ada.pays(await invoice_for(telegram, house, ada))
    assert outcome.paid
    await telegram.settled()
    order = (await house.project(ada)).order
    paid = next(one for one in house.received if one.kind is Kind.PAYMENT)
    assert paid.payload == {
        "state": "paid",
        "payload": f"{order.id}:{order.rev}",
        "amount": 600,
        "currency": "USD",
        "charge": outcome.charge,
        "provider": f"prov{outcome.charge}",
    }


async def test_another_amount_is_refused_in_the_payers_language(telegram: Telegram, house: House) -> None:
    eva = telegram.person("Eva", language="de")
    await eva.sends("document", "Lied.wav", b"RIFF")
    await shown(telegram, eva, "Lied")
    await house.offers()
    outcome = await eva.pays(await invoice_for(telegram, house, eva, amount=1))
    assert not outcome.paid
    assert outcome.shown.startswith("Dieses Angebot hat sich geändert.")


async def test_nobody_pays_what_is_another_ones(telegram: Telegram, house: House, ada: Person) -> None:
    await offered(telegram, house, ada)
    bob = telegram.person("Bob")
    await bob.starts()
    outcome = await bob.pays(await invoice_for(telegram, house, ada))
    assert outcome.shown == "This is not yours to pay."


async def test_an_invoice_that_is_none_of_ours_is_refused(
    telegram: Telegram, house: House, ada: Person
) -> None:
    await ada.starts()
    telegram.world.links["x"] = Invoice("Master", "One song", "Custom-Payload", "USD", 600)
    assert (await ada.pays("x")).shown.startswith("This offer has changed.")


async def test_a_flood_elsewhere_holds_up_no_checkout(telegram: Telegram, house: House, ada: Person) -> None:
    await offered(telegram, house, ada)
    bob = telegram.person("Bob")
    telegram.faults.flood(60, "sendMessage", bob.id, times=9)
    await bob.starts()
    await telegram.settled()
    await house.settled()  # Bob's chat rests for a minute
    assert [call.status for call in telegram.called("sendMessage")][-1] == 429
    assert (await ada.pays(await invoice_for(telegram, house, ada))).paid


async def test_an_answer_that_is_cut_off_is_given_again(
    telegram: Telegram, house: House, ada: Person
) -> None:
    await offered(telegram, house, ada)
    telegram.faults.cut("answerPreCheckoutQuery", accepted=False)
    telegram.faults.bad_gateway("answerPreCheckoutQuery")
    assert (await ada.pays(await invoice_for(telegram, house, ada))).paid


async def test_no_money_moves_while_the_database_is_away(
    telegram: Telegram, house: House, ada: Person
) -> None:
    """Nor does a deed that waits for the database hold the answer up."""
    await offered(telegram, house, ada)
    link = await invoice_for(telegram, house, ada)
    house.away = True
    await ada.says("hello?")
    outcome = await ada.pays(link)
    assert outcome.shown.startswith("I cannot take a payment at this moment.")
    house.away = False
    await telegram.settled()


async def test_a_checkout_told_twice_is_answered_once(
    telegram: Telegram, url: str, tmp_path: Path, ada: Person
) -> None:
    async with open_house(telegram, url, tmp_path / "house") as house:
        await offered(telegram, house, ada)
        telegram.faults.twice()
        assert (await ada.pays(await invoice_for(telegram, house, ada))).paid
        await telegram.settled()
    assert len(telegram.called("answerPreCheckoutQuery")) == 1
