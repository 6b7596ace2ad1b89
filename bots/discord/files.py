"""Files that people send: where each is, and its bytes, streamed from Discord's content servers only."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import aiohttp
import discord

from bots.discord.outcomes import told
from core.messages import FileRef
from core.ports import Refused

CHUNK = 1 << 20

_TIMES = aiohttp.ClientTimeout(total=None, sock_connect=30, sock_read=60)
_EXPIRED = frozenset({401, 403, 404, 410})


@dataclass(frozen=True, slots=True)
class Source:
    """Where a file is: its address, which is good for a day, and the message that has a fresh one.

    A file of a form or command is in no message: of it there is only the address, good for a short time.
    """

    url: str
    channel: int = 0
    message: int = 0
    attachment: int = 0

    def pack(self) -> str:
        """As a FileRef carries it."""
        return f"{self.channel}/{self.message}/{self.attachment} {self.url}"

    @classmethod
    def unpack(cls, packed: str) -> "Source":
        """Read it back; ValueError if it is none."""
        where, _, url = packed.partition(" ")
        channel, message, attachment = map(int, where.split("/"))
        return cls(url, channel, message, attachment)


class ContentServers:
    """Fetches files from listed hosts, NAME or NAME:PORT; one with a port may speak plain HTTP."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._hosts = frozenset(host.lower() for host in hosts)
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def allowed(self, url: str) -> bool:
        """Whether this address may be fetched at all."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
            if parts.port is not None:
                return parts.scheme in ("http", "https") and f"{host}:{parts.port}" in self._hosts
        except ValueError:
            return False
        return parts.scheme == "https" and host in self._hosts

    async def fetch(self, file: FileRef, client: discord.Client | None) -> AsyncIterator[bytes]:
        """The bytes of a file, also when its address has expired but its message is still there.

        Refused when it is gone, elsewhere, or not as large as was said. Another exception when Discord is
        away or the stream breaks off.
        """
        try:
            source = Source.unpack(file.ref)
        except ValueError:
            raise Refused("not a file of Discord's") from None
        response = await self._get(source.url)
        if response.status in _EXPIRED:
            response.release()
            response = await self._get(await _fresh(source, client))
        async with response:
            if response.status in _EXPIRED:
                raise Refused("the file is gone")
            if response.status != 200:
                raise ConnectionError(f"the content server answered {response.status}")
            received = 0
            async for chunk in response.content.iter_chunked(CHUNK):
                received += len(chunk)
                if file.size is not None and received > file.size:
                    raise Refused("the file is larger than was said")
                yield chunk
            if file.size is not None and received < file.size:
                raise ConnectionError("the file broke off")

    async def _get(self, url: str) -> aiohttp.ClientResponse:
        if not self.allowed(url):
            raise Refused("not a file of Discord's")
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                timeout=_TIMES, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
            )
        return await self._session.get(url, allow_redirects=False)


async def _fresh(source: Source, client: discord.Client | None) -> str:
    """A new address of an expired one, from the message that the file came with."""
    if not source.message:
        raise Refused("the file is gone")
    if client is None:
        raise ConnectionError("Discord is not connected")
    channel = client.get_partial_messageable(source.channel)
    with told():
        message = await channel.fetch_message(source.message)
    for attachment in attachments_of(message):
        if attachment.id == source.attachment:
            return attachment.url
    raise Refused("the file is gone")


def attachments_of(message: discord.Message) -> list[discord.Attachment]:
    """The files of a message, and of those that it passes on."""
    passed_on = [file for snapshot in message.message_snapshots for file in snapshot.attachments]
    return [*message.attachments, *passed_on]
