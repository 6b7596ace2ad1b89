"""How often somebody may ask, and for how much at the same time: counted in the memory of this process."""

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from aiohttp import hdrs, web

OF_TOKEN = (300, 20.0)
OF_STRANGER = (30, 1.0)
"""Requests at once, and how many more each second: with a token of ours, and from an address without one."""

AT_ONCE = 128
FOR_EACH = 8
"""Answers that hand over files at the same time: in all, and for one pass or link."""

_MOST = 20_000  # buckets; the one that was used longest ago goes first, and is full when it comes again


@dataclass(slots=True)
class _Bucket:
    left: float
    seen: float


class Rates:
    """`burst` requests at once, and `each_second` more with time, for each name. `clock` gives seconds."""

    def __init__(self, burst: int, each_second: float, clock: Callable[[], float]) -> None:
        self._burst = burst
        self._each_second = each_second
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, name: str) -> int:
        """0, and the request counts; or the whole seconds until the next one may come."""
        now = self._clock()
        bucket = self._buckets.setdefault(name, _Bucket(self._burst, now))
        self._buckets.move_to_end(name)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        bucket.left = min(self._burst, bucket.left + (now - bucket.seen) * self._each_second)
        bucket.seen = now
        if bucket.left < 1:
            return math.ceil((1 - bucket.left) / self._each_second)
        bucket.left -= 1
        return 0


class Gate:
    """How often somebody may come. HTTPTooManyRequests is raised for who comes too often.

    A token counts by itself, and an address only for what is no token: behind another server all come from
    one address, and who has a token must not wait for those who guess. `seconds` is a clock that only
    goes on.
    """

    def __init__(self, seconds: Callable[[], float] = monotonic) -> None:
        self._of_token = Rates(*OF_TOKEN, seconds)
        self._of_stranger = Rates(*OF_STRANGER, seconds)

    def known(self, token: str) -> None:
        """Somebody comes with a token of ours."""
        _hold_back(self._of_token.wait(token))

    def stranger(self, request: web.Request) -> None:
        """Somebody comes without one."""
        _hold_back(self._of_stranger.wait(str(request.remote)))


def _hold_back(seconds: int) -> None:
    if seconds:
        raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: str(seconds)})


class Busy(Exception):
    """As many files as may are handed over at this moment."""


class Lanes:
    """How many answers hand over files at the same time: `each` for one pass or link, `most` in all."""

    def __init__(self, each: int = FOR_EACH, most: int = AT_ONCE) -> None:
        self._each = each
        self._most = most
        self._taken: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, whose: Hashable) -> Iterator[None]:
        """Be one of them. Busy."""
        if self._taken.get(whose, 0) >= self._each or self._taken.total() >= self._most:
            raise Busy
        self._taken[whose] += 1
        try:
            yield
        finally:
            self._taken[whose] -= 1
            if not self._taken[whose]:
                del self._taken[whose]
