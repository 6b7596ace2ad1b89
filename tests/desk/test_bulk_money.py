"""The money of bulk orders: what is paid in is what its songs are paid from, whatever happens."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.jobs import JobKind, ended
from core.rules import HouseRules
from core.snapshot import Needs
from core.trade import Asked
from tests.desk.studio import Studio, looked_into, media, open_studio
from tests.desk.test_bulk import GUSTAV, NORA, drops, opened, paid_in


@pytest.fixture
async def studio(url: str) -> AsyncIterator[Studio]:
    """A house where a decision of the staff is carried out at once."""
    rules = HouseRules()
    bulk = rules.bulk.model_copy(update={"offer_from_song": 2})
    staff = rules.staff.model_copy(update={"undo_seconds": 0})
    async with open_studio(url, rules.model_copy(update={"bulk": bulk, "staff": staff})) as studio:
        await studio.grants("owner", GUSTAV)
        await studio.commands(GUSTAV, "staff here", place="desk")
        yield studio


async def in_store(studio: Studio) -> int:
    deposit = (await studio.store.load(Needs("terminal", trade=Asked(number=1)))).trade.deposit
    return deposit.amount if deposit else 0


async def number(studio: Studio, who: str) -> int:
    return (await studio.project(who)).order.number


async def test_a_song_that_is_not_made_goes_back_into_store_and_not_to_its_artist(studio: Studio) -> None:
    await opened(studio)
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    await drops(studio, "ada")
    assert await in_store(studio) == 1260 - 420
    await studio.commands(
        GUSTAV, f"refund approve {await number(studio, 'ada')} it cannot be made", place="desk"
    )
    await studio.passes(seconds=1)
    assert (await in_store(studio), await studio.credit("ada"), await studio.credit(NORA)) == (1260, 0, 0)
    assert "0 in work · 3 missing" in studio.card(NORA, "bulk:").text
    assert "went back to whoever paid for it" in studio.last("ada").text


async def test_credit_for_a_song_is_its_payers(studio: Studio) -> None:
    await opened(studio)
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    await drops(studio, "ada")
    await studio.masters()
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.commands(GUSTAV, f"credit {await number(studio, 'ada')} 2 it was late", place="desk")
    await studio.passes(seconds=1)
    assert (await in_store(studio), await studio.credit("ada")) == (1260 - 420 + 200, 0)


async def test_what_is_paid_in_cannot_be_refunded_as_if_it_still_lay_in_its_order(studio: Studio) -> None:
    await opened(studio)
    payment = await number(studio, NORA)
    await paid_in(studio)
    await studio.commands(GUSTAV, f"refund approve {payment} they changed their mind", place="desk")
    await studio.passes(seconds=1)
    assert await in_store(studio) == 1260


async def test_of_two_songs_at_one_moment_one_takes_the_last_of_the_deposit(studio: Studio) -> None:
    await opened(studio, deposit="4.20")
    await studio.presses(NORA, "Only the deposit")
    await paid_in(studio)
    await studio.commands(NORA, "bulk here", place="hall")
    for who in ("ada", "bea"):
        await studio.presses(who, "Drop my song", place="hall")
        await studio.drops(who, f"{who}.wav")
        await studio.does(JobKind.FETCH, {"source": "cas/x", "sha256": who, "size": 1000})
    jobs = [await studio.takes(JobKind.INTAKE), await studio.takes(JobKind.INTAKE)]
    told = [ended(job, {"done": looked_into()}, studio.clock.now()) for job in jobs]
    await asyncio.gather(*(studio.desk.handle(one) for one in told))
    await studio.relays()
    states = sorted([(await studio.project(who)).order.state.value for who in ("ada", "bea")])
    assert (states, await in_store(studio)) == (["offered", "working"], 0)


async def test_a_declined_payment_opens_nothing(studio: Studio) -> None:
    await opened(studio)
    await studio.presses(NORA, "Pay", on=studio.card(NORA, "order:"))
    await studio.settles(declined="insufficient", provider_id=None)
    assert await in_store(studio) == 0
    assert studio.card(NORA, "order:").has("Pay $12.60")


async def test_the_record_of_an_agreement_is_not_swept_away(studio: Studio) -> None:
    await opened(studio)
    agreement = (await studio.store.load(Needs("terminal", trade=Asked(number=1)))).trade.agreement
    assert agreement is not None
    assert agreement.paper == studio.last(NORA).media[0]
    assert media("file", "A-1.pdf")["blob"] == agreement.paper.blob
