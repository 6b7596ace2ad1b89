"""Our line to the Bot API: one bot that keeps to the platform's pace, and one that never waits for it."""

import json
import logging
import sys
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import urlencode

import aiohttp
from telegram import Bot
from telegram.constants import FloodLimit
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bots.telegram.reading import WANTED, Json, Myself

CLOUD = "https://api.telegram.org/bot"
CLOUD_FILES = "https://api.telegram.org/file/bot"

HELD = 50
"""Seconds for which the platform holds a question for updates while there are none; it allows no more."""

_PATIENCE = 60.0  # seconds for an answer
_UPLOAD = 600.0  # seconds for each piece of an upload
_CONNECTIONS = 64
_IN_A_GROUP = FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP


class Api:
    """`steady` sends and edits. `quick` answers what cannot wait while another chat is being held back.

    `pace`: messages a second over all chats; 0 for no bound but what the platform answers, in groups neither.
    """

    def __init__(self, token: str, url: str | None, file_url: str | None, pace: float) -> None:
        for library in ("httpx", "httpcore"):  # they log addresses, and ours hold the token
            logging.getLogger(library).setLevel(logging.WARNING)
        # Being held back is what the relay deals with; the limiter would log it as an error each time.
        logging.getLogger("telegram.ext.AIORateLimiter").setLevel(logging.CRITICAL)
        # httpcore asks for sniffio at every call: where there is none, the disk was searched each time.
        sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # what `import` reads as "there is none"
        self._token = token
        self._url = url or CLOUD
        self._requests = [_request(_CONNECTIONS), _request(8), _request(1)]
        steady, quick, self._polling = self._requests
        files = file_url or CLOUD_FILES
        self.steady = ExtBot(
            token,
            self._url,
            files,
            request=steady,
            get_updates_request=self._polling,
            rate_limiter=AIORateLimiter(pace, group_max_rate=_IN_A_GROUP if pace else 0, max_retries=0),
        )
        self.quick = Bot(token, self._url, files, request=quick, get_updates_request=self._polling)
        self._downloads: aiohttp.ClientSession | None = None

    async def myself(self) -> Myself:
        """Who we are. TelegramError."""
        me = await self.quick.get_me()
        return Myself(me.id, me.username or "")

    async def updates(self, offset: int, held: int = HELD) -> Sequence[Json]:
        """The next updates as they come over the line; those below `offset` are confirmed. TelegramError.

        While there are none, the platform answers after `held` seconds.

        The library would read a batch as a whole: one update that it cannot read would hold up all others.
        """
        asked = {"offset": offset, "timeout": held, "allowed_updates": json.dumps(WANTED)}
        answer = await self._polling.post(
            f"{self._url}{self._token}/getUpdates?{urlencode(asked)}", read_timeout=held + _PATIENCE
        )
        return cast(Sequence[Json], answer)

    @property
    def downloads(self) -> aiohttp.ClientSession:
        """A session in which files are fetched piece by piece."""
        if self._downloads is None:
            timeout = aiohttp.ClientTimeout(total=None, sock_connect=10, sock_read=_PATIENCE)
            self._downloads = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)
        return self._downloads

    async def close(self) -> None:
        for request in self._requests:
            await request.shutdown()
        if self._downloads is not None:
            await self._downloads.close()


def _request(connections: int) -> HTTPXRequest:
    options: dict[str, Any] = {
        "read_timeout": _PATIENCE,
        "write_timeout": _PATIENCE,
        "connect_timeout": 10.0,
        "pool_timeout": 10.0,
        "media_write_timeout": _UPLOAD,
    }
    return HTTPXRequest(connection_pool_size=connections, **options)
