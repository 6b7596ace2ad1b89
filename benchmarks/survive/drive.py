"""One run: a service, artists who keep it busy, faults that strike it, and what was seen in the end."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from random import Random

from benchmarks.survive.artists import CREDITED, NAMES, Studio
from benchmarks.survive.evidence import Evidence, Heard, Notice, at_work, gather, owner
from benchmarks.survive.faults import KILLS, Disk, Fault, Faults, Server, Strike, deal
from benchmarks.survive.service import Place, Service
from benchmarks.survive.songs import Songs
from benchmarks.survive.talk import Message, Talk
from bots.clock import WallClock
from core.changes import Changes
from core.ledger import GOODWILL, Transfer, TransferKind, of_credit
from core.messages import HOUSE, Incoming, Kind
from core.money import Money
from core.people import account_id
from storage.schema import migrate
from storage.store import open_store

CREDIT = Money(4500, "USD")  # seven songs and a half: one order is paid partly with credit, partly with money
STUCK = 60.0
"""Seconds after which a service that does nothing any more is given up."""

CALM = (0.0, 1.5)
"""Seconds between a recovery and the next fault."""

HASTE = 0.15
"""How often a fault strikes while the service still recovers from the one before."""

LOOKS = 0.05  # seconds
TRIES = 3.0  # seconds in which a fault finds something to strike, or is left out
REST = 180.0  # seconds in which orders must end, and then the house come to rest, when nobody begins another


class Stuck(Exception):
    """A service that does not go on; `str()` says since when and after what."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """A fault, and the seconds until the service had answered somebody and done a job.

    None where the next one did not wait for that.
    """

    strike: Strike
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. `stuck` says why it ended early, if it did."""

    possible: tuple[Fault, ...]
    recoveries: tuple[Recovery, ...]
    evidence: Evidence
    seconds: float
    stuck: str | None = None


class Progress:
    """Whether the house does anything: it answers lines, and its log tells of jobs done."""

    def __init__(self, talk: Talk, log: Path) -> None:
        self._talk = talk
        self._log = log
        self._file: TextIOWrapper | None = None
        self._rest = ""
        self._done = 0.0  # when the newest job was done, wall clock

    def answers(self) -> int:
        return self._talk.answers

    def done(self) -> float:
        """When a job was done last, by the wall clock of the log."""
        if self._file is None:
            if not self._log.exists():
                return 0.0
            self._file = self._log.open(encoding="utf-8")
        *lines, self._rest = (self._rest + self._file.read()).split("\n")
        for line in lines:
            if '"job done"' in line:
                self._done = datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
        return self._done

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


async def run(
    place: Place,
    kills: int,
    random: Random,
    *,
    server: Server | None = None,
    disk: Disk | None = None,
    among: Sequence[Fault] = tuple(Fault),
    artists: int = 5,
    rest: float = REST,
    struck: Callable[[int], None] = lambda kills: None,
) -> Outcome:
    """Let `kills` kills and other faults `among` these strike a service at work, then look at what is left.

    NeverStarts if the service cannot even begin.
    """
    began = time.monotonic()
    place.make()
    await _credit(place)
    talk, heard = Talk(), list[Heard]()
    studio = Studio(talk, Songs(place.folder / "songs", random), random)

    def hear(message: Message) -> None:
        talk.hears(message)
        studio.hears(message)
        if message.get("notice"):
            heard.append(_heard(message))

    service = Service(place, talk, hear)
    faults = Faults(
        service,
        talk,
        random,
        server=server,
        disk=disk,
        at_work=partial(at_work, place.database),
        owner=partial(owner, place.database),
    )
    possible = tuple(fault for fault in faults.possible() if fault in among)
    progress = Progress(talk, place.log)
    recoveries: list[Recovery] = []
    stuck = None
    try:
        async with asyncio.TaskGroup() as all_:
            all_.create_task(service.run())
            ordering = [all_.create_task(studio.order_on(name)) for name in NAMES[:artists]]
            try:
                await _within(STUCK, lambda: "nobody was answered", asyncio.create_task(studio.open()))
                await _recovered(progress, None)
                await _strike(kills, random, faults, possible, progress, recoveries, struck)
                studio.leave()
                await _within(rest, studio.waiting, *ordering)
                await _within(rest, lambda: "the house came to no rest", asyncio.create_task(talk.rest()))
                await service.close()
            except (Stuck, TimeoutError) as reason:
                stuck = str(reason) or "a process did not end when it was told to"
                for task in ordering:
                    task.cancel()
            finally:
                await service.kill()
    finally:
        progress.close()
    evidence = gather(
        place,
        acknowledged=talk.done,
        ordered=studio.orders,
        heard=heard,
        orphans=service.orphans,
        deaths=service.deaths,
    )
    return Outcome(possible, tuple(recoveries), evidence, time.monotonic() - began, stuck)


async def _strike(
    kills: int,
    random: Random,
    faults: Faults,
    possible: Sequence[Fault],
    progress: Progress,
    recoveries: list[Recovery],
    struck: Callable[[int], None],
) -> None:
    killed = 0
    for fault in deal(possible, random):
        if killed >= kills:
            return
        strike, answers = await _struck(faults, fault, progress)
        if strike is None:
            continue
        killed += fault in KILLS
        struck(killed)
        if random.random() < HASTE:
            await asyncio.sleep(random.uniform(*CALM))
            recoveries.append(Recovery(strike, None))
            continue
        recoveries.append(Recovery(strike, await _recovered(progress, strike, answers)))
        await asyncio.sleep(random.uniform(*CALM))


async def _struck(faults: Faults, fault: Fault, progress: Progress) -> tuple[Strike | None, int]:
    """Let a fault strike as soon as it finds something; what that was, and how much was answered before."""
    until = time.monotonic() + TRIES
    while time.monotonic() < until:
        at, answers = time.time(), progress.answers()
        if (where := await faults.strike(fault)) is not None:
            return Strike(at, fault, where), answers
        await asyncio.sleep(LOOKS)
    return None, 0


async def _recovered(progress: Progress, strike: Strike | None, answers: int = 0) -> float:
    """The seconds until somebody was answered and a job was done, both after a fault."""
    since = strike.at if strike else time.time()
    while (now := time.time()) < since + STUCK:
        if progress.done() > since and progress.answers() > answers:
            return now - since
        await asyncio.sleep(LOOKS)
    raise Stuck(f"nothing went on for {STUCK:.0f} s after {strike.fault if strike else 'the start'}")


async def _within(seconds: float, otherwise: Callable[[], str], *tasks: "asyncio.Task[None]") -> None:
    done, pending = await asyncio.wait(tasks, timeout=seconds)
    if pending:
        raise Stuck(f"within {seconds:.0f} s: {otherwise()}")
    for task in done:
        task.result()


async def _credit(place: Place) -> None:
    """Give one artist credit before the service starts, as a studio would for a complaint."""
    await migrate(place.database)
    clock = WallClock()
    person = account_id("terminal", CREDITED)
    gift = Transfer("gift", TransferKind.CREDIT, GOODWILL, of_credit(person), CREDIT, clock.now())
    event = Incoming(HOUSE, gift.ref, person, "", private=True, kind=Kind.TICK, at=clock.now())
    async with open_store(place.database, clock, {}, CREDIT.currency) as store:
        await store.commit(event, Changes(transfers=(gift,)))


def _heard(message: Message) -> Heard:
    place = str(message["to"]).partition(":")[2] if message["place"] == "dm" else str(message["place"])
    return Heard(
        Notice(str(message["notice"]), place), time.time(), tuple(file["path"] for file in message["files"])
    )
