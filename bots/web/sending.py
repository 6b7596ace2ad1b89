"""Bytes of a known length to a browser: whole, or the part that it asks for (RFC 9110, 14)."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web

STALLED = 60.0
"""Seconds after which nobody is there any more who takes some of the bytes."""

_SLICE = 1 << 16  # bytes: what a slow line takes in that time
_RANGE = re.compile(r"bytes=([0-9]{0,40})-([0-9]{0,40})")

log = structlog.get_logger()


class Unsatisfiable(ValueError):
    """A range that lies outside the file."""


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent. `read` gives its bytes from one on; `tag` is another one for other bytes."""

    name: str
    media_type: str
    size: int
    tag: str
    read: Callable[[int], AsyncIterator[bytes]]
    shown: Literal["attachment", "inline"] = "attachment"

    @property
    def headers(self) -> dict[str, str]:
        """It is kept apart from everything else a browser holds, and asked for anew."""
        return {
            hdrs.ACCEPT_RANGES: "bytes",
            hdrs.ETAG: self.etag,
            hdrs.CACHE_CONTROL: "private, no-cache",
            hdrs.CONTENT_DISPOSITION: disposition(self.name, self.shown),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex, nofollow",
        }

    @property
    def etag(self) -> str:
        return f'"{self.tag}"'


async def send(
    request: web.Request,
    body: Body,
    begun: Callable[[], Awaitable[None]] | None = None,
    gone: Callable[[int, int], Awaitable[None]] | None = None,
    stalled: float = STALLED,
) -> web.StreamResponse:
    """Answer with a body or a part of it. FileNotFoundError, Damaged, Unreachable before anything was sent.

    `begun` is awaited before the first byte goes out. However it ends, `gone` is told which bytes of the body
    have: the first, and the one after the last. Who takes nothing for `stalled` seconds is cut off.
    """
    head = request.method == hdrs.METH_HEAD
    try:
        asked = None if head else _part(request, body)
    except Unsatisfiable:
        return web.Response(status=416, headers=body.headers | {hdrs.CONTENT_RANGE: f"bytes */{body.size}"})
    start, end = asked or (0, body.size)
    response = web.StreamResponse(status=206 if asked else 200, headers=body.headers)
    response.content_type = body.media_type
    response.content_length = end - start
    if asked:
        response.headers[hdrs.CONTENT_RANGE] = f"bytes {start}-{end - 1}/{body.size}"
    if head:
        await response.prepare(request)
        return response
    if body.etag in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=body.headers)
    pieces = body.read(start)
    piece = await anext(pieces, b"")
    if begun is not None:
        await begun()
    await response.prepare(request)
    left = end - start
    try:
        while piece and left:
            await _write(response, piece[:left], stalled)
            left -= min(left, len(piece))
            piece = await anext(pieces, b"") if left else b""
        async with asyncio.timeout(stalled):
            await response.write_eof()
    except ConnectionResetError:
        log.info("download broken off", left=left)
    except TimeoutError:
        log.info("download stands still", left=left)
        _cut_off(request)
    except Exception:  # whatever it is: another answer would be taken for what is left of this one
        log.exception("download cannot go on", left=left)
        _cut_off(request)
    if gone is not None and end - left > start:
        await gone(start, end - left)
    return response


async def _write(response: web.StreamResponse, piece: bytes, stalled: float) -> None:
    view = memoryview(piece)
    for at in range(0, len(piece), _SLICE):
        async with asyncio.timeout(stalled):
            await response.write(view[at : at + _SLICE])


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _part(request: web.Request, body: Body) -> tuple[int, int] | None:
    """Which bytes are asked for; None for all, also if what is there now is not what the asker has begun."""
    if request.headers.get(hdrs.IF_RANGE, body.etag) != body.etag:
        return None
    return part(request.headers.get(hdrs.RANGE, ""), body.size)


def part(asked: str, size: int) -> tuple[int, int] | None:
    """The first byte of a range and the one after its last. Unsatisfiable if it lies outside.

    None if it is no range, or more than one: RFC 9110, 14.2, lets these be answered with the whole.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = (int(text) if text else None for text in match.groups())
    if first is None:
        first, last = max(0, size - (last or 0)), size - 1
    elif last is not None and last < first:
        return None
    if first >= size:
        raise Unsatisfiable(asked)
    return first, min(size if last is None else last + 1, size)


def disposition(name: str, shown: str = "attachment") -> str:
    """How it is to be taken, and its name in any writing (RFC 6266, RFC 8187), in ASCII for old browsers."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"{shown}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
