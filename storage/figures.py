"""How the house stands, read from the rows: one query a figure, over an index that grows with what is open.

None of them looks at what is over and done, so they cost the same with a million orders as with one.
"""

from collections.abc import Sequence
from datetime import datetime
from statistics import fmean
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.figures import Backlog, Figures, Held, JobClass, Mean
from core.jobs import Job
from core.messages import Incoming, Notice
from core.threads import Thread
from storage.codec import read
from storage.database import select

UNEQUAL = 'SELECT "order" AS id FROM books WHERE due <> earned'
"""Orders whose files were released without their price being earned, or with which more was earned than due.

What is due is the order's price once it was released, nothing otherwise or once it was cancelled. A price
that credit paid was paid; a free order is due nothing.
"""

HELD = """
    SELECT SUBSTR(accounts.name, 7) AS id
    FROM accounts LEFT JOIN orders ON orders.id = SUBSTR(accounts.name, 7)
    WHERE accounts.balance <> 0 AND SUBSTR(accounts.name, 1, 6) = 'order:' AND NOT CASE orders.state
        WHEN 'working' THEN TRUE
        WHEN 'review' THEN TRUE
        WHEN 'aside' THEN TRUE
        WHEN 'paying' THEN EXISTS (
            SELECT 1 FROM charges WHERE charges."order" = orders.id AND charges.state = 'requested')
        WHEN 'cancelled' THEN EXISTS (
            SELECT 1 FROM charges WHERE charges."order" = orders.id AND charges.state = 'refunding')
        ELSE EXISTS (
            SELECT 1 FROM charges WHERE charges."order" = orders.id AND charges.state = 'requested')
    END"""
"""Orders that hold money which nobody works for, waits with, or is giving back.

Money may lie in an order's account while its songs are worked on, heard or set aside, while a till is still
asked for the rest, and while a till is asked to give it back.
"""


NEWEST = 100
"""Of how many of the newest a mean is taken."""

OPEN = """
    SELECT state, COUNT(*) AS n FROM orders WHERE state NOT IN ('completed', 'cancelled') GROUP BY state"""
"""How many open orders there are in each state."""


TALKS = "SELECT data FROM threads WHERE state = 'waiting' ORDER BY opened LIMIT 50"
NEWEST_TICKETS = f"SELECT data FROM threads WHERE number IS NOT NULL ORDER BY number DESC LIMIT {NEWEST}"  # noqa: S608
RATED = f"SELECT rating FROM orders WHERE rating IS NOT NULL ORDER BY number DESC LIMIT {NEWEST}"  # noqa: S608
"""Tickets that wait; the newest tickets; how the newest rated orders were rated."""


async def read_figures(connection: BaseDBAsyncClient) -> Figures:
    """All figures, in the transaction that `connection` is in."""
    return Figures(
        queued=await _queued(connection),
        running={
            (row["queue"], row["kind"]): row["n"]
            for row in await select(
                connection,
                "SELECT queue, kind, COUNT(*) AS n FROM jobs "
                "WHERE state = 'running' AND engine_id IS NOT NULL GROUP BY queue, kind",
            )
        },
        inbox=await _inbox(connection),
        aside=await _count(connection, "SELECT COUNT(*) AS n FROM inbox WHERE state = 'aside'"),
        cards=await _count(connection, "SELECT COUNT(*) AS n FROM cards WHERE stale AND door <> ''"),
        notices=await _notices(connection),
        orders={row["state"]: row["n"] for row in await select(connection, OPEN)},
        talks=await _talks(connection),
        first_answer=await _first_answer(connection),
        rating=await rating(connection),
        leases=await _leases(connection),
        mismatched=len(await mismatched(connection)),
    )


async def mismatched(connection: BaseDBAsyncClient) -> Sequence[str]:
    """The ids of orders whose deeds and whose money say different things."""
    found = await select(connection, f"{UNEQUAL} UNION {HELD}")
    return sorted(row["id"] for row in found)


async def _queued(connection: BaseDBAsyncClient) -> dict[JobClass, Backlog]:
    lines = await select(
        connection,
        "SELECT queue, plan, kind, COUNT(*) AS n, MIN(seq) AS oldest FROM jobs WHERE state = 'queued' "
        "GROUP BY queue, plan, kind",
    )
    waiting = {}
    for line in lines:
        since = await _since(connection, "jobs", "seq", line["oldest"], Job)
        waiting[JobClass(line["queue"], line["plan"], line["kind"])] = Backlog(line["n"], since)
    return waiting


async def _inbox(connection: BaseDBAsyncClient) -> Backlog:
    (row,) = await select(
        connection, "SELECT COUNT(*) AS n, MIN(id) AS oldest FROM inbox WHERE state = 'undone'"
    )
    if not row["n"]:
        return Backlog()
    (oldest,) = await select(connection, "SELECT data FROM inbox WHERE id = ?", [row["oldest"]])
    return Backlog(row["n"], read(Incoming, oldest["data"]).at)


async def _notices(connection: BaseDBAsyncClient) -> Backlog:
    (row,) = await select(
        connection,
        "SELECT COUNT(*) AS n, MIN(id) AS oldest FROM notices "
        "WHERE state IN ('wanted', 'sending') AND door <> ''",
    )
    if not row["n"]:
        return Backlog()
    return Backlog(row["n"], await _since(connection, "notices", "id", row["oldest"], Notice))


async def _talks(connection: BaseDBAsyncClient) -> Backlog:
    count = await _count(connection, "SELECT COUNT(*) AS n FROM threads WHERE state = 'waiting'")
    rows = await select(connection, TALKS)
    return Backlog(count, min((read(Thread, row["data"]).since for row in rows), default=None))


async def _first_answer(connection: BaseDBAsyncClient) -> Mean:
    threads = [read(Thread, row["data"]) for row in await select(connection, NEWEST_TICKETS)]
    waited = [thread.first_wait.total_seconds() for thread in threads if thread.first_wait is not None]
    return Mean(len(waited), fmean(waited) if waited else None)


async def rating(connection: BaseDBAsyncClient) -> Mean:
    """The mean of the newest ratings."""
    ratings = [row["rating"] for row in await select(connection, RATED)]
    return Mean(len(ratings), fmean(ratings) if ratings else None)


async def _leases(connection: BaseDBAsyncClient) -> tuple[Held, ...]:
    if connection.capabilities.dialect != "postgres":  # a home's lock is enough for one process
        return ()
    left = "EXTRACT(EPOCH FROM until - clock_timestamp())::float8"
    rows = await select(connection, f"SELECT name, holder, {left} AS seconds FROM leases ORDER BY name")  # noqa: S608
    return tuple(Held(row["name"], row["holder"], max(0.0, row["seconds"])) for row in rows)


async def _since(
    connection: BaseDBAsyncClient, table: str, key: str, value: int, kind: type[Job] | type[Notice]
) -> datetime | None:
    rows = await select(connection, f"SELECT data FROM {table} WHERE {key} = ?", [value])  # noqa: S608
    return read(kind, rows[0]["data"]).wanted


async def _count(connection: BaseDBAsyncClient, sql: str, values: Sequence[Any] = ()) -> int:
    (row,) = await select(connection, sql, values)
    return int(row["n"])
