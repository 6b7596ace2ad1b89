"""A house with nothing but a Telegram door, and a Bot API on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bots.telegram.house import House, open_house
from tests.doubles.telegram import Person, Telegram, running


@pytest.fixture
async def telegram() -> AsyncIterator[Telegram]:
    async with running() as there:
        yield there


@pytest.fixture
async def house(telegram: Telegram, url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose door is connected."""
    async with open_house(telegram, url, tmp_path / "house") as opened:
        yield opened


@pytest.fixture
def ada(telegram: Telegram) -> Person:
    return telegram.person("Ada")
