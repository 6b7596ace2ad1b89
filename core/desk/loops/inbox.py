"""The desk's own loop: the oldest undone event of each lane, one lane in order, lanes side by side.

A lane is a person's account: what one person does is decided in the order in which they did it, however many
others are at it too. An event that raises three times is set aside, so that the next one of its lane goes on.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from core.desk.desk import needs_of
from core.desk.loops.bell import Bell
from core.desk.loops.patience import patiently
from core.messages import Incoming
from core.ports import Received, Store, Unreachable

LANES = 32
TRIES = 3
POLL = 5.0
"""Seconds after which the inbox looks by itself: for what another process wrote down."""

PAUSE = 0.1
"""Seconds between two tries of one event; ten times that after a database that did not answer."""

log = structlog.get_logger()


class Decides(Protocol):
    """The desk, as the inbox sees it."""

    async def handle(self, incoming: Incoming) -> None:
        """Decide one deed and commit it; raises on a bug or when the database is away."""
        ...

    async def set_aside(self, received: Received, reference: str) -> None:
        """Tell the person and staff that a deed could not be decided."""
        ...


@dataclass(slots=True)
class _Awaited:
    """An event whose decision is waited for, by however many handed it in; they write it down in turn."""

    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    fresh: bool = False  # for one of them
    over: asyncio.Event = field(default_factory=asyncio.Event)
    callers: int = 0


class Inbox:
    """Writes events down and has them decided. `after` is called when one was."""

    def __init__(self, store: Store, desk: Decides, after: Callable[[], None] = lambda: None) -> None:
        self._store = store
        self._desk = desk
        self._after = after
        self._bell = Bell()
        self._busy: set[str] = set()
        self._awaited: dict[tuple[str, str], _Awaited] = {}
        self._closing = False

    def wake(self) -> None:
        self._bell.ring()

    async def put(self, incoming: Incoming) -> bool:
        """Write an event down, to be decided soon; False if it stood there already. Unreachable."""
        fresh = await self._store.receive(incoming)
        self.wake()
        return fresh

    async def decided(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        """Write an event down and return when it was decided or set aside.

        One that is not new is waited for if it was handed in here and still is; else this returns at once.
        However long the database is away: who handed it in acknowledges nothing before `written` is set.
        """
        key = (incoming.door, incoming.event_id)
        awaited = self._awaited.setdefault(key, _Awaited())
        awaited.callers += 1
        try:
            async with awaited.writing:
                awaited.fresh |= await patiently(lambda: self.put(incoming))
            if written is not None:
                written.set()
            if awaited.fresh:
                await awaited.over.wait()
        finally:
            awaited.callers -= 1
            if not awaited.callers:
                del self._awaited[key]

    async def run(self) -> None:
        """Decide events until `close`; what is being decided then is finished first."""
        async with asyncio.TaskGroup() as hands:
            while not self._closing:
                for received in await self._look():
                    self._busy.add(received.lane)
                    hands.create_task(self._one(received))
                await self._bell.heard(POLL)

    def close(self) -> None:
        """Take no more events; they stay written down."""
        self._closing = True
        self.wake()

    async def _look(self) -> list[Received]:
        free = LANES - len(self._busy)
        if free <= 0:
            return []
        try:
            return list(await self._store.undone(tuple(self._busy), free))
        except Exception:  # a loop of the house outlives whatever one look meets, and looks again
            log.exception("inbox cannot be read")
            await asyncio.sleep(10 * PAUSE)
            self.wake()
            return []

    async def _one(self, received: Received) -> None:
        incoming = received.incoming
        with bound_contextvars(account=received.lane):
            try:
                finished = await self._decide(received)
            except Exception:  # the event stands in the inbox and is taken again; other lanes go on
                log.exception("inbox cannot be written", event_id=incoming.event_id)
                await asyncio.sleep(10 * PAUSE)
                finished = False
        self._busy.discard(received.lane)
        awaited = self._awaited.get((incoming.door, incoming.event_id))
        if finished and awaited is not None:
            awaited.over.set()
        self._after()
        self.wake()

    async def _decide(self, received: Received) -> bool:
        """Whether the event needs no further try."""
        incoming = received.incoming
        try:
            with bound_contextvars(order=needs_of(incoming).order):
                await self._desk.handle(incoming)
                log.info("decided", kind=str(incoming.kind), event_id=incoming.event_id)
        except Unreachable:  # no fault of the event's: it does not count as a try
            raise
        except Exception as error:
            log.exception("deed could not be decided", event_id=incoming.event_id, kind=str(incoming.kind))
            return await self._stumbled(received, type(error).__name__)
        return True

    async def _stumbled(self, received: Received, error: str) -> bool:
        """Whether that was the last try.

        Those concerned are told before it counts, so that no crash can come between; what tells them is one
        event by its reference, however often.
        """
        incoming = received.incoming
        if received.tries + 1 >= TRIES:
            log.error("deed set aside", event_id=incoming.event_id, reference=incoming.reference)
            await self._desk.set_aside(received, incoming.reference)
        if await self._store.stumbled(incoming, error, TRIES) is None:
            await asyncio.sleep(PAUSE)
            return False
        return True
