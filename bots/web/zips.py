"""A zip file whose every byte is known before it is made: it is stored, not packed, and laid out beforehand.

So it has a length, goes on where a download broke off, and is never whole anywhere. Layout after PKWARE's
APPNOTE.TXT 6.3.10, sections 4.3 and 4.5; files and offsets of 4 GiB and more by its zip64 fields.
"""

import struct
import zlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePath

_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END = struct.Struct("<4sHHHHIIH")
_END_64 = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR = struct.Struct("<4sIQI")
_SIZES_64 = struct.Struct("<HHQQ")
_OFFSET_64 = struct.Struct("<HHQ")

_FULL = 0xFFFFFFFF  # says that the zip64 field has the figure
_MANY = 0xFFFF
_UTF8 = 1 << 11
_PLAIN, _ZIP64 = 20, 45  # versions needed to read it
_UNIX = 3 << 8
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: `crc` is its CRC-32, `read` gives its bytes from one on."""

    name: str
    size: int
    crc: int
    read: Callable[[int], AsyncIterator[bytes]]

    @property
    def large(self) -> bool:
        return self.size >= _FULL


@dataclass(frozen=True, slots=True)
class Archive:
    """Files in a zip; each is said to be of the time `at`."""

    entries: Sequence[Entry]
    at: datetime

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return self._central + len(self._tail())

    async def read(self, start: int = 0) -> AsyncIterator[bytes]:
        """Its bytes from one on."""
        at = 0
        for entry in self.entries:
            head = self._local(entry)
            if start < at + len(head):
                yield head[max(0, start - at) :]
            at += len(head)
            if entry.size and start < at + entry.size:
                async for piece in entry.read(max(0, start - at)):
                    yield piece
            at += entry.size
        tail = self._tail()
        if start < at + len(tail):
            yield tail[max(0, start - at) :]

    @property
    def _central(self) -> int:
        """Where the directory begins."""
        return sum(len(self._local(entry)) + entry.size for entry in self.entries)

    def _local(self, entry: Entry) -> bytes:
        name, more = entry.name.encode(), b""
        size = entry.size
        if entry.large:
            more, size = _SIZES_64.pack(1, 16, entry.size, entry.size), _FULL
        needed = _ZIP64 if entry.large else _PLAIN
        return (
            _LOCAL.pack(
                b"PK\x03\x04", needed, _UTF8, 0, *self._moment, entry.crc, size, size, len(name), len(more)
            )
            + name
            + more
        )

    def _tail(self) -> bytes:
        directory, offset = bytearray(), 0
        for entry in self.entries:
            directory += self._listed(entry, offset)
            offset += len(self._local(entry)) + entry.size
        count, size = len(self.entries), len(directory)
        if count >= _MANY or size >= _FULL or offset >= _FULL:
            directory += _END_64.pack(
                b"PK\x06\x06", 44, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, offset
            )
            directory += _LOCATOR.pack(b"PK\x06\x07", 0, offset + size, 1)
        count = min(count, _MANY)
        directory += _END.pack(b"PK\x05\x06", 0, 0, count, count, min(size, _FULL), min(offset, _FULL), 0)
        return bytes(directory)

    def _listed(self, entry: Entry, offset: int) -> bytes:
        name, size, more = entry.name.encode(), entry.size, b""
        far = offset >= _FULL
        if entry.large and far:
            more = struct.pack("<HHQQQ", 1, 24, size, size, offset)
        elif entry.large:
            more = _SIZES_64.pack(1, 16, size, size)
        elif far:
            more = _OFFSET_64.pack(1, 8, offset)
        needed = _ZIP64 if more else _PLAIN
        head = _CENTRAL.pack(
            b"PK\x01\x02",
            _UNIX | needed,
            needed,
            _UTF8,
            0,
            *self._moment,
            entry.crc,
            min(size, _FULL),
            min(size, _FULL),
            len(name),
            len(more),
            0,
            0,
            0,
            _MODE,
            min(offset, _FULL),
        )
        return head + name + more

    @property
    def _moment(self) -> tuple[int, int]:
        """Time and date as MS-DOS had them, in UTC: from 1980 on, to two seconds."""
        at = self.at.astimezone(UTC)
        date = (max(at.year, 1980) - 1980) << 9 | at.month << 5 | at.day
        return at.hour << 11 | at.minute << 5 | at.second // 2, date


def text_entry(name: str, text: str) -> Entry:
    """A file of the zip that is made of words."""
    content = text.encode()

    async def read(start: int) -> AsyncIterator[bytes]:
        yield content[start:]

    return Entry(name, len(content), zlib.crc32(content), read)


def unlike(names: Sequence[str]) -> list[str]:
    """The names, in order, with a number where one is there already in capitals or small letters."""
    taken: set[str] = set()
    found = []
    for name in names:
        path, other, number = PurePath(name), name, 1
        while other.casefold() in taken:
            number += 1
            other = f"{path.stem} ({number}){path.suffix}"
        taken.add(other.casefold())
        found.append(other)
    return found
