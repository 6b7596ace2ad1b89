"""The inbox: what has happened, written down before it is acknowledged, until it is done or set aside."""

from collections.abc import Sequence
from enum import StrEnum

from tortoise.functions import Min

from core.messages import HOUSE, Incoming, Kind
from core.people import account_id
from core.ports import Received
from storage.codec import dump, read
from storage.models import IdentityRow, InboxRow, OrderRow


class State(StrEnum):
    UNDONE = "undone"
    DONE = "done"
    ASIDE = "aside"


async def receive(incoming: Incoming) -> bool:
    """Write an event down; False if it stood there already. Notes where its person was seen last."""
    if await InboxRow.filter(door=incoming.door, event_id=incoming.event_id).exists():
        return False
    seen = IdentityRow.filter(door=incoming.door, external=incoming.person, last_seen__lt=incoming.at)
    await seen.update(last_seen=incoming.at)
    await _write(incoming, State.UNDONE)
    return True


async def write_down(incoming: Incoming) -> None:
    """Put an event of the house into the inbox, unless it is there."""
    if not await InboxRow.filter(door=incoming.door, event_id=incoming.event_id).exists():
        await _write(incoming, State.UNDONE)


async def undone(busy: Sequence[str], limit: int) -> list[Received]:
    """The oldest undone event of each lane that is not busy, oldest first."""
    waiting = InboxRow.filter(state=State.UNDONE)
    if busy:
        waiting = waiting.exclude(lane__in=list(busy))
    heads = waiting.annotate(first=Min("id")).group_by("lane").order_by("first").limit(limit).values("first")
    ids = [head["first"] for head in await heads]
    rows = await InboxRow.filter(id__in=ids).order_by("id") if ids else []
    return [Received(read(Incoming, row.data), row.lane, row.tries) for row in rows]


async def finish(incoming: Incoming) -> bool:
    """Mark an event done, whether or not it ever stood in the inbox; False if it was done before."""
    row = await InboxRow.get_or_none(door=incoming.door, event_id=incoming.event_id)
    if row is None:
        await _write(incoming, State.DONE)
        return True
    ended = InboxRow.filter(id=row.id).exclude(state=State.DONE)
    return await ended.update(state=State.DONE) == 1


async def stumbled(incoming: Incoming, error: str, most: int) -> str | None:
    """Count a failed try. At the last one set the event aside and return its reference: its lane goes on.

    An event that was done meanwhile stays done. One that was never in the inbox stands there from now on.
    """
    row = await InboxRow.get_or_none(door=incoming.door, event_id=incoming.event_id)
    if row is None:
        row = await _write(incoming, State.UNDONE)
    elif row.state != State.UNDONE:
        return row.reference
    tries = row.tries + 1
    if tries < most:
        await InboxRow.filter(id=row.id).update(tries=tries, error=error)
        return None
    await InboxRow.filter(id=row.id).update(
        tries=tries, error=error, state=State.ASIDE, reference=incoming.reference
    )
    await silence(incoming)
    return incoming.reference


async def silence(tick: Incoming) -> None:
    """Let the clock leave an order alone until its next change, so that a tick never comes for ever."""
    if tick.kind is Kind.TICK and tick.payload.get("order"):
        await OrderRow.filter(id=tick.payload["order"], due_at__lte=tick.at).update(due_at=None)


async def _write(incoming: Incoming, state: State) -> InboxRow:
    return await InboxRow.create(
        door=incoming.door,
        event_id=incoming.event_id,
        lane=await _lane(incoming),
        state=state,
        data=dump(incoming),
    )


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
