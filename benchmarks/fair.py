"""`./lathe bench fair`: whose song is next, on the real store and the real engine, two slots, real work.

Every job uses the same time of a core. Waiting is counted in jobs that begin between somebody's drop and the
first of their own; shares over a stretch in which everybody has work.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import Any

import click
import structlog

from benchmarks.databases import KINDS, site
from benchmarks.table import table
from core.changes import Changes, Finish
from core.jobs import Job, JobKind, Queue
from core.messages import HOUSE, Incoming, Kind
from core.ports import Report, Store
from core.rules import HouseRules
from storage.queue.embedded import Embedded
from storage.schema import migrate
from storage.store import open_store

SLOTS = 2
WEIGHTS = HouseRules().queue.weight.model_dump()
LONGEST = 600.0  # seconds that a case may take

Work = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Drop:
    """Songs that somebody drops once `after` jobs have begun."""

    who: str
    songs: int
    after: int = 0
    plan: str = "free"
    community: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """Who drops what, and what is fair: how many jobs may begin before somebody's first, and whose share is
    how large among the jobs from `since` to `until`, give or take one job.
    """

    name: str
    drops: tuple[Drop, ...]
    until: int
    waits: Mapping[str, int]
    since: int = 0
    shares: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """How one person fared. `waited` in jobs, `seconds` from the drop to the first job."""

    case: str
    who: str
    waited: int | None
    most: int | None
    seconds: float
    share: float | None
    due: float | None
    fair: bool


def _community(name: str, members: int, songs: int) -> tuple[Drop, ...]:
    return tuple(Drop(f"{name}-{member}", songs, community=name) for member in range(1, members + 1))


def _at_work(people: int, songs: int) -> tuple[Drop, ...]:
    return tuple(Drop(f"artist-{number}", songs) for number in range(1, people + 1))


# What waits less than one job a slot has at most one other begin before it. Beside a plan of weight 8 a free
# song waits for eight of it, and for the one that begins first.
CASES = (
    Case("500 songs, then one", (Drop("bulk", 500), Drop("other", 1, after=20)), 30, {"other": 1}),
    Case(
        "forty members, ten songs each",
        (*_community("club", 40, 10), Drop("other", 1, after=20)),
        60,
        {"club-2": 1, "other": 1, "club-40": 41},
    ),
    Case("a newcomer among twenty", (*_at_work(20, 10), Drop("newcomer", 1, after=70)), 80, {"newcomer": 1}),
    Case(
        "paid beside free",
        (Drop("paid", 120, plan="basic"), Drop("free", 120)),
        90,
        {"free": 9},
        shares={"paid": WEIGHTS["basic"] / 9, "free": WEIGHTS["free"] / 9},
    ),
    Case(
        "free beside a paid bulk",
        (Drop("paid", 500, plan="business"), Drop("free-bulk", 100), Drop("free", 1, after=40)),
        60,
        {"free": 9},
    ),
    Case(
        "back after a while",
        (Drop("early", 1), Drop("bulk", 90), Drop("early", 40, after=41)),
        61,
        {},
        since=41,
        shares={"early": 0.5, "bulk": 0.5},
    ),
    Case(
        "a plan without a weight",
        (Drop("unknown", 40, plan="guild"), Drop("free", 40)),
        40,
        {"unknown": 1},
        shares={"unknown": 0.5, "free": 0.5},
    ),
)


class Floor:
    """Two slots at work on one case. Whoever drops does so while a job is under way."""

    def __init__(self, store: Store, case: Case, work: Work, executor: Executor | None) -> None:
        self._store, self._case, self._work, self._executor = store, case, work, executor
        self._numbers = count(1)
        self._begun: list[tuple[str, float]] = []
        self._came: dict[str, tuple[int, float]] = {}
        self._over = asyncio.Event()
        self._engine = Embedded(store, self._perform, self._finished, clock=Now(), slots={Queue.CPU: SLOTS})

    async def rows(self) -> list[Row]:
        """Run the case and see how everybody fared."""
        await self._drop()
        engine = asyncio.create_task(self._engine.run())
        try:
            async with asyncio.timeout(LONGEST):
                await self._over.wait()
        finally:
            await self._engine.drain(10)
            await engine
        case = self._case
        people = [*case.waits, *(who for who in case.shares or {} if who not in case.waits)]
        served = Counter(who for who, _ in self._begun[case.since : case.until])
        return [self._row(who, served[who]) for who in people]

    def _row(self, who: str, served: int) -> Row:
        case, length = self._case, self._case.until - self._case.since
        came, at = self._came[who]
        first, began = next(
            (n, began) for n, (one, began) in enumerate(self._begun) if one == who and n >= came
        )
        most = case.waits.get(who)
        due = (case.shares or {}).get(who)
        fair = (most is None or first - came <= most) and (due is None or abs(served - due * length) <= 1)
        share = served / length if due is not None else None
        return Row(case.name, who, None if most is None else first - came, most, began - at, share, due, fair)

    async def _perform(self, job: Job, report: Report) -> Mapping[str, Any]:
        self._begun.append((job.person, time.monotonic()))
        await self._drop()
        if len(self._begun) >= self._case.until:
            self._over.set()
        await asyncio.get_running_loop().run_in_executor(self._executor, self._work)
        return {}

    async def _drop(self) -> None:
        begun = len(self._begun)
        dropping = [drop for drop in self._case.drops if drop.after == begun]
        if not dropping:
            return
        jobs = tuple(job for drop in dropping for job in _jobs(drop))
        await self._store.commit(self._event(f"drop:{begun}"), Changes(jobs=jobs))
        for drop in dropping:
            self._came[drop.who] = (len(self._begun), time.monotonic())
        self._engine.wake()

    async def _finished(self, ended: Incoming) -> None:
        finish = Finish(str(ended.payload["job"]), int(ended.payload["attempt"]))
        await self._store.commit(ended, Changes(finish=finish))

    def _event(self, name: str) -> Incoming:
        return Incoming(HOUSE, name, None, "", private=True, kind=Kind.TICK, at=Now().now())


class Now:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def _jobs(drop: Drop) -> Iterator[Job]:
    for number in range(drop.songs):
        id_ = f"{drop.who}:{drop.after}:{number}"
        yield Job(id_, JobKind.RENDER, drop.who, plan=drop.plan, community=drop.community)


async def run(url: str, case: Case, work: Work, executor: Executor | None = None) -> list[Row]:
    """How everybody fares in a case, on a database of its own whose schema is up to date."""
    async with open_store(url, Now(), WEIGHTS) as store:
        return await Floor(store, case, work, executor).rows()


class Burn:
    """Uses a core for so many seconds of its time."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __call__(self) -> None:
        end = time.process_time() + self._seconds
        while time.process_time() < end:
            pass


HEAD = ("database", "case", "who", "waited, jobs", "at most", "waited, s", "share", "due", "fair")


def _line(kind: str, row: Row) -> Sequence[object]:
    def told(value: float | None, form: str) -> str:
        return "–" if value is None else format(value, form)

    return (
        kind, row.case, row.who, told(row.waited, "d"), told(row.most, "d"), f"{row.seconds:.2f}",
        told(row.share, ".1%"), told(row.due, ".1%"), "yes" if row.fair else "NO",
    )  # fmt: skip


@click.command()
@click.option("--database", type=click.Choice(list(KINDS)), default="both", show_default=True)
@click.option("--work", default=0.1, show_default=True, help="Seconds of a core that each job uses.")
def command(database: str, work: float) -> None:
    """Whose song is next when one buyer drops five hundred. Exit code 1 if a bound does not hold."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    lines, fair = [], True
    for kind in KINDS[database]:
        for case in CASES:
            with site(kind) as place, ProcessPoolExecutor(SLOTS) as executor:
                asyncio.run(migrate(place.url))
                rows = asyncio.run(run(place.url, case, Burn(work), executor))
            lines += [_line(kind, row) for row in rows]
            fair = fair and all(row.fair for row in rows)
    click.echo(table(HEAD, lines))
    if not fair:
        raise click.exceptions.Exit(1)
