"""The home: the folder that holds all the house knows, and the lock that says who works in it."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.util import get_temp_dir
from pathlib import Path
from socket import gethostname
from uuid import uuid4

LOCK = ".lock"
"""The file in a scratch folder that its process keeps locked."""

SOCKETS = "sockets"
"""The link in a scratch folder to where multiprocessing has its process's sockets, whose paths are short."""

LONGEST = 107 - len("/listener-12345678")
"""Bytes of the path of a folder with sockets, of which the system takes 107 (unix(7))."""

LEAST_FREE = 1 << 30
"""Bytes that must be free for work to begin: an album at 24 bit with its masters."""


class HomeBusy(Exception):
    """Somebody else works in this home; `str()` says who."""


class HomeUnusable(Exception):
    """The home cannot be made or written; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where each thing lies in the home."""

    folder: Path

    @property
    def lock_file(self) -> Path:
        return self.folder / "lock"

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock.json"

    @property
    def secret_file(self) -> Path:
        """The secret key with which the keys of the audio are wrapped (bots.secret)."""
        return self.folder / "secret.key"

    @property
    def purses_file(self) -> Path:
        return self.folder / "purses.sqlite3"

    @property
    def log_file(self) -> Path:
        return self.folder / "lathe.log"

    @property
    def terminal(self) -> Path:
        """What the terminal door remembers, and the files it was handed."""
        return self.folder / "terminal"

    @property
    def work(self) -> Path:
        """Files of jobs at work: a folder for each process, which nothing in it outlives."""
        return self.folder / "work"

    @property
    def name_file(self) -> Path:
        return self.folder / "name"

    def make(self) -> None:
        """Make the folders. HomeUnusable if that is not possible."""
        if {"?", "#"} & set(str(self.folder)):
            raise HomeUnusable(
                f"{self.folder}: the path of a home has no ? and no #, which end a database URL"
            )
        try:
            for folder in (self.folder, self.terminal, self.work):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise HomeUnusable(
                f"{error.filename}: {error.strerror}; LATHE_HOME says where the home is"
            ) from None
        if not os.access(self.folder, os.W_OK | os.X_OK):
            raise HomeUnusable(f"{self.folder} cannot be written; LATHE_HOME says where the home is")

    def free(self) -> int:
        """Bytes that are free where the home is, or will be."""
        there = next(folder for folder in (self.folder, *self.folder.parents) if folder.exists())
        return shutil.disk_usage(there).free

    @contextmanager
    def held(self, by: str) -> Iterator["Hold"]:
        """Work in this home alone; HomeBusy if somebody else does. The lock goes when its process does."""
        self.make()
        with self.lock_file.open("a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeBusy(f"{self.folder} is in use{self._holder()}") from None
            lock.truncate(0)
            lock.write(json.dumps({"by": by, "process": os.getpid(), "since": datetime.now(UTC).isoformat()}))
            lock.flush()
            yield Hold(self, os.fstat(lock.fileno()).st_ino)
            lock.truncate(0)

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder of this process's own, until the context ends; those of the dead are cleared away."""
        self.make()
        mine = self.work / uuid4().hex
        with self.starting():
            for entry in self.work.iterdir():
                if entry.is_dir() and not _locked(entry):
                    _clear(entry)
            mine.mkdir(mode=0o700)
            (mine / SOCKETS).symlink_to(_sockets())
            lock = (mine / LOCK).open("w")
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            with lock:
                yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Be the only process that starts here now, for a moment."""
        with (self.folder / "starting").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def name(self) -> str:
        """What tells this home from every other, and says to people where it is. For its holder alone."""
        if not self.name_file.exists():
            self.name_file.write_text(uuid4().hex[:8], "ascii")
        return f"{gethostname()}:{self.folder} ({self.name_file.read_text('ascii')})"

    def _holder(self) -> str:
        try:
            holder = json.loads(self.lock_file.read_text("utf-8"))
            return f" by {holder['by']!r} (process {holder['process']}, since {holder['since'][:16]} UTC)"
        except (OSError, ValueError, KeyError, TypeError):
            return ""


def _sockets() -> str:
    """Where this process's sockets are."""
    folder = get_temp_dir()
    if len(os.fsencode(folder)) > LONGEST:
        raise HomeUnusable(
            f"{folder} is too long a path for sockets; TMPDIR says where temporary files go, such as /tmp"
        )
    return str(folder)


def _clear(scratch: Path) -> None:
    """Remove what a dead process has left."""
    sockets = (scratch / SOCKETS).resolve()
    if sockets != Path(get_temp_dir()).resolve():
        shutil.rmtree(sockets, ignore_errors=True)
    shutil.rmtree(scratch, ignore_errors=True)


def _locked(scratch: Path) -> bool:
    """Whether the process whose folder this is lives."""
    try:
        with (scratch / LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class Hold:
    """The lock on a home, while it is held."""

    home: Home
    inode: int

    def check(self) -> None:
        """HomeUnusable if the home was taken away under us: then others hold a lock that we do not see."""
        try:
            there = self.home.lock_file.stat().st_ino
        except OSError:
            there = None
        if there != self.inode:
            raise HomeUnusable(f"{self.home.folder} is no longer the home that was locked")
