"""One deed, one commit: everything or nothing, once, and only if nobody was faster."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from core.changes import Changes, Finish, Move
from core.consent import Consent, ConsentKind
from core.jobs import JobState, Queue
from core.messages import HOUSE, Incoming, Kind, Media, To
from core.orders import OrderState
from core.people import StaffDesk
from core.ports import Outdated
from core.snapshot import Needs
from core.text import Text
from core.threads import Entry, Thread, ThreadState
from storage import deeds
from storage.database import Database, open_database
from storage.models import BlobUseRow, ConsentRow
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.things import NOON, account, card, job, message, newcomer, notice, order, pay, song

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]


async def test_a_deed_is_carried_out_once(store: TortoiseStore) -> None:
    event = message("ann")
    assert await store.receive(event)
    assert await store.commit(event, newcomer("ann"))
    assert not await store.commit(event, Changes(orders=(Move(None, order()),)))
    assert await store.undone([], 10) == []
    assert (await store.load(Needs(HOUSE, order="order-1"))).project is None


async def test_a_deed_that_never_stood_in_the_inbox_is_carried_out_once_too(store: TortoiseStore) -> None:
    tick = Incoming(HOUSE, "tick:1", account("ann"), "", True, Kind.TICK, NOON)
    assert await store.commit(tick, newcomer("ann"))
    assert not await store.commit(tick, Changes())
    assert not await store.receive(tick)


async def test_a_row_that_exists_is_not_made_again(store: TortoiseStore) -> None:
    await store.commit(message("ann"), newcomer("ann"))
    event = message("ann")
    with pytest.raises(Outdated):
        await store.commit(event, replace(newcomer("ann"), orders=(Move(None, order()),)))
    snapshot = await store.load(Needs(HOUSE, order="order-1"))
    assert snapshot.project is None
    assert await store.commit(event, Changes())


async def test_two_orders_never_have_one_number(store: TortoiseStore) -> None:
    await store.commit(message("ann"), Changes(orders=(Move(None, order("one", 1000)),)))
    assert (await store.load(Needs("terminal"))).next_number == 1001
    with pytest.raises(Outdated):
        await store.commit(message("bob"), Changes(orders=(Move(None, order("two", 1000, "bob")),)))


async def test_a_move_counts_the_rev_up_and_hits_only_the_row_it_was_decided_on(store: TortoiseStore) -> None:
    draft = order()
    offered = replace(draft, state=OrderState.OFFERED, title="Night")
    await store.commit(message("ann"), Changes(orders=(Move(None, draft),)))
    await store.commit(message("ann"), Changes(orders=(Move(draft, offered),)))
    project = (await store.load(Needs(HOUSE, order="order-1"))).project
    assert project is not None
    assert project.order == replace(offered, rev=1)
    with pytest.raises(Outdated):
        await store.commit(message("ann"), Changes(orders=(Move(draft, offered),)))
    renamed = Move(replace(offered, rev=0), replace(offered, title="Day"))
    with pytest.raises(Outdated):  # the state is right, the rev is not
        await store.commit(message("ann"), Changes(orders=(renamed,)))
    in_another_state = replace(draft, rev=1)
    with pytest.raises(Outdated):
        await store.commit(message("ann"), Changes(orders=(Move(in_another_state, offered),)))


async def test_a_guard_that_fails_undoes_the_whole_deed_and_leaves_it_to_be_done(
    store: TortoiseStore,
) -> None:
    event = message("ann")
    await store.receive(event)
    changes = replace(
        newcomer("ann"),
        transfers=(pay("pay:1", "order-1", 600),),
        jobs=(job("job-1"),),
        notices=(notice("notice-1", To.person(account("ann"))),),
        orders=(Move(order(), order()),),  # there is none
    )
    with pytest.raises(Outdated):
        await store.commit(event, changes)
    assert await store.person_of("terminal", "ann") is None
    assert await store.take(Queue.CPU, [], "engine") is None
    assert await store.outgoing(["terminal"], 10) == []
    assert [head.incoming for head in await store.undone([], 10)] == [event]


async def test_of_many_who_decide_on_the_same_order_at_once_one_wins(
    store: TortoiseStore, another: Another
) -> None:
    draft = order()
    await store.commit(message("ann"), Changes(orders=(Move(None, draft),)))

    async def offer(each: TortoiseStore, title: str) -> bool:
        try:
            offered = replace(draft, state=OrderState.OFFERED, title=title)
            return await each.commit(message("ann"), Changes(orders=(Move(draft, offered),)))
        except Outdated:
            return False

    async with another() as other:
        won = await asyncio.gather(*[offer(each, str(n)) for n, each in enumerate((store, other) * 5)])
    assert sum(won) == 1
    project = (await store.load(Needs(HOUSE, order="order-1"))).project
    assert project is not None
    assert project.order.title == str(won.index(True))


async def test_of_two_processes_with_one_event_one_carries_it_out(
    store: TortoiseStore, another: Another
) -> None:
    event = message("ann")
    changes = Changes(transfers=(pay("pay:1", "order-1", 600),))
    async with another() as other:
        done = await asyncio.gather(*[each.commit(event, changes) for each in (store, other) * 3])
    assert sum(done) == 1


async def test_a_jobs_end_counts_only_for_the_attempt_that_is_running(store: TortoiseStore) -> None:
    await store.commit(message("ann"), Changes(jobs=(job("job-1"),)))
    first = await store.take(Queue.CPU, [], "engine")
    assert first is not None
    await store.give_back(first, died=True)
    second = await store.take(Queue.CPU, [], "engine")
    assert second is not None

    def ended(attempt: int) -> tuple[Incoming, Changes]:
        event = Incoming(HOUSE, f"job:job-1:{attempt}", account("ann"), "", True, Kind.JOB, NOON)
        told = notice(f"ready-{attempt}", To.room("terminal", "lounge"))
        return event, Changes(finish=Finish("job-1", attempt), notices=(told,))

    assert not await store.commit(*ended(first.attempts))
    assert await store.outgoing(["terminal"], 10) == []
    assert await store.commit(*ended(second.attempts))
    assert not await store.commit(*ended(second.attempts))
    assert [each.notice.id for each in await store.outgoing(["terminal"], 10) if each.notice] == ["ready-2"]
    snapshot = await store.load(Needs(HOUSE, job="job-1"))
    assert snapshot.job is not None
    assert snapshot.job.state is JobState.DONE


async def test_a_failed_job_is_failed(store: TortoiseStore) -> None:
    await store.commit(message("ann"), Changes(jobs=(job("job-1"),)))
    assert await store.take(Queue.CPU, [], "engine")
    assert await store.commit(message("ann"), Changes(finish=Finish("job-1", 1, failed=True)))
    snapshot = await store.load(Needs(HOUSE, job="job-1"))
    assert snapshot.job is not None
    assert snapshot.job.state is JobState.FAILED


async def test_a_job_that_was_wanted_before_is_not_wanted_twice(store: TortoiseStore) -> None:
    await store.commit(message("ann"), Changes(jobs=(job("job-1"),)))
    await store.commit(message("ann"), Changes(jobs=(job("job-1"), job("job-2"))))
    taken = [await store.take(Queue.CPU, [], "engine") for _ in range(3)]
    assert [each and each.id for each in taken] == ["job-1", "job-2", None]


async def test_an_orders_jobs_are_cancelled_but_not_those_the_same_deed_wants(store: TortoiseStore) -> None:
    jobs = (job("queued", order="order-1"), job("running", order="order-1"), job("other", order="order-2"))
    await store.commit(message("ann"), Changes(jobs=jobs))
    running = await store.take(Queue.CPU, [], "engine")
    assert running is not None
    await store.commit(
        message("ann"), Changes(cancel_jobs_of=("order-1",), jobs=(job("again", order="order-1"),))
    )
    assert not await store.progress(running, 0.5, "render")
    left = [await store.take(Queue.CPU, [], "engine") for _ in range(3)]
    assert [each and each.id for each in left] == ["other", "again", None]


async def test_a_thread_grows_at_its_end(store: TortoiseStore) -> None:
    def entry(n: int) -> Entry:
        return Entry(f"entry-{n}", "thread-1", account("ann"), "Ann", False, f"words {n}", NOON)

    opened = Thread("thread-1", account("ann"), ThreadState.WAITING, NOON, entries=(entry(1),))
    await store.commit(message("ann"), Changes(threads=(Move(None, opened),)))
    answered = replace(opened, state=ThreadState.ANSWERED, entries=(entry(1), entry(2), entry(3)))
    await store.commit(message("ann"), Changes(threads=(Move(opened, answered),)))
    thread = (await store.load(Needs(HOUSE, thread="thread-1"))).thread
    assert thread == replace(answered, rev=1)


async def test_a_consent_is_kept_once_with_its_words(store: TortoiseStore, url: str) -> None:
    consent = Consent("c", account("ann"), ConsentKind.TERMS, "1", "ff", "en", "terminal", "e", NOON)
    await store.commit(message("ann"), Changes(consents=(consent,)))
    await store.commit(message("ann"), Changes(consents=(consent,)))
    with pytest.raises(IntegrityError):
        await store.commit(message("ann"), Changes(consents=(replace(consent, sha256="00"),)))
    async with open_database(url) as database, database.reading():
        assert await ConsentRow.all().count() == 1


async def test_a_song_names_its_blobs_as_long_as_it_has_them(store: TortoiseStore, url: str) -> None:
    picture = Media("picture", "cas/p", "p.png", Text(("p",)), "image/png", 1, "00")
    kept = song("song-1", "order-1", source="cas/s", pcm="cas/w", picture=picture)
    await store.commit(message("ann"), Changes(songs=(Move(None, kept),)))
    renamed = replace(kept, title="Outro")
    await store.commit(message("ann"), Changes(songs=(Move(kept, renamed),)))
    async with open_database(url) as database:
        assert await named(database) == [("cas/p", "song-1"), ("cas/s", "song-1"), ("cas/w", "song-1")]
        forgotten = replace(renamed, rev=1, pcm=None, picture=None)
        await store.commit(message("ann"), Changes(songs=(Move(replace(renamed, rev=1), forgotten),)))
        assert await named(database) == [("cas/s", "song-1")]


async def named(database: Database) -> list[tuple[str, str]]:
    async with database.reading():
        return [(row.key, row.holder) for row in await BlobUseRow.all().order_by("key")]


async def test_a_card_of_progress_is_dropped_when_the_order_has_moved_on(store: TortoiseStore) -> None:
    await store.commit(message("ann"), replace(newcomer("ann"), orders=(Move(None, order()),)))
    ann = To.person(account("ann"))
    await store.draw("order-1", 0, (card("job:order-1", ann, "half"),))
    await store.draw("order-1", 7, (card("job:order-1", ann, "too late"),))
    (drawn,) = await store.outgoing(["terminal"], 10)
    assert drawn.card == card("job:order-1", ann, "half")


async def test_a_card_of_progress_never_covers_what_a_deed_draws_at_the_same_moment(
    store: TortoiseStore, url: str
) -> None:
    draft, ann = order(), To.person(account("ann"))
    await store.commit(message("ann"), replace(newcomer("ann"), orders=(Move(None, draft),)))
    offered = replace(draft, state=OrderState.OFFERED)
    ready = Changes(orders=(Move(draft, offered),), cards=(card("order:order-1", ann, "ready"),))
    async with open_database(url) as database:
        async with database.writing():
            await deeds.commit(message("ann"), ready)
            drawing = asyncio.create_task(store.draw("order-1", 0, (card("order:order-1", ann, "half"),)))
            await asyncio.sleep(0.1)
        await drawing
    (shown,) = await store.outgoing(["terminal"], 10)
    assert shown.card == card("order:order-1", ann, "ready")


async def test_an_order_is_due_from_its_time_on_and_each_date_is_acted_on_once(store: TortoiseStore) -> None:
    waiting = order(due_at=NOON)
    await store.commit(message("ann"), Changes(orders=(Move(None, waiting),)))
    assert await store.next_due() == NOON
    assert await store.due(NOON - timedelta(seconds=1), 10) == []
    assert not await store.pending(NOON - timedelta(seconds=1))
    assert await store.pending(NOON)
    (tick,) = await store.due(NOON, 10)
    assert (tick.kind, tick.person, tick.payload) == (Kind.TICK, account("ann"), {"order": "order-1"})
    later = replace(waiting, due_at=NOON + timedelta(days=1))
    assert await store.commit(tick, Changes(orders=(Move(waiting, later),)))
    assert await store.due(NOON, 10) == []
    assert await store.next_due() == later.due_at
    (next_tick,) = await store.due(NOON + timedelta(days=1), 10)
    assert next_tick.event_id != tick.event_id


async def test_a_tick_that_changes_nothing_does_not_come_again_and_again(store: TortoiseStore) -> None:
    await store.commit(message("ann"), Changes(orders=(Move(None, order(due_at=NOON)),)))
    (tick,) = await store.due(NOON, 10)
    assert await store.commit(tick, Changes())
    assert await store.due(NOON, 10) == []
    assert await store.next_due() is None


async def test_the_longest_overdue_comes_first(store: TortoiseStore) -> None:
    orders = [order(f"order-{n}", 1000 + n, due_at=NOON - timedelta(hours=n)) for n in range(4)]
    await store.commit(message("ann"), Changes(orders=tuple(Move(None, each) for each in orders)))
    ticks = await store.due(NOON, 3)
    assert [tick.payload["order"] for tick in ticks] == ["order-3", "order-2", "order-1"]


async def test_a_staff_desk_is_known_once(store: TortoiseStore) -> None:
    desk = StaffDesk("terminal", "desk", account("ann"), NOON)
    await store.commit(message("ann"), Changes(desks=(desk,)))
    await store.commit(message("ann"), Changes(desks=(desk,)))
    assert (await store.load(Needs("terminal"))).desks == (desk,)
