"""A store on a database of its own, and a clock that is moved by hand."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from storage.schema import migrate
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


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database whose schema is up to date, to be copied: migrating takes longer than most tests."""
    database = tmp_path_factory.mktemp("migrated") / "lathe.db"
    asyncio.run(migrate(f"sqlite://{database}"))
    return database


@pytest.fixture(params=["sqlite"])
def url(migrated: Path, tmp_path: Path) -> str:
    """The URL of an empty database whose schema is up to date, of each kind that the store runs on."""
    return f"sqlite://{shutil.copy(migrated, tmp_path)}"


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
