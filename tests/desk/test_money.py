"""Money: what a tap promised is what happens, once, and what was taken can always be given back."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots.papers import Papers
from bots.sound import PooledSound
from bots.tills.demo import DemoTill
from core.changes import Changes
from core.jobs import JobKind
from core.ledger import GOODWILL, INCOME, Transfer, TransferKind, of_credit, of_till
from core.messages import HOUSE, Incoming, Kind
from core.orders import OrderState
from core.tills import ChargeState
from core.work.recipes import Recipes
from storage.models import AccountRow
from storage.queue.pool import Pool
from tests.blobs import blobs_in
from tests.desk.studio import Studio, media, rendered
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_people import at_the_desk, gives_back

TAKEN = {"provider_id": "demo-1", "declined": None}


@pytest.fixture
async def till(studio: Studio, tmp_path: Path) -> AsyncIterator[tuple[DemoTill, Recipes]]:
    """A real till, and the recipes that ask it."""
    till, pool = DemoTill(tmp_path / "purses"), Pool(1)
    blobs = blobs_in(tmp_path, studio.store.blob_keys)
    yield (
        till,
        Recipes(
            blobs,
            PooledSound(pool),
            {},
            {till.name: till},
            studio.rules,
            studio.catalogues,
            scratch=tmp_path,
            papers=Papers(),
        ),
    )
    await pool.close()


async def offered(studio: Studio, *names: str) -> None:
    await studio.drops("ada", *(names or ("a.wav",)))
    await studio.checks(len(names) or 1)


async def gives_credit(studio: Studio, who: str, amount: int) -> None:
    await studio.commands(who, "start")
    person = await studio.store.person_of("terminal", who)
    assert person is not None
    now, money = studio.clock.now(), studio.rules.money(amount)
    gift = Transfer(f"gift-{now}", TransferKind.CREDIT, GOODWILL, of_credit(person.id), money, now)
    event = Incoming(HOUSE, gift.ref, person.id, "", private=True, kind=Kind.TICK, at=now)
    await studio.store.commit(event, Changes(transfers=(gift,)))


async def accounts(studio: Studio) -> dict[str, int]:
    async with studio.store._database.reading():
        return {row.name: row.balance for row in await AccountRow.all()}


async def performs(studio: Studio, recipes: Recipes, kind: JobKind) -> None:
    """The next job is of this kind, and is really done."""
    job = await studio.takes(kind)
    await studio.ends(job, {"done": dict(await recipes.perform(job, lambda share, stage: None))})


async def test_what_a_till_took_it_gives_back(studio: Studio, till: tuple[DemoTill, Recipes]) -> None:
    demo, recipes = till
    await at_the_desk(studio)
    await offered(studio)
    await studio.presses("ada", "Pay")
    await performs(studio, recipes, JobKind.CHARGE)
    person = (await studio.project("ada")).order.person
    assert (await demo.purse(person, "USD")).amount == 100_000 - 600
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("ada", "Give me my money back")
    await performs(studio, recipes, JobKind.REFUND)
    assert (await demo.purse(person, "USD")).amount == 100_000
    assert (await studio.project("ada")).charges[0].state is ChargeState.REFUNDED


async def test_an_empty_purse_is_told_as_what_it_is(studio: Studio, till: tuple[DemoTill, Recipes]) -> None:
    studio.prices(100_001)
    await offered(studio)
    await studio.presses("ada", "Pay")
    await performs(studio, till[1], JobKind.CHARGE)
    assert "not enough money" in studio.last("ada").text


async def test_a_refund_after_release_leaves_nothing_earned_and_nothing_owed(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    assert (await accounts(studio))[INCOME] == 600
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "the chorus is distorted")
    await gives_back(studio)
    await studio.does(JobKind.REFUND, TAKEN)
    assert set((await accounts(studio)).values()) == {0}


async def test_pressing_twice_gives_the_money_back_once(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    card, aside = studio.card("ada"), studio.card("room:desk", "aside:")
    await studio.presses("ada", "Give me my money back", on=card)
    await studio.presses("ada", "Give me my money back", on=card)
    await studio.presses("olga", "Give the money back", on=aside, place="room:desk")
    await studio.does(JobKind.REFUND, TAKEN)
    assert await studio.idle()
    assert (await accounts(studio))[of_till("demo")] == 0


async def test_nothing_is_given_back_while_a_payment_is_on_its_way(studio: Studio) -> None:
    await at_the_desk(studio)
    await gives_credit(studio, "ada", 200)
    await offered(studio)
    await studio.presses("ada", "Pay")
    job = await studio.takes(JobKind.CHARGE)  # the till is asked: it may have taken the money by now
    order = (await studio.project("ada")).order
    await studio.presses_raw("olga", f"refund:{order.id}", place="room:desk")
    await studio.ends(job, {"done": TAKEN})
    project = await studio.project("ada")
    assert project.order.state is OrderState.WORKING
    assert [charge.state for charge in project.charges] == [ChargeState.PAID] * 2
    assert (await accounts(studio))[of_till("demo")] == -400


async def test_a_till_that_will_not_give_back_can_be_asked_again(studio: Studio) -> None:
    await at_the_desk(studio)
    await bought(studio)
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("ada", "Give me my money back")
    await studio.does(JobKind.REFUND, {"provider_id": None, "declined": "later"})
    assert "could not be moved" in studio.card("room:desk", "stuck:").text
    await studio.presses("olga", "Try again", on=studio.card("room:desk", "stuck:"), place="room:desk")
    await studio.does(JobKind.REFUND, TAKEN)
    assert (await studio.project("ada")).charges[0].state is ChargeState.REFUNDED


async def test_credit_given_back_is_told_like_any_other_money(studio: Studio) -> None:
    await gives_credit(studio, "ada", 600)
    await offered(studio)
    await studio.presses("ada", "Pay $6 with credit")
    await studio.fails(JobKind.RENDER, "broken")
    await studio.presses("ada", "Give me my money back")
    assert "You have $6 back" in studio.last("ada").text
    assert await studio.credit("ada") == 600


async def test_a_tap_that_promised_credit_never_draws_on_anything_else(studio: Studio) -> None:
    await gives_credit(studio, "ada", 600)
    await offered(studio)
    first = studio.card("ada")
    await studio.passes(minutes=5)
    await offered(studio)
    second = studio.card("ada")
    await studio.presses("ada", "Pay $6 with credit", on=first)
    await studio.presses("ada", "Pay $6 with credit", on=second)
    assert (await studio.project("ada")).charges == ()
    assert studio.card("ada").has("Pay $6 (demo money)")


async def test_a_house_that_changed_its_price_meanwhile_takes_no_other_than_was_shown(studio: Studio) -> None:
    await offered(studio)
    studio.prices(800)
    await studio.presses("ada", "Pay $6")
    assert (await studio.project("ada")).charges == ()
    assert studio.card("ada").has("Pay $8")
    await studio.presses("ada", "Pay $8")
    assert (await studio.project("ada")).charges[0].amount.amount == 800


async def test_an_order_set_aside_before_it_was_paid_promises_no_money_back(studio: Studio) -> None:
    studio.charges("before-files")
    await offered(studio)
    await studio.presses("ada", "Make a preview - free")
    await studio.fails(JobKind.RENDER, "broken")
    assert not studio.card("ada").has("Give me my money back")
    assert "money" not in studio.card("ada").text


async def test_a_till_that_did_not_answer_may_have_taken_the_money_and_is_asked_the_same_again(
    studio: Studio, till: tuple[DemoTill, Recipes]
) -> None:
    demo, recipes = till
    await at_the_desk(studio)
    await offered(studio)
    await studio.presses("ada", "Pay")
    job = await studio.takes(JobKind.CHARGE)
    await recipes.perform(job, lambda share, stage: None)  # taken, and nobody heard of it
    await studio.ends(job, {"failed": {"code": "broken", "details": {}}})
    assert not any("Nothing was charged" in text for text in studio.told("ada"))
    assert not studio.card("ada").has("Pay")
    await studio.presses("olga", "Try again", place="room:desk")
    await studio.presses_raw("olga", f"retry:{job.order}", place="room:desk")
    await performs(studio, recipes, JobKind.CHARGE)
    assert (await demo.purse(job.person, "USD")).amount == 100_000 - 600
    project = await studio.project("ada")
    assert project.order.state is OrderState.WORKING
    assert [charge.state for charge in project.charges] == [ChargeState.PAID]


async def test_paying_for_a_preview_that_could_not_be_sent_still_begins_the_window(studio: Studio) -> None:
    studio.charges("before-files")
    await offered(studio)
    await studio.presses("ada", "Make a preview - free")
    studio.refusing.add("ada")
    await studio.masters()
    studio.refusing.clear()
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"pay:{order.id}:{order.rev}")
    await studio.settles()
    order = (await studio.project("ada")).order
    assert order.state is OrderState.RELEASED
    assert order.deadline == studio.clock.now() + timedelta(days=5)


async def test_two_taps_at_the_very_same_moment_charge_once(studio: Studio) -> None:
    await offered(studio)
    order = (await studio.project("ada")).order
    taps = [pressed(studio, f"tap-{number}", f"pay:{order.id}:{order.rev}") for number in range(4)]
    cancel = pressed(studio, "cancel", f"cancel:{order.id}")
    await asyncio.gather(*(studio.desk.handle(tap) for tap in (*taps, cancel)))
    project = await studio.project("ada")
    assert project.order.state is OrderState.PAYING
    assert len(project.charges) == 1


async def test_credit_that_two_orders_want_at_the_same_moment_is_spent_once(studio: Studio) -> None:
    await gives_credit(studio, "ada", 600)
    taps = []
    for number in range(2):
        await offered(studio)
        order = (await studio.project("ada")).order
        taps.append(pressed(studio, f"tap-{number}", f"pay.credit:{order.id}:{order.rev}"))
        await studio.passes(minutes=5)
    await asyncio.gather(*(studio.desk.handle(tap) for tap in taps))
    assert await studio.credit("ada") == 0
    balances = await accounts(studio)
    assert sum(balance for name, balance in balances.items() if name.startswith("order:")) == 600
    assert of_till("demo") not in balances


async def test_two_songs_that_are_done_at_the_same_moment_bring_one_preview(studio: Studio) -> None:
    await offered(studio, "1 a.wav", "2 b.wav")
    await studio.presses("ada", "One album")
    await studio.presses("ada", "Pay")
    await studio.settles()
    jobs = [await studio.takes(JobKind.RENDER) for _ in range(2)]
    await asyncio.gather(*(studio.ends(job, {"done": rendered()}) for job in jobs))
    await studio.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})
    assert sum("v1:" in text for text in studio.told("ada")) == 1
    assert await studio.idle()


def pressed(studio: Studio, event: str, action: str) -> Incoming:
    """Ada's press, as it comes through the door."""
    return Incoming(
        "terminal", event, "ada", "ada", private=True, kind=Kind.PRESS, at=studio.clock.now(),
        payload={"action": action},
    )  # fmt: skip


async def test_an_artist_who_holds_files_cannot_take_the_money_back_alone(studio: Studio) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.says("ada", "louder")
    await studio.presses("ada", "Send")
    await studio.fails(JobKind.RENDER, "crashed")
    card = studio.card("ada")
    assert not card.has("Give me my money back")
    order = (await studio.project("ada")).order
    await studio.presses_raw("ada", f"refund:{order.id}:{order.rev}")
    assert "button is not for you" in studio.last("ada").text
