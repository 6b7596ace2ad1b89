"""The house put together: rows, blobs, engine, desk and doors, started and stopped in order.

This is the one place that knows every room.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bots.catalogues import load_catalogues
from bots.clock import Clock, ClockError, ManualClock
from bots.home import Hold
from bots.log import bound
from bots.meters import LoopLag, Meters
from bots.secret import house_secret
from bots.settings import Settings
from bots.sound import open_sound
from bots.terminal.door import TerminalDoor
from bots.terminal.screen import Screen
from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill
from bots.web.health import Check
from bots.web.metrics import Metrics, Sources
from core.desk.bell import Bell
from core.desk.desk import Desk
from core.desk.inbox import Inbox
from core.desk.relay import Relay
from core.desk.scene import Ways
from core.desk.sweep import Sweep
from core.jobs import Job, Queue
from core.messages import HOUSE, Incoming
from core.orders import Project
from core.people import Role
from core.ports import Blobs, Door, Outgoing, Report, Store
from core.rules import HouseRules
from core.snapshot import Needs
from core.tills import Till
from core.work.recipes import Recipes
from storage.blobs import SealedBlobs
from storage.garbage import Garbage
from storage.objects import open_objects
from storage.queue.runner import Runner
from storage.schema import migrate
from storage.store import open_store

IO_SLOTS = 8
DRAIN = 12.0
"""Seconds that jobs may take to end when a service is told to stop; the last messages have two more."""

PARTING = 2.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Premises:
    """What a house is opened in."""

    settings: Settings
    hold: Hold
    clock: Clock
    rules: HouseRules


class House:
    """A running house."""

    def __init__(
        self,
        premises: Premises,
        store: Store,
        blobs: Blobs,
        garbage: Garbage,
        desk: Desk,
        terminal: TerminalDoor | None,
        doors: Mapping[str, Door],
        recipes: Recipes,
    ) -> None:
        self.clock = premises.clock
        self.terminal = terminal
        self._hold = premises.hold
        self._store = store
        self._blobs = blobs
        self._garbage = garbage
        self._desk = desk
        self._recipes = recipes
        self._stir = Bell()
        self._inbox = Inbox(store, desk, self._decided)
        self._meters = Meters()
        self._looping = False
        self._relay = Relay(store, doors, self._told, self._carried)
        self._sweep = Sweep(store, self._inbox, premises.clock)
        self._runner = Runner(
            store,
            self._perform,
            self._heard,
            clock=premises.clock,
            slots={Queue.IO: IO_SLOTS, Queue.CPU: premises.settings.workers},
            doors=tuple(doors),
        )

    async def decide(self, incoming: Incoming) -> None:
        """Return when an event was written down, decided, and what it wants to be said was sent."""
        await self._inbox.decided(incoming)
        await self._relay.flush()

    async def idle(self) -> None:
        """Return when nothing is left that is due at or before the house clock."""
        self._sweep.wake()
        while await self._store.pending(self.clock.now()):
            await self._stir.heard(0.5)

    async def advance(self, by: timedelta) -> None:
        """Come to rest, then go on, stopping where something is due. ClockError at a wall clock."""
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise ClockError("this home has a wall clock; a new home with --clock manual has one to move")
        await self.idle()
        goal = clock.now() + by
        while (due := await self._store.next_due()) is not None and due <= goal:
            clock.advance(max(due, clock.now()))
            await self.idle()
        clock.advance(goal)
        await self.idle()

    async def project(self, order: str) -> Project | None:
        """An order as it stands."""
        return (await self._store.load(Needs(HOUSE, order=order))).project

    async def role_of(self, door: str, external: str) -> Role | None:
        person = await self._store.person_of(door, external)
        return person.role if person else None

    async def staff_desk(self, door: str) -> str | None:
        """The address of a staff desk at a door."""
        desks = (await self._store.load(Needs(door))).desks
        return next((desk.address for desk in desks if desk.door == door), None)

    def checks(self) -> Mapping[str, Check]:
        """What the service needs to work, each with a check that raises when it is not there."""

        async def database() -> None:
            await self._store.next_due()

        async def blobs() -> None:
            async def byte() -> AsyncIterator[bytes]:
                yield b"."

            await self._blobs.put_stream(byte(), 1, scope="house")

        async def lock() -> None:
            self._hold.check()

        async def loops() -> None:
            if not self._looping:
                raise RuntimeError("the loops of the house do not run")

        return {"database": database, "blobs": blobs, "lock": lock, "loops": loops}

    def metrics(self, lag: LoopLag) -> Metrics:
        """The page of figures, with those of this process and of its loop."""
        home = self._hold.home
        return Metrics(Sources(self._meters, lag, self._store.figures, self.clock.now, home.free))

    async def run(self) -> None:
        """The loops of the house, until `close`; one that breaks brings the house down."""
        self._looping = True
        try:
            async with asyncio.TaskGroup() as loops:
                for part in (self._inbox, self._relay, self._sweep, self._runner, self._garbage):
                    loops.create_task(part.run())
        finally:
            self._looping = False

    async def close(self, grace: float) -> None:
        """Stop in order. Jobs that do not end within `grace` seconds are left to the next process."""
        self._sweep.close()
        self._garbage.close()
        await self._runner.drain(grace)
        self._inbox.close()
        try:
            async with asyncio.timeout(PARTING):
                await self._relay.flush()
        except TimeoutError:
            log.warning("messages left for the next start")
        self._relay.close()

    async def _perform(self, job: Job, report: Report) -> Mapping[str, Any]:
        with bound(order=job.order, song=job.song, version=job.version, job=job.id):
            log.info("job begins", kind=job.kind.value, attempt=job.attempts)
            with self._meters.job(job):
                result = await self._recipes.perform(job, report)
            log.info("job done", kind=job.kind.value)
            return result

    async def _heard(self, incoming: Incoming) -> None:
        """A job ended or moved on. This is decided at once: a crash must not find it done and unknown."""
        await self._desk.handle(incoming)
        self._decided()

    def _decided(self) -> None:
        self._relay.wake()
        self._sweep.wake()
        self._runner.wake()
        self._stir.ring()

    def _carried(self, outgoing: Outgoing) -> None:
        self._meters.sent(outgoing, self.clock.now())

    def _told(self) -> None:
        self._inbox.wake()
        self._stir.ring()


@asynccontextmanager
async def open_house(
    premises: Premises, *, screen: Screen | None = None, grace: float = DRAIN
) -> AsyncIterator[House]:
    """Start a house, with a terminal door if there is a screen; it stops in order when the context ends."""
    settings, rules, home = premises.settings, premises.rules, premises.hold.home
    shutil.rmtree(home.work, ignore_errors=True)
    home.make()
    catalogues = load_catalogues()
    await migrate(settings.database)
    objects = open_objects(settings.blobs)
    tills: dict[str, Till] = {till.name: till for till in (DemoTill(home.purses_file), CreditTill())}
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(settings.database, premises.clock, rules.queue.weight.model_dump(), rules.currency)
        )
        secret = await house_secret(settings.secret_key, home.secret_file, store.blob_keys)
        blobs = SealedBlobs(objects, store.blob_keys, secret, home.work)
        if sealed := await blobs.seal_plain():
            log.info("blobs encrypted", blobs=sealed)
        sound = await stack.enter_async_context(open_sound(settings.workers))
        terminal = None
        if screen is not None:
            terminal = TerminalDoor(home.terminal, screen, blobs, catalogues, premises.clock, rules.zone)
            stack.callback(terminal.close)
        doors: dict[str, Door] = {terminal.name: terminal} if terminal else {}
        ways = Ways(
            {door: settings.tills_of(door) for door in doors},
            frozenset(till.name for till in tills.values() if till.in_house),
        )
        desk = Desk(store, rules, premises.clock, catalogues, ways)
        recipes = Recipes(blobs, sound, doors, tills, rules, catalogues, home.work)
        garbage = Garbage(objects, store.blob_keys)
        house = House(premises, store, blobs, garbage, desk, terminal, doors, recipes)
        owner = asyncio.current_task()
        assert owner is not None
        running = asyncio.create_task(house.run())
        # A loop that breaks ends whatever is done with the house; awaiting it below says why.
        running.add_done_callback(lambda ended: ended.cancelled() or (ended.exception() and owner.cancel()))
        try:
            yield house
        finally:
            await house.close(grace)
            await running
