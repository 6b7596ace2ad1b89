"""`lathe worker`: a process that makes songs and nothing else. Any number of them share one database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bots.meters import Meters
from bots.rooms import Premises, Work, open_rooms, open_tills
from bots.sound import open_sound
from core.jobs import Queue
from core.ports import Engine
from storage.wakeups import Subject, listen


class Workshop:
    """A running worker. It decides nothing but how its own jobs ended; what that wants said, others send."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._engine = engine

    async def run(self) -> None:
        """Work until `close`."""
        async with asyncio.TaskGroup() as loops:
            listening = loops.create_task(listen(self._url, self._hear))
            await self._engine.run()
            listening.cancel()

    async def close(self, grace: float) -> None:
        """Take no more jobs; those that do not end within `grace` seconds go on elsewhere, at once."""
        await self._engine.drain(grace)

    def _hear(self, subject: Subject) -> None:
        if subject is Subject.JOBS:
            self._engine.wake()


@asynccontextmanager
async def open_workshop(premises: Premises, slots: int, *, grace: float) -> AsyncIterator[None]:
    """Start a worker for `slots` songs at a time; it stops in order when the context ends."""
    async with open_rooms(premises) as rooms, open_sound(slots) as sound:
        tills = open_tills(premises.home)
        desk = rooms.desk(tills)
        work = Work(rooms.recipes(sound, {}, {}), desk, Meters(), lambda: None)
        workshop = Workshop(premises.settings.database, rooms.engine(work, {Queue.CPU: slots}))
        owner = asyncio.current_task()
        assert owner is not None
        running = asyncio.create_task(workshop.run())
        # What breaks ends the process; awaiting it below says why.
        running.add_done_callback(lambda ended: ended.cancelled() or (ended.exception() and owner.cancel()))
        try:
            yield
        finally:
            await workshop.close(grace)
            await running
