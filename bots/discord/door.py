"""The Discord door: connects, stays connected, hands in and sends."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress

import discord
import structlog

from bots.discord.answers import Answers
from bots.discord.arrivals import Arrivals
from bots.discord.cards import Cards
from bots.discord.channels import Channels
from bots.discord.client import Client
from bots.discord.files import ContentServers
from bots.discord.library import speak_to, without_voice
from bots.discord.notices import Notices
from bots.discord.reading import NAME
from bots.doors import Front, Links, Misconfigured
from core.messages import FileRef
from core.ports import Blobs, Clock, Later, Outgoing
from core.wording import Catalogues

CDN_HOSTS = ("cdn.discordapp.com", "media.discordapp.net")

PAUSE = 1.0
"""Seconds between the end of a connection and the next try; twice as many each time it fails again."""

LONGEST_PAUSE = 60.0

_TOKEN_REFUSED = 4004
_REFUSED = "Discord does not take LATHE_DISCORD_TOKEN: make a new token on the bot's page and set that."
_NO_RETRY_MENDS = {
    4010: "Discord does not take this shard.",
    4011: "This bot is in too many servers for one connection.",
    4012: "Discord no longer speaks the version that this house speaks.",
    4013: "Discord does not know what this bot wants to hear.",
    4014: "Discord does not let this bot hear what it wants to hear.",
}
"""Why the gateway closes for good, by its code."""

log = structlog.get_logger()


class DiscordDoor:
    """A door to Discord; nothing is connected before it runs."""

    name = NAME

    def __init__(
        self,
        token: str,
        blobs: Blobs,
        catalogues: Catalogues,
        clock: Clock,
        links: Links,
        *,
        api_url: str | None = None,
        gateway_url: str | None = None,
        cdn_hosts: Iterable[str] = CDN_HOSTS,
    ) -> None:
        """`api_url` and `gateway_url` are those of another Discord; `cdn_hosts` are NAME or NAME:PORT."""
        self._token = token
        self._catalogues = catalogues
        self._elsewhere = api_url, gateway_url
        self._answers = Answers()
        self._channels = Channels()
        self._cards = Cards(blobs, catalogues, links, self._channels)
        self._notices = Notices(blobs, catalogues, clock, links, self._channels, self._answers)
        self._servers = ContentServers(cdn_hosts)
        self._arrivals: Arrivals | None = None
        self._client: Client | None = None
        self._closing = asyncio.Event()

    async def run(self, front: Front) -> None:
        """Connect, stay connected and hand in what people do, until `close`. Misconfigured."""
        speak_to(*self._elsewhere)
        without_voice()
        self._arrivals = Arrivals(front, self._catalogues, self._channels, self._answers)
        pause = PAUSE
        while not self._closing.is_set():
            client = self._client = Client(self._arrivals, self._catalogues)
            try:
                await self._connected(client)
            except Misconfigured:
                raise
            except Exception as error:  # whatever the library raises when Discord is away: it is tried again
                if not self._closing.is_set():
                    log.warning("Discord is away", why=type(error).__name__)
            self._client = None
            pause = PAUSE if client.was_connected else min(LONGEST_PAUSE, 2 * pause)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._closing.wait()

    async def _connected(self, client: Client) -> None:
        """One connection, until it breaks for good or is closed."""
        try:
            async with client:
                await client.start(self._token)
        except discord.LoginFailure:
            raise Misconfigured(_REFUSED) from None
        except discord.PrivilegedIntentsRequired:
            raise Misconfigured(_NO_RETRY_MENDS[4014]) from None
        except discord.ConnectionClosed as closed:
            if closed.code == _TOKEN_REFUSED:
                raise Misconfigured(_REFUSED) from None
            if closed.code in _NO_RETRY_MENDS:
                raise Misconfigured(_NO_RETRY_MENDS[closed.code]) from None
            raise

    def hush(self) -> None:
        """Take nothing more in; what is on its way out may still go."""
        if self._arrivals is not None:
            self._arrivals.hush()

    async def close(self) -> None:
        """Disconnect."""
        self._closing.set()
        if self._client is not None:
            await self._client.close()
        await self._servers.close()

    async def check(self) -> None:
        """Raise if Discord is not connected."""
        if self._client is None or not self._client.connected:
            raise ConnectionError("Discord is not connected")

    async def send_card(self, outgoing: Outgoing) -> str:
        return await self._cards.send(self._logged_in(), outgoing)

    async def send_notice(self, outgoing: Outgoing) -> str:
        return await self._notices.send(self._logged_in(), outgoing)

    def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        return self._servers.fetch(file, self._client)

    def _logged_in(self) -> Client:
        if self._client is None or self._client.user is None:
            raise Later(PAUSE)
        return self._client
