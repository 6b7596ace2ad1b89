"""The inbox: what is decided when, and what happens when it cannot be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from core.changes import Changes
from core.desk.loops import inbox as module
from core.desk.loops import patience
from core.desk.loops.inbox import Inbox
from core.messages import Incoming, Kind
from core.ports import Outdated, Received, Store, Unreachable
from tests.databases import EVERY
from tests.desk.rows import fresh_store, said, until

pytestmark = EVERY

Step = Callable[[Incoming], None]


class Deciding:
    """A desk that commits nothing but that the event is done; it can be held up, and can fail."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.order: list[str] = []
        self.at_once = 0
        self.most_at_once = 0
        self.aside: list[tuple[str, str]] = []
        self.fails: set[str] = set()
        self.mute = 0  # how often still nobody can be told
        self.away = 0  # how often still the database does not answer
        self.gate = asyncio.Event()
        self.gate.set()

    async def handle(self, incoming: Incoming) -> None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self.gate.wait()
            if self.away:
                self.away -= 1
                raise Unreachable
            self.order.append(incoming.event_id)
            if incoming.event_id in self.fails:
                raise RuntimeError("a bug")
            await self._store.commit(incoming, Changes())
        finally:
            self.at_once -= 1

    async def set_aside(self, received: Received, reference: str) -> None:
        if self.mute:
            self.mute -= 1
            raise ConnectionError
        self.aside.append((received.incoming.event_id, reference))


@asynccontextmanager
async def at_work(store: Store, desk: Deciding) -> AsyncIterator[Inbox]:
    inbox = Inbox(store, desk)
    running = asyncio.create_task(inbox.run())
    try:
        yield inbox
    finally:
        desk.gate.set()
        inbox.close()
        await running


@pytest.fixture(autouse=True)
def quick_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE", 0.001)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    async with fresh_store(url) as store:
        yield store


async def test_what_one_person_does_is_decided_in_the_order_in_which_they_did_it(store: Store) -> None:
    for number in range(20):
        await store.receive(said("anna", "line", number))
    desk = Deciding(store)
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("anna", "last"))
    assert desk.order == [*(f"anna-line{number}" for number in range(20)), "anna-last"]
    assert desk.most_at_once == 1


async def test_a_database_that_is_away_is_no_fault_of_the_event(store: Store) -> None:
    desk = Deciding(store)
    desk.away = 2 * module.TRIES
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("anna", "hello"))
    assert (desk.order, desk.aside) == (["anna-hello"], [])


async def test_what_cannot_be_written_down_waits_until_it_can_and_is_then_decided_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Deciding(store)
    receive, refusals = store.receive, iter([Unreachable, Outdated])

    async def receiving(incoming: Incoming) -> bool:
        for refusal in refusals:
            raise refusal
        return await receive(incoming)

    monkeypatch.setattr(store, "receive", receiving)
    monkeypatch.setattr(patience, "PAUSE", 0.001)
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("anna", "hello"))
    assert desk.order == ["anna-hello"]


async def test_one_who_is_held_up_holds_up_nobody_else(store: Store) -> None:
    desk = Deciding(store)
    desk.gate.clear()
    async with at_work(store, desk) as inbox:
        people = [asyncio.create_task(inbox.decided(said(name, "hello"))) for name in ("anna", "bo", "cy")]
        await until(lambda: desk.at_once == 3)
        desk.gate.set()
        await asyncio.gather(*people)
    assert sorted(desk.order) == ["anna-hello", "bo-hello", "cy-hello"]


async def test_an_event_left_by_a_dead_process_is_decided_at_the_next_start(store: Store) -> None:
    await store.receive(said("anna", "before"))
    desk = Deciding(store)
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("bo", "after"))
        await until(lambda: bool(desk.order))
    assert "anna-before" in desk.order


async def test_an_event_that_came_before_is_not_decided_again(store: Store) -> None:
    desk = Deciding(store)
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("anna", "hello"))
        await inbox.decided(said("anna", "hello"))
        assert not await inbox.put(said("anna", "hello"))
    assert desk.order == ["anna-hello"]


async def test_of_those_who_hand_in_one_event_at_once_each_is_told_when_it_was_decided(store: Store) -> None:
    desk = Deciding(store)
    desk.gate.clear()
    async with at_work(store, desk) as inbox:
        callers = [asyncio.create_task(inbox.decided(said("anna", "hello"))) for _ in range(3)]
        await until(lambda: desk.at_once > 0)
        late = asyncio.Event()
        callers.append(asyncio.create_task(inbox.decided(said("anna", "hello"), late)))
        await late.wait()
        assert not any(caller.done() for caller in callers)
        desk.gate.set()
        async with asyncio.timeout(30):
            await asyncio.gather(*callers)
    assert desk.order == ["anna-hello"]


async def test_one_who_waits_no_longer_lets_the_others_wait_on(store: Store) -> None:
    desk = Deciding(store)
    desk.gate.clear()
    async with at_work(store, desk) as inbox:
        first, second = (asyncio.create_task(inbox.decided(said("anna", "hello"))) for _ in range(2))
        await until(lambda: desk.at_once > 0)
        first.cancel()
        await asyncio.wait([first])
        assert not second.done()
        desk.gate.set()
        async with asyncio.timeout(30):
            await second
    assert first.cancelled()


async def test_what_raises_three_times_is_set_aside_with_a_reference_and_the_next_goes_on(
    store: Store,
) -> None:
    desk = Deciding(store)
    desk.fails.add("anna-bad")
    await store.receive(said("anna", "bad"))
    async with at_work(store, desk) as inbox:
        await inbox.decided(said("anna", "good"))
    assert desk.order == ["anna-bad"] * 3 + ["anna-good"]
    ((event, reference),) = desk.aside
    assert event == "anna-bad"
    assert reference


async def test_one_who_waits_is_told_when_their_event_was_set_aside(store: Store) -> None:
    desk = Deciding(store)
    desk.fails.add("anna-bad")
    async with at_work(store, desk) as inbox:
        await asyncio.wait_for(inbox.decided(said("anna", "bad")), 30)
    assert len(desk.aside) == 1


async def test_what_is_being_decided_when_the_house_closes_is_finished(store: Store) -> None:
    desk = Deciding(store)
    desk.gate.clear()
    inbox = Inbox(store, desk)
    running = asyncio.create_task(inbox.run())
    await inbox.put(said("anna", "hello"))
    await until(lambda: desk.at_once > 0)
    inbox.close()
    await store.receive(said("bo", "too late"))
    desk.gate.set()
    await running
    assert desk.order == ["anna-hello"]
    assert [received.incoming.person for received in await store.undone((), 10)] == ["bo"]


async def test_a_database_that_is_away_counts_as_nobodys_mistake(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Deciding(store)
    desk.fails.add("anna-hello")
    away = True
    stumbled = store.stumbled

    async def unreachable(incoming: Incoming, error: str, most: int) -> str | None:
        if away:
            raise ConnectionError
        return await stumbled(incoming, error, most)

    monkeypatch.setattr(store, "stumbled", unreachable)
    async with at_work(store, desk) as inbox:
        waiting = asyncio.create_task(inbox.decided(said("anna", "hello")))
        await until(lambda: len(desk.order) >= 5)
        assert desk.aside == []
        away = False
        desk.fails.clear()
        await waiting
    assert desk.aside == []


async def test_an_event_that_nobody_can_make_sense_of_is_set_aside_like_any_other(store: Store) -> None:
    senseless = replace(said("anna", "x"), kind=Kind.PRESS, payload={})
    desk = Deciding(store)
    desk.fails.add(senseless.event_id)
    await store.receive(senseless)
    async with at_work(store, desk) as inbox:
        await asyncio.wait_for(inbox.decided(said("anna", "next")), 30)
    assert len(desk.aside) == 1


async def test_nothing_is_set_aside_before_its_person_was_told(store: Store) -> None:
    desk = Deciding(store)
    desk.fails.add("anna-bad")
    desk.mute = 2
    async with at_work(store, desk) as inbox:
        await asyncio.wait_for(inbox.decided(said("anna", "bad")), 30)
    assert len(desk.aside) == 1
