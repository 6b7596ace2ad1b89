"""Bytes by their content, each blob encrypted under a key of its own.

`cas/SCOPE/ab/ab34…` is what a blob is called; its row (storage.blob_keys) has the key, and names the object
in which it lies.

The object comes first and the row second; in the other direction the row goes first. So a process that dies
between the two leaves an object that nobody can read, which storage.garbage removes, and never a row
without its object.
"""

import asyncio
import errno
import re
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path

import structlog

from core.ports import Blob, Damaged, DiskFull, TooLarge
from storage.blob_keys import BlobKeys, Filed
from storage.destroyed import Destroyed, note
from storage.objects import Objects
from storage.sealing import NotAuthentic, Opening, Sealing, fresh_key
from storage.secret import SecretKey, WrongSecret

PIECE = 1 << 20
"""Bytes that are held at a time."""

AHEAD = 2
"""Frames that are read at a time."""

SEALED = "sealed"
"""Where the objects lie that have a key."""

PLAIN = "cas"
"""Where blobs lay before they had keys."""

_SCOPE = re.compile(r"[0-9A-Za-z_-]{1,64}")
_KEY = re.compile(r"cas/([0-9A-Za-z_-]{1,64})/([0-9a-f]{2})/(\2[0-9a-f]{62})")


log = structlog.get_logger()


def wall() -> int:
    """Seconds since 1970. The clock of the house may stand still or be set; what lies in a store ages."""
    return int(time.time())


class SealedBlobs:
    """core.ports.Blobs over objects, their keys and the secret that wraps those.

    `scratch` is a folder for the copies that `open` makes; what a killed process leaves there is for whoever
    empties that folder at the next start.
    """

    def __init__(
        self,
        objects: Objects,
        keys: BlobKeys,
        secret: SecretKey,
        scratch: Path,
        now: Callable[[], int] = wall,
    ) -> None:
        self._objects = objects
        self._keys = keys
        self._secret = secret
        self._scratch = scratch
        self._now = now

    async def put(self, source: Path, *, scope: str) -> Blob:
        """File a finished local file by its content, once in a scope; the file stays."""
        async with aclosing(_pieces(source)) as pieces:
            return await self._file(pieces, None, scope)

    async def put_stream(self, stream: AsyncIterator[bytes], most: int, *, scope: str) -> Blob:
        """File what a stream brings. TooLarge as soon as it is more than `most` bytes."""
        return await self._file(stream, most, scope)

    @asynccontextmanager
    async def open(self, key: str) -> AsyncIterator[Path]:
        """The blob as a local file of the house alone, only to be read and only inside the context."""
        filed = await self._filed(key)
        with tempfile.NamedTemporaryFile(dir=self._scratch, prefix="blob-") as copy:  # mode 0600
            with _room():
                async for piece in self._read(filed, 0):
                    await asyncio.to_thread(copy.write, piece)
                await asyncio.to_thread(copy.flush)
            yield Path(copy.name)

    async def read(self, key: str, start: int = 0) -> AsyncIterator[bytes]:
        """The blob's bytes from `start` on, in pieces."""
        async for piece in self._read(await self._filed(key), start):
            yield piece

    async def delete(self, key: str) -> None:
        """Destroy a blob: its key, and then what nobody can read any more."""
        _scope_of(key)
        filed = await self._keys.find(key)
        if filed is None:
            return
        await note(self._objects, Destroyed(self._now(), object=filed.object))
        name = await self._keys.forget(key)
        if name is not None:
            await self._objects.delete(name)

    async def shred(self, scope: str) -> int:
        """Destroy everything of a scope; how many blobs there were."""
        await note(self._objects, Destroyed(self._now(), scope=_checked(scope)))
        names = await self._keys.forget_scope(scope)
        for name in names:
            await self._objects.delete(name)
        return len(names)

    async def seal_plain(self) -> int:
        """Encrypt what lies plain, from before blobs had keys; how many blobs that were.

        May be killed at any moment and run again: what is sealed has its row before it ceases to lie plain.
        What is damaged is left as it is, and not read.
        """
        sealed = 0
        async for page in self._objects.pages(PLAIN):
            for plain in page:
                try:
                    await self._keep(_scope_of(plain.name), plain.name, self._plain(plain.name))
                except Damaged as damaged:
                    log.error("blob not encrypted", why=str(damaged))
                    continue
                await self._objects.delete(plain.name)
                sealed += 1
        return sealed

    async def _file(self, pieces: AsyncIterator[bytes], most: int | None, scope: str) -> Blob:
        return await self._keep(_checked(scope), None, _at_most(pieces, most))

    async def _keep(self, scope: str, wanted: str | None, pieces: AsyncIterator[bytes]) -> Blob:
        """Seal what comes and file it by its content; Damaged if that is not the one `wanted`."""
        name = f"{SEALED}/{scope}/{uuid.uuid4().hex}"
        data_key = fresh_key()
        sealing = Sealing(data_key, name)
        await self._objects.write(name, _sealed(sealing, pieces))
        key = f"{PLAIN}/{scope}/{sealing.sha256[:2]}/{sealing.sha256}"
        if wanted not in (None, key):
            await self._objects.delete(name)
            raise Damaged(f"the blob {wanted} is damaged: it has another hash")
        wrapped = self._secret.wrap(data_key, _about(key, name, sealing.size))
        mine = Filed(key, scope, name, wrapped, sealing.size)
        filed = await self._keys.file(mine, self._now())
        if filed.object != name and not await self._replaced(filed, mine):
            await self._objects.delete(name)
        return Blob(key, sealing.size, sealing.sha256)

    async def _replaced(self, filed: Filed, mine: Filed) -> bool:
        """Whether the new object takes the place of the filed one, because the store has lost that."""
        return await self._objects.size(filed.object) is None and await self._keys.exchange(filed, mine)

    async def _filed(self, key: str) -> Filed:
        _scope_of(key)
        filed = await self._keys.find(key)
        if filed is None:
            raise FileNotFoundError(errno.ENOENT, "there is no such blob", key)
        return filed

    async def _read(self, filed: Filed, start: int) -> AsyncIterator[bytes]:
        try:
            data_key = self._secret.unwrap(filed.wrapped, _about(filed.key, filed.object, filed.size))
        except WrongSecret as error:
            raise Damaged(f"the blob {filed.key} is damaged: its key cannot be unwrapped") from error
        opening = Opening(data_key, filed.object, filed.size)
        skipped = start - start % PIECE
        for first in range(start // PIECE, opening.frames, AHEAD):
            begin, end = opening.span(first, AHEAD)
            sealed = await self._objects.read(filed.object, begin, end)
            try:
                plain = await asyncio.to_thread(opening.open, sealed, first, AHEAD)
            except NotAuthentic as error:
                raise Damaged(f"the blob {filed.key} is damaged: {error}") from None
            if skipped < start:
                plain[0], skipped = plain[0][start - skipped :], start
            for piece in plain:
                yield piece

    async def _plain(self, name: str) -> AsyncIterator[bytes]:
        size = await self._objects.size(name) or 0
        for start in range(0, size, PIECE):
            yield await self._objects.read(name, start, min(start + PIECE, size))


async def _sealed(sealing: Sealing, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for received in pieces:
        for at in range(0, len(received), PIECE):
            frames = await asyncio.to_thread(sealing.add, received[at : at + PIECE])
            if frames:
                yield frames
    yield await asyncio.to_thread(sealing.end)


async def _at_most(pieces: AsyncIterator[bytes], most: int | None) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if most is not None and size > most:
            raise TooLarge(f"more than {most} bytes")
        yield piece


async def _pieces(source: Path) -> AsyncGenerator[bytes, None]:
    file = await asyncio.to_thread(source.open, "rb")
    try:
        while piece := await asyncio.to_thread(file.read, PIECE):
            yield piece
    finally:
        file.close()


def _about(key: str, name: str, size: int) -> str:
    """What a data key is wrapped with: it opens this object as this blob and nothing else."""
    return f"{key}|{name}|{size}"


def _scope_of(key: str) -> str:
    known = _KEY.fullmatch(key)
    if not known:
        raise ValueError(f"not the key of a blob: {key!r}")
    return known[1]


def _checked(scope: str) -> str:
    if not _SCOPE.fullmatch(scope):
        raise ValueError(f"not a scope: {scope!r}")
    return scope


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull("there is no room for a copy of a blob") from error
        raise
