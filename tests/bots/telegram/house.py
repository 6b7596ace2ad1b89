"""A house whose only door is Telegram's."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bots.telegram.door import TelegramDoor
from tests.bots import house
from tests.bots.house import PUBLIC_URL, Fittings
from tests.doubles.telegram import Message, Person, Telegram

House = house.House[TelegramDoor]


def door_to(token: str, url: str, file_url: str, fittings: Fittings, **options: Any) -> TelegramDoor:
    """A door to any server and with any token, at a pace of its own; `options` are those of the door."""
    return TelegramDoor(
        token,
        fittings.blobs,
        fittings.catalogues,
        fittings.clock,
        fittings.zone,
        fittings.links,
        **{"api_url": url, "file_url": file_url, "messages": 0.0, "pace": 0.0, **options},
    )


@asynccontextmanager
async def open_house(
    telegram: Telegram,
    url: str,
    home: Path,
    *,
    public_url: str | None = PUBLIC_URL,
    connected: bool = True,
    **options: Any,
) -> AsyncIterator[House]:
    """A running house; `connected`: not before its door is. `options` are those of the door."""

    def made(fittings: Fittings) -> TelegramDoor:
        return door_to(telegram.token, telegram.base_url, telegram.file_url, fittings, **options)

    async with house.opened(made, url, home, public_url=public_url) as open_:
        if connected:
            await until_connected(open_)
        yield open_


async def until_connected(open_: House) -> None:
    """Return when the door says that it is connected."""
    await house.until_connected(open_.door)


async def shown(telegram: Telegram, person: Person, words: str) -> Message:
    """The newest message to somebody that has these words, once it is there."""

    def newest() -> Message | None:
        return next((one for one in reversed(person.received) if words in one.words), None)

    found = await telegram.until(newest)
    assert found is not None
    return found
