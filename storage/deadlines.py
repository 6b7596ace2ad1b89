"""What the clock has to do: ticks for what has come to its time; and whether anything is left to do."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.backends.base.client import BaseDBAsyncClient

from core.messages import HOUSE, Incoming, Kind
from storage import inbox, jobs, outbox
from storage.database import moment, select
from storage.models import AgreementRow, BulkRow, OrderRow


async def due(now: datetime, limit: int) -> Sequence[Incoming]:
    """A tick for each order, agreement and bulk order whose time has come, the longest overdue first.

    Its id names the date and the row's rev: one date is acted on once, however often it is found.
    """
    rows = await OrderRow.filter(due_at__lte=now).order_by("due_at", "number").limit(limit)
    ended = await AgreementRow.filter(due_at__lte=now).order_by("due_at", "number").limit(limit)
    over = await BulkRow.filter(due_at__lte=now).order_by("due_at", "seq").limit(limit)
    return [*_ticks("order", rows, now), *_ticks("agreement", ended, now), *_ticks("bulk", over, now)]


def _ticks(
    what: str, rows: Sequence[OrderRow] | Sequence[AgreementRow] | Sequence[BulkRow], now: datetime
) -> Sequence[Incoming]:
    return [
        Incoming(
            HOUSE,
            event_id=f"tick:{row.id}:{row.due_at.isoformat()}:{row.rev}",
            person=row.person,
            place="",
            private=True,
            kind=Kind.TICK,
            at=now,
            payload={what: row.id},
        )
        for row in rows
        if row.due_at is not None
    ]


async def next_due(connection: BaseDBAsyncClient) -> datetime | None:
    """When the clock has something to do next; None if it has nothing."""
    rows = await select(
        connection,
        "SELECT MIN(due_at) AS due FROM orders WHERE due_at IS NOT NULL "
        "UNION ALL SELECT MIN(due_at) FROM agreements WHERE due_at IS NOT NULL "
        "UNION ALL SELECT MIN(due_at) FROM bulks WHERE due_at IS NOT NULL",
    )
    return min((moment(row["due"]) for row in rows if row["due"] is not None), default=None)


async def pending(now: datetime) -> bool:
    """Whether an event, a job, a message or a due tick is still to be done at `now`."""
    return (
        await inbox.any_undone()
        or await jobs.any_alive()
        or await outbox.any_unsent()
        or await OrderRow.filter(due_at__lte=now).exists()
        or await AgreementRow.filter(due_at__lte=now).exists()
        or await BulkRow.filter(due_at__lte=now).exists()
    )
