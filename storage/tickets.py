"""Tickets of the distributed engine: one for each queued row, in procrastinate's tables of the same database.

A ticket names no row: whoever holds one takes the best row there is. So there may be more tickets than rows,
and never for long fewer; one that is issued too many finds nothing and is gone. On SQLite one process takes
the rows by itself, and there are none.
"""

from collections.abc import Sequence

from tortoise.context import require_context

from core.jobs import Queue
from storage.database import select

TASK = "ticket"
"""What procrastinate calls them."""


def name_of(queue: Queue, door: str | None) -> str:
    """What a row's ticket is called: its queue, and the door whose process must run it."""
    return f"{queue}:{door}" if door else queue.value


async def issue(names: Sequence[str]) -> None:
    """Issue tickets within this transaction: they come with its rows, or not at all."""
    connection = require_context().db()
    if names and connection.capabilities.dialect == "postgres":
        await select(
            connection,
            """
            SELECT procrastinate_defer_jobs_v1(array_agg(
                ROW(name, ?, 0, NULL, NULL, '{}', NULL)::procrastinate_job_to_defer_v1))
            FROM unnest(?::text[]) AS name
            """,
            [TASK, list(names)],
        )
