"""Waking the loops of other processes: what one commits, the others hear at once.

Within one process bells are enough (core.desk.loops.bell). On PostgreSQL whoever has committed something that
others have to look at says so with NOTIFY, and each process listens on a connection of its own. What is
missed, since a connection was down or a process died between the commit and its word, is found when the loops
look by themselves.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from enum import StrEnum
from typing import Any, NoReturn

import psycopg
import structlog

from storage.address import conninfo

CHANNEL = "lathe"

PAUSE = 1.0
"""Seconds of rest when the database does not answer."""

KEEPALIVE = {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}
"""A listener only waits: without these it would not notice that its server is gone (libpq, 32.1.2)."""

PARTING = 0.5
"""Seconds that a database which is closed has for its last word."""

_SAY = "SELECT pg_notify(%s, subject) FROM unnest(%s::text[]) AS subject"

log = structlog.get_logger()


class Subject(StrEnum):
    INBOX = "inbox"  # an event was written down
    OUTBOX = "outbox"  # cards or notices are wanted, or a place became known
    JOBS = "jobs"  # running jobs were cancelled
    CLOCK = "clock"  # an order's date may have moved


_rung: ContextVar[set[Subject]] = ContextVar("rung")


class Crier:
    """Says what was committed to whoever listens to one PostgreSQL database, on a connection of its own.

    Never inside the transaction itself: the server lets those that say something commit one at a time, each
    with its own wait for the disk (PreCommit_Notify in its async.c holds a lock for that long), so that all
    the others would stand behind them. What is said while it speaks goes out together.
    """

    def __init__(self, url: str) -> None:
        # Nobody need find on the disk that something was said.
        self._where = conninfo(url, options="-c synchronous_commit=off", **KEEPALIVE)
        self._due: set[Subject] = set()
        self._saying: asyncio.Task[None] | None = None
        self._connection: psycopg.AsyncConnection[Any] | None = None

    def say(self, subjects: Iterable[Subject]) -> None:
        """Have everybody hear of these, soon. It raises nothing: what is not heard is found all the same."""
        self._due.update(subjects)
        if self._due and self._saying is None:
            self._saying = asyncio.create_task(self._say_all())

    async def close(self) -> None:
        """Say what is left, if the server takes it in time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PARTING):
                if self._saying is not None:
                    await asyncio.shield(self._saying)
        if self._saying is not None:
            self._saying.cancel()
        if self._connection is not None:
            await self._connection.close()

    async def _say_all(self) -> None:
        try:
            while self._due:
                said, self._due = sorted(self._due), set()
                try:
                    await self._say(said)
                except psycopg.Error as error:
                    log.warning("other processes are not told", error=type(error).__name__)
        finally:
            self._saying = None

    async def _say(self, said: Sequence[Subject]) -> None:
        if self._connection is not None:
            with suppress(psycopg.OperationalError):  # it was cut since the last word
                await self._connection.execute(_SAY, [CHANNEL, said])
                return
        self._connection = await psycopg.AsyncConnection.connect(self._where, autocommit=True)
        await self._connection.execute(_SAY, [CHANNEL, said])


@contextmanager
def gathered() -> Iterator[set[Subject]]:
    """What is rung for inside: to be said when it is committed."""
    subjects: set[Subject] = set()
    token = _rung.set(subjects)
    try:
        yield subjects
    finally:
        _rung.reset(token)


def ring(subjects: Iterable[Subject]) -> None:
    """Have everybody hear of these when the transaction that is open is committed."""
    _rung.get().update(subjects)


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
