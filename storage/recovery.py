"""Putting right what dead workers left: rows that nobody runs, and rows that nobody would take.

Each function is one part of a transaction on PostgreSQL.
"""

from tortoise.backends.base.client import BaseDBAsyncClient

from core.jobs import MOST_OF_ONE, JobState
from storage import jobs, tickets
from storage.database import select


async def tear(connection: BaseDBAsyncClient, ticket: int) -> int:
    """End a dead worker's ticket and queue its row again, on a new one; how many rows that were.

    0 if somebody else is at it, or was. A ticket that had taken no row yet is issued again: a row waits
    for it.
    """
    held = (
        "SELECT queue_name FROM procrastinate_jobs WHERE id = ? AND status = 'doing' FOR UPDATE SKIP LOCKED"
    )
    torn = await select(connection, held, [ticket])
    if not torn:
        return 0
    await select(connection, "SELECT procrastinate_finish_job_v1(?, 'failed', true)", [ticket])
    recovered = await jobs.recover(str(ticket))
    if not recovered:
        await tickets.issue([row["queue_name"] for row in torn])
    return recovered


async def reconcile(connection: BaseDBAsyncClient) -> int:
    """Make rows and tickets agree: what runs has a ticket that is being done, what is queued one that waits.

    Where one person may have only so many running (core.jobs.MOST_OF_ONE), as many of theirs are enough.
    How many rows were found that nobody ran. One process at a time; the others have nothing to do.
    """
    (turn,) = await select(
        connection, "SELECT pg_try_advisory_xact_lock(hashtextextended('lathe/reconcile', 0)) AS mine"
    )
    if not turn["mine"]:
        return 0
    abandoned = await select(connection, _ABANDONED, [JobState.RUNNING])
    recovered = sum([await jobs.recover(row["engine_id"]) for row in abandoned])
    lacking = await select(connection, _LACKING, [tickets.TASK])
    await tickets.issue([row["name"] for row in lacking for _ in range(row["lacking"])])
    return recovered


_ABANDONED = """
    SELECT DISTINCT engine_id FROM jobs
    WHERE state = ? AND engine_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS ticket
        WHERE ticket.id::text = jobs.engine_id AND ticket.status = 'doing')
"""

_MOST = " ".join(f"WHEN '{queue}' THEN {most}" for queue, most in MOST_OF_ONE.items())

_LACKING = f"""
    SELECT name, queued.count - COALESCE(waiting.count, 0) AS lacking
    FROM (
        SELECT CASE WHEN door IS NULL THEN queue ELSE queue || ':' || door END AS name,
            SUM(count)::bigint AS count
        FROM (
            SELECT queue, door, LEAST(COUNT(*), CASE queue {_MOST} END) AS count
            FROM jobs WHERE state = 'queued' GROUP BY queue, door, person
        ) AS of_people GROUP BY 1
    ) AS queued
    LEFT JOIN (
        SELECT queue_name AS name, COUNT(*) AS count
        FROM procrastinate_jobs WHERE status = 'todo' AND task_name = ? GROUP BY 1
    ) AS waiting USING (name)
    WHERE queued.count > COALESCE(waiting.count, 0)
"""  # noqa: S608
