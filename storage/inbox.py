"""The inbox: what has happened, written down before it is acknowledged, until it is done or set aside.

An event's id in the table is its place in its lane. Whoever writes one down has the lane alone until that is
committed, so that none appears in front of one that was already seen.
"""

from collections.abc import Sequence
from enum import StrEnum

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F
from tortoise.queryset import QuerySet

from core.messages import HOUSE, Incoming, Kind
from core.people import account_id
from core.ports import Received
from storage import wakeups
from storage.codec import dump, read
from storage.database import change, select
from storage.locks import alone
from storage.models import IdentityRow, InboxRow, OrderRow
from storage.wakeups import Subject


class State(StrEnum):
    UNDONE = "undone"
    DONE = "done"
    ASIDE = "aside"


_WRITE_DOWN = """
INSERT INTO inbox (door, event_id, lane, state, tries, data) VALUES (?, ?, ?, ?, 0, ?)
ON CONFLICT (door, event_id) DO NOTHING
"""

_HEADS = """
SELECT lane, tries, data FROM inbox WHERE id IN (
    SELECT MIN(id) FROM inbox WHERE state = 'undone' {idle} GROUP BY lane ORDER BY MIN(id) LIMIT ?
) ORDER BY id
"""


async def receive(incoming: Incoming) -> bool:
    """Write an event down; False if it stood there already. Notes where its person was seen last."""
    if not await _write_down(incoming, await _turn(incoming), State.UNDONE):
        return False
    seen = IdentityRow.filter(door=incoming.door, external=incoming.person, last_seen__lt=incoming.at)
    await seen.update(last_seen=incoming.at)
    await wakeups.ring([Subject.INBOX])
    return True


async def write_down(incoming: Incoming) -> None:
    """Put an event of the house into the inbox, unless it is there."""
    await _write_down(incoming, await _turn(incoming), State.UNDONE)


async def undone(connection: BaseDBAsyncClient, busy: Sequence[str], limit: int) -> list[Received]:
    """The oldest undone event of each lane that is not busy, oldest first."""
    idle = f"AND lane NOT IN ({', '.join('?' * len(busy))})" if busy else ""
    rows = await select(connection, _HEADS.format(idle=idle), [*busy, limit])
    return [Received(read(Incoming, row["data"]), row["lane"], row["tries"]) for row in rows]


async def undone_of(door: str, events: Sequence[str]) -> list[str]:
    """Which of a door's events, by id, still stand undone."""
    if not events:
        return []
    rows = InboxRow.filter(door=door, event_id__in=list(events), state=State.UNDONE)
    return [row.event_id for row in await rows]


async def finish(incoming: Incoming) -> bool:
    """Mark an event done, whether or not it ever stood in the inbox; False if it was done before."""
    not_done = _rows(incoming).exclude(state=State.DONE)
    if await not_done.update(state=State.DONE) == 1:
        return True
    if await _write_down(incoming, await _lane(incoming), State.DONE):  # nobody waits for one that is done
        return True
    return await not_done.update(state=State.DONE) == 1  # it was written down meanwhile


async def stumbled(incoming: Incoming, error: str, most: int) -> str | None:
    """Count a failed try. At the last one set the event aside and return its reference: its lane goes on.

    An event that was done meanwhile stays done. One that was never in the inbox stands there from now on.
    """
    await write_down(incoming)
    counted = await _rows(incoming).filter(state=State.UNDONE).update(tries=F("tries") + 1, error=error)
    row = await _rows(incoming).get()
    if not counted or row.tries < most:
        return row.reference
    await _rows(incoming).update(state=State.ASIDE, reference=incoming.reference)
    await silence(incoming)
    return incoming.reference


async def silence(tick: Incoming) -> None:
    """Let the clock leave an order alone until its next change, so that a tick never comes for ever."""
    if tick.kind is Kind.TICK and tick.payload.get("order"):
        await OrderRow.filter(id=tick.payload["order"], due_at__lte=tick.at).update(due_at=None)


def _rows(incoming: Incoming) -> QuerySet[InboxRow]:
    return InboxRow.filter(door=incoming.door, event_id=incoming.event_id)


async def _write_down(incoming: Incoming, lane: str, state: State) -> bool:
    """Whether the event is new."""
    values = [incoming.door, incoming.event_id, lane, state.value, dump(incoming)]
    return await change(_WRITE_DOWN, values) == 1


async def _turn(incoming: Incoming) -> str:
    """An event's lane, in which nobody else writes anything down now."""
    lane = await _lane(incoming)
    await alone(f"lane/{lane}")
    return lane


async def _lane(incoming: Incoming) -> str:
    """The account whose turn an event belongs to; an event of nobody has its place's own lane."""
    if incoming.person is None:
        return f"{incoming.door}|{incoming.place}"
    if incoming.door == HOUSE:
        return incoming.person
    row = await IdentityRow.get_or_none(door=incoming.door, external=incoming.person)
    return row.person if row else account_id(incoming.door, incoming.person)


async def any_undone() -> bool:
    """Whether an event waits to be handled."""
    return await InboxRow.filter(state=State.UNDONE).exists()
