"""Cards in the state they should be in, notices once and in order, each where its reader is."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from core.changes import Changes, Move
from core.messages import HOUSE, Card, Kind, Notice, To
from core.people import Identity, Person, StaffDesk
from core.ports import Outgoing
from storage import deeds
from storage.database import open_database
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.conftest import HandClock
from tests.storage.things import NOON, account, card, message, newcomer, notice

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]

ANN = To.person(account("ann"))
LOUNGE = To.room("terminal", "lounge")


async def want(store: TortoiseStore, *messages: Card | Notice) -> None:
    cards = tuple(each for each in messages if isinstance(each, Card))
    notices = tuple(each for each in messages if isinstance(each, Notice))
    await store.commit(message(), Changes(cards=cards, notices=notices))


def names(outgoing: Sequence[Outgoing]) -> list[str]:
    return [each.card.key if each.card else each.notice.id if each.notice else "" for each in outgoing]


async def out(store: TortoiseStore, *doors: str) -> list[Outgoing]:
    return list(await store.outgoing(doors or ("terminal",), 50))


@pytest.fixture
async def met(store: TortoiseStore) -> TortoiseStore:
    """The store, which has met Ann."""
    await store.commit(message("ann"), newcomer("ann"))
    return store


async def test_a_card_that_was_sent_is_not_sent_again_until_it_changes(met: TortoiseStore) -> None:
    await want(met, card("job", ANN, "working"))
    (first,) = await out(met)
    assert first.message is None
    await met.sent(first, "message-1")
    assert await out(met) == []
    await want(met, card("job", ANN, "working"))
    assert await out(met) == []
    await want(met, card("job", ANN, "ready"))
    (edit,) = await out(met)
    assert (edit.card, edit.message) == (card("job", ANN, "ready"), "message-1")


async def test_edits_of_a_card_that_was_not_sent_yet_are_one(met: TortoiseStore) -> None:
    for share in range(5):
        await want(met, card("job", ANN, f"{share}"))
    (only,) = await out(met)
    assert only.card == card("job", ANN, "4")


async def test_a_card_that_changes_back_before_it_was_sent_needs_no_sending(met: TortoiseStore) -> None:
    await want(met, card("job", ANN, "one"))
    (first,) = await out(met)
    await met.sent(first, "m")
    await want(met, card("job", ANN, "two"))
    await want(met, card("job", ANN, "one"))
    assert await out(met) == []


async def test_a_card_that_changed_while_it_was_sent_comes_out_again(met: TortoiseStore) -> None:
    await want(met, card("job", ANN, "one"))
    (first,) = await out(met)
    await want(met, card("job", ANN, "two"))
    await met.sent(first, "m")
    (second,) = await out(met)
    assert (second.card, second.message) == (card("job", ANN, "two"), "m")


async def test_a_card_that_changed_back_while_it_was_sent_comes_out_again(met: TortoiseStore) -> None:
    await want(met, card("job", ANN, "one"))
    (first,) = await out(met)
    await met.sent(first, "m")
    await want(met, card("job", ANN, "two"))
    (second,) = await out(met)
    await want(met, card("job", ANN, "one"))
    await met.sent(second, "m")
    (third,) = await out(met)
    assert (third.card, third.message) == (card("job", ANN, "one"), "m")
    await met.sent(third, "m")
    assert await out(met) == []


async def test_a_refused_card_is_left_alone_until_it_changes(met: TortoiseStore) -> None:
    await want(met, card("job", ANN, "one"))
    (first,) = await out(met)
    await met.refused(first, "closed")
    assert await out(met) == []
    await want(met, card("job", ANN, "two"))
    assert names(await out(met)) == ["job"]


async def test_a_persons_messages_go_to_the_door_where_they_wrote_last(
    store: TortoiseStore, clock: HandClock
) -> None:
    person = Person(account("ann"), "Ann", NOON, locale="de", zone="Europe/Berlin")
    both = (Identity("terminal", "ann", person.id, "ann"), Identity("discord", "4711", person.id, "dm-4711"))
    await store.commit(message("ann"), Changes(people=(Move(None, person),), identities=both))
    clock.advance(timedelta(minutes=1))
    await store.receive(message("ann", at=clock.now()))
    await want(store, notice("here", ANN), card("job", ANN))
    clock.advance(timedelta(minutes=1))
    await store.receive(message("4711", door="discord", at=clock.now()))
    await want(store, notice("there", ANN), card("job", ANN, "moved on"))
    # A card stays where it is: it is the same message, edited.
    assert names(await out(store, "terminal")) == ["job", "here"]
    (there,) = await out(store, "discord")
    assert there.notice == notice("there", ANN)
    reach = there.reach
    assert (reach.door, reach.address, reach.external) == ("discord", "dm-4711", "4711")
    assert (reach.private, reach.locale, reach.zone) == (True, "de", "Europe/Berlin")


async def test_what_is_for_somebody_who_is_nowhere_yet_waits_for_them(store: TortoiseStore) -> None:
    await want(store, card("job", ANN), notice("hello", ANN))
    assert await out(store, "terminal", "discord") == []
    assert not await store.pending(NOON)
    await store.commit(message("ann"), newcomer("ann"))
    assert names(await out(store)) == ["job", "hello"]


@pytest.mark.parametrize("first", ["the notice", "the person"])
async def test_what_is_wanted_while_its_reader_arrives_reaches_them(
    store: TortoiseStore, url: str, first: str
) -> None:
    deeds_at_once = [
        (message("ann"), newcomer("ann")),
        (message("bob"), Changes(notices=(notice("n", ANN),))),
    ]
    if first == "the notice":
        deeds_at_once.reverse()
    (held, changes), (waiting, later) = deeds_at_once
    async with open_database(url) as database:
        async with database.writing():
            await deeds.commit(held, changes)
            second = asyncio.create_task(store.commit(waiting, later))
            await asyncio.sleep(0.1)
        assert await second
    assert names(await out(store)) == ["n"]


async def test_every_staff_desk_has_its_own_copy(store: TortoiseStore) -> None:
    await want(store, card("thread", To.staff()))
    assert await out(store) == []
    for n, door in enumerate(("terminal", "discord")):
        desk = StaffDesk(door, f"desk-{n}", account("boss"), NOON)
        await store.commit(message("boss"), Changes(desks=(desk,)))
    assert [each.reach.address for each in await out(store, "terminal", "discord")] == [
        "desk-0",
        "desk-1",
    ]
    await want(store, card("thread", To.staff(), "new"), notice("bell", To.staff()))
    found = {
        (each.reach.address, name)
        for each in await out(store, "terminal", "discord")
        for name in names([each])
    }
    assert found == {("desk-0", "thread"), ("desk-0", "bell"), ("desk-1", "thread"), ("desk-1", "bell")}
    assert not any(each.reach.private for each in await out(store))


async def test_a_room_is_reached_as_it_is(store: TortoiseStore) -> None:
    await want(store, notice("hello", To.room("discord", "a|b")))
    (found,) = await out(store, "discord")
    assert (found.reach.address, found.reach.private, found.reach.external) == ("a|b", False, None)


async def test_a_door_gets_only_what_is_its_own(store: TortoiseStore) -> None:
    await want(store, notice("one", LOUNGE), notice("two", To.room("discord", "lounge")))
    assert names(await out(store, "discord")) == ["two"]
    assert names(await store.outgoing([], 10)) == []


async def test_a_card_goes_before_the_notices_wanted_after_it_and_after_those_before(
    store: TortoiseStore,
) -> None:
    await want(store, notice("first", LOUNGE))
    await want(store, card("a", LOUNGE))
    await want(store, notice("second", LOUNGE), card("b", LOUNGE))
    await want(store, card("a", LOUNGE, "edited"))
    assert names(await out(store)) == ["first", "a", "b", "second"]


async def test_a_notice_is_sent_once(met: TortoiseStore) -> None:
    await want(met, notice("hello", ANN))
    await want(met, notice("hello", ANN))
    (found,) = await out(met)
    assert await met.sending(found)
    assert not await met.sending(found)
    assert await out(met) == []
    await met.sent(found, "m")
    assert await out(met) == []
    assert not await met.sending(found)


async def test_of_two_who_found_the_same_notice_one_sends_it(met: TortoiseStore, another: Another) -> None:
    await want(met, notice("hello", ANN))
    async with another() as other:
        (here,), (there,) = await out(met), await out(other)
        assert [await met.sending(here), await other.sending(there)] == [True, False]


async def test_a_notice_that_is_on_its_way_is_not_overtaken_in_its_place(store: TortoiseStore) -> None:
    away = To.room("terminal", "away")
    await want(store, notice("one", LOUNGE), notice("two", LOUNGE), notice("elsewhere", away))
    first, *_ = await out(store)
    assert await store.sending(first)
    assert names(await out(store)) == ["elsewhere"]
    await store.sent(first, "m")
    assert names(await out(store)) == ["two", "elsewhere"]


async def test_a_place_with_very_many_notices_leaves_room_for_the_others(store: TortoiseStore) -> None:
    await want(store, *[notice(f"n{n}", LOUNGE) for n in range(100)])
    await want(store, notice("elsewhere", To.room("terminal", "away")))
    assert "elsewhere" in names(await out(store))


async def test_what_a_dead_process_was_sending_comes_out_as_unsure_and_for_one_only(
    met: TortoiseStore, another: Another
) -> None:
    await want(met, notice("one", ANN), notice("two", ANN))
    async with another() as dead:
        first, _ = await out(dead)
        assert await dead.sending(first)
    again, after = await out(met)
    assert (again.notice, again.unsure, after.unsure) == (first.notice, True, False)
    async with another() as third:
        found, _ = await out(third)
        assert [await met.sending(again), await third.sending(found)] == [True, False]
    assert await out(met) == []


@pytest.mark.parametrize("reason", [None, "closed"])
async def test_the_desk_hears_of_a_notice_it_wants_confirmed(
    met: TortoiseStore, clock: HandClock, reason: str | None
) -> None:
    await want(met, notice("ready", ANN, confirm=True, order="order-1"), notice("other", ANN))
    for each in await out(met):
        assert await met.sending(each)
        await (met.refused(each, reason) if reason else met.sent(each, "m"))
        await (met.refused(each, reason) if reason else met.sent(each, "m"))
    (heard,) = await met.undone([], 10)
    event = heard.incoming
    assert (event.door, event.event_id, event.kind) == (
        HOUSE,
        f"{'refused' if reason else 'sent'}:ready",
        Kind.SENT,
    )
    assert (event.person, event.at, heard.lane) == (ANN.id, clock.now(), ANN.id)
    assert event.payload == {"notice": "ready", "order": "order-1", "refused": reason}


async def test_the_house_is_at_rest_when_nothing_is_left_to_send(met: TortoiseStore) -> None:
    assert not await met.pending(NOON)
    await want(met, card("job", ANN), replace(notice("n", ANN)))
    assert await met.pending(NOON)
    for each in await out(met):
        assert await met.sending(each)
        await met.sent(each, "m")
    assert not await met.pending(NOON)
