"""How often somebody may ask: buckets that fill again with time, in the memory of this process."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

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
