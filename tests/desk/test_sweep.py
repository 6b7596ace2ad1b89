"""The sweep: what is due becomes an event, once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.changes import Changes, Move
from core.desk.loops.inbox import Inbox
from core.desk.loops.sweep import Sweep
from core.messages import Incoming, Kind
from core.orders import Order, OrderState
from core.people import Identity, Person, account_id
from core.ports import Received, Store
from tests.desk.rows import NOON, Noon, fresh_store, said, until

ANNA = account_id("test", "anna")
ORDER = Order(
    "o1", 1000, ANNA, "automatic", OrderState.OFFERED, False, NOON, NOON, "1", "test",
    due_at=NOON + timedelta(hours=1),
)  # fmt: skip


class Ticking:
    """A desk that notes what it hears, and lets an order rest from its tick on."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.heard: list[str] = []

    async def handle(self, incoming: Incoming) -> None:
        self.heard.append(incoming.event_id)
        changes = Changes()
        if incoming.kind is Kind.TICK:
            self.heard.append(str(incoming.payload["order"]))
            changes = Changes(orders=(Move(ORDER, replace(ORDER, due_at=None)),))
        await self._store.commit(incoming, changes)

    async def set_aside(self, received: Received, reference: str) -> None:
        raise AssertionError(reference)


@pytest.fixture
def clock() -> Noon:
    return Noon()


@pytest.fixture
async def store(url: str, clock: Noon) -> AsyncIterator[Store]:
    async with fresh_store(url, clock) as store:
        changes = Changes(
            people=(Move(None, Person(ANNA, "anna", NOON)),),
            identities=(Identity("test", "anna", ANNA, "anna"),),
            orders=(Move(None, ORDER),),
        )
        await store.commit(said("anna", "hello"), changes)
        yield store


async def test_an_order_is_ticked_once_when_its_time_has_come_and_not_before(
    store: Store, clock: Noon
) -> None:
    desk = Ticking(store)
    inbox = Inbox(store, desk)
    sweep = Sweep(store, inbox, clock)
    loops = [asyncio.create_task(inbox.run()), asyncio.create_task(sweep.run())]
    sweep.wake()
    await inbox.decided(said("anna", "before"))
    assert desk.heard == ["anna-before"]
    clock.advance(timedelta(hours=1))
    sweep.wake()
    await until(lambda: "o1" in desk.heard)
    sweep.wake()
    await inbox.decided(said("anna", "after"))
    sweep.close()
    inbox.close()
    await asyncio.gather(*loops)
    assert desk.heard.count("o1") == 1
    assert await store.next_due() is None
