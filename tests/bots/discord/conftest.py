"""A house with nothing but a Discord door, and a Discord on loopback."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bots.discord.house import House, open_house
from tests.doubles.discord.server import Discord, running_discord


@pytest.fixture
async def discord() -> AsyncIterator[Discord]:
    async with running_discord() as there:
        yield there


@pytest.fixture
async def house(discord: Discord, url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A house whose door is connected."""
    async with open_house(discord, url, tmp_path) as opened:
        yield opened
