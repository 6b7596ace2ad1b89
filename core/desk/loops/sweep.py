"""The one sweep: writes a tick into the inbox for each order whose time has come."""

from datetime import timedelta

import structlog

from core.desk.loops.bell import Bell
from core.desk.loops.inbox import Inbox
from core.ports import Clock, Store

BATCH = 200
LONGEST = 30.0
"""Seconds after which the sweep looks by itself: for a clock that was set."""

log = structlog.get_logger()


class Sweep:
    """Turns `due_at` into events. A tick is one event however often it is written down."""

    def __init__(self, store: Store, inbox: Inbox, clock: Clock) -> None:
        self._store = store
        self._inbox = inbox
        self._clock = clock
        self._bell = Bell()
        self._closing = False

    def wake(self) -> None:
        self._bell.ring()

    async def run(self) -> None:
        """Sweep until `close`."""
        while not self._closing:
            try:
                nap = await self._sweep()
            except Exception:  # a loop of the house outlives whatever one sweep meets, and sweeps again
                log.exception("nothing could be swept")
                nap = 1.0
            await self._bell.heard(nap)

    def close(self) -> None:
        self._closing = True
        self.wake()

    async def _sweep(self) -> float:
        """Seconds until there may be something to do again."""
        now = self._clock.now()
        due = await self._store.next_due()
        if due is None:
            return LONGEST
        if due <= now:
            for tick in await self._store.due(now, BATCH):
                await self._inbox.put(tick)
            return 1.0  # the ticks are written down, and the sweep is woken when one was decided
        return min(LONGEST, max(0.02, (due - now) / timedelta(seconds=1)))
