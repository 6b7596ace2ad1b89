import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bots.web.ordering import Studio, open_orders


@pytest.fixture
def place(tmp_path: Path, migrated_file: Path) -> Path:
    """A folder with a home in it, whose database is up to date."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_file, home / "lathe.sqlite3")
    return tmp_path


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    """The web door, and ada's order behind it."""
    async with open_orders(place) as opened:
        yield opened
