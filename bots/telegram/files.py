"""Files that people sent, fetched piece by piece; by path from a server of our own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
from telegram.error import BadRequest, TelegramError

from bots.telegram.api import Api
from bots.telegram.refusals import outcome, too_large
from core.messages import FileRef
from core.ports import OverLimit, Refused

CLOUD_MOST = 20 << 20
"""Bytes of the largest file that the cloud hands over (tdlib/telegram-bot-api, MAX_DOWNLOAD_FILE_SIZE)."""

_CHUNK = 1 << 18
_EXPIRED = (401, 403, 404, 410)


class Unshared(Exception):
    """A server of our own hands files over by paths that lead nowhere here."""


class _Expired(Exception):
    """The address of a file leads nowhere any more."""


class Files:
    """`local`: the server runs with --local; `folder` is where its files must lie, None for anywhere."""

    def __init__(self, api: Api, *, local: bool, folder: Path | None) -> None:
        self._api = api
        self._local = local
        self._folder = folder.resolve() if folder else None

    async def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        """The bytes of a file. OverLimit, Refused."""
        if not self._local and file.size is not None and file.size > CLOUD_MOST:
            raise OverLimit(CLOUD_MOST)
        for fresh in (False, True):
            address = await self._address(file)
            pieces = self._copied(Path(address)) if address.startswith("/") else self._streamed(address)
            try:
                async for piece in pieces:
                    yield piece
            except _Expired:
                if fresh:
                    raise Refused("the file is gone") from None
            else:
                return

    async def _address(self, file: FileRef) -> str:
        """Where a file can be fetched for the next hour."""
        try:
            found = await self._api.steady.get_file(file.ref)
        except BadRequest as error:
            if too_large(error):
                raise OverLimit(CLOUD_MOST) from None
            raise Refused("the file is gone") from None
        except TelegramError as error:
            raise outcome(error) from None
        if not found.file_path:
            raise Refused("the file is gone")
        if self._local and "//" in urlsplit(found.file_path).path:  # an absolute path behind the address
            raise Unshared("the Bot API server's files cannot be read here; its folder must be ours too")
        return found.file_path

    async def _streamed(self, address: str) -> AsyncIterator[bytes]:
        async with self._api.downloads.get(address) as answer:
            if answer.status in _EXPIRED:
                raise _Expired
            if answer.status != 200:
                raise aiohttp.ClientError(f"a file was answered with {answer.status}")
            async for piece in answer.content.iter_chunked(_CHUNK):
                yield piece

    async def _copied(self, path: Path) -> AsyncIterator[bytes]:
        path = await asyncio.to_thread(path.resolve)
        if not self._local or (self._folder and not path.is_relative_to(self._folder)):
            raise Unshared("the Bot API server names a path that it must not")
        with await asyncio.to_thread(path.open, "rb") as source:
            while piece := await asyncio.to_thread(source.read, _CHUNK):
                yield piece
