"""Two transactions on PostgreSQL that are open at the same time, one statement after the other.

SQLite has one writer: there, a transaction is one step. On PostgreSQL each statement of a transaction, its
commit too, is a point at which the other one can come between. Who waits for a lock is seen in pg_locks, and
is let be until the other one has gone on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

import psycopg

LOOK = 0.001
"""Seconds between two looks at whether somebody waits for a lock."""

_gate: ContextVar["Gate | None"] = ContextVar("gate", default=None)


class Gate:
    """Where one of the two stops before each of its statements, until it is let go on."""

    def __init__(self, deed: Coroutine[Any, Any, Any], raw: psycopg.Connection[Any]) -> None:
        self._raw = raw
        self._stopped = asyncio.Event()
        self._go = asyncio.Event()
        self.task = asyncio.create_task(self._does(deed))

    async def _does(self, deed: Coroutine[Any, Any, Any]) -> Any:
        _gate.set(self)
        return await deed

    async def passes(self) -> None:
        """Wait here, before a statement."""
        self._stopped.set()
        await self._go.wait()
        self._go.clear()

    async def goes_on(self, most: int | None = None) -> bool:
        """Let it carry out so many statements, or all it has; False if it waits for a lock before that."""
        left = most
        while await self._settled():
            if self.task.done() or left == 0:
                return True
            if left is not None:
                left -= 1
            self._stopped.clear()
            self._go.set()
        return False

    async def _settled(self) -> bool:
        """Whether it stands before a statement or is done; False if it waits for a lock."""
        while not (self.task.done() or self._stopped.is_set()):
            await asyncio.sleep(LOOK)
            waiting = self._raw.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1").fetchone()
            if waiting and not self.task.done() and not self._stopped.is_set():
                return False
        return True


async def overlap(first: Gate, second: Gate, after: int, *, dies: bool) -> bool:
    """The first stops after so many statements, the second goes as far as it can; then the first, or it dies.

    Both tasks are done at the end. False if the first had no more statements than that.
    """
    await first.goes_on(after)
    more = not first.task.done()
    await second.goes_on()
    if dies:
        first.task.cancel()
    while not (first.task.done() and second.task.done()):
        await first.goes_on()
        await second.goes_on()
    return more


@contextmanager
def gated() -> Iterator[None]:
    """Statements and commits of tasks that have a gate stop there."""

    def stopping(original: Callable[..., Any]) -> Callable[..., Any]:
        async def stopped(*given: Any, **named: Any) -> Any:
            gate = _gate.get()
            if gate is not None:
                await gate.passes()
            return await original(*given, **named)

        return stopped

    cursor, ending = psycopg.AsyncCursor, psycopg.AsyncTransaction
    with (
        patch.object(cursor, "execute", stopping(cursor.execute)),
        patch.object(cursor, "executemany", stopping(cursor.executemany)),
        patch.object(ending, "__aexit__", stopping(ending.__aexit__)),
    ):
        yield
