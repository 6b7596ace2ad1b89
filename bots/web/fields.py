"""What a small form of a page says, as a browser sends it."""

import asyncio
from urllib.parse import parse_qsl

from aiohttp import web

from bots.web.headers import PRIVATE

MOST_BODY = 64 * 1024
"""Bytes of a form at most."""

PATIENCE = 30.0
"""Seconds in which all of a form has come."""

_MOST_FIELDS = 32


async def fields(request: web.Request, patience: float = PATIENCE) -> dict[str, str]:
    """What a form says, each field once; an exception of aiohttp's for what is none, too much or too slow."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType(headers=PRIVATE)
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > MOST_BODY:
                    raise web.HTTPRequestEntityTooLarge(MOST_BODY, len(body), headers=PRIVATE)
    except TimeoutError:
        raise web.HTTPRequestTimeout(headers=PRIVATE) from None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        raise web.HTTPBadRequest(headers=PRIVATE) from None
    return dict(pairs)
