"""What can happen to a service: each fault, when it may strike, and what strikes."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Protocol

from benchmarks.survive.evidence import AtWork
from benchmarks.survive.processes import below, fork_server, pool
from benchmarks.survive.service import MAIN, Running, Service, tell
from benchmarks.survive.talk import Talk

STILL = (3.0, 6.0)
"""Seconds that a process stands still that nothing else takes over from."""

AWAY = (1.0, 2.0)
"""Seconds that PostgreSQL is away."""

FULL = (2.0, 4.0)
"""Seconds that the disk is full."""


class Fault(StrEnum):
    MAIN = "kill -9, the main process"
    WORKER = "kill -9, a worker"
    CHILD = "kill -9, a process of the pool"
    FORK_SERVER = "kill -9, the fork server"
    DATABASE = "PostgreSQL stopped hard"
    MAIN_STOPPED = "the main process stands still"
    WORKER_STOPPED = "a worker stands still"
    TOLD = "SIGTERM"
    DISK = "a full disk"


KILLS = frozenset({Fault.MAIN, Fault.WORKER, Fault.CHILD, Fault.FORK_SERVER, Fault.DATABASE})

COSTLY = frozenset({Fault.MAIN, Fault.WORKER, Fault.CHILD, Fault.FORK_SERVER})
"""What counts as a failure or a death of the jobs that run."""

OFTEN: Mapping[Fault, int] = {
    Fault.MAIN: 8,
    Fault.WORKER: 6,
    Fault.CHILD: 5,
    Fault.FORK_SERVER: 4,
    Fault.DATABASE: 2,
    Fault.MAIN_STOPPED: 1,
    Fault.WORKER_STOPPED: 1,
    Fault.TOLD: 2,
    Fault.DISK: 1,
}
"""How often each strikes, among those that are possible at all."""


TAKEN_OVER = 40.0
"""Seconds in which another main process must have taken over from one that stands still."""

ZOMBIE = 10.0
"""Seconds in which a main process must have ended that finds itself replaced."""

AWAKE = 1.0
"""Seconds that a worker which stood still goes on before it is told to stop."""


class Server(Protocol):
    """A database that is a process of its own."""

    def stop(self) -> None:
        """Stop it hard, as a crash would."""
        ...

    def start(self) -> None: ...


class Disk(Protocol):
    """A disk of its own for the blobs, small enough to be filled."""

    def fill(self) -> None: ...

    def clear(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that struck: at what time of the wall clock, in which process."""

    at: float
    fault: Fault
    where: str


def deal(faults: Sequence[Fault], random: Random) -> Iterator[Fault]:
    """Faults without end: first each of them once, then by how often they are to strike."""
    yield from random.sample(faults, len(faults))
    while True:
        yield from random.choices(faults, [OFTEN[fault] for fault in faults])


class Faults:
    """Lets faults strike a service. Each returns what it struck; None when there was nothing to strike."""

    def __init__(
        self,
        service: Service,
        talk: Talk,
        random: Random,
        *,
        server: Server | None,
        disk: Disk | None,
        at_work: Callable[[], Sequence[AtWork]],
        owner: Callable[[], str],
    ) -> None:
        """`at_work` tells the attempts that run, `owner` who has the desk of a shared database."""
        self._service = service
        self._talk = talk
        self._random = random
        self._server = server
        self._disk = disk
        self._at_work = at_work
        self._owner = owner

    def possible(self) -> tuple[Fault, ...]:
        """The faults that this service can meet."""
        lacking = set[Fault]()
        if not self._service.place.workers:
            lacking |= {Fault.WORKER, Fault.WORKER_STOPPED}
        if self._server is None:
            lacking |= {Fault.DATABASE}
        if self._disk is None:
            lacking |= {Fault.DISK}
        return tuple(fault for fault in Fault if fault not in lacking)

    async def strike(self, fault: Fault) -> str | None:
        """Let a fault strike, and return when it is over: what it struck, if anything.

        A job whose end it would rightly be, as it has failed or lost its worker too often by now, is spared.
        """
        running = self._at_work() if fault in COSTLY else ()
        if any(attempt.at_its_last_chance for attempt in running):
            return None
        return await self._let(fault)

    async def _let(self, fault: Fault) -> str | None:
        match fault:
            case Fault.MAIN:
                return self._signal(self._service.of(MAIN), signal.SIGKILL)
            case Fault.WORKER:
                return self._signal(self._worker(), signal.SIGKILL)
            case Fault.TOLD:
                return self._signal(self._any(), signal.SIGTERM)
            case Fault.CHILD:
                return self._kill_child()
            case Fault.FORK_SERVER:
                return self._kill_fork_server()
            case Fault.MAIN_STOPPED:
                return await self._stop_main(self._service.of(MAIN))
            case Fault.WORKER_STOPPED:
                return await self._stop_worker(self._worker())
            case Fault.DATABASE:
                return await self._stop_database()
            case Fault.DISK:
                return await self._fill_disk()

    def _worker(self) -> Running | None:
        workers = [self._service.of(role) for role in self._service.place.roles if role != MAIN]
        return self._random.choice(workers) if workers else None

    def _any(self) -> Running | None:
        return self._service.of(self._random.choice(self._service.place.roles))

    def _works(self) -> Running | None:
        """A process that has a pool."""
        return self._worker() if self._service.place.workers else self._service.of(MAIN)

    def _signal(self, running: Running | None, number: signal.Signals) -> str | None:
        if running is None:
            return None
        if number is signal.SIGKILL:
            self._service.outlived(running.role, below(running.id))
        tell(running.id, number)
        return running.role

    def _kill_child(self) -> str | None:
        running = self._works()
        children = pool(running.id) if running else []
        if not running or not children:
            return None
        tell(self._random.choice(children).id, signal.SIGKILL)
        return running.role

    def _kill_fork_server(self) -> str | None:
        running = self._works()
        server = fork_server(running.id) if running else None
        if not running or not server:
            return None
        self._service.outlived(f"fork server of {running.role}", below(server.id))
        tell(server.id, signal.SIGKILL)
        return running.role

    async def _stop_main(self, running: Running | None) -> str | None:
        """Alone in its home it can only go on. Where another one can take over, it finds itself replaced."""
        if running is None:
            return None
        home = self._service.home
        served = running.spoke.is_set()  # one that only stands by says nothing
        with _still(running):
            if self._service.place.workers:
                self._service.replace(running)
                with suppress(TimeoutError):
                    async with asyncio.timeout(TAKEN_OVER):
                        await self._talk.answers_again()
            else:
                await asyncio.sleep(self._random.uniform(*STILL))
        if self._service.place.workers:
            if served:
                await self._replaced(running, home)
            else:  # it stands by, for whoever serves now
                tell(running.id, signal.SIGTERM)
            self._service.outlived("its successor's start", below(running.id), running.mark, ZOMBIE)
        return running.role

    async def _replaced(self, running: Running, home: Path) -> None:
        """Who served finds itself replaced, and ends. If its successor fell meanwhile it is told to stop."""
        loop = asyncio.get_running_loop()
        end = loop.time() + ZOMBIE
        while running.process.returncode is None and loop.time() < end:
            await asyncio.sleep(AWAKE)
            if await self._owns(home):
                tell(running.id, signal.SIGTERM)
                return

    async def _owns(self, home: Path) -> bool:
        """Whether the house in a home has the desk of the shared database."""
        return f":{home} (" in await asyncio.to_thread(self._owner)

    async def _stop_worker(self, running: Running | None) -> str | None:
        """Its jobs are taken from it, and another one works in its stead; then it is no longer needed."""
        if running is None:
            return None
        with _still(running):
            self._service.replace(running)
            await asyncio.sleep(self._random.uniform(*STILL))
        await asyncio.sleep(AWAKE)
        tell(running.id, signal.SIGTERM)
        return running.role

    async def _stop_database(self) -> str | None:
        if self._server is None:
            return None
        await asyncio.to_thread(self._server.stop)
        try:
            await asyncio.sleep(self._random.uniform(*AWAY))
        finally:
            await asyncio.to_thread(self._server.start)
        return "postgres"

    async def _fill_disk(self) -> str | None:
        if self._disk is None:
            return None
        self._disk.fill()
        try:
            await asyncio.sleep(self._random.uniform(*FULL))
        finally:
            self._disk.clear()
        return "blobs"


@contextmanager
def _still(running: Running) -> Iterator[None]:
    """A process stands still until the context ends."""
    tell(running.id, signal.SIGSTOP)
    try:
        yield
    finally:
        tell(running.id, signal.SIGCONT)
