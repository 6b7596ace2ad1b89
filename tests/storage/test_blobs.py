"""Blobs: filed by content, whole or not at all, never more than may be, never in memory."""

# ruff: noqa: ASYNC221  a process that dies is what is tested

import asyncio
import hashlib
import os
import stat
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import obstore
import pytest
from obstore.store import ObjectStore

from core.ports import Damaged, DiskFull, TooLarge
from storage.blob_keys import BlobKeys, Filed
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.garbage import Garbage, Removed
from storage.objects import open_objects
from storage.secret import SecretKey
from tests.databases import past_the_store
from tests.disks import small_disk
from tests.s3 import S3

MEGABYTE = 1 << 20
WORDS = b"a song " * 200_000
SONG = os.urandom(5 * MEGABYTE + 4711)


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(blobs: SealedBlobs, key: str, start: int = 0) -> bytes:
    return b"".join([piece async for piece in blobs.read(key, start)])


@pytest.fixture(params=["file", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of an empty store of each kind."""
    if request.param == "file":
        return f"file://{tmp_path}/blobs"
    s3: S3 = request.getfixturevalue("s3")
    for name, value in s3.variables.items():
        monkeypatch.setenv(name, value)
    return f"s3://{s3.bucket()}/house"


@pytest.fixture
async def keys(url: str) -> AsyncIterator[BlobKeys]:
    async with open_database(url) as database:
        yield BlobKeys(database)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


SECRET = SecretKey(bytes(range(32)))


@pytest.fixture
def blobs(place: str, keys: BlobKeys, scratch: Path) -> SealedBlobs:
    return SealedBlobs(open_objects(place), keys, SECRET, scratch)


@pytest.fixture
def files(keys: BlobKeys, scratch: Path, tmp_path: Path) -> SealedBlobs:
    return SealedBlobs(open_objects(f"file://{tmp_path}/blobs"), keys, SECRET, scratch)


@pytest.fixture
def raw(place: str) -> ObjectStore:
    """The store as somebody sees it who goes past the house."""
    return open_objects(place)._store


async def names(store: ObjectStore) -> list[str]:
    return sorted([meta["path"] async for page in obstore.list(store) for meta in page])


def found(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_what_a_stream_brings_is_filed_by_its_content(blobs: SealedBlobs) -> None:
    blob = await blobs.put_stream(stream(b"a song ", WORDS, b""), 1 << 30, scope="ann")
    sha256 = hashlib.sha256(b"a song " + WORDS).hexdigest()
    assert (blob.key, blob.size, blob.sha256) == (
        f"cas/ann/{sha256[:2]}/{sha256}",
        len(WORDS) + 7,
        sha256,
    )
    assert await content(blobs, blob.key) == b"a song " + WORDS
    assert await content(blobs, blob.key, 7) == WORDS
    async with blobs.open(blob.key) as path:
        assert path.read_bytes() == b"a song " + WORDS


async def test_a_file_is_filed_and_stays_where_it_is(blobs: SealedBlobs, tmp_path: Path) -> None:
    source = tmp_path / "song.wav"
    source.write_bytes(WORDS)
    blob = await blobs.put(source, scope="ann")
    assert await content(blobs, blob.key) == WORDS
    assert source.read_bytes() == WORDS


async def test_nothing_at_all_is_a_blob_too(blobs: SealedBlobs) -> None:
    blob = await blobs.put_stream(stream(), 0, scope="ann")
    assert (blob.size, await content(blobs, blob.key)) == (0, b"")


async def test_the_same_content_is_kept_once_in_a_scope_and_never_shared_across(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    first = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    again = await blobs.put_stream(stream(WORDS[:5], WORDS[5:]), 1 << 30, scope="ann")
    other = await blobs.put_stream(stream(WORDS), 1 << 30, scope="bob")
    assert first == again
    assert first.key != other.key
    assert len(await names(raw)) == 2


async def test_of_many_who_file_the_same_content_at_once_all_find_it_and_one_keeps_it(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    filed = await asyncio.gather(*[blobs.put_stream(stream(WORDS), 1 << 30, scope="ann") for _ in range(6)])
    assert len(set(filed)) == 1
    assert len(await names(raw)) == 1
    assert await content(blobs, filed[0].key) == WORDS


async def test_content_whose_object_the_store_has_lost_is_filed_anew(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    (lost,) = await names(raw)
    await obstore.delete_async(raw, lost)
    with pytest.raises(FileNotFoundError):
        await content(blobs, blob.key)
    assert await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann") == blob
    assert await content(blobs, blob.key) == WORDS


@pytest.mark.parametrize("size", [0, 1, MEGABYTE - 1, MEGABYTE, MEGABYTE + 1, 4 * MEGABYTE, len(SONG)])
async def test_what_is_read_from_anywhere_is_what_was_written(blobs: SealedBlobs, size: int) -> None:
    song = SONG[:size]
    blob = await blobs.put_stream(stream(song[:7], song[7:]), 1 << 30, scope="ann")
    for start in {0, min(size, 1), size // 2, max(0, size - 1), size, size // MEGABYTE * MEGABYTE}:
        assert await content(blobs, blob.key, start) == song[start:]


async def test_nothing_of_what_was_sent_lies_readable_in_the_store(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    (name,) = await names(raw)
    lying = bytes(await obstore.get_range_async(raw, name, start=0, end=2 * len(WORDS)))
    assert len(WORDS) < len(lying) < len(WORDS) + 100
    assert b"a song" not in lying
    assert hashlib.sha256(WORDS).hexdigest() not in name


def cut_off(sealed: bytes) -> bytes:
    return sealed[:-1]


def a_frame_short(sealed: bytes) -> bytes:
    return sealed[: 16 + 5 * (MEGABYTE + 16)]


def with_frames_exchanged(sealed: bytes) -> bytes:
    head, frame = 16, MEGABYTE + 16
    first, second = sealed[head : head + frame], sealed[head + frame : head + 2 * frame]
    return sealed[:head] + second + first + sealed[head + 2 * frame :]


def with_a_bit_turned(sealed: bytes) -> bytes:
    middle = len(sealed) // 2
    return sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]


def of_another_kind(sealed: bytes) -> bytes:
    return b"RIFF" + sealed[4:]


def empty(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    "harm", [cut_off, a_frame_short, with_frames_exchanged, with_a_bit_turned, of_another_kind, empty]
)
async def test_what_is_not_as_it_was_written_is_said_to_be_damaged(
    blobs: SealedBlobs, raw: ObjectStore, harm: Callable[[bytes], bytes]
) -> None:
    blob = await blobs.put_stream(stream(SONG), 1 << 30, scope="ann")
    (name,) = await names(raw)
    sealed = bytes(await obstore.get_range_async(raw, name, start=0, end=2 * len(SONG)))
    await obstore.put_async(raw, name, harm(sealed))
    with pytest.raises(Damaged, match=blob.key):
        await content(blobs, blob.key)


async def test_one_blob_cannot_be_passed_off_as_another(blobs: SealedBlobs, url: str) -> None:
    mine = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    other = await blobs.put_stream(stream(WORDS[::-1]), 1 << 30, scope="bob")
    with past_the_store(url) as database:
        ((name, wrapped),) = database.execute(
            f"SELECT object, wrapped FROM blob_keys WHERE key = '{other.key}'"
        )
        database.execute(f"UPDATE blob_keys SET object = 'x{name}' WHERE key = '{other.key}'")
        database.execute(
            f"UPDATE blob_keys SET object = '{name}', wrapped = '{wrapped}' WHERE key = '{mine.key}'"
        )
    with pytest.raises(Damaged):
        await content(blobs, mine.key)


async def test_an_opened_blob_is_a_file_of_the_house_alone_and_gone_afterwards(
    blobs: SealedBlobs, scratch: Path
) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    async with blobs.open(blob.key) as path:
        assert path.parent == scratch
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes() == WORDS
    assert found(scratch) == []
    with pytest.raises(RuntimeError):
        async with blobs.open(blob.key):
            raise RuntimeError
    assert found(scratch) == []


async def test_a_blob_opens_with_the_secret_of_its_house_only(
    place: str, blobs: SealedBlobs, keys: BlobKeys, scratch: Path
) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    stranger = SealedBlobs(open_objects(place), keys, SecretKey.fresh(), scratch)
    with pytest.raises(Damaged, match="its key cannot be unwrapped"):
        await content(stranger, blob.key)


async def test_more_than_may_be_is_refused_as_soon_as_it_comes(files: SealedBlobs, tmp_path: Path) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield bytes(MEGABYTE)

    with pytest.raises(TooLarge):
        await files.put_stream(endless(), 5 * MEGABYTE, scope="ann")
    assert taken == 6
    assert found(tmp_path / "blobs") == []
    exact = await files.put_stream(stream(bytes(5 * MEGABYTE)), 5 * MEGABYTE, scope="ann")
    assert exact.size == 5 * MEGABYTE


async def test_a_stream_that_breaks_off_leaves_nothing(files: SealedBlobs, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3 * MEGABYTE)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.put_stream(broken(), 1 << 30, scope="ann")
    assert found(tmp_path / "blobs") == []


async def test_memory_stays_flat_however_large_the_file(files: SealedBlobs, tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(200 * MEGABYTE)
    tracemalloc.start()
    blob = await files.put(large, scope="ann")
    size = 0
    async for piece in files.read(blob.key):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 200 * MEGABYTE
    assert peak < 32 * MEGABYTE


async def test_a_process_that_is_killed_while_bytes_arrive_leaves_litter_that_goes_after_a_day(
    files: SealedBlobs, keys: BlobKeys, url: str, tmp_path: Path
) -> None:
    root = tmp_path / "blobs"
    killed = subprocess.run([sys.executable, "-c", KILLED, f"file://{root}", url], check=False, timeout=60)
    assert killed.returncode == -9
    blob = await files.put_stream(stream(WORDS), 1 << 30, scope="ann")
    assert len(found(root)) == 2
    garbage = Garbage(open_objects(f"file://{root}"), keys)
    assert await garbage.collect() == Removed(0, 0)
    await keys.file(replace(await filed(keys, blob.key)), now=1 << 40)
    assert await Garbage(open_objects(f"file://{root}"), keys, lambda: 1 << 32).collect() == Removed(0, 1)
    assert len(found(root)) == 1
    assert await content(files, blob.key) == WORDS


KILLED = """
import asyncio, os, sys
from pathlib import Path
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.objects import open_objects
from storage.secret import SecretKey

async def pieces():
    for _ in range(9): yield bytes(1 << 20)
    os.kill(os.getpid(), 9)

async def main():
    async with open_database(sys.argv[2]) as database:
        blobs = SealedBlobs(open_objects(sys.argv[1]), BlobKeys(database), SecretKey.fresh(), Path())
        await blobs.put_stream(pieces(), 1 << 30, scope="ann")

asyncio.run(main())
"""


async def filed(keys: BlobKeys, key: str) -> Filed:
    found = await keys.find(key)
    assert found is not None
    return found


async def test_a_blob_is_deleted_and_missing_from_then_on(blobs: SealedBlobs) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    await blobs.delete(blob.key)
    await blobs.delete(blob.key)
    with pytest.raises(FileNotFoundError):
        await content(blobs, blob.key)
    with pytest.raises(FileNotFoundError):
        async with blobs.open(blob.key):
            pass


async def test_shredding_destroys_all_of_one_account_and_nothing_of_another(blobs: SealedBlobs) -> None:
    mine = [await blobs.put_stream(stream(bytes([n])), 9, scope="ann") for n in range(5)]
    others = [await blobs.put_stream(stream(b"x"), 9, scope=scope) for scope in ("anna", "an")]
    assert await blobs.shred("ann") == 5
    assert await blobs.shred("ann") == 0
    for blob in mine:
        with pytest.raises(FileNotFoundError):
            await content(blobs, blob.key)
    for blob in others:
        assert await content(blobs, blob.key) == b"x"


@pytest.mark.parametrize("key", ["", "up/x", "/etc/passwd", "cas/../../etc/passwd", f"cas/a/aa/bb{'0' * 62}"])
async def test_nothing_but_a_blob_can_be_reached_by_a_key(blobs: SealedBlobs, key: str) -> None:
    with pytest.raises(ValueError, match="not the key"):
        await content(blobs, key)
    with pytest.raises(ValueError, match="not the key"):
        await blobs.delete(key)
    with pytest.raises(ValueError, match="not the key"):
        async with blobs.open(key):
            pass
    with pytest.raises(ValueError, match="not a scope"):
        await blobs.put_stream(stream(), 0, scope="../x")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    with small_disk(tmp_path / "tiny", "size=3m") as folder:
        yield folder


async def test_a_full_disk_is_said_plainly_and_nothing_is_kept(
    tiny: Path, keys: BlobKeys, scratch: Path
) -> None:
    blobs = SealedBlobs(open_objects(f"file://{tiny}"), keys, SECRET, scratch)
    kept = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    with pytest.raises(DiskFull):
        await blobs.put_stream(stream(*[os.urandom(MEGABYTE) for _ in range(4)]), 1 << 30, scope="ann")
    assert len(found(tiny)) == 1
    assert await content(blobs, kept.key) == WORDS


async def test_a_copy_that_finds_no_room_is_said_plainly_and_nothing_of_it_stays(
    tiny: Path, keys: BlobKeys, place: str
) -> None:
    blobs = SealedBlobs(open_objects(place), keys, SECRET, tiny)
    blob = await blobs.put_stream(stream(SONG), 1 << 30, scope="ann")
    with pytest.raises(DiskFull):
        async with blobs.open(blob.key):
            pass
    assert found(tiny) == []


async def test_what_lay_plain_from_before_is_encrypted_at_the_start_and_read_as_before(
    blobs: SealedBlobs, raw: ObjectStore, keys: BlobKeys
) -> None:
    songs = [SONG[:n] for n in (0, 9, 3 * MEGABYTE)]
    plain = [
        f"cas/ann/{sha256[:2]}/{sha256}" for sha256 in (hashlib.sha256(song).hexdigest() for song in songs)
    ]
    for key, song in zip(plain, songs, strict=True):
        await obstore.put_async(raw, key, song)
    assert await blobs.seal_plain() == 3
    assert await blobs.seal_plain() == 0
    assert [name.partition("/")[0] for name in await names(raw)] == ["sealed"] * 3
    assert [await content(blobs, key) for key in plain] == songs


async def test_encrypting_what_lay_plain_goes_on_where_it_was_killed(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    """The row is there, and the plain object still: nothing is encrypted twice."""
    sealed = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    await obstore.put_async(raw, sealed.key, WORDS)
    assert await blobs.seal_plain() == 1
    assert len(await names(raw)) == 1
    assert await content(blobs, sealed.key) == WORDS


async def test_a_plain_blob_that_is_damaged_is_left_as_it_is_and_holds_nothing_up(
    blobs: SealedBlobs, raw: ObjectStore
) -> None:
    key = f"cas/ann/00/{'0' * 64}"
    await obstore.put_async(raw, key, WORDS)
    assert await blobs.seal_plain() == 0
    assert await names(raw) == [key]
