"""Sends what the desk wants to be said: the messages of one place in order, places side by side.

What was sent is recorded when the door has confirmed it. A card that changed meanwhile comes out again as it
is then, so progress never queues up. A place whose door fails rests for a while; the others go on.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from core.desk.bell import Bell
from core.ports import Door, Outgoing, Refused, Store

BATCH = 100
POLL = 5.0
"""Seconds after which the relay looks by itself: for what another process wants to be sent."""

LONGEST_REST = 60.0

Place = tuple[str, str]
"""A door and an address that it understands."""

log = structlog.get_logger()


class Relay:
    """Carries cards and notices to their doors. `after` is called when something was sent or refused."""

    def __init__(
        self, store: Store, doors: Mapping[str, Door], after: Callable[[], None] = lambda: None
    ) -> None:
        self._store = store
        self._doors = doors
        self._after = after
        self._bell = Bell()
        self._busy: set[Place] = set()
        self._rests: dict[Place, tuple[float, float]] = {}  # until when (monotonic), and for how long
        self._looks = 0
        self._calm = 0  # the newest look that found nothing to send and nobody sending
        self._calmer = asyncio.Condition()
        self._closing = False

    def wake(self) -> None:
        self._bell.ring()

    async def flush(self) -> None:
        """Return when all that was wanted before this call was sent or refused, or its place rests."""
        wanted = self._looks + 1
        self.wake()
        async with self._calmer:
            await self._calmer.wait_for(lambda: self._calm >= wanted)

    async def run(self) -> None:
        """Send until `close`; what is on its way then is finished first."""
        async with asyncio.TaskGroup() as hands:
            while not self._closing:
                self._looks += 1
                look = self._looks
                places = await self._look()
                for place, messages in (places or {}).items():
                    self._busy.add(place)
                    hands.create_task(self._tell(place, messages))
                if places is not None and not self._busy:
                    async with self._calmer:
                        self._calm = look
                        self._calmer.notify_all()
                await self._bell.heard(self._nap())

    def close(self) -> None:
        """Send no more; what is wanted stays wanted."""
        self._closing = True
        self.wake()

    async def _look(self) -> Mapping[Place, list[Outgoing]] | None:
        """What is to be sent, by place, but for those busy or resting; None when that is not known."""
        now = time.monotonic()
        idle = self._busy | {place for place, (until, _) in self._rests.items() if until > now}
        places: dict[Place, list[Outgoing]] = {}
        try:
            # Places that are busy or resting take their share of the answer, so ask for more than theirs.
            for outgoing in await self._store.outgoing(tuple(self._doors), BATCH * (1 + len(idle))):
                place = (outgoing.reach.door, outgoing.reach.address)
                if place not in idle:
                    places.setdefault(place, []).append(outgoing)
        except Exception:
            log.exception("outgoing messages cannot be read")
            await asyncio.sleep(1.0)
            self.wake()
            return None
        return places

    def _nap(self) -> float:
        now = time.monotonic()
        return min([POLL, *(max(0.05, until - now) for until, _ in self._rests.values() if until > now)])

    async def _tell(self, place: Place, messages: Sequence[Outgoing]) -> None:
        try:
            for outgoing in messages:
                await self._send(outgoing)
            self._rests.pop(place, None)
        except Exception:
            rest = min(LONGEST_REST, 2 * self._rests[place][1] if place in self._rests else 1.0)
            self._rests[place] = (time.monotonic() + rest, rest)
            log.exception("message not sent", door=place[0], rest=rest)
        finally:
            self._busy.discard(place)
            self._after()
            self.wake()

    async def _send(self, outgoing: Outgoing) -> None:
        door = self._doors[outgoing.reach.door]
        if outgoing.notice is not None and not await self._store.sending(outgoing):
            return
        try:
            if outgoing.notice is not None:
                message = await door.send_notice(outgoing)
            else:
                message = await door.send_card(outgoing)
        except Refused as refusal:
            log.info("message refused", door=door.name, order=outgoing.notice and outgoing.notice.order)
            await self._store.refused(outgoing, str(refusal))
        else:
            await self._store.sent(outgoing, message)
