"""`lathe backup` and `lathe restore`: the house as it was at one moment, copied while it goes on.

A folder of backups holds `objects/`, which all of them share, and a folder for each, named for its moment.
The database is copied first and the audio second: audio is only ever added, and what is removed meanwhile was
named by nobody. What is not finished has no manifest and lies in a folder whose name begins with a dot.

The secret key is not in it. Without the key the audio in a backup is noise, so it is kept apart.
"""

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bots.home import Home
from bots.settings import Settings
from storage.destroyed import Destroyed, meant, notes
from storage.dump import Dump, NotEmpty, Unknown, check_empty, dump, load
from storage.objects import Objects, open_objects
from storage.schema import Bare, Older, check

FORMAT = 1
MANIFEST = "manifest.json"
ROWS, HOME, AUDIO = "rows", "home", "objects"
PIECE = 5 << 20

_NAMED = re.compile(r"\d{8}T\d{6}\d{6}Z")


class BackupError(Exception):
    """A backup that cannot be taken or used; `str()` says why and what to do."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One file of a backup, as it lay there when it was taken."""

    size: int  # bytes
    sha256: str
    created: int = 0  # of an object: when its blob was filed, seconds since 1970


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. It is written last: who has one is whole."""

    taken: str  # ISO 8601, of the machine's clock
    dump: Dump
    files: Mapping[str, Copied]  # by path below the backup
    objects: Mapping[str, Copied]  # by name
    lacking: Sequence[str]  # objects that rows name and the audio store did not have
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup came to."""

    folder: Path
    manifest: Manifest
    fresh: int  # objects that no earlier backup had
    shredded: int  # objects of earlier backups that were destroyed since, and now are here too


async def backup(settings: Settings, folder: Path) -> Taken:
    """Add a backup to a folder, while the house works. BackupError, Unreachable, DiskFull, Bare, Newer."""
    await _known_here(settings.database)
    with _said(folder), _alone(folder):
        unfinished = folder / f".unfinished-{os.getpid()}"
        await asyncio.to_thread(_tidy, folder)
        moment = datetime.now(UTC)
        for part in (ROWS, HOME):
            (unfinished / part).mkdir(parents=True, mode=0o700)
        dumped = await dump(settings.database, unfinished / ROWS)
        await asyncio.to_thread(_copy_home, Home(settings.folder), unfinished / HOME)
        store, copies = open_objects(settings.blobs), open_objects((folder / AUDIO).resolve().as_uri())
        gone = await _notes(store, copies)
        shredded = await _shred(folder, copies, gone)
        before = _known(folder)
        objects, lacking, fresh = {}, [], 0
        for name, created in dumped.objects.items():
            if meant(gone, name, created):
                continue
            copied = before.get(name) if await copies.size(name) is not None else None
            if copied is None:
                copied = await _copy_object(store, copies, name, created)
                fresh += copied is not None
            if copied is None:
                lacking.append(name)
            else:
                objects[name] = copied
        files = await asyncio.to_thread(_inventory, unfinished)
        manifest = Manifest(moment.isoformat(), dumped, files, objects, lacking)
        await asyncio.to_thread(_write, unfinished / MANIFEST, manifest)
        finished = folder / f"{moment:%Y%m%dT%H%M%S%fZ}"
        unfinished.rename(finished)
        _keep(folder)
    return Taken(finished, manifest, fresh, shredded)


async def restore(settings: Settings, folder: Path) -> Manifest:
    """Bring a backup, or the newest of a folder, into a home and a database without any rows.

    What was destroyed since it was taken stays destroyed. BackupError says what is wrong with the backup
    and why it cannot go here, as HomeBusy and HomeUnusable do.
    """
    backups, taken = _found(folder)
    manifest = await asyncio.to_thread(_read, taken / MANIFEST)
    await asyncio.to_thread(_verify, taken, manifest.files)
    copies = open_objects((backups / AUDIO).resolve().as_uri())
    home = Home(settings.folder)
    with _said(folder), home.held("lathe restore"):
        await check_empty(settings.database)
        store = open_objects(settings.blobs)
        gone = await _notes(store, copies)
        for name, copied in manifest.objects.items():
            if not meant(gone, name, copied.created):
                await _bring_back(copies, store, name, copied)
        for note in await notes(copies):
            if await store.size(note) is None:
                await store.write(note, _pieces(copies, note))
        for file in (taken / HOME).iterdir():
            place = home.terminal if file.name == "shown.sqlite3" else home.folder
            await asyncio.to_thread(shutil.copy, file, place / file.name)
        await load(settings.database, taken / ROWS, manifest.dump, gone)  # last: then it is whole
    return manifest


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """What the database or a folder is against, with what to do about it."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename or folder}: {error.strerror or error}") from None
    except NotEmpty as there:
        raise BackupError(
            f"{there} has rows, which would be lost: restore into a new home (--home) or an empty database"
        ) from None
    except Unknown as unknown:
        raise BackupError(str(unknown)) from None


async def _known_here(url: str) -> None:
    """Older rows can be backed up, and should be before they are brought up to date. Bare, Newer."""
    try:
        await check(url)
    except Bare:
        raise
    except Older:
        pass


async def _notes(*stores: Objects) -> list[Destroyed]:
    """What was destroyed, as the audio store and the backups know it."""
    found: dict[str, Destroyed] = {}
    for store in stores:
        found |= await notes(store)
    for name, copies in ((name, stores[-1]) for name in found):
        if await copies.size(name) is None:
            await copies.write(name, _pieces(stores[0], name))
    return list(found.values())


async def _shred(folder: Path, copies: Objects, gone: Sequence[Destroyed]) -> int:
    """Remove the copies of what was destroyed since; how many there were."""
    shredded = 0
    for name, copied in _known(folder).items():
        if meant(gone, name, copied.created) and await copies.size(name) is not None:
            await copies.delete(name)
            shredded += 1
    return shredded


async def _copy_object(store: Objects, copies: Objects, name: str, created: int) -> Copied | None:
    """Copy an object; None if the store does not have it."""
    if await store.size(name) is None:
        return None
    digest, size = hashlib.sha256(), 0

    async def read() -> AsyncIterator[bytes]:
        nonlocal size
        async for piece in _pieces(store, name):
            digest.update(piece)
            size += len(piece)
            yield piece

    try:
        await copies.write(name, read())
    except FileNotFoundError:  # removed meanwhile
        return None
    return Copied(size, digest.hexdigest(), created)


async def _bring_back(copies: Objects, store: Objects, name: str, copied: Copied) -> None:
    if await store.size(name) == copied.size:  # what was sealed never changes
        return
    digest = hashlib.sha256()

    async def read() -> AsyncIterator[bytes]:
        async for piece in _pieces(copies, name):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != copied.sha256:
            raise BackupError(f"{name} in the backup is not what was written there")

    try:
        await store.write(name, read())
    except FileNotFoundError:
        raise BackupError(f"{name} is missing from the backup") from None


async def _pieces(objects: Objects, name: str) -> AsyncIterator[bytes]:
    size = await objects.size(name)
    if size is None:
        raise FileNotFoundError(name)
    for start in range(0, size, PIECE):
        yield await objects.read(name, start, min(start + PIECE, size))


def _copy_home(home: Home, folder: Path) -> None:
    """What the home keeps beside the database: its clock, the demo till's books, what the terminal showed."""
    for file in (home.purses_file, home.terminal / "shown.sqlite3"):
        if file.exists():
            with (
                closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=10)) as rows,
                closing(sqlite3.connect(folder / file.name)) as copy,
            ):
                rows.backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
    if home.clock_file.exists():
        shutil.copy(home.clock_file, folder)


def _tidy(folder: Path) -> None:
    """Remove what a backup that was killed has left."""
    for left in folder.glob(".unfinished-*"):
        shutil.rmtree(left)


def _known(folder: Path) -> dict[str, Copied]:
    """The objects of all backups that are whole, the newest last."""
    known: dict[str, Copied] = {}
    for taken in _whole(folder):
        known |= _read(taken / MANIFEST).objects
    return known


def _whole(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if _NAMED.fullmatch(one.name) and (one / MANIFEST).exists())


def _found(folder: Path) -> tuple[Path, Path]:
    """The folder of backups and the one that is meant."""
    if (folder / MANIFEST).exists():
        return folder.resolve().parent, folder
    if not folder.is_dir() or not (whole := _whole(folder)):
        raise BackupError(f"{folder}: there is no finished backup")
    return folder, whole[-1]


def _inventory(folder: Path) -> dict[str, Copied]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _keep(path)
            found[path.relative_to(folder).as_posix()] = _measured(path)
    return found


def _verify(folder: Path, files: Mapping[str, Copied]) -> None:
    for name, copied in files.items():
        if not (folder / name).is_file() or _measured(folder / name) != copied:
            raise BackupError(f"{folder / name} is not what was written there: take an older backup")


def _measured(path: Path) -> Copied:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Copied(path.stat().st_size, digest.hexdigest())


def _write(path: Path, manifest: Manifest) -> None:
    path.write_text(json.dumps(asdict(manifest), indent=1), "utf-8")
    _keep(path)
    _keep(path.parent)


def _read(path: Path) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if told["format"] != FORMAT:
            raise BackupError(f"{path} is of format {told['format']}: a newer Lathe has written it")
        copied = {
            part: {name: Copied(**one) for name, one in told[part].items()} for part in ("files", "objects")
        }
        return Manifest(**{**told, **copied, "dump": Dump(**told["dump"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise BackupError(f"{path} cannot be read: take an older backup") from None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Work in a folder of backups alone. BackupError if somebody else does."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup is being taken into {folder}") from None
        yield


def _keep(path: Path) -> None:
    """Put it on the disk itself: a power cut must not take what was said to be finished."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
