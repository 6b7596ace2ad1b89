"""A store on a database of its own, and a clock that is moved by hand."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

import pytest

from storage.store import TortoiseStore, open_store
from tests.storage.things import NOON

WEIGHTS = {"free": 1, "basic": 8, "business": 8}


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    def advance(self, step: timedelta) -> None:
        self._now += step


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def another(url: str, clock: HandClock) -> Callable[[], AbstractAsyncContextManager[TortoiseStore]]:
    """Opens a store on the database, as each process of the house has one."""
    return lambda: open_store(url, clock, WEIGHTS)


@pytest.fixture
async def store(
    another: Callable[[], AbstractAsyncContextManager[TortoiseStore]],
) -> AsyncIterator[TortoiseStore]:
    async with another() as opened:
        yield opened
