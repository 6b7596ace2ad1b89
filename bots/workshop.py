"""`lathe worker`: a process that makes songs and nothing else. Any number of them share one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots.meters import LoopLag, Meters
from bots.rooms import Premises, Rooms, Work, open_rooms, open_tills
from bots.sound import open_sound
from bots.stopping import cancelled, ended
from bots.styles import tried
from bots.web.health import Check
from bots.web.metrics import Metrics
from core.jobs import Queue
from core.ports import Engine
from storage.wakeups import Subject, listen

LOOPS = 1.5
"""Seconds in which a worker must have ended after its jobs have."""


class Workshop:
    """A running worker. It decides nothing but how its own jobs ended; what that wants said, others send."""

    def __init__(self, rooms: Rooms, engine: Engine, meters: Meters) -> None:
        self._rooms = rooms
        self._engine = engine
        self._meters = meters
        self._working = False

    async def run(self) -> None:
        """Work until `close`."""
        self._working = True
        try:
            async with asyncio.TaskGroup() as loops:
                listening = loops.create_task(listen(self._rooms.premises.settings.database, self._hear))
                try:
                    await self._engine.run()
                finally:
                    await cancelled([listening])
        finally:
            self._working = False

    def checks(self) -> dict[str, Check]:
        """What a worker needs, each with a check that raises when it is not there."""

        async def engine() -> None:
            if not self._working:
                raise RuntimeError("the engine does not run")

        return {**self._rooms.checks(), "engine": engine}

    def metrics(self, lag: LoopLag) -> Metrics:
        """The page of figures, with those of this process and of its loop."""
        return self._rooms.metrics(self._meters, lag)

    async def close(self, grace: float) -> None:
        """Take no more jobs; those that do not end within `grace` seconds go on elsewhere, at once."""
        await self._engine.drain(grace)

    def _hear(self, subject: Subject) -> None:
        if subject is Subject.JOBS:
            self._engine.wake()


@asynccontextmanager
async def open_workshop(premises: Premises, slots: int, *, grace: float) -> AsyncIterator[Workshop]:
    """Start a worker for `slots` songs at a time; it stops in order when the context ends."""
    async with open_rooms(premises) as rooms, open_sound(slots, rooms.scratch) as sound:
        await tried(sound, premises.rules, premises.settings.rules_file)
        tills = open_tills(premises.home)
        desk = rooms.desk(tills)
        meters = Meters()
        work = Work(rooms.recipes(sound, {}, {}), desk, meters, lambda: None)
        workshop = Workshop(rooms, rooms.engine(work, {Queue.CPU: slots}), meters)
        owner = asyncio.current_task()
        assert owner is not None
        running = asyncio.create_task(workshop.run())

        def end_owner(broken: "asyncio.Task[None]") -> None:
            """What breaks ends the process; awaiting it below says why."""
            if not broken.cancelled() and broken.exception():
                owner.cancel()

        running.add_done_callback(end_owner)
        try:
            yield workshop
        finally:
            running.remove_done_callback(end_owner)
            await workshop.close(grace)
            await ended(running, LOOPS)
