"""Blobs: filed by content, whole or not at all, never more than may be, never in memory."""

# ruff: noqa: ASYNC221  a process that dies is what is tested

import hashlib
import os
import subprocess
import sys
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.ports import TooLarge
from storage.blobs import DiskFull, ObjectBlobs, open_blobs

MEGABYTE = 1 << 20
WORDS = b"a song " * 200_000


async def stream(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def content(blobs: ObjectBlobs, key: str, start: int = 0) -> bytes:
    return b"".join([piece async for piece in blobs.read(key, start)])


@pytest.fixture(params=["file", "memory"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectBlobs:
    return open_blobs(f"file://{tmp_path}/blobs" if request.param == "file" else "memory:///")


@pytest.fixture
def files(tmp_path: Path) -> ObjectBlobs:
    return open_blobs(f"file://{tmp_path}/blobs")


def found(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_what_a_stream_brings_is_filed_by_its_content(blobs: ObjectBlobs) -> None:
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


async def test_a_file_is_filed_and_stays_where_it_is(blobs: ObjectBlobs, tmp_path: Path) -> None:
    source = tmp_path / "song.wav"
    source.write_bytes(WORDS)
    blob = await blobs.put(source, scope="ann")
    assert await content(blobs, blob.key) == WORDS
    assert source.read_bytes() == WORDS


async def test_nothing_at_all_is_a_blob_too(blobs: ObjectBlobs) -> None:
    blob = await blobs.put_stream(stream(), 0, scope="ann")
    assert (blob.size, await content(blobs, blob.key)) == (0, b"")


async def test_the_same_content_is_kept_once_in_a_scope_and_never_shared_across(tmp_path: Path) -> None:
    blobs = open_blobs(f"file://{tmp_path}")
    first = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    again = await blobs.put_stream(stream(WORDS[:5], WORDS[5:]), 1 << 30, scope="ann")
    other = await blobs.put_stream(stream(WORDS), 1 << 30, scope="bob")
    assert first == again
    assert first.key != other.key
    assert found(tmp_path) == sorted([first.key, other.key])


async def test_more_than_may_be_is_refused_as_soon_as_it_comes(files: ObjectBlobs, tmp_path: Path) -> None:
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


async def test_a_stream_that_breaks_off_leaves_nothing(files: ObjectBlobs, tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3 * MEGABYTE)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await files.put_stream(broken(), 1 << 30, scope="ann")
    assert found(tmp_path / "blobs") == []


async def test_memory_stays_flat_however_large_the_file(files: ObjectBlobs, tmp_path: Path) -> None:
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
    assert peak < 16 * MEGABYTE


async def test_a_process_that_is_killed_leaves_litter_that_is_swept_after_a_day(
    files: ObjectBlobs, tmp_path: Path
) -> None:
    root = tmp_path / "blobs"
    script = (
        "import asyncio, os, sys\nfrom storage.blobs import open_blobs\n"
        "async def pieces():\n    for _ in range(4): yield bytes(1 << 20)\n    os.kill(os.getpid(), 9)\n"
        "asyncio.run(open_blobs(sys.argv[1]).put_stream(pieces(), 1 << 30, scope='ann'))"
    )
    killed = subprocess.run([sys.executable, "-c", script, f"file://{root}"], check=False, timeout=60)
    assert killed.returncode == -9
    blob = await files.put_stream(stream(WORDS), 1 << 30, scope="ann")
    litter = [path for path in found(root) if path != blob.key]
    assert litter
    assert all(path.startswith("up/") for path in litter)
    now = datetime.now(UTC)
    assert await files.sweep(now) == 0
    assert await files.sweep(now + timedelta(hours=25)) == len(litter)
    assert found(root) == [blob.key]


async def test_a_sweep_removes_no_blob(blobs: ObjectBlobs) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    assert await blobs.sweep(datetime.now(UTC) + timedelta(days=400)) == 0
    assert await content(blobs, blob.key) == WORDS


async def test_a_blob_is_deleted_and_missing_from_then_on(blobs: ObjectBlobs) -> None:
    blob = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    await blobs.delete(blob.key)
    await blobs.delete(blob.key)
    with pytest.raises(FileNotFoundError):
        await content(blobs, blob.key)
    with pytest.raises(FileNotFoundError):
        async with blobs.open(blob.key):
            pass


async def test_shredding_destroys_all_of_one_account_and_nothing_of_another(blobs: ObjectBlobs) -> None:
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
async def test_nothing_but_a_blob_can_be_reached_by_a_key(blobs: ObjectBlobs, key: str) -> None:
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
    folder = tmp_path / "tiny"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_a_full_disk_is_said_plainly_and_nothing_is_kept(tiny: Path) -> None:
    blobs = open_blobs(f"file://{tiny}")
    kept = await blobs.put_stream(stream(WORDS), 1 << 30, scope="ann")
    with pytest.raises(DiskFull):
        await blobs.put_stream(stream(*[os.urandom(MEGABYTE) for _ in range(4)]), 1 << 30, scope="ann")
    assert found(tiny) == [kept.key]
    assert await content(blobs, kept.key) == WORDS
