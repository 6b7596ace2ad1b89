"""Both engines: rows in, ends told, and nothing lost or counted that should not be.

The embedded one runs on SQLite, the distributed one on PostgreSQL.
"""

# ruff: noqa: ASYNC110  what happens in the database rings no bell here

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from core.changes import Changes, Finish, Move
from core.jobs import MOST_ATTEMPTS, MOST_DEATHS, Job, JobKind, JobState, Queue
from core.messages import HOUSE, Incoming, Kind
from core.ports import DiskFull, Engine, Outdated, Report, Unfit, Unreachable
from core.snapshot import Needs
from core.sources import DOOR as LINK
from storage import recovery, tickets
from storage.database import Database, open_database
from storage.queue import attempts, distributed, embedded
from storage.queue.distributed import Distributed
from storage.queue.embedded import Embedded
from storage.schema import migrate
from storage.store import TortoiseStore
from tests.databases import EVERY, past_the_store, running_postgres
from tests.storage.conftest import WEIGHTS, HandClock
from tests.storage.things import NOON, account, job, message, order

pytestmark = EVERY

PATIENCE = 60  # seconds after which something that must happen never will

ROOT = Path(__file__).parents[2]

STALE = Move(order("nobody", rev=7), order("nobody", rev=8))
"""A move of an order that is not there as it says: what wants it writes nothing."""

Work = Callable[[Job, Report], Awaitable[Mapping[str, Any]]]


class Bench:
    """Engines over a real store. The test is their work; their desk only writes down how jobs end."""

    def __init__(self, url: str, store: TortoiseStore, database: Database, clock: HandClock) -> None:
        self.url = url
        self.store = store
        self.database = database
        self.clock = clock
        self.heard: list[Incoming] = []
        self.deaf = False
        self.answering = 0.0  # seconds that they take to answer an end that is written down

    async def want(self, *jobs: Job) -> None:
        await self.store.commit(message(), Changes(jobs=jobs))

    async def look(self, id_: str) -> Job:
        found = (await self.store.load(Needs(HOUSE, job=id_))).job
        assert found is not None
        return found

    @asynccontextmanager
    async def running(self, work: Work, *, grace: float = 0, **options: Any) -> AsyncIterator[Engine]:
        engine = self._engine(work, **options)
        loop = asyncio.create_task(engine.run())
        try:
            yield engine
        finally:
            await engine.drain(grace)
            await loop

    def _engine(self, work: Work, **options: Any) -> Engine:
        given: dict[str, Any] = {"slots": {Queue.IO: 2, Queue.CPU: 1}, "clock": self.clock} | options
        if self.url.startswith("sqlite"):
            return Embedded(self.store, work, self._finished, **given)
        return Distributed(self.url, self.database, self.store, work, self._finished, **given)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.01)

    async def ended(self, count: int = 1) -> list[Incoming]:
        """The ends of jobs, once there are so many."""

        def ends() -> list[Incoming]:
            return [event for event in self.heard if "progress" not in event.payload]

        await self.until(lambda: len(ends()) >= count)
        return ends()

    async def _finished(self, event: Incoming) -> None:
        if self.deaf:
            raise ConnectionError("the desk is away")
        if "progress" not in event.payload:
            end = Finish(event.payload["job"], event.payload["attempt"], failed="failed" in event.payload)
            if not await self.store.commit(event, Changes(finish=end)):
                return  # somebody else's by now
            await asyncio.sleep(self.answering)
        self.heard.append(event)


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, so that no test waits for seconds."""
    monkeypatch.setattr(attempts, "AWAY", 0.02)
    for module in (attempts, embedded, distributed):
        monkeypatch.setattr(module, "TELL", 0.02)
        monkeypatch.setattr(module, "PAUSE", 0.02)
    for module in (embedded, distributed):
        monkeypatch.setattr(module, "POLL", 0.02)
    monkeypatch.setattr(distributed, "RECONCILE", 0.1)
    monkeypatch.setattr(distributed, "REAP", 0.05)


@pytest.fixture
async def bench(url: str, store: TortoiseStore, clock: HandClock) -> AsyncIterator[Bench]:
    async with open_database(url) as database:
        yield Bench(url, store, database, clock)


async def make(asked: Job, report: Report) -> Mapping[str, Any]:
    return {"made": asked.id}


async def never(asked: Job, report: Report) -> Mapping[str, Any]:
    await asyncio.Event().wait()
    raise AssertionError("waited for nothing")


async def test_a_job_is_done_and_the_desk_hears_what_came_of_it(bench: Bench) -> None:
    await bench.want(job("job-1"))
    async with bench.running(make):
        (end,) = await bench.ended()
    assert end == Incoming(
        HOUSE,
        "job:job-1:1",
        account("ann"),
        "",
        True,
        Kind.JOB,
        NOON,
        {"job": "job-1", "attempt": 1, "done": {"made": "job-1"}},
    )
    assert (await bench.look("job-1")).state is JobState.DONE


async def test_nobody_has_to_wait_for_the_next_look(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (embedded, distributed):
        monkeypatch.setattr(module, "POLL", 3600)
    monkeypatch.setattr(distributed, "RECONCILE", 3600)
    async with bench.running(make) as engine:
        for n in range(3):
            await asyncio.sleep(0.05)  # it has looked and found nothing
            await bench.want(job(f"job-{n}"))
            engine.wake()
            await bench.ended(n + 1)


async def test_work_that_is_unfit_is_not_tried_again(bench: Bench) -> None:
    async def refuse(asked: Job, report: Report) -> Mapping[str, Any]:
        raise Unfit("too-short", {"seconds": 2})

    await bench.want(job("job-1"))
    async with bench.running(refuse):
        (end,) = await bench.ended()
    assert end.payload["failed"] == {"code": "too-short", "details": {"seconds": 2}}
    assert (await bench.look("job-1")).state is JobState.FAILED


async def test_the_third_failed_attempt_ends_a_job(bench: Bench) -> None:
    attempts = []

    async def fail(asked: Job, report: Report) -> Mapping[str, Any]:
        attempts.append(asked.attempts)
        raise OSError("no luck")

    await bench.want(job("job-1"))
    async with bench.running(fail):
        (end,) = await bench.ended()
    assert attempts == [1, 2, 3]
    assert end.payload == {"job": "job-1", "attempt": 3, "failed": {"code": "crashed", "details": {}}}


@pytest.mark.parametrize("why", [DiskFull("no room"), Unreachable("the audio store does not answer")])
async def test_a_job_waits_as_long_as_it_takes_for_what_is_no_fault_of_its_own(
    bench: Bench, why: Exception
) -> None:
    tries = 0

    async def wait(asked: Job, report: Report) -> Mapping[str, Any]:
        nonlocal tries
        tries += 1
        if tries <= 2 * MOST_ATTEMPTS:
            raise why
        return {}

    await bench.want(job("job-1"))
    async with bench.running(wait):
        (end,) = await bench.ended()
    assert end.payload["done"] == {}
    done = await bench.look("job-1")
    assert (done.attempts, done.failures, done.deaths) == (2 * MOST_ATTEMPTS + 1, 1, 0)


async def test_an_attempt_that_succeeds_after_failing_ones_counts(bench: Bench) -> None:
    async def third_time(asked: Job, report: Report) -> Mapping[str, Any]:
        if asked.attempts < 3:
            raise OSError("no luck")
        return {}

    await bench.want(job("job-1"))
    async with bench.running(third_time):
        (end,) = await bench.ended()
    assert (end.event_id, end.payload["done"]) == ("job:job-1:3", {})


async def test_what_a_dead_process_left_is_done_at_the_next_start(bench: Bench) -> None:
    await bench.want(job("job-1"))
    assert await bench.store.take(Queue.CPU, [], "embedded")
    died: list[int] = []
    async with bench.running(make, died=died.append):
        (end,) = await bench.ended()
    assert end.payload["attempt"] == 2
    assert (await bench.look("job-1")).deaths == 1
    assert died == [1]


async def test_what_has_ended_but_is_not_decided_is_not_done_again(bench: Bench) -> None:
    bench.deaf = True
    await bench.want(job("job-1"))
    async with bench.running(make):
        async with asyncio.timeout(PATIENCE):
            while not await bench.store.undone([], 10):
                await asyncio.sleep(0.01)
    done = []

    async def note(asked: Job, report: Report) -> Mapping[str, Any]:
        done.append(asked.id)
        return {}

    await bench.want(job("job-2"))
    bench.deaf = False
    async with bench.running(note):
        await bench.ended()
    assert done == ["job-2"]


async def test_an_attempt_is_left_alone_while_the_desk_answers_its_end(bench: Bench) -> None:
    bench.answering = 10 * embedded.POLL  # its row has long said that it is over
    await bench.want(job("job-1"))
    async with bench.running(make):
        await bench.ended()


async def test_a_job_that_killed_ten_workers_is_not_begun_again(bench: Bench) -> None:
    await bench.want(job("job-1"))
    for _ in range(MOST_DEATHS):
        assert await bench.store.take(Queue.CPU, [], "embedded")
        await bench.store.recover("embedded")
    begun = []

    async def note(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.append(asked)
        return {}

    async with bench.running(note):
        (end,) = await bench.ended()
    assert end.payload["failed"]["code"] == "crashed"
    assert begun == []


async def test_no_more_jobs_run_than_there_are_slots(bench: Bench) -> None:
    now: set[str] = set()
    most: dict[Queue, int] = {Queue.IO: 0, Queue.CPU: 0}

    async def count(asked: Job, report: Report) -> Mapping[str, Any]:
        now.add(asked.id)
        most[asked.queue] = max(most[asked.queue], sum(id_.startswith(asked.queue) for id_ in now))
        await asyncio.sleep(0.03)
        now.remove(asked.id)
        return {}

    fetches = [job(f"io-{n}", kind=JobKind.FETCH) for n in range(6)]
    await bench.want(*fetches, *[job(f"cpu-{n}") for n in range(3)])
    async with bench.running(count):
        await bench.ended(9)
    assert most == {Queue.IO: 2, Queue.CPU: 1}


async def test_jobs_of_another_door_are_left_to_its_process(bench: Bench) -> None:
    await bench.want(
        job("here", kind=JobKind.FETCH, door="terminal"), job("there", kind=JobKind.FETCH, door="discord")
    )
    async with bench.running(make, doors=("terminal",)):
        await bench.ended()
        await asyncio.sleep(0.1)
    assert (await bench.look("there")).state is JobState.QUEUED


async def test_a_cancelled_job_is_stopped_and_stays_cancelled(bench: Bench) -> None:
    stopped = asyncio.Event()
    begun = asyncio.Event()

    async def hang(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.set()
        try:
            return await never(asked, report)
        finally:
            stopped.set()

    await bench.want(job("job-1", order="order-1"))
    async with bench.running(hang):
        await begun.wait()
        await bench.store.commit(message(), Changes(cancel_jobs_of=("order-1",)))
        async with asyncio.timeout(PATIENCE):
            await stopped.wait()
        await bench.want(job("job-2", order="order-2"))
        begun.clear()
        await begun.wait()  # its slot is free again
    assert (await bench.look("job-1")).state is JobState.CANCELLED
    assert bench.heard == []


async def test_a_shutdown_lets_a_job_end_within_its_grace(bench: Bench) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def soon(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.set()
        await go.wait()
        return {}

    await bench.want(job("job-1"), job("job-2"))
    async with bench.running(soon, grace=PATIENCE):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.05, go.set)
    assert (await bench.look("job-1")).state is JobState.DONE
    assert (await bench.look("job-2")).state is JobState.QUEUED


async def test_a_shutdown_gives_back_what_does_not_end_and_does_not_count_it(bench: Bench) -> None:
    begun = asyncio.Event()

    async def hang(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.set()
        return await never(asked, report)

    await bench.want(job("job-1"))
    async with bench.running(hang, grace=0.05):
        await begun.wait()
    back = await bench.look("job-1")
    assert (back.state, back.failures, back.deaths) == (JobState.QUEUED, 0, 0)
    async with bench.running(make):
        (end,) = await bench.ended()
    assert end.payload["attempt"] == 2


async def test_a_shutdown_while_jobs_are_being_taken_loses_none(bench: Bench) -> None:
    await bench.want(*[job(f"job-{n}") for n in range(10)])
    for wait in range(8):
        async with bench.running(never, slots={Queue.CPU: 3}):
            await asyncio.sleep(wait / 1000)
    states = {(await bench.look(f"job-{n}")).state for n in range(10)}
    assert states == {JobState.QUEUED}


async def test_the_desk_hears_on_the_way_how_far_a_job_is(bench: Bench) -> None:
    async def climb(asked: Job, report: Report) -> Mapping[str, Any]:
        for step in range(100):
            report(step / 100, "limiting")
            await asyncio.sleep(0.002)
        return {}

    await bench.want(job("job-1"))
    async with bench.running(climb):
        await bench.ended()
    told = [event.payload for event in bench.heard if "progress" in event.payload]
    shares = [payload["progress"] for payload in told]
    assert 2 <= len(shares) < 50  # told now and then, not at every step
    assert shares == sorted(shares)
    assert told[0] == {"job": "job-1", "attempt": 1, "progress": 0.0, "stage": "limiting"}
    assert len({event.event_id for event in bench.heard}) == len(bench.heard)


async def test_an_end_that_the_desk_cannot_decide_goes_into_the_inbox(bench: Bench) -> None:
    bench.deaf = True
    await bench.want(job("job-1"))
    async with bench.running(make):
        async with asyncio.timeout(PATIENCE):
            while not (waiting := await bench.store.undone([], 10)):
                await asyncio.sleep(0.01)
        assert (await bench.look("job-1")).state is JobState.RUNNING
    (end,) = waiting
    assert (end.incoming.event_id, end.lane) == ("job:job-1:1", account("ann"))


async def test_a_till_that_fails_is_given_a_while_before_it_is_asked_again(bench: Bench) -> None:
    asked_at: list[float] = []

    async def fail(asked: Job, report: Report) -> Mapping[str, Any]:
        asked_at.append(asyncio.get_running_loop().time())
        raise OSError("the till is away")

    await bench.want(job("job-1", kind=JobKind.CHARGE))
    async with bench.running(fail, rest=0.05):
        await bench.ended()
    first, second, third = asked_at
    assert second - first >= 0.05
    assert third - second >= 0.2


async def test_a_commit_that_fails_leaves_nothing_to_run(bench: Bench) -> None:
    done = []

    async def note(asked: Job, report: Report) -> Mapping[str, Any]:
        done.append(asked.id)
        return {}

    async with bench.running(note):
        with pytest.raises(Outdated):
            await bench.store.commit(message(), Changes(jobs=(job("job-1"),), orders=(STALE,)))
        await bench.want(job("job-2"))
        await bench.ended()
    assert done == ["job-2"]


async def test_whose_turn_it_is_is_decided_when_a_slot_is_free(bench: Bench) -> None:
    order = []

    async def note(asked: Job, report: Report) -> Mapping[str, Any]:
        order.append(asked.id)
        return {}

    await bench.want(*[job(f"ann-{n}") for n in range(5)])
    await bench.want(job("bob-0", name="bob"))
    await bench.want(job("cid-0", name="cid", plan="basic"))
    async with bench.running(note):
        await bench.ended(7)
    assert order == ["cid-0", "ann-0", "bob-0", "ann-1", "ann-2", "ann-3", "ann-4"]


async def test_of_many_links_of_one_person_two_run_at_a_time_until_all_are_done(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "RECONCILE", PATIENCE)  # nobody puts right what tickets are wanting
    running, most = Counter[str](), Counter[str]()

    async def fetch(asked: Job, report: Report) -> Mapping[str, Any]:
        running[asked.person] += 1
        most[asked.person] = max(most[asked.person], running[asked.person])
        while most[asked.person] < 2:  # the second one comes beside the first
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)
        running[asked.person] -= 1
        return {}

    for name in ("ann", "bob"):
        await bench.want(*[job(f"{name}-{n}", name, kind=JobKind.FETCH, door=LINK) for n in range(8)])
    async with bench.running(fetch, slots={Queue.LINK: 6}, doors=(LINK,)):
        await bench.ended(16)
    assert most == {account("ann"): 2, account("bob"): 2}


@pytest.mark.databases("postgres")
async def test_what_is_passed_over_is_given_no_tickets_that_find_nothing(bench: Bench) -> None:
    await bench.want(*[job(f"job-{n}", kind=JobKind.FETCH, door=LINK) for n in range(8)], job("render"))
    with past_the_store(bench.url) as raw:
        raw.execute("DELETE FROM procrastinate_jobs")
        async with bench.database.writing() as connection:
            await recovery.reconcile(connection)
        counted = raw.execute("SELECT queue_name, COUNT(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1")
        assert list(counted) == [("cpu", 1), ("link:link", 2)]


@pytest.mark.databases("postgres")
async def test_two_engines_never_run_one_row_at_once(bench: Bench) -> None:
    begun: list[str] = []

    async def note(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.append(asked.id)
        await asyncio.sleep(0.01)
        return {}

    await bench.want(*[job(f"job-{n}") for n in range(40)])
    slots = {Queue.CPU: 3}
    async with bench.running(note, slots=slots), bench.running(note, slots=slots):
        await bench.ended(40)
    assert sorted(begun) == sorted(f"job-{n}" for n in range(40))


@pytest.mark.databases("postgres")
async def test_a_worker_takes_no_job_that_needs_a_door(bench: Bench) -> None:
    by: dict[str, str] = {}

    def worker(name: str) -> Work:
        async def note(asked: Job, report: Report) -> Mapping[str, Any]:
            by[asked.id] = name
            return {}

        return note

    fetches = [job(f"fetch-{n}", kind=JobKind.FETCH, door="terminal") for n in range(5)]
    await bench.want(*fetches, *[job(f"charge-{n}", kind=JobKind.CHARGE) for n in range(5)], job("render"))
    async with (
        bench.running(worker("worker"), slots={Queue.CPU: 2}),
        bench.running(worker("house"), slots={Queue.IO: 2, Queue.CPU: 0}, doors=("terminal",)),
        bench.running(worker("other"), slots={Queue.IO: 2}, doors=("discord",)),
    ):
        await bench.ended(11)
    assert by["render"] == "worker"
    assert {by[fetch.id] for fetch in fetches} == {"house"}
    assert {by[f"charge-{n}"] for n in range(5)} <= {"house", "other"}


@pytest.mark.databases("postgres")
async def test_rows_without_tickets_get_them(bench: Bench) -> None:
    await bench.want(*[job(f"job-{n}") for n in range(3)])
    with past_the_store(bench.url) as raw:
        raw.execute("DELETE FROM procrastinate_jobs")
    async with bench.running(make):
        await bench.ended(3)


@pytest.mark.databases("postgres")
async def test_a_ticket_whose_worker_died_before_it_took_a_row_is_issued_again(bench: Bench) -> None:
    await bench.want(job("job-1"))
    with past_the_store(bench.url) as raw:
        ((ticket,),) = raw.execute("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
        async with bench.database.writing() as connection:
            assert await recovery.tear(connection, ticket) == 0
        waiting = raw.execute("SELECT queue_name FROM procrastinate_jobs WHERE status = 'todo'")
        assert list(waiting) == [("cpu",)]


@pytest.mark.databases("postgres")
async def test_too_many_tickets_do_no_harm(bench: Bench) -> None:
    async with bench.database.writing():
        await tickets.issue(["cpu"] * 20)
    await bench.want(job("job-1"))
    async with bench.running(make):
        await bench.ended()
        with past_the_store(bench.url) as raw:
            async with asyncio.timeout(PATIENCE):
                while list(raw.execute("SELECT id FROM procrastinate_jobs")):
                    await asyncio.sleep(0.02)
    assert len(bench.heard) == 1


def forget_workers(url: str) -> None:
    with past_the_store(url) as raw:
        raw.execute("DELETE FROM procrastinate_workers")


@pytest.mark.databases("postgres")
async def test_a_worker_taken_for_dead_begins_anew(bench: Bench) -> None:
    async with bench.running(make):
        await bench.want(job("job-1"))
        await bench.ended()
        # In a thread: it may have to wait for what this loop is at.
        await asyncio.to_thread(forget_workers, bench.url)
        await bench.want(job("job-2"))
        await bench.ended(2)


@pytest.mark.databases("postgres")
async def test_connections_that_are_cut_are_made_again(bench: Bench) -> None:
    async with bench.running(make):
        for n in range(3):
            with past_the_store(bench.url) as raw:
                raw.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await bench.want(job(f"job-{n}"))
            await bench.ended(n + 1)


@pytest.mark.databases("postgres")
async def test_a_database_that_stops_and_comes_back_loses_no_job(clock: HandClock) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    async def held(asked: Job, report: Report) -> Mapping[str, Any]:
        begun.set()
        await go.wait()
        return {}

    with running_postgres() as server:
        url = server.url("postgres")
        await migrate(url)
        async with open_database(url) as database:
            bench = Bench(url, TortoiseStore(database, clock, WEIGHTS, "USD"), database, clock)
            await bench.want(*[job(f"job-{n}") for n in range(4)])
            async with bench.running(held, slots={Queue.CPU: 2}):
                await begun.wait()
                await asyncio.to_thread(server.stop)
                go.set()
                await asyncio.sleep(1)  # some of it tries and fails meanwhile
                await asyncio.to_thread(server.start)
                await bench.ended(4)
    assert sorted(event.payload["job"] for event in bench.heard) == [f"job-{n}" for n in range(4)]


class Hand:
    """A worker that is a process of its own. It signs for each job it begins, and ends it when told."""

    def __init__(self, url: str, folder: Path) -> None:
        self.paper, self.word = folder / "signed", folder / "word"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.hand", url, self.paper, self.word], cwd=ROOT
        )

    async def begun(self) -> None:
        async with asyncio.timeout(PATIENCE):
            while not self.paper.exists():
                assert self.process.poll() is None
                await asyncio.sleep(0.02)


@pytest.fixture
def hand(url: str, tmp_path: Path) -> Iterator[Hand]:
    hand = Hand(url, tmp_path)
    yield hand
    hand.process.kill()
    hand.process.wait()


@pytest.mark.databases("postgres")
async def test_what_a_dead_worker_had_begun_goes_on_elsewhere_and_does_not_count(
    bench: Bench, hand: Hand
) -> None:
    await bench.want(job("job-1"))
    await hand.begun()
    hand.process.kill()
    died: list[int] = []
    async with bench.running(make, died=died.append):
        (end,) = await bench.ended()
    found = await bench.look("job-1")
    assert (end.payload["attempt"], found.failures, found.deaths) == (2, 1, 1)
    assert died == [1]


@pytest.mark.databases("postgres")
async def test_a_worker_that_slept_cannot_deliver_what_another_one_did(bench: Bench, hand: Hand) -> None:
    await bench.want(job("job-1"))
    await hand.begun()
    hand.process.send_signal(signal.SIGSTOP)
    async with bench.running(make):
        (end,) = await bench.ended()
        hand.word.touch()
        hand.process.send_signal(signal.SIGTERM)  # it ends what it is at first
        hand.process.send_signal(signal.SIGCONT)
    assert await asyncio.to_thread(hand.process.wait, PATIENCE) == 0
    assert end.payload["done"] == {"made": "job-1"}
    with past_the_store(bench.url) as raw:
        assert list(raw.execute("SELECT notice FROM notices")) == []
