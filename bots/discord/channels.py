"""Where messages go: the channel of an address, and the files that go with one."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

import discord

from bots.discord.reading import channel_of
from core.messages import Media
from core.ports import Blobs

_REMEMBERED = 10_000


class Channels:
    """The channels of direct messages by person; the latest ten thousand, others are opened again."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, int] = OrderedDict()

    def met(self, person: str, channel: int) -> None:
        """Note through which channel somebody writes to us."""
        self._known[person] = channel
        self._known.move_to_end(person)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    async def at(self, client: discord.Client, address: str) -> discord.PartialMessageable:
        """The channel of an address, opened if it is a person's. discord.HTTPException."""
        number = channel_of(address) or self._known.get(address)
        if number is None:
            number = (await client.create_dm(discord.Object(int(address)))).id
            self.met(address, number)
        return client.get_partial_messageable(number)


def name_of(message: discord.Message) -> str:
    """The name by which the house knows a message: `CHANNEL/MESSAGE`."""
    return f"{message.channel.id}/{message.id}"


def named(client: discord.Client, name: str) -> discord.PartialMessage:
    """The message of that name, not fetched."""
    channel, message = map(int, name.split("/"))
    return client.get_partial_messageable(channel).get_partial_message(message)


@asynccontextmanager
async def opened(blobs: Blobs, files: Iterable[tuple[str, Media]]) -> AsyncIterator[list[discord.File]]:
    """Files as the library sends them, each under its name; streamed from disk."""
    async with AsyncExitStack() as stack:
        yield [
            discord.File(await stack.enter_async_context(blobs.open(media.blob)), filename=name)
            for name, media in files
        ]
