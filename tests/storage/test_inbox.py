"""The inbox: each event once, one person's in order, and none that stops the others."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from core.changes import Changes, Move
from core.messages import HOUSE, Incoming, Kind
from core.people import Identity, Person
from core.ports import Outdated
from storage import inbox
from storage.database import open_database
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.things import NOON, account, message, newcomer, order

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]


def texts(received: object) -> list[str]:
    return [each.incoming.payload["text"] for each in received]  # type: ignore[attr-defined]


async def test_an_event_is_written_down_once(store: TortoiseStore) -> None:
    event = message()
    assert await store.receive(event)
    assert not await store.receive(event)
    assert not await store.receive(replace(event, payload={"text": "something else"}))
    assert [each.incoming for each in await store.undone([], 10)] == [event]


async def test_the_same_event_at_two_processes_is_written_down_once(
    store: TortoiseStore, another: Another
) -> None:
    event = message()
    async with another() as other:
        fresh = await asyncio.gather(*[each.receive(event) for each in (store, other) * 5])
    assert sum(fresh) == 1


async def test_two_doors_may_use_the_same_event_id(store: TortoiseStore) -> None:
    event = message()
    assert await store.receive(event)
    assert await store.receive(replace(event, door="discord"))


async def test_one_persons_events_come_one_at_a_time_and_in_order(store: TortoiseStore) -> None:
    events = [message(text=text) for text in ("first", "second", "third")]
    for event in events:
        await store.receive(event)
    for event in events:
        (head,) = await store.undone([], 10)
        assert head.incoming == event
        assert await store.undone([head.lane], 10) == []
        assert await store.commit(event, Changes())
    assert await store.undone([], 10) == []


async def test_none_appears_in_a_lane_in_front_of_one_that_was_already_seen(
    store: TortoiseStore, url: str
) -> None:
    async with open_database(url) as database:
        async with database.writing():
            await inbox.receive(message(text="first"))
            second = asyncio.create_task(store.receive(message(text="second")))
            await asyncio.sleep(0.1)
            assert not second.done()
        assert await second
    assert texts(await store.undone([], 10)) == ["first"]


async def test_two_desks_at_one_inbox_carry_out_each_event_once_and_one_persons_in_order(
    store: TortoiseStore, another: Another
) -> None:
    for n in range(8):
        for name in ("ann", "bob", "cid"):
            await store.receive(message(name, text=f"{name}-{n}"))
    done: list[str] = []

    async def work(each: TortoiseStore) -> None:
        while heads := await each.undone([], 10):
            for head in heads:
                with suppress(Outdated):
                    if await each.commit(head.incoming, Changes()):
                        done.append(head.incoming.payload["text"])

    async with another() as other:
        await asyncio.gather(work(store), work(other))
    for name in ("ann", "bob", "cid"):
        assert [text for text in done if text.startswith(name)] == [f"{name}-{n}" for n in range(8)]


async def test_people_go_side_by_side_the_longest_waiting_first(store: TortoiseStore) -> None:
    for name in ("ann", "bob", "ann", "cid"):
        await store.receive(message(name, text=name))
    assert texts(await store.undone([], 10)) == ["ann", "bob", "cid"]
    assert texts(await store.undone([], 2)) == ["ann", "bob"]
    assert texts(await store.undone([account("ann")], 10)) == ["bob", "cid"]


async def test_one_person_at_two_doors_is_one_lane(store: TortoiseStore) -> None:
    changes = newcomer("ann")
    elsewhere = Identity("discord", "4711", account("ann"), "dm-4711")
    await store.commit(message("ann"), replace(changes, identities=(*changes.identities, elsewhere)))
    await store.receive(message("ann", text="here"))
    await store.receive(message("4711", text="there", door="discord"))
    (head,) = await store.undone([], 10)
    assert (head.lane, head.incoming.payload["text"]) == (account("ann"), "here")


async def test_an_event_of_the_house_waits_in_the_lane_of_its_account(store: TortoiseStore) -> None:
    await store.receive(message("ann"))
    await store.receive(Incoming(HOUSE, "sent:1", account("ann"), "", True, Kind.SENT, NOON))
    assert [head.lane for head in await store.undone([], 10)] == [account("ann")]


async def test_an_event_of_nobody_does_not_wait_for_anybody(store: TortoiseStore) -> None:
    await store.receive(message("ann"))
    await store.receive(message(person=None, text="paid", kind=Kind.PAYMENT))
    assert len(await store.undone([], 10)) == 2


async def test_an_event_that_raises_again_and_again_is_set_aside_and_the_next_one_goes_on(
    store: TortoiseStore,
) -> None:
    bad, good = message(text="bad"), message(text="good")
    await store.receive(bad)
    await store.receive(good)
    assert await store.stumbled(bad, "ValueError", 3) is None
    assert await store.stumbled(bad, "ValueError", 3) is None
    assert [(head.incoming, head.tries) for head in await store.undone([], 10)] == [(bad, 2)]
    reference = await store.stumbled(bad, "ValueError", 3)
    assert reference is not None
    assert await store.stumbled(bad, "ValueError", 3) == reference
    assert texts(await store.undone([], 10)) == ["good"]


async def test_an_event_that_was_done_meanwhile_does_not_stumble(store: TortoiseStore) -> None:
    event = message()
    await store.commit(event, Changes())
    assert await store.stumbled(event, "ValueError", 1) is None
    assert await store.undone([], 10) == []


async def test_an_event_that_is_being_done_elsewhere_is_not_set_aside(store: TortoiseStore, url: str) -> None:
    event = message()
    await store.receive(event)
    async with open_database(url) as database:
        async with database.writing():
            assert await inbox.finish(event)
            stumbling = asyncio.create_task(store.stumbled(event, "ValueError", 1))
            await asyncio.sleep(0.1)
        assert await stumbling is None
    assert not await store.commit(event, Changes())


async def test_a_try_is_counted_once_for_each_process_that_stumbles(
    store: TortoiseStore, another: Another
) -> None:
    event = message()
    await store.receive(event)
    async with another() as other:
        told = await asyncio.gather(*[each.stumbled(event, "ValueError", 4) for each in (store, other) * 2])
    assert [reference for reference in told if reference] == [event.reference]


@pytest.mark.parametrize("text", ["\0", "a\0b", "\\0", "\u2400"])
async def test_a_character_that_a_database_does_not_know_does_no_harm(
    store: TortoiseStore, text: str
) -> None:
    event = message(text=text, event_id=f"event{text}", place=text, person=None)
    assert await store.receive(event)
    assert not await store.receive(event)
    assert await store.stumbled(event, f"error {text}", 3) is None
    (head,) = await store.undone([], 10)
    assert head.incoming == event
    assert await store.commit(event, Changes())


async def test_a_tick_that_raises_again_and_again_stops_coming(store: TortoiseStore) -> None:
    due = order(due_at=NOON)
    await store.commit(message("ann"), replace(newcomer("ann"), orders=(Move(None, due),)))
    (tick,) = await store.due(NOON, 10)
    assert await store.stumbled(tick, "ValueError", 1) is not None
    assert await store.due(NOON, 10) == []
    assert await store.next_due() is None
    assert not await store.pending(NOON)
    # The next change of the order winds the clock up again.
    later = replace(due, due_at=NOON + timedelta(hours=1))
    await store.commit(message("ann"), Changes(orders=(Move(due, later),)))
    assert await store.next_due() == later.due_at


async def test_who_wrote_last_is_where_a_person_is_found(store: TortoiseStore) -> None:
    person = Person("p", "Ann", NOON)
    identities = (Identity("terminal", "ann", "p", "ann"), Identity("discord", "4711", "p", "dm-4711"))
    await store.commit(message("ann"), Changes(people=(Move(None, person),), identities=identities))
    assert await store.person_of("discord", "4711") == person
    assert await store.person_of("discord", "4712") is None
