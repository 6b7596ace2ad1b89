"""A zip that is laid out before it is made, read by Python's own reader."""

import io
import zipfile
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.web.zips import Archive, Entry, text_entry, unlike

AT = datetime(2026, 3, 2, 10, 30, 8, tzinfo=UTC)


def an_entry(name: str, content: bytes, piece: int = 7) -> Entry:
    async def read(start: int) -> AsyncIterator[bytes]:
        for at in range(start, len(content), piece):
            yield content[at : at + piece]

    return Entry(name, len(content), zlib.crc32(content), read)


def zeros(name: str, size: int) -> Entry:
    """A file that nobody could store, of nothing but zeros."""
    block = bytes(1 << 20)

    async def read(start: int) -> AsyncIterator[bytes]:
        for at in range(start, size, len(block)):
            yield block[: min(len(block), size - at)]

    return Entry(name, size, 0, read)


async def whole(archive: Archive, start: int = 0) -> bytes:
    return b"".join([piece async for piece in archive.read(start)])


contents = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1), st.binary(max_size=60)
    ),
    max_size=5,
)


@given(contents)
async def test_every_reader_of_zips_finds_what_was_put_in(files: list[tuple[str, bytes]]) -> None:
    names = unlike([name for name, _ in files])
    archive = Archive([an_entry(name, told) for name, (_, told) in zip(names, files, strict=True)], AT)
    made = await whole(archive)
    assert len(made) == archive.size
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == names
        assert [opened.read(name) for name in names] == [told for _, told in files]


@given(contents, st.data())
async def test_it_can_be_read_from_any_byte_on(files: list[tuple[str, bytes]], data: st.DataObject) -> None:
    names = unlike([name for name, _ in files])
    archive = Archive([an_entry(name, told) for name, (_, told) in zip(names, files, strict=True)], AT)
    made = await whole(archive)
    start = data.draw(st.integers(0, len(made)))
    assert await whole(archive, start) == made[start:]


async def test_its_files_are_of_the_time_that_it_says_in_utc() -> None:
    at = AT.astimezone(timezone(timedelta(hours=5)))
    with zipfile.ZipFile(io.BytesIO(await whole(Archive([text_entry("a", "x")], at)))) as opened:
        assert opened.infolist()[0].date_time == (2026, 3, 2, 10, 30, 8)


class Far(io.RawIOBase):
    """A zip of which only the end is ever there, as a file."""

    def __init__(self, size: int, tail: bytes) -> None:
        self._size, self._tail, self._at = size, tail, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def read(self, size: int = -1) -> bytes:
        first = self._at - (self._size - len(self._tail))
        assert first >= 0, "read what is not there"
        found = self._tail[first:] if size < 0 else self._tail[first : first + size]
        self._at += len(found)
        return found


@pytest.mark.parametrize(
    "sizes", [(5 << 30, 3), (3 << 30, 2 << 30, 9), (0xFFFFFFFE, 1), (0xFFFFFFFF, 0)], ids=str
)
async def test_files_and_offsets_beyond_4_gib_are_told_by_zip64(sizes: tuple[int, ...]) -> None:
    archive = Archive([zeros(f"{number}.wav", size) for number, size in enumerate(sizes)], AT)
    end = sum(30 + 5 + size for size in sizes)
    tail = await whole(archive, end)
    with zipfile.ZipFile(Far(archive.size, tail)) as opened:
        assert [info.file_size for info in opened.infolist()] == list(sizes)
        offsets = [info.header_offset for info in opened.infolist()]
    for offset, number in zip(offsets, range(len(sizes)), strict=True):
        head = await anext(archive.read(offset))
        assert head.startswith(b"PK\x03\x04")
        assert f"{number}.wav".encode() in head


def test_names_that_a_file_system_would_take_for_one_are_told_apart() -> None:
    found = unlike(["Song.wav", "song.wav", "Song (2).wav", "SONG.WAV", "other"])
    assert found == ["Song.wav", "song (2).wav", "Song (2) (2).wav", "SONG (3).WAV", "other"]
    assert len({name.casefold() for name in found}) == 5
