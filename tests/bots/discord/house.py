"""A house whose only door is Discord's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bots.discord.door import DiscordDoor
from tests.bots import house
from tests.bots.house import PUBLIC_URL, Fittings
from tests.doubles.discord.server import Discord

House = house.House[DiscordDoor]


@asynccontextmanager
async def open_house(
    discord: Discord,
    url: str,
    folder: Path,
    *,
    public_url: str | None = PUBLIC_URL,
    token: str | None = None,
    connected: bool = True,
    decides: bool = True,
) -> AsyncIterator[House]:
    """A running house; `connected`: not before its door is. One that never `decides` only writes down."""

    def made(fittings: Fittings) -> DiscordDoor:
        return DiscordDoor(
            token or discord.token,
            fittings.blobs,
            fittings.catalogues,
            fittings.clock,
            fittings.links,
            api_url=discord.addresses.api,
            gateway_url=discord.addresses.gateway,
            cdn_hosts=[discord.addresses.cdn.split("/")[2]],
        )

    async with house.opened(made, url, folder, public_url=public_url, decides=decides) as open_:
        if connected:
            await until_connected(open_, discord)
        yield open_


async def until_connected(open_: House, discord: Discord) -> None:
    """Return when both sides say that they are connected."""

    def connected() -> bool:
        return discord.gateway.connected

    await discord.until(connected)
    await house.until_connected(open_.door)
