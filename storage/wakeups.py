"""Waking the loops of other processes: what one commits, the others hear at once.

Within one process bells are enough (core.desk.bell). On PostgreSQL a transaction that wants something says so
with NOTIFY, which is heard when it is committed; each process listens on a connection of its own. What is
missed while that is down is found when the loops look by themselves.
"""

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NoReturn

import psycopg
import structlog
from tortoise.context import require_context

from storage.address import conninfo
from storage.database import select

CHANNEL = "lathe"

PAUSE = 1.0
"""Seconds of rest when the database does not answer."""

KEEPALIVE = {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}
"""A listener only waits: without these it would not notice that its server is gone (libpq, 32.1.2)."""

log = structlog.get_logger()


class Subject(StrEnum):
    INBOX = "inbox"  # an event was written down
    OUTBOX = "outbox"  # cards or notices are wanted, or a place became known
    JOBS = "jobs"  # running jobs were cancelled
    CLOCK = "clock"  # an order's date may have moved


async def ring(subjects: Iterable[Subject]) -> None:
    """Have everybody hear of these when this transaction is committed."""
    connection = require_context().db()
    said = sorted(set(subjects))
    if said and connection.capabilities.dialect == "postgres":
        sql = "SELECT pg_notify(?, subject) FROM unnest(?::text[]) AS subject"
        await select(connection, sql, [CHANNEL, said])


async def listen(url: str, hear: Callable[[Subject], None]) -> NoReturn:
    """Hear what is committed in the PostgreSQL database at `url`, until cancelled.

    Whenever the connection was made anew everything may have been missed, and is heard.
    """
    where = conninfo(url, **KEEPALIVE)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(where, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                for subject in Subject:
                    hear(subject)
                async for said in connection.notifies():
                    hear(Subject(said.payload))
        except psycopg.Error as error:
            log.warning("nothing is heard from other processes", error=type(error).__name__)
        await asyncio.sleep(PAUSE)
