"""CRCs of files, which a zip names before it has their bytes: each is read for once, and remembered."""

import asyncio
import zlib
from collections import OrderedDict
from weakref import WeakValueDictionary

from core.messages import Media
from core.ports import Blobs

_MOST = 10_000  # files; a few hundred bytes each


class Checks:
    """CRC-32 by content. Nobody waits for another file than their own; one that several want is read once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._known: OrderedDict[str, int] = OrderedDict()
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def of(self, media: Media) -> int:
        """The CRC-32 of a file. FileNotFoundError, Damaged, Unreachable."""
        if media.sha256 not in self._known:
            async with self._reading.setdefault(media.sha256, asyncio.Lock()):
                if media.sha256 not in self._known:
                    self._known[media.sha256] = await self._read(media)
        self._known.move_to_end(media.sha256)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return self._known[media.sha256]

    async def _read(self, media: Media) -> int:
        crc = 0
        async for piece in self._blobs.read(media.blob):
            crc = zlib.crc32(piece, crc)
        return crc
