"""Two accounts made one in one commit, and where people and rooms are when that changes."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.changes import Changes, Move
from core.consent import Consent, ConsentKind
from core.jobs import Queue, ended
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.linking import Join, LinkCode, as_one
from core.links import Standing
from core.messages import HOUSE, WEB, Incoming, Kind, To
from core.money import Money
from core.orders import OrderState
from core.people import Identity, Person, Reached, RoomMoved, StaffDesk, account_id
from core.ports import Outdated, Outgoing, Received
from core.snapshot import Needs
from core.threads import Entry, Thread, ThreadState
from core.visits import PAGE, Visit
from storage import deeds, inbox
from storage.audit import audit
from storage.database import open_database
from storage.store import TortoiseStore
from storage.visits import Visits
from tests.databases import EVERY, past_the_store
from tests.storage.conftest import HandClock
from tests.storage.things import NOON, account, card, job, message, newcomer, notice, order

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]

HASH = "f" * 64
ANN, BEN = account("ann"), account_id("telegram", "ben")
TELEGRAM = Identity("telegram", "ben", BEN, "ben")


def of_ben(event: str, **over: Any) -> Incoming:
    return message("ben", event, **{"door": "telegram", "place": "ben"} | over)


@pytest.fixture
async def met(store: TortoiseStore) -> TortoiseStore:
    """The store, which has met Ann at the terminal, who has a code, and Ben on Telegram."""
    code = LinkCode(HASH, ANN, NOON + timedelta(minutes=15))
    await store.commit(message("ann"), newcomer("ann") + Changes(codes=(code,)))
    ben = Person(BEN, "Ben", NOON)
    await store.commit(of_ben("hi"), Changes(people=(Move(None, ben),), identities=(TELEGRAM,)))
    return store


async def joining(store: TortoiseStore) -> Changes:
    """What makes Ben Ann, as the rows are now."""
    snapshot = await store.load(Needs("telegram", external="ben", code=HASH))
    ben, there = snapshot.actor, snapshot.giver
    assert ben is not None
    assert there is not None
    assert there.actor is not None
    credit = (
        (Transfer("join", TransferKind.CREDIT, of_credit(ben.id), of_credit(ANN), snapshot.balance, NOON),)
        if snapshot.balance and snapshot.balance.amount
        else ()
    )
    return Changes(
        people=(Move(ben, replace(ben, role=None)), Move(there.actor, as_one(there.actor, ben))),
        transfers=credit,
        joins=(Join(ben.id, ANN, HASH),),
    )


async def join(store: TortoiseStore) -> None:
    assert await store.commit(of_ben("link"), await joining(store))


def gift(ref: str, to: str, amount: int) -> Transfer:
    return Transfer(ref, TransferKind.CREDIT, GOODWILL, of_credit(to), Money(amount, "USD"), NOON)


async def out(store: TortoiseStore) -> list[Outgoing]:
    return list(await store.outgoing(("terminal", "telegram"), 50))


def there(outgoing: Outgoing) -> tuple[str, str, str]:
    thing = outgoing.card or outgoing.notice
    assert thing is not None
    name = outgoing.card.key if outgoing.card else outgoing.notice.id if outgoing.notice else ""
    return name, outgoing.reach.door, outgoing.reach.address


async def test_all_that_was_bens_is_anns(met: TortoiseStore) -> None:
    entry = Entry("entry", "thread", BEN, "Ben", False, "hello", NOON)
    thread = Thread("thread", BEN, ThreadState.WAITING, NOON, "open", entries=(entry,))
    closed = order("closed", 1001, person=BEN, state=OrderState.COMPLETED)
    changes = Changes(
        orders=(Move(None, order("open", 1000, person=BEN, note='"person":"x"')), Move(None, closed)),
        threads=(Move(None, thread),),
        jobs=(replace(job("job", order="open"), person=BEN),),
        cards=(card("order:open", To.person(BEN)),),
        notices=(notice("n", To.person(BEN)),),
    )
    await met.commit(of_ben("order"), changes)
    await join(met)
    snapshot = await met.load(Needs("terminal", external="ann", order="closed"))
    assert [(one.order.id, one.order.person) for one in snapshot.open] == [("open", ANN)]
    assert snapshot.open[0].order.note == '"person":"x"'
    assert snapshot.project is not None
    assert (snapshot.project.order.person, snapshot.thread) == (ANN, replace(thread, person=ANN))
    assert [one.person for one in (await met.load(Needs(HOUSE, account=ANN, order="open"))).running] == [ANN]
    assert {(*there(one), one.reach.external) for one in await out(met)} == {
        ("order:open", "telegram", "ben", "ben"),
        ("n", "telegram", "ben", "ben"),
    }
    for door, external in (("terminal", "ann"), ("telegram", "ben")):
        person = await met.person_of(door, external)
        assert person is not None
        assert (person.id, person.formerly) == (ANN, (BEN,))


async def test_what_both_opened_in_one_hour_is_counted_together_under_the_name_that_stays(
    met: TortoiseStore, url: str
) -> None:
    hour = NOON + timedelta(minutes=30)
    async with open_database(url) as database:
        visits = Visits(database)
        await visits.begun("order", ANN, Standing.STAFF, PAGE, hour)
        await visits.begun("order", BEN, Standing.STAFF, PAGE, NOON)
        await visits.finished("other", BEN, Standing.ARTIST, PAGE, NOON)
        await join(met)
        await visits.begun("other", BEN, Standing.ARTIST, PAGE, hour)  # by a link from before
        assert await visits.of_order("order") == [Visit(ANN, Standing.STAFF, PAGE, 2, 0, hour)]
        assert await visits.of_order("other") == [Visit(ANN, Standing.ARTIST, PAGE, 1, 1, hour)]


async def test_however_many_orders_there_are_one_commit_has_them_all(met: TortoiseStore, url: str) -> None:
    past = [order(f"o{n}", 1000 + n, person=BEN, state=OrderState.COMPLETED) for n in range(500)]
    await met.commit(of_ben("past"), Changes(orders=tuple(Move(None, each) for each in past)))
    await join(met)
    with past_the_store(url) as raw:
        assert list(raw.execute("SELECT DISTINCT person FROM orders")) == [(ANN,)]


async def test_an_old_name_means_the_account_for_ever(met: TortoiseStore) -> None:
    await join(met)
    assert (await met.load(Needs(HOUSE, account=BEN))).actor == await met.person_of("terminal", "ann")
    await met.commit(message("ann"), Changes(notices=(notice("for-ben", To.person(BEN)),)))
    assert [name for name, *_ in map(there, await out(met))] == ["for-ben"]


async def test_an_event_that_names_the_old_account_waits_in_the_lane_of_the_new_one(
    met: TortoiseStore,
) -> None:
    running = replace(job("job"), person=BEN)
    await met.commit(of_ben("job"), Changes(jobs=(running,)))
    taken = await met.take(Queue.CPU, [], "engine")
    assert taken is not None
    await join(met)
    await met.receive(ended(taken, {"done": {}}, NOON))
    (heard,) = await met.undone([], 10)
    assert (heard.incoming.person, heard.lane) == (BEN, ANN)


async def test_what_one_person_did_before_the_join_is_still_in_order_after_it(met: TortoiseStore) -> None:
    for event in ("first", "second"):
        await met.receive(of_ben(event, event_id=event))
    await met.receive(message("ann", event_id="third"))
    await join(met)
    await met.receive(of_ben("fourth", event_id="fourth"))
    order_: list[str] = []
    while heard := await met.undone([], 10):
        (one,) = heard  # one lane
        order_.append(one.incoming.event_id)
        await met.commit(one.incoming, Changes())
    assert order_ == ["first", "second", "third", "fourth"]


async def test_credit_that_came_meanwhile_is_not_left_behind(met: TortoiseStore, url: str) -> None:
    await met.commit(message(), Changes(transfers=(gift("one", BEN, 100),)))
    decided = await joining(met)
    await met.commit(message(), Changes(transfers=(gift("two", BEN, 50),)))
    with pytest.raises(Outdated):
        await met.commit(of_ben("link"), decided)
    await join(met)
    balance = (await met.load(Needs("telegram", external="ben"))).balance
    assert balance == Money(150, "USD")
    async with open_database(url) as database:
        assert not [gone_over for gone_over in (await audit(database)).audited if gone_over.wrong]


async def test_nothing_is_written_about_an_account_that_became_another(met: TortoiseStore) -> None:
    await join(met)
    consent = Consent("c", BEN, ConsentKind.TERMS, "1", "ff", "en", "telegram", "e", NOON)
    late = [
        Changes(orders=(Move(None, order("late", 1005, person=BEN)),)),
        Changes(threads=(Move(None, Thread("late", BEN, ThreadState.WAITING, NOON)),)),
        Changes(jobs=(replace(job("late"), person=BEN),)),
        Changes(transfers=(gift("late", BEN, 100),)),
        Changes(consents=(consent,)),
        Changes(identities=(Identity("discord", "1", BEN, "1"),)),
    ]
    for changes in late:
        with pytest.raises(Outdated):
            await met.commit(of_ben("late"), changes)


async def test_a_code_joins_once(met: TortoiseStore) -> None:
    decided = await joining(met)
    await join(met)
    with pytest.raises(Outdated):
        await met.commit(of_ben("again"), decided)
    assert (await met.load(Needs("terminal", external="ann", code=HASH))).code is None


async def test_a_join_that_fails_leaves_everything_as_it_was(met: TortoiseStore, url: str) -> None:
    await met.commit(of_ben("order"), Changes(orders=(Move(None, order("o", person=BEN)),)))
    decided = await joining(met)
    wrong = replace(decided, joins=(replace(decided.joins[0], code="0" * 64),))
    with pytest.raises(Outdated):
        await met.commit(of_ben("link"), wrong)
    with past_the_store(url) as raw:
        assert list(raw.execute("SELECT person FROM orders")) == [(BEN,)]
    await join(met)


@pytest.mark.databases("postgres")
async def test_an_order_that_is_being_made_during_the_join_comes_along(
    met: TortoiseStore, another: Another, url: str
) -> None:
    """On SQLite writers wait for each other anyway."""
    decided = await joining(met)
    async with open_database(url) as database:
        async with database.writing():
            await deeds.commit(of_ben("order"), Changes(orders=(Move(None, order("o", person=BEN)),)))
            waiting = asyncio.create_task(met.commit(of_ben("link"), decided))
            await asyncio.sleep(0.1)
        assert await waiting
    (found,) = (await met.load(Needs("terminal", external="ann"))).open
    assert found.order.person == ANN


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("first", ["the deed", "the join"])
async def test_a_deed_at_a_page_during_the_join_is_in_the_lane_of_the_new_account(
    met: TortoiseStore, url: str, first: str
) -> None:
    """On SQLite writers wait for each other anyway."""
    decided = await joining(met)
    deed = Incoming(WEB, "press", BEN, "", True, Kind.PRESS, NOON, {"action": "pay:o"})
    async with open_database(url) as database:
        async with database.writing():
            if first == "the deed":
                await inbox.receive(deed)
                waiting = asyncio.create_task(met.commit(of_ben("link"), decided))
            else:
                await deeds.commit(of_ben("link"), decided)
                waiting = asyncio.create_task(met.receive(deed))
            await asyncio.sleep(0.1)
            assert not waiting.done()
        assert await waiting
    (heard,) = await met.undone([], 10)
    assert (heard.incoming.person, heard.lane) == (BEN, ANN)


async def test_the_words_of_a_secret_notice_are_wiped_once_it_was_sent(met: TortoiseStore, url: str) -> None:
    secret = notice("code", To.person(ANN), "K7QF-2M9X", secret=True)
    await met.commit(message(), Changes(notices=(secret,)))
    (found,) = await out(met)
    assert found.notice == secret
    await met.sending(found)
    await met.sent(found, "m")
    with past_the_store(url) as raw:
        assert not [row for row in raw.execute("SELECT data FROM notices") if "K7QF" in row[0]]


async def test_an_answer_that_only_its_door_can_give_goes_where_it_was_asked(
    met: TortoiseStore, clock: HandClock
) -> None:
    await join(met)
    clock.advance(timedelta(minutes=1))
    await met.receive(of_ben("later", at=clock.now()))
    answer = notice("answer", To.person(ANN), reply_handle="interaction")
    asked = message("ann", place="ann")
    await met.commit(asked, Changes(notices=(answer, notice("news", To.person(ANN)))))
    assert {there(one) for one in await out(met)} == {
        ("answer", "terminal", "ann"),
        ("news", "telegram", "ben"),
    }


# Who cannot be reached


async def gone(store: TortoiseStore, *, reachable: bool = False, again: tuple[str, ...] = ()) -> None:
    reached = Reached("telegram", "ben", reachable, again)
    await store.commit(of_ben("gone", kind=Kind.REMOVED), Changes(reached=(reached,)))


async def test_what_was_wanted_where_somebody_left_goes_to_where_they_are(met: TortoiseStore) -> None:
    await met.commit(of_ben("a"), Changes(cards=(card("order:quiet", To.person(BEN)),)))
    (quiet,) = await out(met)
    await met.sent(quiet, "m1")
    more = Changes(
        cards=(card("order:o", To.person(BEN)),),
        notices=(notice("n", To.person(BEN), reply_handle="of telegram"),),
    )
    await met.commit(of_ben("b"), more)
    await join(met)
    await gone(met)
    found = await out(met)
    assert {there(one) for one in found} == {("order:o", "terminal", "ann"), ("n", "terminal", "ann")}
    assert [one.notice.reply_handle for one in found if one.notice] == [None]
    await met.commit(message(), Changes(cards=(card("order:quiet", To.person(ANN), "moved on"),)))
    (anew,) = [one for one in await out(met) if one.card and one.card.key == "order:quiet"]
    assert (there(anew)[1:], anew.message) == (("terminal", "ann"), None)


async def test_a_message_that_is_on_its_way_when_its_reader_leaves_is_not_taken_for_shown_elsewhere(
    met: TortoiseStore,
) -> None:
    await join(met)
    await met.commit(of_ben("a", at=NOON), Changes(cards=(card("order:o", To.person(ANN)),)))
    (sent,) = await out(met)
    before = sent.reach.door
    door = Reached(sent.reach.door, sent.reach.external or "", False)
    await met.commit(message(), Changes(reached=(door,)))
    await met.sent(sent, "m1")
    (anew,) = await out(met)
    assert anew.reach.door != before
    assert anew.message is None


async def test_who_is_nowhere_else_is_refused_at_once_and_their_card_waits(met: TortoiseStore) -> None:
    await met.commit(of_ben("a"), Changes(notices=(notice("old", To.person(BEN), confirm=True),)))
    await gone(met)
    wanted = Changes(
        cards=(card("order:o", To.person(BEN)),), notices=(notice("new", To.person(BEN), confirm=True),)
    )
    await met.commit(message(), wanted)
    assert await out(met) == []
    told = [(one.incoming.event_id, one.incoming.payload["refused"]) for one in await _all(met)]
    assert told == [("refused:old", "unreachable"), ("refused:new", "unreachable")]
    assert not await met.pending(NOON)
    await gone(met, reachable=True, again=("new",))
    assert {there(one) for one in await out(met)} == {
        ("order:o", "telegram", "ben"),
        ("new", "telegram", "ben"),
    }


async def _all(store: TortoiseStore) -> list[Received]:
    found: list[Received] = []
    while heard := await store.undone([], 10):
        found += heard
        for one in heard:
            await store.commit(one.incoming, Changes())
    return found


async def test_what_was_refused_and_sent_later_is_heard_of_twice(met: TortoiseStore) -> None:
    await met.commit(of_ben("a"), Changes(notices=(notice("n", To.person(BEN), confirm=True),)))
    (found,) = await out(met)
    await met.sending(found)
    await met.refused(found, "closed")
    assert (await met.load(Needs("telegram", external="ben"))).away
    await gone(met, reachable=True, again=("n",))
    assert not (await met.load(Needs("telegram", external="ben"))).away
    (found,) = await out(met)
    await met.sending(found)
    await met.sent(found, "m")
    assert [one.incoming.event_id for one in await _all(met)] == ["refused:n", "sent:n"]


async def test_what_one_door_refuses_goes_to_the_other_and_when_both_do_it_is_refused(
    met: TortoiseStore,
) -> None:
    await join(met)
    await met.commit(message(), Changes(notices=(notice("n", To.person(ANN), confirm=True),)))
    doors = []
    while found := await out(met):
        (one,) = found
        doors.append(one.reach.door)
        await met.sending(one)
        await met.refused(one, "closed")
    assert sorted(doors) == ["telegram", "terminal"]
    assert [one.incoming.event_id for one in await _all(met)] == ["refused:n"]


# Staff desks


async def test_a_room_that_moves_takes_desk_cards_and_notices_along(met: TortoiseStore) -> None:
    desk = StaffDesk("telegram", "-1", ANN, NOON)
    await met.commit(message(), Changes(desks=(desk,)))
    await met.commit(
        message(),
        Changes(
            cards=(card("thread:a", To.staff()), replace(card("thread:b", To.staff()), done=True)),
        ),
    )
    for one in await out(met):
        await met.sent(one, "m")
    room = To.room("telegram", "-1")
    await met.commit(message(), Changes(notices=(notice("n", room), notice("bell", To.staff()))))
    await met.commit(message(), Changes(rooms_moved=(RoomMoved("telegram", "-1", "-100"),)))
    found = await out(met)
    assert {there(one) for one in found} == {
        ("thread:a", "telegram", "-100"),
        ("n", "telegram", "-100"),
        ("bell", "telegram", "-100"),
    }
    assert [one.message for one in found if one.card] == [None]
    assert (await met.load(Needs("terminal", external="ann"))).desks == (replace(desk, address="-100"),)
    moved_again = Changes(rooms_moved=(RoomMoved("telegram", "-1", "-100"),))
    assert await met.commit(message(), moved_again)
    assert len(await out(met)) == 3


async def test_a_room_that_moves_to_where_a_desk_is_already_is_that_desk(met: TortoiseStore) -> None:
    for address in ("-1", "-100"):
        await met.commit(message(), Changes(desks=(StaffDesk("telegram", address, ANN, NOON),)))
    shown = Changes(cards=(card("thread:a", To.staff()),), notices=(notice("bell", To.staff()),))
    await met.commit(message(), shown)
    await met.commit(message(), Changes(rooms_moved=(RoomMoved("telegram", "-1", "-100"),)))
    assert [desk.address for desk in (await met.load(Needs("terminal", external="ann"))).desks] == ["-100"]
    assert sorted(there(one) for one in await out(met)) == [
        ("bell", "telegram", "-100"),
        ("thread:a", "telegram", "-100"),
    ]


async def test_a_new_staff_desk_has_the_cards_that_wait_and_none_that_are_done(met: TortoiseStore) -> None:
    await met.commit(message(), Changes(desks=(StaffDesk("terminal", "desk", ANN, NOON),)))
    waiting, done = card("aside:a", To.staff()), replace(card("aside:b", To.staff()), done=True)
    await met.commit(message(), Changes(cards=(waiting, done)))
    for one in await out(met):
        await met.sent(one, "m")
    await met.commit(message(), Changes(desks=(StaffDesk("telegram", "second", ANN, NOON),)))
    assert [there(one) for one in await out(met)] == [("aside:a", "telegram", "second")]


# Who has to be read up on


async def test_whoever_has_an_open_order_is_to_be_read_up_on_at_each_of_their_doors(
    met: TortoiseStore, clock: HandClock
) -> None:
    assert list(await met.unheard("telegram")) == []
    await met.commit(message(), Changes(orders=(Move(None, order("o")),)))
    assert [one.external for one in await met.unheard("terminal")] == ["ann"]
    assert list(await met.unheard("telegram")) == []
    await join(met)
    clock.advance(timedelta(minutes=1))
    await met.receive(of_ben("later", at=clock.now()))
    (one,) = await met.unheard("telegram")
    assert (one.external, one.address, one.last_seen) == ("ben", "ben", clock.now())


async def test_of_those_to_be_read_up_on_who_was_seen_last_is_first_and_closed_orders_count_for_nothing(
    met: TortoiseStore, clock: HandClock
) -> None:
    for number, name in enumerate(("bob", "cid", "dan")):
        await met.commit(message(name), newcomer(name))
        state = OrderState.COMPLETED if name == "dan" else OrderState.REVIEW
        theirs = order(name, 1000 + number, name, state=state)
        await met.commit(message(name), Changes(orders=(Move(None, theirs),)))
    clock.advance(timedelta(minutes=1))
    await met.receive(message("bob", at=clock.now()))
    assert [one.external for one in await met.unheard("terminal")] == ["bob", "cid"]
