"""Named bytes in a folder or in an S3 bucket, over obstore; what goes wrong there in the words of the house.

Credentials, region and endpoint of S3 come from the usual AWS_* variables, which obstore reads itself.
"""

import asyncio
import errno
import os
import re
import shutil
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, ObjectStore, S3Store

from core.ports import DiskFull, Unreachable

PART = 5 << 20
"""Bytes that are sent to a bucket at a time: the smallest part that S3 takes, so that little is held."""

WRITTEN = 1 << 20
"""Bytes that are written to a folder at a time."""

AT_ONCE = 2
"""Parts that are on their way at the same time."""

FORMS = "it is file:///ABSOLUTE/FOLDER or s3://BUCKET/PREFIX"

_FULL = re.compile(rf"\(os error ({errno.ENOSPC}|{errno.EDQUOT})\)")
_REFUSED = re.compile(r"\b(401 Unauthorized|403 Forbidden)\b")


class BadStore(ValueError):
    """A URL of an audio store that cannot be used; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Named:
    """An object that lies in the store."""

    name: str
    modified: datetime


class Objects:
    """Objects of a store, written whole or not at all. Unreachable when it does not answer.

    `failures` counts the calls that failed since it was opened: `full`, `refused`, `missing` (the bucket) or
    `away`.
    """

    def __init__(self, store: ObjectStore) -> None:
        self.failures: Counter[str] = Counter()
        self._store = store
        self._root = Path(store.prefix) if isinstance(store, LocalStore) and store.prefix else None
        self._where = f"bucket {store.config['bucket']}" if isinstance(store, S3Store) else str(self._root)

    async def write(self, name: str, pieces: AsyncIterator[bytes]) -> None:
        """Write an object that has no name yet, and keep it on the disk. DiskFull.

        What the pieces themselves raise comes out as it is. Nothing is kept then.
        """
        with self._answering(writes=True):
            part = PART if self._root is None else WRITTEN
            writer = obstore.open_writer_async(self._store, name, buffer_size=part, max_concurrency=AT_ONCE)
            await writer.__aenter__()
        try:
            async for piece in pieces:
                with self._answering(writes=True):
                    await writer.write(piece)
            with self._answering(writes=True):
                await writer.close()
            if self._root is not None:
                await asyncio.to_thread(_keep, self._root, name)
        except BaseException as error:
            with suppress(Exception):
                await writer.__aexit__(type(error), error, error.__traceback__)
            if self._root is not None:
                with suppress(OSError):
                    await asyncio.to_thread(_drop, self._root, name)
            raise

    async def read(self, name: str, start: int, end: int) -> bytes:
        """The bytes from `start` to before `end`, fewer if it ends before. FileNotFoundError."""
        with self._answering():
            try:
                return bytes(await obstore.get_range_async(self._store, name, start=start, end=end))
            except BaseError as error:
                if _BEYOND.search(str(error)):
                    return b""
                raise

    async def size(self, name: str) -> int | None:
        """How many bytes an object has; None if there is none."""
        with self._answering():
            try:
                return int((await obstore.head_async(self._store, name))["size"])
            except FileNotFoundError:
                return None

    async def delete(self, name: str) -> None:
        """Remove an object; one that is gone already is no error."""
        with self._answering(), suppress(FileNotFoundError):
            await obstore.delete_async(self._store, name)

    async def pages(self, prefix: str) -> AsyncIterator[list[Named]]:
        """The objects below a prefix, a thousand or fewer at a time."""
        listing = obstore.list(self._store, prefix, chunk_size=1000)
        while True:
            with self._answering():
                try:
                    batch = await anext(listing)
                except StopAsyncIteration:
                    return
            yield [Named(meta["path"], meta["last_modified"]) for meta in batch]

    def drop_unfinished(self, before: datetime) -> int:
        """Remove files that began to arrive before a time and never were objects; how many.

        In a folder they lie beside the objects, and no page shows them. In a bucket they are parts, which the
        bucket's own rules remove.
        """
        removed = 0
        for path in self._root.rglob("*#*") if self._root is not None else ():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
        return removed

    def free(self) -> int | None:
        """Bytes that are free in the folder; None for a bucket, which has no end."""
        return shutil.disk_usage(self._root).free if self._root is not None else None

    @contextmanager
    def _answering(self, *, writes: bool = False) -> Iterator[None]:
        """obstore tells its errors apart in words only, and a writer's are all OSErrors."""
        try:
            yield
        except (BaseError, OSError) as error:
            told = str(error)
            if _FULL.search(told) or (isinstance(error, OSError) and error.errno in _NO_ROOM):
                self.failures["full"] += 1
                raise DiskFull("there is no room for what is arriving") from error
            if self._root is not None:
                if isinstance(error, FileNotFoundError):
                    raise
                self.failures["away"] += 1
                raise Unreachable(f"the audio store {self._root} cannot be used: {_briefly(told)}") from error
            if "<Code>NoSuchBucket<" in told or (writes and isinstance(error, NotFoundError)):
                self.failures["missing"] += 1
                raise Unreachable(f"the audio store has no {self._where}") from error
            if isinstance(error, FileNotFoundError):
                raise
            if isinstance(error, PermissionDeniedError | UnauthenticatedError) or _REFUSED.search(told):
                self.failures["refused"] += 1
                raise Unreachable(f"the audio store refuses our credentials for {self._where}") from error
            self.failures["away"] += 1
            raise Unreachable(f"the audio store does not answer: {_briefly(told)}") from error


_BEYOND = re.compile(r"416 Range Not Satisfiable|Requested range was invalid")
_TRIED = re.compile(r" in [\d.]+\S*s(, after \d+ retries)?(, max_retries: \d+, retry_timeout: \w+ *)?")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


def open_objects(url: str) -> Objects:
    """The objects at `file:///FOLDER`, made if need be, or at `s3://BUCKET/PREFIX`. BadStore, Unreachable."""
    match checked(url).partition("://"):
        case ("file", _, folder):
            try:
                return Objects(LocalStore.from_url(url, mkdir=True))
            except (BaseError, OSError) as error:
                told = _briefly(str(error))
                raise Unreachable(f"the audio store {unquote(folder)} cannot be used: {told}") from error
        case _:
            return Objects(
                S3Store.from_url(
                    url,
                    client_options={
                        "connect_timeout": timedelta(seconds=5),
                        "timeout": timedelta(seconds=60),
                        "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true", "yes"),
                    },
                    retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
                )
            )


async def try_out(objects: Objects) -> None:
    """Write, read and delete something, once. Unreachable, DiskFull or OSError says what does not work."""
    name = f"trial/{uuid.uuid4().hex}"

    async def words() -> AsyncIterator[bytes]:
        yield name.encode()

    await objects.write(name, words())
    try:
        if await objects.read(name, 0, len(name)) != name.encode():
            raise Unreachable("the audio store gives back something else than it was given")
    finally:
        await objects.delete(name)


def checked(url: str) -> str:
    """The URL of an audio store, if it can be used; else BadStore."""
    parts = urlsplit(url)
    if parts.query or parts.fragment or parts.username or parts.password:
        raise BadStore(f"the URL of an audio store has no password, no ? and no #: {FORMS}")
    match parts.scheme:
        case "file" if not parts.netloc and parts.path.startswith("/"):
            return url
        case "s3" if parts.netloc:
            return url
    raise BadStore(f"this is no URL of an audio store: {FORMS}")


def _briefly(told: str) -> str:
    """The first line of what obstore says, without what it tried how often."""
    return _TRIED.sub("", told.strip().partition("\n")[0])


def _keep(root: Path, name: str) -> None:
    """Put a file and its way to the root on the disk itself: a power cut must not take what was filed."""
    path = root / name
    for part in (path, *path.parents):
        handle = os.open(part, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if part == root:
            break


def _drop(root: Path, name: str) -> None:
    path = root / name
    for there in (path, *path.parent.glob(f"{path.name}#*")):
        there.unlink(missing_ok=True)
