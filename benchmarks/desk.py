"""`./lathe bench desk`: events a second, and how long a reply takes, the more orders there are.

A database is filled with real orders (benchmarks.filling). Then people do what people do, at a fixed rate
whatever the answer takes, and their events go the whole way: inbox, desk, store, relay, door. Every event
counts, those of the house too. Sound and network are left out: the engine and the till answer at once. What
is answered is on the disk before that: how often that stood still by itself, and the replies that it had no
part in, are told apart.
"""

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import click
import structlog

from benchmarks.databases import KINDS, SQLITE, Site, site
from benchmarks.disk import ENOUGH, Disk, comes_to_rest, watched_disk
from benchmarks.filling import Copy, Filled, fill
from benchmarks.replies import Replies, Watched, share
from benchmarks.studio import (
    DOOR,
    ShiftedClock,
    Studio,
    drop,
    open_studio,
    owner,
    press,
    says,
)
from benchmarks.studio import (
    command as said,
)
from benchmarks.table import table
from bots.pauses import keep_what_is_here
from core.changes import Changes
from core.jobs import Job, JobKind, Queue
from core.messages import HOUSE, Incoming, Kind
from core.ports import Store
from core.rules import HouseRules
from storage.store import open_store

OWNER = "owner"
WEIGHTS = HouseRules().queue.weight.model_dump()
AT_ONCE = 48  # deeds under way at a time when as many are offered as are taken
LONGEST = 300.0  # seconds that the last replies may take
QUEUED = 20_000
WARMING = 15.0  # seconds before it is measured: statements are prepared, pages read and logged whole
BOUND = 0.050  # seconds that the p99 of a reply may take
FLAT = 1.5  # how many times as long as with the fewest orders

WRITING = ("receive", "commit", "sending", "sent", "refused", "take", "progress", "give_back")
"""The store's methods that may write. On SQLite those who wait share a COMMIT; a take that finds nothing
writes nothing."""

# How often each deed is done, and how many events of the house it brings about: the ends of jobs and what the
# door confirms. A tick is a deed of the clock.
DEEDS: Mapping[str, tuple[int, int]] = {
    "drop": (3, 2),
    "pay": (3, 3),
    "status": (4, 0),
    "wish": (3, 0),
    "approve": (3, 1),
    "grant": (1, 0),
    "tick": (1, 1),
}


class Crowd:
    """The people of a filled database, and what they do next."""

    def __init__(self, filled: Filled, clock: ShiftedClock) -> None:
        self._clock = clock
        self._random = random.Random(1)
        self._offered = filled.copies("offered")
        self._reviews = filled.copies("review")
        finished = filled.numbers["finished"]
        self._regulars = [
            filled.patterns["finished"].copy(self._random.choice(finished)).artist for _ in range(5000)
        ]
        self._wishing: list[Copy] = []
        self._count = 0

    def next(self) -> Incoming:
        """One deed of somebody."""
        weights = {name: weight for name, (weight, _) in DEEDS.items() if name != "tick"}
        (name,) = self._random.choices(list(weights), list(weights.values()))
        now = self._clock.now()
        self._count += 1
        match name:
            case "drop":
                again = self._count % 2 == 0
                return drop(self._random.choice(self._regulars) if again else f"newcomer-{self._count}", now)
            case "pay":
                copy = next(self._offered)
                return press(copy.artist, copy.button("pay"), now)
            case "wish":
                self._wishing.append(next(self._reviews))
                return says(self._wishing[-1].artist, "more bass, and a little louder", now)
            case "approve":
                copy = next(self._reviews)
                return press(copy.artist, copy.button("approve"), now)
            case "status":
                asks = self._random.choice(self._wishing) if self._wishing else next(self._reviews)
                return said(asks.artist, "continue", now)
            case _:
                return said(OWNER, f"grant support {DOOR}:{self._random.choice(self._regulars)}", now)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on one database. Times in seconds, rates in events a second."""

    kind: str
    orders: int
    size: int  # bytes
    commit: Sequence[float]  # one row, past the store: what the disk takes
    rate: float
    replies: Sequence[float]
    disk: Disk  # while the replies were waited for
    undisturbed: Sequence[float]  # replies that the disk had no part in
    methods: Mapping[str, Sequence[float]]
    cpu: float  # of one core
    spent: float  # seconds of a core for each event
    written: float  # transactions that may write, for each event
    unanswered: int
    most: float
    replies_at_most: Sequence[float]
    takes: Mapping[str, Sequence[float]]  # by whose jobs are queued


async def measured(place: Site, filled: Filled, rate: float, seconds: float) -> Measured:
    """Offer events at a rate, then as many as are taken, then fill the queue."""
    orders = len(filled.numbers["finished"])
    raw_commit = commits(place)
    clock = ShiftedClock()
    calm, busy = Replies(), Replies()
    async with _watched(place, clock, calm) as (studio, watched):
        crowd = Crowd(filled, clock)
        await studio.inbox.decided(owner(OWNER, clock.now()))
        await studio.inbox.decided(said(OWNER, "start", clock.now()))
        await _press_on(studio, crowd, calm, WARMING, hands=1)
        keep_what_is_here()
        with watched_disk(place.folder) as disk:
            calm.decided.clear()
            calm.spans.clear()
            watched.seconds.clear()
            begun, cpu = time.monotonic(), _cpu(place)
            await _offer(studio, crowd, calm, filled, place, rate, seconds)
            lasted, used = time.monotonic() - begun, _cpu(place) - cpu
        methods = {name: list(took) for name, took in watched.seconds.items()}
    async with _watched(place, clock, busy) as (studio, _):
        begun = time.monotonic()
        await _press_on(studio, crowd, busy, seconds / 3)
        most = busy.decided.total() / (time.monotonic() - begun)
    takes = {
        whose: await _takes(place, clock, people) for whose, people in (("one buyer", 1), ("as many", QUEUED))
    }
    return Measured(
        place.kind,
        orders,
        place.size(),
        raw_commit,
        calm.decided.total() / lasted,
        calm.seconds,
        disk,
        disk.undisturbed(calm.spans),
        methods,
        used / lasted,
        used / max(1, calm.decided.total()),
        sum(len(methods.get(name, ())) for name in WRITING) / max(1, calm.decided.total()),
        calm.unanswered,
        most,
        busy.seconds,
        takes,
    )


@asynccontextmanager
async def _watched(
    place: Site, clock: ShiftedClock, replies: Replies
) -> AsyncIterator[tuple[Studio, Watched]]:
    """A studio whose store and door are looked at."""
    seen: list[Watched] = []

    def around(store: Store) -> Store:
        seen.append(Watched(store, replies))
        return cast(Store, seen[0])

    async with open_studio(
        place.url, clock, noted=replies.arrived, answered=replies.engine_answered, around=around
    ) as studio:
        yield studio, seen[0]


async def _offer(
    studio: Studio, crowd: Crowd, replies: Replies, filled: Filled, place: Site, rate: float, seconds: float
) -> None:
    """Deeds at fixed moments, whether or not the ones before are answered; ticks fall due between them."""
    weights = [weight for weight, _ in DEEDS.values()]
    events = sum(weight * (1 + brings) for weight, brings in DEEDS.values())
    ticking = DEEDS["tick"][0]
    apart = events / rate / (sum(weights) - ticking)
    begin = time.monotonic()
    every = events / rate / ticking
    await asyncio.to_thread(_let_fall_due, place, studio.clock, filled, replies, begin, seconds, every)
    studio.wake()
    async with asyncio.TaskGroup() as hands:
        for at in _moments(begin, apart, seconds):
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            incoming = crowd.next()
            replies.begin(incoming, at)
            hands.create_task(studio.inbox.decided(incoming))
    await _settled(studio)


async def _press_on(
    studio: Studio, crowd: Crowd, replies: Replies, seconds: float, hands: int = AT_ONCE
) -> None:
    """As many people as there are hands, each of whom does the next thing when the last one is decided."""
    end = time.monotonic() + seconds

    async def go_on() -> None:
        while time.monotonic() < end:
            incoming = crowd.next()
            replies.begin(incoming)
            await studio.inbox.decided(incoming)

    async with asyncio.TaskGroup() as people:
        for _ in range(hands):
            people.create_task(go_on())
    await _settled(studio)


async def _settled(studio: Studio) -> None:
    async with asyncio.timeout(LONGEST):
        await studio.idle()


def _moments(begin: float, apart: float, seconds: float) -> Iterator[float]:
    return (begin + n * apart for n in range(int(seconds / apart)))


def _let_fall_due(
    place: Site,
    clock: ShiftedClock,
    filled: Filled,
    replies: Replies,
    begin: float,
    seconds: float,
    every: float,
) -> None:
    """Orders whose window is over come to be due one after the other."""
    mark = "?" if place.kind == SQLITE else "%s"
    now = clock.now()
    with closing(place.raw()) as raw:
        for at, copy in zip(_moments(begin, every, seconds), filled.copies("ending"), strict=False):
            due = now + timedelta(seconds=at - begin)
            raw.execute(
                f"UPDATE orders SET due_at = {mark} WHERE id = {mark}",
                (due.isoformat(" ") if place.kind == SQLITE else due, copy.order),
            )
            replies.falls_due(copy.order, at)


async def _takes(place: Site, clock: ShiftedClock, people: int) -> list[float]:
    """Seconds that taking a job takes while so many people have 20,000 queued. They are gone afterwards."""
    jobs = tuple(
        Job(f"queued-{people}-{n}", JobKind.RENDER, f"buyer-{n % people}", order=f"bulk-{people}")
        for n in range(QUEUED)
    )
    took = []
    async with open_store(place.url, clock, WEIGHTS) as store:
        await store.commit(_house(clock, f"queue-{people}"), Changes(jobs=jobs))
        for _ in range(10):
            begun = time.monotonic()
            await store.take(Queue.CPU, (DOOR,), "bench")
            took.append(time.monotonic() - begun)
        await store.commit(_house(clock, f"cancel-{people}"), Changes(cancel_jobs_of=(f"bulk-{people}",)))
    return took


def commits(place: Site) -> list[float]:
    """Seconds that a row takes to be on the disk, past the store: the machine's own speed at this moment."""
    took = []
    with closing(place.raw()) as raw:
        raw.execute("CREATE TABLE IF NOT EXISTS yardstick (n INTEGER)")
        if place.kind == SQLITE:
            raw.execute("PRAGMA synchronous = FULL")
        for n in range(200):
            begun = time.monotonic()
            raw.execute(f"INSERT INTO yardstick VALUES ({n})")
            took.append(time.monotonic() - begun)
        raw.execute("DROP TABLE yardstick")
    return took


def _cpu(place: Site) -> float:
    """Seconds of a core that this process and the database's have used."""
    return time.process_time() + sum(map(_spent, place.processes()))


def _spent(process: int) -> float:
    """Its user and system time: fields 14 and 15 of `stat`, proc(5); the name before may hold anything."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _house(clock: ShiftedClock, event: str) -> Incoming:
    return Incoming(HOUSE, event, None, "", private=True, kind=Kind.TICK, at=clock.now())


REPLIES = ("database", "orders", "GB", "events/s", "p50", "p90", "p99", "max",
           "disk stood still", "left out", "p99 of the rest", "against fewest", "cores", "CPU an event",
           "writing", "lost", "at most events/s", "p99 then")  # fmt: skip
METHODS = (
    "database",
    "orders",
    "raw commit",
    "load",
    "commit",
    "take",
    "take of 20,000 of one",
    "of 20,000 people",
)


def tables(rows: Sequence[Measured]) -> str:
    """Replies and the store's methods; milliseconds, where there are two p50 and p99."""
    return "\n\n".join(
        [
            table(REPLIES, [_replies(row, _fewest(rows)) for row in rows]),
            table(METHODS, [_methods(row) for row in rows]),
        ]
    )


def _fewest(rows: Sequence[Measured]) -> Measured:
    return min(rows, key=lambda row: row.orders)


def _replies(row: Measured, first: Measured) -> Sequence[object]:
    return (
        row.kind,
        f"{row.orders:,}",
        f"{row.size / 1e9:.2f}",
        f"{row.rate:.0f}",
        *(_ms(row.replies, part) for part in (0.5, 0.9, 0.99, 1.0)),
        f"{100 * row.disk.share:.1f} %",
        f"{len(row.replies) - len(row.undisturbed)} of {len(row.replies)}",
        _ms(row.undisturbed, 0.99),
        f"{share(row.undisturbed, 0.99) / share(first.undisturbed, 0.99):.2f}",
        f"{row.cpu:.2f}",
        f"{1000 * row.spent:.1f}",
        f"{row.written:.1f}",
        row.unanswered,
        f"{row.most:.0f}",
        _ms(row.replies_at_most, 0.99),
    )


def _methods(row: Measured) -> Sequence[object]:
    took = (
        row.commit,
        *(row.methods.get(name, ()) for name in ("load", "commit", "take")),
        *row.takes.values(),
    )
    return (row.kind, f"{row.orders:,}", *(f"{_ms(each, 0.5)} / {_ms(each, 0.99)}" for each in took))


def held(rows: Sequence[Measured]) -> bool:
    """Whether replies came within the bound, none was lost, and more orders took no longer."""
    fewest = share(_fewest(rows).undisturbed, 0.99)
    return all(
        share(row.undisturbed, 0.99) < BOUND
        and share(row.undisturbed, 0.99) <= FLAT * fewest
        and len(row.undisturbed) >= ENOUGH
        and not row.unanswered
        for row in rows
    )


def _ms(seconds: Sequence[float], part: float) -> str:
    return f"{1000 * share(seconds, part):.1f}"


@click.command()
@click.option("--orders", default="1,10000,1000000", show_default=True, help="Finished orders, with commas.")
@click.option("--database", type=click.Choice(list(KINDS)), default="both", show_default=True)
@click.option("--rate", default=50.0, show_default=True, help="Events a second, those of the house too.")
@click.option("--seconds", default=60.0, show_default=True, help="How long they are offered.")
def command(orders: str, database: str, rate: float, seconds: float) -> None:
    """Events a second and how long a reply takes, with more and more orders in the database.

    Times are milliseconds. 1,000,000 orders need 50 GB of disk. Exit code 1 if the p99 of the replies
    that the disk had no part in is 50 ms or more, or with more orders more than half as long again as with
    the fewest, or if hardly any is left, or if one never came.
    """
    within = True
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    living = 4000 + int(rate * seconds)
    for kind in KINDS[database]:
        rows: list[Measured] = []
        for count in (int(part) for part in orders.split(",")):
            with site(kind) as place:
                begun = time.monotonic()
                filled = fill(place, count, living)
                click.echo(f"{kind}: {count:,} orders filled in {time.monotonic() - begun:.0f} s", err=True)
                place.warm()
                comes_to_rest(place.folder)
                rows.append(asyncio.run(measured(place, filled, rate, seconds)))
                click.echo(tables(rows), err=True)
        click.echo(tables(rows))
        within = within and held(rows)
    if not within:
        raise SystemExit(1)
