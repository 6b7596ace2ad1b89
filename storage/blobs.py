"""Bytes by their content: `up/…` while they arrive, `cas/SCOPE/ab/ab34…` once their hash is known.

Over obstore, so that another kind of store is only another URL. A process that dies while bytes arrive leaves
litter below `up/` and nothing else; `sweep` removes it after a day.
"""

import asyncio
import errno
import hashlib
import os
import re
import tempfile
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError
from obstore.store import LocalStore, ObjectStore, from_url

from core.ports import Blob, TooLarge

if TYPE_CHECKING:
    from obstore import GetOptions  # it exists only in the types

PIECE = 1 << 20
"""Bytes that are held at a time."""

LITTER = timedelta(days=1)
"""Age after which what never became a blob is removed."""

_SCOPE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_KEY = re.compile(r"cas/[0-9A-Za-z_-]{1,64}/([0-9a-f]{2})/\1[0-9a-f]{62}")
_FULL = re.compile(rf"\(os error ({errno.ENOSPC}|{errno.EDQUOT})\)")


class DiskFull(Exception):
    """There is no room for the blob; nothing of it was kept."""


class ObjectBlobs:
    """core.ports.Blobs over an object store. FileNotFoundError when a blob is not there."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._root = Path(store.prefix) if isinstance(store, LocalStore) and store.prefix else None

    async def put(self, source: Path, *, scope: str) -> Blob:
        """File a finished local file by its content, once in a scope; the file stays. DiskFull."""
        async with aclosing(_pieces(source)) as pieces:
            return await self._file(pieces, None, scope)

    async def put_stream(self, stream: AsyncIterator[bytes], most: int, *, scope: str) -> Blob:
        """File what a stream brings. TooLarge as soon as it is more than `most` bytes; DiskFull."""
        return await self._file(stream, most, scope)

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator[Path]:
        """The blob as a local file, only to be read and only inside the context."""
        _check(key)
        if self._root is not None:
            path = self._root / key
            if not await asyncio.to_thread(path.is_file):
                raise FileNotFoundError(key)
            yield path
            return
        with tempfile.NamedTemporaryFile(prefix="lathe-") as copy:
            async for piece in self.read(key):
                await asyncio.to_thread(copy.write, piece)
            copy.flush()
            yield Path(copy.name)

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """The blob's bytes from `start` on, in pieces."""
        _check(key)
        options: GetOptions = {"range": {"offset": start}} if start else {}
        found = await obstore.get_async(self._store, key, options=options)
        async for piece in found.stream(min_chunk_size=PIECE):
            yield bytes(piece)

    async def delete(self, key: str) -> None:
        """Remove a blob; one that is gone already is no error."""
        _check(key)
        with suppress(FileNotFoundError):
            await obstore.delete_async(self._store, key)

    async def shred(self, scope: str) -> int:
        """Destroy everything of a scope; how many blobs there were."""
        keys = [key for key, _ in await self._listed(f"cas/{_scope(scope)}/")]
        for key in keys:
            await self.delete(key)
        return len(keys)

    async def sweep(self, now: datetime) -> int:
        """Remove what began to arrive more than a day before `now`; how many pieces of litter there were."""
        if self._root is not None:  # with what obstore has staged and does not list
            return await asyncio.to_thread(_sweep, self._root / "up", now - LITTER)
        old = [key for key, modified in await self._listed("up/") if modified < now - LITTER]
        for key in old:
            await obstore.delete_async(self._store, key)
        return len(old)

    async def _listed(self, prefix: str) -> list[tuple[str, datetime]]:
        found = []
        async for batch in obstore.list(self._store, prefix):
            found += [(meta["path"], meta["last_modified"]) for meta in batch]
        return found

    async def _file(self, pieces: AsyncIterator[bytes], most: int | None, scope: str) -> Blob:
        prefix = f"cas/{_scope(scope)}"
        arriving = f"up/{uuid.uuid4()}"
        with _room():
            size, sha256 = await self._arrive(arriving, pieces, most)
            blob = Blob(f"{prefix}/{sha256[:2]}/{sha256}", size, sha256)
            await self._settle(arriving, blob.key)
        return blob

    async def _arrive(self, arriving: str, pieces: AsyncIterator[bytes], most: int | None) -> tuple[int, str]:
        digest = hashlib.sha256()
        size = 0
        async with obstore.open_writer_async(self._store, arriving, buffer_size=PIECE) as writer:
            async for received in pieces:
                for at in range(0, len(received), PIECE):
                    piece = received[at : at + PIECE]
                    size += len(piece)
                    if most is not None and size > most:
                        raise TooLarge(f"more than {most} bytes")
                    await asyncio.to_thread(digest.update, piece)
                    await writer.write(piece)
        return size, digest.hexdigest()

    async def _settle(self, arriving: str, key: str) -> None:
        """Give what has arrived its key, unless there is a blob with the same content."""
        if self._root is not None:
            await asyncio.to_thread(_to_disk, self._root / arriving)
        try:
            await obstore.rename_async(self._store, arriving, key, overwrite=False)
        except AlreadyExistsError:
            await obstore.delete_async(self._store, arriving)
        if self._root is not None:
            for folder in (self._root / key).parents[:3]:
                await asyncio.to_thread(_to_disk, folder)


def open_blobs(url: str) -> ObjectBlobs:
    """The blobs at a URL: `file:///absolute/folder`, made if need be, or another that obstore knows."""
    if url.startswith("file:"):
        return ObjectBlobs(LocalStore.from_url(url, mkdir=True))
    return ObjectBlobs(from_url(url))


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise ValueError(f"not the key of a blob: {key!r}")


def _scope(scope: str) -> str:
    if not _SCOPE.fullmatch(scope):
        raise ValueError(f"not a scope: {scope!r}")
    return scope


async def _pieces(source: Path) -> AsyncGenerator[bytes, None]:
    file = await asyncio.to_thread(source.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()


@contextmanager
def _room() -> Iterator[None]:
    """obstore says "no space left" only in words; the error's number is among them."""
    try:
        yield
    except Exception as error:
        if _FULL.search(str(error)) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}:
            raise DiskFull("no room for what is arriving") from error
        raise


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sweep(folder: Path, before: datetime) -> int:
    removed = 0
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink()
                removed += 1
    return removed
