"""What a decision is made from: all of it, and always with the same few queries."""

import logging
from collections.abc import Iterator
from itertools import count

import pytest

from core.changes import Changes, Move
from core.jobs import JobKind
from core.messages import HOUSE
from core.money import Money
from core.orders import Order, OrderState
from core.revisions import Batch, BatchState
from core.snapshot import Needs
from core.songs import Version, VersionState
from core.threads import Entry, Thread, ThreadState
from core.tills import Charge, ChargeState
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.things import NOON, account, job, message, newcomer, order, song

pytestmark = EVERY

ANN, BOB = account("ann"), account("bob")
NUMBERS = count(1)


@pytest.fixture
async def met(store: TortoiseStore) -> TortoiseStore:
    for name in ("ann", "bob"):
        await store.commit(message(name), newcomer(name))
    return store


class Heard(logging.Handler):
    """Keeps the statements that the ORM says it runs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.statements: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.statements.append(record.getMessage())


@pytest.fixture
def queries() -> Iterator[list[str]]:
    """Every statement that reaches the database from now on."""
    heard = Heard()
    log = logging.getLogger("tortoise.db_client")
    level = log.level
    log.setLevel(logging.DEBUG)
    log.addHandler(heard)
    yield heard.statements
    log.removeHandler(heard)
    log.setLevel(level)


async def make(store: TortoiseStore, *orders: Order) -> None:
    await store.commit(message(), Changes(orders=tuple(Move(None, each) for each in orders)))


async def test_a_stranger_is_nobody_yet(store: TortoiseStore) -> None:
    snapshot = await store.load(Needs("terminal", external="ann"))
    assert (snapshot.actor, snapshot.artist, snapshot.open, snapshot.thread) == (None, None, (), None)
    assert (snapshot.currency, snapshot.next_number) == ("USD", 1000)


async def test_somebody_is_known_by_their_door_or_by_their_account(met: TortoiseStore) -> None:
    by_door = await met.load(Needs("terminal", external="ann"))
    by_account = await met.load(Needs(HOUSE, account=ANN))
    assert by_door.actor == by_account.actor
    assert by_door.actor is not None
    assert by_door.artist == by_door.actor


async def test_an_order_comes_with_all_that_belongs_to_it_in_order(met: TortoiseStore) -> None:
    await make(met, order(), order("other", 1001))
    songs = [song(f"song-{place}", "order-1", place) for place in (2, 1)]
    versions = [
        Version(f"v{n}", "order-1", "song-1", n, VersionState.READY, {"target": -14.0}, "1") for n in (2, 1)
    ]
    batches = [Batch(f"b{n}", "order-1", n, BatchState.OPEN, n) for n in (2, 1)]
    charge = Charge("c", "order-1", ANN, "demo", Money(600, "USD"), ChargeState.PAID, NOON)
    changes = Changes(
        songs=tuple(Move(None, each) for each in (*songs, song("elsewhere", "other"))),
        versions=tuple(Move(None, each) for each in versions),
        batches=tuple(Move(None, each) for each in batches),
        charges=(Move(None, charge),),
    )
    await met.commit(message(), changes)
    project = (await met.load(Needs(HOUSE, order="order-1"))).project
    assert project is not None
    assert project.songs == (songs[1], songs[0])
    assert project.versions == (versions[1], versions[0])
    assert project.batches == (batches[1], batches[0])
    assert project.charges == (charge,)


async def test_open_orders_are_the_actors_newest_first_and_at_most_fifty(met: TortoiseStore) -> None:
    await make(met, *[order(f"o{n}", 1000 + n) for n in range(60)])
    await make(met, order("closed", 1060, state=OrderState.COMPLETED), order("bobs", 1061, "bob"))
    snapshot = await met.load(Needs("terminal", external="ann", order="o3"))
    assert [each.order.number for each in snapshot.open] == list(range(1059, 1009, -1))
    assert snapshot.project is not None
    assert snapshot.project.order.id == "o3"


async def test_the_artist_is_whose_order_it_is(met: TortoiseStore) -> None:
    await make(met, order("bobs", 1000, "bob"))
    snapshot = await met.load(Needs("terminal", external="ann", order="bobs"))
    assert snapshot.actor is not None
    assert snapshot.artist is not None
    assert (snapshot.actor.id, snapshot.artist.id, snapshot.open) == (ANN, BOB, ())


async def test_a_jobs_order_comes_along_with_what_else_runs_for_it(met: TortoiseStore) -> None:
    await make(met, order())
    jobs = (
        job("one", order="order-1"),
        job("two", order="order-1", kind=JobKind.FETCH),
        job("else", order="x"),
    )
    await met.commit(message(), Changes(jobs=jobs))
    snapshot = await met.load(Needs(HOUSE, account=ANN, job="one"))
    assert (snapshot.job, snapshot.running) == (jobs[0], jobs[:2])
    assert snapshot.project is not None
    assert snapshot.project.order == order()


async def test_a_twin_is_an_earlier_order_of_the_same_artist_with_the_same_file(met: TortoiseStore) -> None:
    await make(met, order("first", 1000), order("second", 1001), order("bobs", 1002, "bob"))
    songs = [song(f"of-{of}", of, sha256="ff") for of in ("first", "second", "bobs")]
    await met.commit(message(), Changes(songs=tuple(Move(None, each) for each in songs)))
    twin = (await met.load(Needs(HOUSE, account=ANN, order="second", sha256="ff"))).twin
    assert twin is not None
    assert (twin.order.id, twin.songs) == ("first", (songs[0],))
    assert (await met.load(Needs(HOUSE, account=BOB, order="bobs", sha256="ff"))).twin is None
    assert (await met.load(Needs(HOUSE, account=ANN, order="second", sha256="00"))).twin is None


def thread(id_: str, name: str = "ann", state: ThreadState = ThreadState.WAITING) -> Thread:
    entry = Entry(f"{id_}-entry", id_, account(name), name, False, "hello", NOON)
    return Thread(id_, account(name), state, NOON, entries=(entry,), number=next(NUMBERS))


async def test_a_thread_is_the_one_that_was_named_or_the_actors_own_open_one(met: TortoiseStore) -> None:
    mine, bobs = thread("mine", state=ThreadState.ANSWERED), thread("bobs", "bob")
    past = thread("past", state=ThreadState.CLOSED)
    threads = tuple(Move(None, each) for each in (mine, bobs, past))
    await met.commit(message(), Changes(threads=threads))
    own = await met.load(Needs("terminal", external="ann", waiting=True))
    assert (own.thread, own.waiting) == (mine, ((bobs, None),))
    assert (await met.load(Needs("terminal", external="ann"))).waiting == ()
    named = await met.load(Needs("terminal", external="ann", thread="bobs"))
    assert (named.thread, named.artist and named.artist.id) == (bobs, BOB)
    closed = await met.load(Needs("terminal", external="ann", thread="past"))
    assert closed.thread == past
    assert (await met.load(Needs("terminal", external="ann", thread="none"))).thread is None


async def test_somebody_who_is_spoken_of_is_known_too(met: TortoiseStore) -> None:
    snapshot = await met.load(Needs("terminal", external="ann", target=("terminal", "bob")))
    assert snapshot.target is not None
    assert snapshot.actor is not None
    assert (snapshot.actor.id, snapshot.target.id) == (ANN, BOB)
    assert (await met.load(Needs("terminal", external="ann", target=("terminal", "cid")))).target is None


async def test_a_snapshot_takes_the_same_few_queries_however_much_there_is(
    met: TortoiseStore, queries: list[str]
) -> None:
    needs = Needs("terminal", external="ann", order="o0", sha256="ff", target=("terminal", "bob"))

    async def asked() -> int:
        queries.clear()
        await met.load(needs)
        return len(queries)

    await make(met, order("o0", 1000))
    few = await asked()
    for n in range(1, 40):
        each = order(f"o{n}", 1000 + n)
        changes = Changes(
            orders=(Move(None, each),),
            songs=(Move(None, song(f"s{n}", each.id, sha256="ff")),),
            threads=(Move(None, thread(f"t{n}", "bob")),),
            jobs=(job(f"j{n}", order="o0"),),
        )
        await met.commit(message(), changes)
    many = await asked()
    assert few <= 4
    assert many == few


async def test_an_order_is_found_by_its_number_with_its_artist(met: TortoiseStore) -> None:
    await make(met, order("a", 1000), order("b", 1001, "bob"))
    found = await met.load(Needs("terminal", external="ann", number=1001))
    assert found.project is not None
    assert (found.project.order.id, found.artist and found.artist.id) == ("b", BOB)
    assert (await met.load(Needs("terminal", external="ann", number=1002))).project is None
