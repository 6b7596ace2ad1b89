import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.databases import MEMORY
from tests.money.ground import Ground, postgres_ground, sqlite_ground
from tests.money.process import World


@pytest.fixture
def fast() -> Iterator[Path]:
    """A folder in memory, if there is one: what is written in it is put back thousands of times."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
async def ground(url: str) -> AsyncIterator[Ground]:
    if url.startswith("sqlite"):
        async with sqlite_ground(Path(url.removeprefix("sqlite://"))) as sqlite:
            yield sqlite
    else:
        async with postgres_ground(url) as postgres:
            yield postgres


@pytest.fixture
def world(ground: Ground, fast: Path) -> World:
    return World(ground, fast / "purses", fast)
