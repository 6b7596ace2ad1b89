"""A real store, and events to put into it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from core.messages import Incoming, Kind
from core.ports import Store
from storage.store import open_store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Noon:
    """A clock that stands at noon until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@asynccontextmanager
async def fresh_store(url: str, clock: Noon | None = None) -> AsyncIterator[Store]:
    async with open_store(url, clock or Noon(), {"free": 1, "basic": 8, "business": 8}) as store:
        yield store


def said(person: str, words: str, number: int | None = None) -> Incoming:
    """A message of somebody; its event id is its words unless it is numbered."""
    event = words if number is None else f"{words}{number}"
    return Incoming("test", f"{person}-{event}", person, person, True, Kind.MESSAGE, NOON, {"text": event})


async def until(true: Callable[[], bool]) -> None:
    """Wait for what another task brings about."""
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.001)
