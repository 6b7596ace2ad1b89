"""The bytes of one request as they come, cut into pieces. A line that falls silent or breaks ends them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from random import uniform

from aiohttp import ClientPayloadError, web
from aiohttp.http_exceptions import BadHttpMessage

from core.ports import TooLarge

PIECE = 8 << 20
"""Bytes of a piece at most: what the death of a process can cost, and a line that is fast."""

CUT = 20.0
"""Seconds after which a piece ends at the latest: what the death can cost a line that is slow."""

QUIET = 60.0
"""Seconds without a byte after which nobody is there any more."""

GATHER = 1 << 19
"""Bytes that are held before they are handed on."""

_NEVER = float("inf")

Read = Callable[[], Awaitable[bytes]]
"""Some of the bytes; none at the end."""

_BROKEN = (ConnectionError, ClientPayloadError, web.RequestPayloadError, BadHttpMessage)


class Flow:
    """What `read` brings, at most `most` bytes: TooLarge beyond. `broken`: it ended before its end."""

    def __init__(
        self, read: Read, most: int, *, piece: int = PIECE, cut: float = CUT, quiet: float = QUIET
    ) -> None:
        self.broken = False
        self.heard = asyncio.get_running_loop().time()  # when the last byte came
        self.finished = asyncio.Event()  # set by who takes the pieces
        self._read = read
        self._left = most
        self._piece = piece
        self._cut = cut
        self._quiet = quiet
        self._rest = b""  # of the next piece
        self._until = _NEVER  # when the piece ends that is being read
        self._ended = False
        self._halted = False
        self._waiting: asyncio.Timeout | None = None

    def halt(self) -> None:
        """Break it off here; what has come is kept."""
        self._halted = True
        if self._waiting is not None:
            with suppress(RuntimeError):  # its time is over already
                self._waiting.reschedule(0)

    async def pieces(self) -> AsyncIterator[AsyncIterator[bytes]]:
        """The pieces one after the other, none of them empty; each is read to its end before the next."""
        self._until = _NEVER
        while first := await self._some(self._piece):
            yield self._of_piece(first)
            self._until = _NEVER

    async def _of_piece(self, first: bytes) -> AsyncIterator[bytes]:
        left = self._piece - len(first)
        yield first
        while left and (some := await self._some(left)):
            left -= len(some)
            yield some

    async def _some(self, most: int) -> bytes:
        """Up to `most` bytes; none at the end, or when the time of the piece is over."""
        gathered = bytearray(self._rest)
        while len(gathered) < min(most, GATHER) and (received := await self._received()):
            gathered += received
        self._rest = bytes(gathered[most:])
        return bytes(gathered[:most])

    async def _received(self) -> bytes:
        now = asyncio.get_running_loop().time
        if self._ended or now() >= self._until:
            return b""
        try:
            async with asyncio.timeout_at(min(self._until, now() + self._quiet)) as self._waiting:
                received = b"" if self._halted else await self._read()
        except TimeoutError:
            self._ended = self.broken = self._halted or now() < self._until
            return b""
        except _BROKEN:
            self._ended = self.broken = True
            return b""
        finally:
            self._waiting = None
        if not received:
            self._ended, self.broken = True, self._halted
            return b""
        self.heard = now()
        # Those that began at one moment do not all end at one: each piece is written to disk and rows.
        self._until = min(self._until, self.heard + self._cut * uniform(0.5, 1))
        self._left -= len(received)
        if self._left < 0:
            raise TooLarge("more bytes came than were announced")
        return received
