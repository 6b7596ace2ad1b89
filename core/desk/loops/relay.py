"""Sends what the desk wants to be said: the messages of one place in order, places side by side.

What was sent is recorded when the door has confirmed it. A card that changed meanwhile comes out again as it
is then, so progress never queues up. A place whose door fails rests for a while; the others go on.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from core.desk.loops.bell import Bell
from core.ports import Door, Later, Outgoing, Refused, Store

BATCH = 100
POLL = 5.0
"""Seconds after which the relay looks by itself: for what another process wants to be sent."""

REST = 1.0
"""Seconds that a place rests after its door failed; twice as many each time it fails again."""

LONGEST_REST = 60.0

Place = tuple[str, str]
"""A door and an address that it understands."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Flush:
    """Somebody who waits until nothing is to be sent any more to some places."""

    door: str | None  # None: any
    address: str | None
    wanted: int  # the first look that counts
    done: asyncio.Future[None]

    def looked(self, look: int, astir: Set[Place]) -> None:
        """Look number `look` is over, and something is on its way to these places, or waits to be."""
        if look >= self.wanted and not any(map(self._means, astir)) and not self.done.done():
            self.done.set_result(None)

    def _means(self, place: Place) -> bool:
        door, address = place
        return self.door in (None, door) and self.address in (None, address)


async def _always() -> None:
    """Where nobody else could be the one."""


class Relay:
    """Carries cards and notices to their doors.

    `after` is called when something was sent or refused, `sent` with what was sent. `sure` returns while
    this process is the one that may send.
    """

    def __init__(
        self,
        store: Store,
        doors: Mapping[str, Door],
        after: Callable[[], None] = lambda: None,
        sent: Callable[[Outgoing], None] = lambda _: None,
        sure: Callable[[], Awaitable[None]] = _always,
    ) -> None:
        self._store = store
        self._doors = doors
        self._after = after
        self._sent = sent
        self._sure = sure
        self._bell = Bell()
        self._busy: set[Place] = set()
        self._resting: set[Place] = set()  # of the busy ones
        self._rests: dict[Place, float] = {}  # how long each place that failed rested last
        self._early: set[int] = set()  # rows of cards that may not go out again yet
        self._looks = 0
        self._flushes: list[_Flush] = []
        self._closing = asyncio.Event()

    def wake(self) -> None:
        self._bell.ring()

    async def flush(self, door: str | None = None, address: str | None = None) -> None:
        """Return when all that was wanted before this call was sent or refused, or its place rests.

        What goes through other doors, or to other addresses, is not waited for where one is named.
        """
        flush = _Flush(door, address, self._looks + 1, asyncio.get_running_loop().create_future())
        self._flushes.append(flush)
        self.wake()
        try:
            await flush.done
        finally:
            self._flushes.remove(flush)

    async def run(self) -> None:
        """Send until `close`; what is on its way then is finished first."""
        async with asyncio.TaskGroup() as hands:
            while not self._closing.is_set():
                self._looks += 1
                look, busy = self._looks, frozenset(self._busy)
                places = await self._look(busy)
                for place, messages in (places or {}).items():
                    self._busy.add(place)
                    hands.create_task(self._tell(place, messages))
                if places is not None:
                    astir = (busy | self._busy) - self._resting
                    for flush in self._flushes:
                        flush.looked(look, astir)
                await self._bell.heard(POLL)

    def close(self) -> None:
        """Send no more; what is wanted stays wanted."""
        self._closing.set()
        self.wake()

    async def _look(self, busy: Set[Place]) -> Mapping[Place, list[Outgoing]] | None:
        """What is to be sent, by place, but for those busy or resting; None when that is not known.

        A place that was busy when the look began may have sent by now what the look still sees as wanted.
        """
        places: dict[Place, list[Outgoing]] = {}
        try:
            # Busy places take their share of the answer, so ask for more than theirs.
            most = BATCH * (1 + len(busy)) + len(self._early)
            for outgoing in await self._store.outgoing(tuple(self._doors), most):
                place = (outgoing.reach.door, outgoing.reach.address)
                if place not in busy and not (outgoing.card is not None and outgoing.row in self._early):
                    places.setdefault(place, []).append(outgoing)
        except Exception:  # a loop of the house outlives whatever one look meets, and looks again
            log.exception("outgoing messages cannot be read")
            await asyncio.sleep(REST)
            self.wake()
            return None
        return places

    async def _tell(self, place: Place, messages: Sequence[Outgoing]) -> None:
        try:
            for outgoing in messages:
                if not await self._insist(place, outgoing):
                    return
            self._rests.pop(place, None)
        finally:
            self._busy.discard(place)
            self._after()
            self.wake()

    async def _insist(self, place: Place, outgoing: Outgoing) -> bool:
        """Send a notice, however often it takes, so that nothing of its place overtakes it.

        A card that fails is left to the next look, which knows its newest state. False: leave this place.
        """
        mine = False
        while not self._closing.is_set():
            try:
                if outgoing.notice is not None and not mine:
                    if not await self._store.sending(outgoing):
                        return True
                    mine = True
                await self._send(outgoing)
            except Later as later:
                if outgoing.card is not None:
                    self._put_off(outgoing.row, later.seconds)
                    return True
                await self._rest(place, later.seconds)
            except Exception:  # whatever a platform's library raises: this place rests, the others go on
                log.exception("message not sent", door=place[0])
                await self._rest(place)
                if not mine:
                    return False
                outgoing = replace(outgoing, unsure=True)
            else:
                return True
        return False

    async def _send(self, outgoing: Outgoing) -> None:
        door = self._doors[outgoing.reach.door]
        await self._sure()
        try:
            message = await _handed_over(door, outgoing)
        except Refused as refusal:
            log.info("message refused", door=door.name)
            await self._store.refused(outgoing, str(refusal))
        else:
            await self._store.sent(outgoing, message)
            self._sent(outgoing)

    def _put_off(self, row: int, seconds: float) -> None:
        """Leave a card alone for a while; then it goes out as it is by then."""

        def again() -> None:
            self._early.discard(row)
            self.wake()

        self._early.add(row)
        asyncio.get_running_loop().call_later(seconds, again)

    async def _rest(self, place: Place, seconds: float | None = None) -> None:
        """Leave a place alone: for as long as it asked for, else for longer each time it fails."""
        if seconds is None:
            seconds = min(LONGEST_REST, 2 * self._rests[place] if place in self._rests else REST)
            self._rests[place] = seconds
        self._resting.add(place)
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        self._resting.discard(place)


async def _handed_over(door: Door, outgoing: Outgoing) -> str:
    """What the door calls the message. A file that is gone for good holds up neither words nor buttons."""
    while True:
        try:
            if outgoing.notice is not None:
                return await door.send_notice(outgoing)
            return await door.send_card(outgoing)
        except FileNotFoundError as gone:
            less = _without(outgoing, gone.filename)
            if less == outgoing:
                raise
            log.warning("message goes without a file that is gone", door=door.name)
            outgoing = less


def _without(outgoing: Outgoing, blob: object) -> Outgoing:
    """The message without the files of that blob."""
    card, notice = outgoing.card, outgoing.notice
    if card is not None:
        card = replace(card, media=tuple(one for one in card.media if one.blob != blob))
    if notice is not None:
        notice = replace(notice, media=tuple(one for one in notice.media if one.blob != blob))
    return replace(outgoing, card=card, notice=notice)
