"""Waiting for a database that is away: what must be asked or written down is tried until it answers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from core.ports import Outdated, Unreachable

PAUSE = 1.0
"""Seconds between two tries."""

T = TypeVar("T")

log = structlog.get_logger()


async def patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """What is asked for, however long the database is away. To be cancelled by whoever cannot wait."""
    while True:
        try:
            return await ask()
        except (Unreachable, Outdated) as away:
            log.warning("the database is waited for", why=str(away))
            await asyncio.sleep(PAUSE)
