"""The database keeps refunds within what was paid, and away from what is disputed, whoever writes into it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tortoise.exceptions import IntegrityError

from core.bulks import TILL
from core.changes import Changes, Move
from core.ledger import Transfer, TransferKind, deposit_paid, deposit_returned, of_till, payment
from core.ledger import refund as refund_of
from core.money import Money
from core.ports import Overdrawn
from core.refunds import Dispute, DisputeState, Refund, RefundState, RefundTo
from core.tills import Charge, ChargeState
from storage.store import TortoiseStore
from tests.databases import EVERY, Raw, Refused, past_the_store
from tests.storage.things import NOON, account, message

pytestmark = EVERY

CHARGE = Charge("c1", "order-1", account("ann"), "demo", Money(600, "USD"), ChargeState.PAID, NOON)
DRAWN = replace(CHARGE, till=TILL, agreement="A-17")


@pytest.fixture
def raw(url: str) -> Iterator[Raw]:
    with past_the_store(url) as connection:
        yield connection


def refund(id_: str, amount: int, state: RefundState = RefundState.DONE) -> Refund:
    money = Money(amount, "USD")
    return Refund(id_, "order-1", state, RefundTo.METHOD, money, "", None, None, NOON, "c1")


async def happens(store: TortoiseStore, *refunds: Refund) -> None:
    """A charge is there already; these go back of it."""
    await store.commit(message(), Changes(refunds=tuple(Move(None, one) for one in refunds)))


@pytest.fixture
async def paid(store: TortoiseStore) -> TortoiseStore:
    await store.commit(message(), Changes(charges=(Move(None, CHARGE),)))
    return store


async def test_as_much_goes_back_as_came_in_as_many_parts_as_you_like(paid: TortoiseStore) -> None:
    await happens(paid, refund("r1", 200), refund("r2", 400, RefundState.SENDING))


async def test_a_cent_more_than_came_is_refused(paid: TortoiseStore) -> None:
    await happens(paid, refund("r1", 200), refund("r2", 400, RefundState.SENDING))
    with pytest.raises(IntegrityError, match="too-much"):
        await happens(paid, refund("r3", 1))


async def test_what_failed_does_not_count_until_it_is_asked_for_again(paid: TortoiseStore) -> None:
    failed = refund("r1", 200, RefundState.FAILED)
    await happens(paid, failed)
    await happens(paid, refund("r2", 600))
    again = Move(failed, replace(failed, state=RefundState.SENDING))
    with pytest.raises(IntegrityError, match="too-much"):
        await paid.commit(message(), Changes(refunds=(again,)))


async def test_nothing_goes_back_of_what_was_never_paid(store: TortoiseStore) -> None:
    asked = replace(CHARGE, state=ChargeState.REQUESTED)
    await store.commit(message(), Changes(charges=(Move(None, asked),)))
    with pytest.raises(IntegrityError, match="too-much"):
        await happens(store, refund("r1", 1))


async def test_nothing_goes_back_while_a_dispute_is_open_and_what_was_sent_may_arrive(
    paid: TortoiseStore,
) -> None:
    sent = refund("r1", 200, RefundState.SENDING)
    dispute = Dispute("d1", "order-1", "c1", DisputeState.OPEN, NOON)
    await happens(paid, sent)
    await paid.commit(message(), Changes(disputes=(Move(None, dispute),)))
    with pytest.raises(IntegrityError, match="disputed"):
        await happens(paid, refund("r2", 1))
    arrived = Move(sent, replace(sent, state=RefundState.DONE))
    assert await paid.commit(message(), Changes(refunds=(arrived,)))
    won = Move(dispute, replace(dispute, state=DisputeState.WON, rev=1))
    await paid.commit(message(), Changes(disputes=(won,)))
    await happens(paid, refund("r3", 400))


async def test_who_goes_past_the_store_is_refused_as_well(paid: TortoiseStore, raw: Raw) -> None:
    await happens(paid, refund("r1", 600))
    with pytest.raises(Refused, match="too-much"):
        raw.execute(
            """INSERT INTO refunds (id, "order", state, rev, data)
            SELECT 'r2', "order", state, rev, data FROM refunds WHERE id = 'r1'"""
        )


async def test_a_deposit_pays_orders_until_it_is_used_up_and_the_rest_goes_back(
    store: TortoiseStore, raw: Raw
) -> None:
    thousand, left = Money(1000, "USD"), Money(400, "USD")
    paid_in = deposit_paid("A-17", "p1", of_till("demo"), thousand, NOON)
    await moves(store, paid_in, payment(DRAWN, in_house=True, at=NOON))
    with pytest.raises(Overdrawn):
        await moves(store, payment(replace(DRAWN, id="c2", order="order-2"), in_house=True, at=NOON))
    await moves(store, deposit_returned("A-17", "p1", of_till("demo"), left, NOON))
    assert balances(raw) == {"deposit:A-17": 0, "order:order-1": 600, "till:demo": -600}


async def test_an_order_that_ends_gives_its_deposit_back_to_be_drawn_again(
    store: TortoiseStore, raw: Raw
) -> None:
    paid_in = deposit_paid("A-17", "p1", of_till("demo"), Money(600, "USD"), NOON)
    back = refund_of(DRAWN, owner=DRAWN.person, in_house=True, at=NOON)
    await moves(store, paid_in, payment(DRAWN, in_house=True, at=NOON), back)
    assert balances(raw) == {"deposit:A-17": 600, "order:order-1": 0, "till:demo": -600}


async def moves(store: TortoiseStore, *transfers: Transfer) -> None:
    assert {each.kind for each in transfers} <= set(TransferKind)
    await store.commit(message(), Changes(transfers=transfers))


def balances(raw: Raw) -> dict[str, int]:
    return dict(raw.execute("SELECT name, balance FROM accounts"))
