"""Removing what nobody needs any more: blobs that nothing names, objects that no key opens, old visits.

Blobs and objects have a time of grace: a job that has just filed a blob has not yet said so, and what is
arriving has no row before it is there.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import structlog

from core.desk.loops.bell import Bell
from storage.blob_keys import BlobKeys
from storage.blobs import SEALED, wall
from storage.objects import Objects

GRACE = timedelta(hours=24)
EVERY = timedelta(hours=6)
AGAIN = timedelta(minutes=5)
"""When to try again after the database or the store was away."""

STAGING = ("up", "trial")
"""Where blobs arrived before they had keys, and what a trial that was killed has left."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Removed:
    """What one collection removed: blobs that nothing named, objects or files that were left behind, rows."""

    blobs: int
    litter: int
    rows: int = 0


class Garbage:
    """Collects at once and then every few hours, beside whatever else goes on, until `close`.

    `outdated` removes the rows that were kept for as long as the house rules say; how many that were.
    """

    def __init__(
        self,
        objects: Objects,
        keys: BlobKeys,
        now: Callable[[], int] = wall,
        outdated: Callable[[], Awaitable[int]] | None = None,
    ) -> None:
        self._objects = objects
        self._keys = keys
        self._now = now
        self._outdated = outdated
        self._bell = Bell()
        self._closing = False

    async def run(self) -> None:
        """Collect until `close`."""
        while not self._closing:
            nap = EVERY
            try:
                removed = await self.collect()
                if removed != Removed(0, 0):
                    log.info("garbage removed", **asdict(removed))
            except Exception:
                log.exception("garbage not collected")
                nap = AGAIN
            await self._bell.heard(nap.total_seconds())

    def close(self) -> None:
        self._closing = True
        self._bell.ring()

    async def collect(self, grace: timedelta = GRACE) -> Removed:
        """Remove what is older than the grace and not needed. Unreachable if database or store are away."""
        rows = await self._outdated() if self._outdated else 0
        before = self._now() - int(grace.total_seconds())
        blobs = await self._unused(before)
        return Removed(blobs, await self._keyless(before) + await self._unfinished(before), rows)

    async def _unused(self, before: int) -> int:
        removed, after = 0, ""
        while not self._closing:
            keys, onwards = await self._keys.page(after, before)
            for key in keys:
                name = await self._keys.forget_unused(key, before)
                if name is not None:
                    await self._objects.delete(name)
                    removed += 1
            if onwards is None:
                break
            after = onwards
        return removed

    async def _keyless(self, before: int) -> int:
        """Objects whose key was destroyed, or was never written down."""
        removed = 0
        for prefix in (SEALED, *STAGING):
            async for page in self._objects.pages(prefix):
                old = [named.name for named in page if named.modified.timestamp() < before]
                known = await self._keys.known(old) if old else set()
                for name in old:
                    if name not in known:
                        await self._objects.delete(name)
                        removed += 1
                if self._closing:
                    return removed
        return removed

    async def _unfinished(self, before: int) -> int:
        """Files that began to arrive when a process was killed."""
        when = datetime.fromtimestamp(before, UTC)
        return await asyncio.to_thread(self._objects.drop_unfinished, when)
