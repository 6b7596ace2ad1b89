"""What the clock has to do: ticks for orders whose time has come; and whether anything is left to do."""

from collections.abc import Sequence
from datetime import datetime

from core.messages import HOUSE, Incoming, Kind
from storage import inbox, jobs, outbox
from storage.models import OrderRow


async def due(now: datetime, limit: int) -> Sequence[Incoming]:
    """A tick for each order whose time has come, the longest overdue first.

    Its id names the date and the order's rev: one date is acted on once, however often it is found.
    """
    rows = await OrderRow.filter(due_at__lte=now).order_by("due_at", "number").limit(limit)
    return [
        Incoming(
            HOUSE,
            event_id=f"tick:{row.id}:{row.due_at.isoformat()}:{row.rev}",
            person=row.person,
            place="",
            private=True,
            kind=Kind.TICK,
            at=now,
            payload={"order": row.id},
        )
        for row in rows
        if row.due_at is not None
    ]


async def next_due() -> datetime | None:
    """When the clock has something to do next; None if it has nothing."""
    row = await OrderRow.filter(due_at__isnull=False).order_by("due_at").first()
    return row.due_at if row else None


async def pending(now: datetime) -> bool:
    """Whether an event, a job, a message or a due tick is still to be done at `now`."""
    return (
        await inbox.any_undone()
        or await jobs.any_alive()
        or await outbox.any_unsent()
        or await OrderRow.filter(due_at__lte=now).exists()
    )
