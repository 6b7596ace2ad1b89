"""How often a file was fetched: when all of its bytes have gone out, by one request or in parts.

A player asks for a few bytes, then for the rest, then for others again; a download that broke off goes on in
the middle, and some take several parts at a time. All that is one fetch. What has gone out so far is kept in
the memory of this process: after a restart, who goes on is not counted to the end.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bots.web.sending import Body, send
from core.links import Standing
from core.visits import Visits

_MOST = 10_000  # fetches that are on their way; the one that moved longest ago goes first

Parts = tuple[tuple[int, int], ...]
"""Bytes of a file: first ones and those after the last, in order; no two touch."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who fetches what of an order, and by which token: each token's fetches are apart."""

    order: str
    person: str
    standing: Standing
    what: str
    token: Hashable


class Fetches:
    """Hands files over and counts it."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._gone: OrderedDict[Hashable, Parts] = OrderedDict()

    async def send(
        self,
        request: web.Request,
        body: Body,
        visitor: Visitor,
        now: datetime,
        tell: Callable[[], Awaitable[object]],
    ) -> web.StreamResponse:
        """Answer as bots.web.sending does, and `tell` before each first byte of a request goes out."""
        fetch = visitor, body.tag
        visit = visitor.order, visitor.person, visitor.standing, visitor.what, now

        async def begun() -> None:
            if self._begins(fetch):
                await self._visits.begun(*visit)
            await tell()

        async def gone(start: int, end: int) -> None:
            if self._completes(fetch, start, end, body.size):
                await self._visits.finished(*visit)

        return await send(request, body, begun, gone)

    def _begins(self, fetch: Hashable) -> bool:
        """Whether nothing of it is on its way yet."""
        if fetch in self._gone:
            return False
        self._gone[fetch] = ()
        if len(self._gone) > _MOST:
            self._gone.popitem(last=False)
        return True

    def _completes(self, fetch: Hashable, start: int, end: int, size: int) -> bool:
        """Whether with these bytes all have gone out; then the next ones begin another fetch."""
        self._gone[fetch] = joined(self._gone.get(fetch, ()), start, end)
        self._gone.move_to_end(fetch)
        if self._gone[fetch] != ((0, size),):
            return False
        del self._gone[fetch]
        return True


def joined(parts: Parts, start: int, end: int) -> Parts:
    """Those parts, and the bytes from `start` to before `end`."""
    apart = [part for part in parts if part[1] < start or end < part[0]]
    touched = [part for part in parts if part not in apart]
    first = min([start, *(part[0] for part in touched)])
    last = max([end, *(part[1] for part in touched)])
    return tuple(sorted([*apart, (first, last)]))
