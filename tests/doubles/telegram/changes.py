"""Waiting for something to be so, without looking again and again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Changes:
    """Everything that alters what can be seen says so here."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def happened(self) -> None:
        """Let all who wait look again."""
        self._event.set()
        self._event = asyncio.Event()

    async def until(self, predicate: Callable[[], T], seconds: float | None) -> T:
        """What the predicate gives, once that is true; TimeoutError if it is not in time (None: for ever)."""
        async with asyncio.timeout(seconds):
            while not (found := predicate()):
                await self._event.wait()
        return found
