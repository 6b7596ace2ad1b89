"""The house put together: rows, blobs, engine, desk and doors, started and stopped in order.

This is the one place that knows every room.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog

from bots.clock import ClockError, ManualClock
from bots.doors import Gateway, Misconfigured
from bots.gateways import hooks, open_gateways, wanted_gateways
from bots.meters import LoopLag, Meters
from bots.pages import pages
from bots.rooms import Premises, Rooms, Work, open_rooms, open_tills
from bots.sound import open_sound
from bots.stopping import cancelled, ended
from bots.styles import tried
from bots.terminal.door import NAME, TerminalDoor
from bots.terminal.screen import Screen
from bots.web.health import Check, Routes
from bots.web.metrics import Metrics
from bots.web.outside import Outside
from bots.web.refusals import Refusals
from core.desk.desk import Desk
from core.desk.loops.bell import Bell
from core.desk.loops.inbox import Inbox
from core.desk.loops.patience import patiently
from core.desk.loops.relay import Relay
from core.desk.loops.sweep import Sweep
from core.jobs import Queue
from core.messages import HOUSE, Answer, Incoming, Question
from core.orders import Project
from core.people import Role
from core.ports import Door, LeaseLost, Outgoing, Sound, Unheard
from core.snapshot import Needs
from storage.garbage import Garbage
from storage.leases import Leases
from storage.visits import Visits
from storage.wakeups import Subject, listen

IO_SLOTS = 8
LINK_SLOTS = 8
DRAIN = 10.0
"""Seconds that jobs may take to end when a service is told to stop."""

PARTING = 2.0
"""Seconds that the last messages have after that."""

LOOPS = 1.5
"""Seconds in which the loops of the house must have ended after both."""

STANDBY = 0.5
"""Seconds between two looks of a house that waits for another one to be gone."""

log = structlog.get_logger()


class Reception:
    """The house as the doors to the platforms see it (bots.doors.Front)."""

    def __init__(self, rooms: Rooms, desk: Desk, inbox: Inbox, relay: Relay) -> None:
        self.clock = rooms.premises.clock
        self._store = rooms.store
        self._desk = desk
        self._inbox = inbox
        self._relay = relay

    async def receive(self, incoming: Incoming) -> bool:
        return await self._inbox.put(incoming)

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        await self._inbox.decided(incoming, written)
        await self._relay.flush(incoming.door, incoming.place)

    async def ask(self, question: Question) -> Answer:
        return await self._desk.ask(question)

    async def unheard(self, door: str) -> Sequence[Unheard]:
        return await self._store.unheard(door)


class House:
    """A running house."""

    def __init__(
        self,
        rooms: Rooms,
        terminal: TerminalDoor | None,
        gateways: Mapping[str, Gateway],
        sound: Sound,
        leases: Leases | None,
        slots: Mapping[Queue, int],
        outside: Outside | None,
    ) -> None:
        premises, tills = rooms.premises, open_tills(rooms.premises.home)
        doors: dict[str, Door] = {**gateways, **({terminal.name: terminal} if terminal else {})}
        self.clock = premises.clock
        self.terminal = terminal
        self._rooms = rooms
        self._premises = premises
        self._store = rooms.store
        self._leases = leases
        self._stir = Bell()
        self._meters = Meters()
        self._looping = False
        self._closed = asyncio.Event()
        self._desk = desk = rooms.desk(tills)
        self._inbox = Inbox(rooms.store, desk, self._decided)
        if leases:
            self._relay = Relay(rooms.store, doors, self._told, self._carried, leases.sure)
        else:
            self._relay = Relay(rooms.store, doors, self._told, self._carried)
        self._sweep = Sweep(rooms.store, self._inbox, premises.clock)
        self._visits = Visits(rooms.database)
        self._garbage = Garbage(rooms.objects, rooms.store.blob_keys, outdated=self._forget_visits)
        self._gateways = dict(gateways)
        self._shut: dict[str, Misconfigured] = {}  # gateways that no retry can open
        self._reception = Reception(rooms, desk, self._inbox, self._relay)
        origins = {**rooms.origins(outside), **doors}
        work = Work(rooms.recipes(sound, origins, tills), desk, self._meters, self._decided)
        self._engine = rooms.engine(work, slots, tuple(origins))

    async def decide(self, incoming: Incoming) -> None:
        """Return when an event was written down, decided, and what the terminal is to say was said."""
        await self._inbox.decided(incoming)
        await self._relay.flush(NAME)

    async def idle(self) -> None:
        """Return when nothing is left that is due at or before the house clock."""
        self._sweep.wake()
        while await patiently(lambda: self._store.pending(self.clock.now())):
            await self._stir.heard(0.5)

    async def advance(self, by: timedelta) -> None:
        """Come to rest, then go on, stopping where something is due. ClockError at a wall clock."""
        clock = self.clock
        if not isinstance(clock, ManualClock):
            raise ClockError("this home has a wall clock; a new home with --clock manual has one to move")
        await self.idle()
        goal = clock.now() + by
        while (due := await patiently(self._store.next_due)) is not None and due <= goal:
            clock.advance(max(due, clock.now()))
            await self.idle()
        clock.advance(goal)
        await self.idle()

    async def project(self, order: str) -> Project | None:
        """An order as it stands."""
        return (await patiently(lambda: self._store.load(Needs(HOUSE, order=order)))).project

    async def role_of(self, door: str, external: str) -> Role | None:
        person = await patiently(lambda: self._store.person_of(door, external))
        return person.role if person else None

    async def staff_desk(self, door: str) -> str | None:
        """The address of a staff desk at a door."""
        desks = (await patiently(lambda: self._store.load(Needs(door)))).desks
        return next((desk.address for desk in desks if desk.door == door), None)

    def checks(self) -> Mapping[str, Check]:
        """What the service needs to work, each with a check that raises when it is not there."""

        async def lock() -> None:
            if self._premises.hold:
                self._premises.hold.check()

        async def loops() -> None:
            if not self._looping:
                raise RuntimeError("the loops of the house do not run")

        gateways = {name: gateway.check for name, gateway in self._gateways.items()}
        return {**self._rooms.checks(), "lock": lock, "loops": loops, **gateways}

    def metrics(self, lag: LoopLag) -> Metrics:
        """The page of figures, with those of this process and of its loop."""
        return self._rooms.metrics(self._meters, lag)

    def routes(self) -> Routes:
        """What the web door answers while the house is open."""
        return {
            **pages(self._rooms, self._reception, self._desk.moved_on).routes,
            **hooks(self._gateways),
        }

    def refusals(self) -> Refusals:
        """What the web door answers whom it shows nothing."""
        return self._rooms.refusals

    async def run(self) -> None:
        """The loops of the house, until `close`; one that breaks brings the house down."""
        self._looping = True
        try:
            async with asyncio.TaskGroup() as loops:
                for part in (self._inbox, self._relay, self._sweep, self._garbage):
                    loops.create_task(part.run())
                alongside = [loops.create_task(part) for part in self._alongside()]
                try:
                    await self._engine.run()
                    await self._closed.wait()
                finally:  # a loop that misses that it was cancelled sees that it is over
                    self._end_loops()
                    await cancelled(alongside)
        except BaseExceptionGroup as broken:
            reason = first_of(broken, LeaseLost, Misconfigured)
            if reason is None:
                raise
            raise reason from None
        finally:
            self._looping = False

    async def _keep(self, gateway: Gateway) -> None:
        """Keep a door open. One that cannot be opened stays shut, and the others go on, if there are any."""
        try:
            await gateway.run(self._reception)
        except Misconfigured as reason:
            log.error("door stays shut", door=gateway.name, why=str(reason))
            self._shut[gateway.name] = reason
            if self.terminal is None and len(self._shut) == len(self._gateways):
                raise

    def _alongside(self) -> Iterator[Coroutine[Any, Any, None]]:
        """What a house does beside its loops: its doors, and what other processes of its database want."""
        for gateway in self._gateways.values():
            yield self._keep(gateway)
        if self._leases:
            yield self._leases.hold()
            yield listen(self._premises.settings.database, self._hear)

    def _hear(self, subject: Subject) -> None:
        """Something was committed, here or in another process."""
        match subject:
            case Subject.INBOX:
                self._inbox.wake()
            case Subject.OUTBOX:
                self._relay.wake()
            case Subject.JOBS:
                self._engine.wake()
            case Subject.CLOCK:
                self._sweep.wake()
        self._stir.ring()

    async def close(self, grace: float) -> None:
        """Stop in order. Jobs that do not end within `grace` seconds are left to the next process."""
        for gateway in self._gateways.values():
            gateway.hush()
        self._sweep.close()
        self._garbage.close()
        now = asyncio.get_running_loop().time
        latest = now() + grace + PARTING
        await self._engine.drain(grace)
        self._inbox.close()
        try:
            async with asyncio.timeout_at(min(now() + PARTING, latest)):
                await self._relay.flush()
        except TimeoutError:
            log.warning("messages left for the next start")
        await asyncio.gather(*(_parted(gateway) for gateway in self._gateways.values()))
        self._end_loops()
        self._closed.set()

    def _end_loops(self) -> None:
        for part in (self._sweep, self._garbage, self._inbox, self._relay):
            part.close()

    async def _forget_visits(self) -> int:
        """Visits are kept for as long as other notes on who used what (B06)."""
        kept = timedelta(days=self._premises.rules.retention.visits_days)
        return await self._visits.forget_before(self.clock.now() - kept)

    def _decided(self) -> None:
        self._relay.wake()
        self._sweep.wake()
        self._engine.wake()
        self._stir.ring()

    def _carried(self, outgoing: Outgoing) -> None:
        self._meters.sent(outgoing, self.clock.now())

    def _told(self) -> None:
        self._inbox.wake()
        self._stir.ring()


async def _parted(gateway: Gateway) -> None:
    """Disconnect, however that ends."""
    try:
        async with asyncio.timeout(PARTING):
            await gateway.close()
    except Exception:  # whatever a platform's library raises: the house closes
        log.exception("door not closed", door=gateway.name)


def first_of(broken: BaseExceptionGroup[BaseException], *kinds: type[Exception]) -> Exception | None:
    """The first exception of some kinds in a group, however deep; None if there is none."""
    for error in broken.exceptions:
        found = first_of(error, *kinds) if isinstance(error, BaseExceptionGroup) else error
        if isinstance(found, kinds):
            return found
    return None


@asynccontextmanager
async def open_house(
    premises: Premises,
    *,
    screen: Screen | None = None,
    grace: float = DRAIN,
    workers: bool = True,
    standby: Callable[[str], None] = lambda _: None,
    gateways: Callable[[Rooms], Mapping[str, Gateway]] = open_gateways,
    outside: Outside | None = None,
) -> AsyncIterator[House]:
    """Start a house, with a terminal door if there is a screen; it stops in order when the context ends.

    Without `workers` songs are left to other processes. Where another house serves the database, `standby`
    is told which, and this one waits until that is gone. `outside`: what a link may lead to, if that is not
    the public internet.
    """
    settings, rules = premises.settings, premises.rules
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(open_rooms(premises))
        sound = await stack.enter_async_context(open_sound(settings.workers, rooms.scratch))
        if workers:
            await tried(sound, rules, settings.rules_file)
        leases = None
        if premises.shared:
            names = ("desk", *wanted_gateways(settings), *((NAME,) if screen else ()))
            leases = Leases(rooms.database, names, premises.home.name())
            await stack.enter_async_context(_owning(leases, standby))
        if sealed := await rooms.blobs.seal_plain():
            log.info("blobs encrypted", blobs=sealed)
        terminal = None
        if screen is not None:
            terminal = TerminalDoor(
                premises.home.terminal,
                screen,
                rooms.blobs,
                rooms.catalogues,
                premises.clock,
                rules.zone,
                rooms.links,
            )
            stack.callback(terminal.close)
        slots = {
            Queue.IO: IO_SLOTS,
            Queue.LINK: LINK_SLOTS,
            Queue.CPU: settings.workers if workers else 0,
        }
        house = House(rooms, terminal, gateways(rooms), sound, leases, slots, outside)
        owner = asyncio.current_task()
        assert owner is not None
        running = asyncio.create_task(house.run())

        def end_owner(broken: "asyncio.Task[None]") -> None:
            """A loop that breaks ends whatever is done with the house; awaiting it below says why."""
            if not broken.cancelled() and broken.exception():
                owner.cancel()

        running.add_done_callback(end_owner)
        try:
            yield house
        finally:
            running.remove_done_callback(end_owner)
            await house.close(grace)
            await ended(running, LOOPS)


@asynccontextmanager
async def _owning(leases: Leases, standby: Callable[[str], None]) -> AsyncIterator[None]:
    """Wait until nobody else has the leases; they are released when the context ends."""
    told = None
    while (other := await leases.take()) is not None:
        if other != told:
            standby(other)
            told = other
        await asyncio.sleep(STANDBY)
    try:
        yield
    finally:
        await leases.release()
