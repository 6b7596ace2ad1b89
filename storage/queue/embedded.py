"""The embedded engine: one process takes the rows of the table by itself, whenever a slot is free."""

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog

from core.desk.loops.bell import Bell
from core.jobs import Queue
from core.ports import Clock, Store
from storage.queue.attempts import PAUSE, REST, TELL, Attempts, Died, Finished, Perform

POLL = 2.0
"""Seconds after which the engine looks by itself: for what was queued or cancelled without waking it."""

log = structlog.get_logger()


class Embedded:
    """core.ports.Engine for a database that one process has to itself.

    `slots` says how many jobs of each queue run at a time; `doors` are those this process holds. `engine_id`
    names this place of work, not this process: what an earlier process of the same name left running is
    queued again. `perform`, `finished`, `died` and `rest` are those of storage.queue.attempts.
    """

    def __init__(
        self,
        store: Store,
        perform: Perform,
        finished: Finished,
        *,
        clock: Clock,
        slots: Mapping[Queue, int],
        doors: Sequence[str] = (),
        engine_id: str = "embedded",
        rest: float = REST,
        died: Died = lambda _: None,
    ) -> None:
        self._store = store
        self._slots = dict(slots)
        self._doors = tuple(doors)
        self._engine = engine_id
        self._died = died
        self._bell = Bell()
        self._attempts = Attempts(store, perform, finished, clock, freed=self._bell.ring, rest=rest)
        self._checked = 0.0
        self._closing = False

    def wake(self) -> None:
        """Look now: a job was queued, or an order's jobs were cancelled."""
        self._bell.ring()

    async def run(self) -> None:
        """Queue again what a dead process left, then take and run jobs until `drain`."""
        if left := await self._store.recover(self._engine):
            self._died(left)
        try:
            while not self._closing:
                try:
                    await self._look()
                except Exception:
                    log.exception("jobs cannot be read")
                    await asyncio.sleep(PAUSE)
                await self._bell.heard(POLL)
        except BaseException:  # cancelled itself: nobody will drain
            await self.drain(0)
            raise

    async def drain(self, grace: float) -> None:
        """Take no more jobs; give those that run `grace` seconds to end, then kill them and put them back."""
        self._closing = True
        self._bell.ring()
        await self._attempts.drain(grace)

    async def _look(self) -> None:
        for queue, slots in self._slots.items():
            while self._attempts.busy(queue) < slots:
                job = await self._store.take(queue, self._doors, self._engine)
                if job is None:
                    break
                if self._closing:
                    await self._store.give_back(job, died=False)
                    return
                self._attempts.begin(job)
        now = time.monotonic()
        if now - self._checked >= TELL:
            self._checked = now
            await self._attempts.check()
