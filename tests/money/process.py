"""One process of the house as far as money goes: a desk, an inbox and a hand for the tills.

Every call of the store and of a till is a boundary: there another process can come between, and there it can
die. What the inbox, the runner and the relay do side by side a process here does one thing after the other,
without their naps; which of two processes goes on is for whoever holds the boundaries to say.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from bots.catalogues import load_catalogues
from bots.papers import Papers
from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill
from core.desk.desk import Desk
from core.desk.loops.inbox import LANES
from core.desk.scene import Ways
from core.jobs import Job, JobKind, Queue, ended
from core.messages import Incoming
from core.ports import Blobs, Sound, Store
from core.rules import HouseRules
from core.tills import Till
from core.wording import Catalogues
from core.work.recipes import Recipes
from storage.store import TortoiseStore
from tests.desk.studio import Clock, looked_into, media, rendered
from tests.money.ground import Ground, Saved, SqliteGround

DOORS = ("terminal",)
WEIGHTS = {"free": 1, "basic": 8, "business": 8}
WAYS = Ways({"terminal": ("credit", "demo")}, frozenset({"credit"}))

Boundary = Callable[[str, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Carries out a call that has a name; may let others go first, or never come back."""


async def freely(name: str, call: Callable[[], Awaitable[Any]]) -> Any:
    """The boundary of a process that nobody holds up."""
    return await call()


class Watched:
    """A port whose every call is a boundary."""

    def __init__(self, port: object, boundary: Boundary) -> None:
        self._port = port
        self._boundary = boundary

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        async def call(*given: Any, **named: Any) -> Any:
            return await self._boundary(name, lambda: found(*given, **named))

        return call


@dataclass(slots=True)
class World:
    """What outlives every process: the rows, the books of the demo till, and what people have received."""

    ground: Ground
    purses: Path
    scratch: Path
    make_till: Callable[[Path], Till] = DemoTill
    rules: HouseRules = field(default_factory=HouseRules)
    clock: Clock = field(default_factory=Clock)
    catalogues: Catalogues = field(default_factory=load_catalogues)
    received: list[tuple[str, str]] = field(default_factory=list)  # (place, notice), as they arrived

    @property
    def kind(self) -> str:
        """The kind of database: sqlite or postgres."""
        return "sqlite" if isinstance(self.ground, SqliteGround) else "postgres"

    async def save(self) -> "Moment":
        books = self.purses.read_bytes() if self.purses.exists() else b""
        rows, received = await self.ground.save(), tuple(self.received)
        whole = repr((rows.digest, books, self.clock.time, received))
        return Moment(rows, books, self.clock.time, received, hashlib.sha256(whole.encode()).hexdigest())

    async def restore(self, moment: "Moment") -> None:
        await self.ground.restore(moment.rows)
        self.purses.write_bytes(moment.books)
        self.clock.time = moment.time
        self.received = list(moment.received)


@dataclass(frozen=True, slots=True)
class Moment:
    """The world as it was saved."""

    rows: Saved
    books: bytes
    time: datetime
    received: tuple[tuple[str, str], ...]
    digest: str
    """The same for two moments that nobody can tell apart."""


class Process:
    """Fresh objects over the world. `name` is its engine's: what it left running is found by it."""

    def __init__(self, world: World, name: str, boundary: Boundary = freely) -> None:
        self._world = world
        self._name = name
        store = TortoiseStore(world.ground.database, world.clock, WEIGHTS, world.rules.currency)
        self.store = cast(Store, Watched(store, boundary))
        tills: list[Till] = [cast(Till, Watched(world.make_till(world.purses), boundary)), CreditTill()]
        self.desk = Desk(self.store, world.rules, world.clock, world.catalogues, WAYS)
        self._recipes = Recipes(
            cast(Blobs, None),  # money has neither bytes nor sound
            cast(Sound, None),
            {},
            {till.name: till for till in tills},
            world.rules,
            world.catalogues,
            world.scratch,
            Papers(),
        )

    async def hears(self, incoming: Incoming) -> None:
        """Somebody did something: it is written down, and decided if it is the next of its lane."""
        await self.store.receive(incoming)
        for received in await self.store.undone((), LANES):
            if received.incoming.event_id == incoming.event_id:
                await self.desk.handle(received.incoming)

    async def looks_at_the_clock(self) -> bool:
        """The sweep: a tick for each order whose time has come; whether there was one."""
        ticks = await self.store.due(self._world.clock.now(), LANES)
        for tick in ticks:
            await self.hears(tick)
        return bool(ticks)

    async def works(self) -> bool:
        """Decide the oldest event that waits, else do a job of a till; False if there was neither."""
        for received in await self.store.undone((), 1):
            await self.desk.handle(received.incoming)
            return True
        job = await self.store.take(Queue.IO, DOORS, self._name)
        if job is None:
            return False
        await self.ends(job, {"done": await self.performs(job)})
        return True

    async def ends(self, job: Job, told: Mapping[str, Any]) -> None:
        """The desk is told at once how an attempt ended."""
        await self.desk.handle(ended(job, told, self._world.clock.now()))

    async def wakes(self) -> None:
        """What an earlier process of this name left running is queued again."""
        await self.store.recover(self._name)

    async def comes_to_rest(self) -> None:
        """Everything is done that can be done now: events, tills, engine, messages."""
        while (
            await self.works()
            or await self._masters()
            or await self._tells()
            or await self.looks_at_the_clock()
        ):
            pass

    async def performs(self, job: Job) -> Mapping[str, Any]:
        """Do a job of a till, really; a file is not there, and what is found in it is said for it."""
        if job.kind in (JobKind.CHARGE, JobKind.REFUND):
            return await self._recipes.perform(job, lambda share, stage: None)
        if job.kind is JobKind.PAPER:
            return {"media": media("file", str(job.payload["name"]))}
        if job.kind is JobKind.FETCH:
            return {"source": f"cas/{job.song}", "sha256": f"of {job.song}", "size": 1000}
        return {"blobs": 0}

    async def _masters(self) -> bool:
        """Let the engine do a job: what it would answer is said for it."""
        job = await self.store.take(Queue.CPU, DOORS, self._name)
        if job is None:
            return False
        await self.ends(job, {"done": engine_answer(job)})
        return True

    async def _tells(self) -> bool:
        """Send what waits to be sent; False if nothing did."""
        waiting = await self.store.outgoing(DOORS, 100)
        for message in waiting:
            if message.notice is not None:
                await self.store.sending(message)
                arrival = message.reach.address, message.notice.id
                if not (message.unsure and arrival in self._world.received):  # a receiver that remembers
                    self._world.received.append(arrival)
            await self.store.sent(message, f"m{message.row}")
        return bool(waiting)


def engine_answer(job: Job) -> Mapping[str, Any]:
    """What the engine says of a clean song."""
    match job.kind:
        case JobKind.INTAKE:
            return looked_into()
        case JobKind.RENDER:
            return rendered()
        case JobKind.ALBUM:
            return {"picture": media("picture", "levels.png")}
        case _:
            return {"files": [media("file", "song.wav"), media("file", "song.mp3")]}
