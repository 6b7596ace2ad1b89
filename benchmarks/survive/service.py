"""A service as its supervisor sees it: processes that are started, die, and are started again at once."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks.survive.processes import Process, cpu_seconds, marked, still_there
from benchmarks.survive.talk import Message, Talk
from bots.settings import Settings

ROOT = Path(__file__).parents[2]
MAIN = "main"
LONGEST_LINE = 1 << 24  # bytes
GRACE = 3.0
"""Seconds after the death of a process until none of those that it started may be there."""

DRAIN = 20.0
"""Seconds in which a process that is told to stop must have ended; a drain takes 15 at most."""

LEAST_UPTIME = 0.5
MOST_FALSE_STARTS = 10

RULES = """
[staff]
undo_seconds = 1
"""
"""The house's own rules: nobody here takes a decision back, or waits a minute for one."""


class NeverStarts(Exception):
    """A process ends as soon as it is started, again and again; `str()` has its last words."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service runs, and on what. `workers`: processes beside the main one; 0: it works by itself."""

    folder: Path
    database: str
    blobs: Path
    workers: int = 0
    slots: int = 2  # songs at a time in each process that works
    path: tuple[Path, ...] = ()  # more folders to import from

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def spare_home(self) -> Path:
        """The home of a main process that stands by for another one, as on a second machine.

        What is outside of the house, the receiver and the purses, it shares with the first; and the secret.
        """
        return self.folder / "home-2"

    def make(self) -> None:
        """Make the folders."""
        for folder in (self.home, self.spare_home, self.home / "terminal", self.scratch, self.complaints):
            folder.mkdir(parents=True)
        for shared in ("terminal", "purses.sqlite3", "secret.key"):
            (self.spare_home / shared).symlink_to(self.home / shared)
        self.rules.write_text(RULES)

    @property
    def rules(self) -> Path:
        return self.folder / "rules.toml"

    @property
    def log(self) -> Path:
        return self.folder / "lathe.log"

    @property
    def scratch(self) -> Path:
        """What the processes take for the machine's folder of temporary files."""
        return self.folder / "tmp"

    @property
    def complaints(self) -> Path:
        """What the processes wrote to standard error."""
        return self.folder / "stderr"

    @property
    def roles(self) -> tuple[str, ...]:
        return (MAIN, *(f"worker {number}" for number in range(1, self.workers + 1)))

    def command(self, role: str, home: Path) -> list[str]:
        """How a process is started."""
        bots = [sys.executable, "-m", "bots"]
        if role != MAIN:
            return [*bots, "worker", "--home", str(home)]
        apart = ["--without-workers"] if self.workers else []
        return [*bots, "chat", "--home", str(home), "--json", *apart]

    def surroundings(self, mark: str) -> dict[str, str]:
        """The environment of a process: none of this machine's settings, and a mark its children have too."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("LATHE_")}
        empty = {f"LATHE_{name.upper()}": "" for name in Settings.model_fields}  # stronger than a .env
        return {
            **bare,
            **empty,
            "PYTHONPATH": os.pathsep.join(map(str, (*self.path, ROOT))),
            "TMPDIR": str(self.scratch),
            "LATHE_DATABASE_URL": self.database,
            "LATHE_BLOB_URL": self.blobs.as_uri(),
            "LATHE_WORKERS": str(self.slots),
            "LATHE_RULES": str(self.rules),
            "LATHE_LOG": f"info,json,{self.log}",
            "LC_SURVIVE": mark,  # the processes of a pool keep few names of their environment; locales stay
        }


@dataclass(slots=True, eq=False)
class Running:
    """A process of the service."""

    role: str
    mark: str
    process: asyncio.subprocess.Process
    began: float  # seconds of the monotonic clock
    replaced: asyncio.Event
    spoke: asyncio.Event
    heard_out: asyncio.Task[None]

    @property
    def id(self) -> int:
        return self.process.pid


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process that outlived the one it worked for, and the seconds of a core it took meanwhile."""

    of: str
    process: Process
    burnt: float


class Service:
    """All processes of a service, each started again as soon as it has ended."""

    def __init__(self, place: Place, talk: Talk, hear: Callable[[Message], None]) -> None:
        self.place = place
        self.orphans: list[Orphan] = []
        self.deaths = 0
        self._talk = talk
        self._hear = hear
        self._running: dict[str, Running] = {}
        self._started: list[Running] = []
        self._stale: set[asyncio.Task[None]] = set()  # processes that were replaced while they stood still
        self._inquests: set[asyncio.Task[None]] = set()
        self.home = place.home  # of the main process
        self._closing = False

    def of(self, role: str) -> Running | None:
        """The process that has a role now; None while there is none."""
        running = self._running.get(role)
        return running if running and running.process.returncode is None else None

    async def run(self) -> None:
        """Keep every process running until `close`; NeverStarts."""
        async with asyncio.TaskGroup() as roles:
            for role in self.place.roles:
                roles.create_task(self._keep(role))

    async def close(self) -> None:
        """Tell all to stop, and see that nothing is left of them."""
        self._closing = True
        for running in self._running.values():
            tell(running.id, signal.SIGTERM)
        if staying := await self._ended(DRAIN):
            raise TimeoutError(f"told to stop, {', '.join(staying)} did not end within {DRAIN:.0f} s")
        await asyncio.gather(*self._inquests)

    async def kill(self) -> None:
        """End whatever is left, when something went wrong."""
        self._closing = True
        for running in self._started:
            for process in marked(running.mark):
                tell(process.id, signal.SIGKILL)
        await self._ended(DRAIN)
        for inquest in self._inquests:
            inquest.cancel()

    async def _ended(self, within: float) -> list[str]:
        """Return when all processes have ended, or the time is over; those that have not, by role."""
        ends = {asyncio.create_task(running.process.wait()): running for running in self._started}
        _, pending = await asyncio.wait(ends, timeout=within)
        for end in pending:
            end.cancel()
        return [f"{ends[end].role} (process {ends[end].id})" for end in pending]

    def replace(self, running: Running) -> None:
        """Start another process in the role of one that stands still."""
        if running.role == MAIN:
            place = self.place
            self.home = place.spare_home if self.home == place.home else place.home
        running.replaced.set()

    def outlived(
        self, of: str, processes: list[Process], mark: str | None = None, grace: float = GRACE
    ) -> None:
        """See after a while whether processes are gone: these, and those with this mark."""
        inquest = asyncio.create_task(self._inquest(of, processes, mark, grace))
        self._inquests.add(inquest)
        inquest.add_done_callback(self._inquests.discard)

    async def _keep(self, role: str) -> None:
        false_starts = 0
        while not self._closing:
            running = await self._start(role)
            end, replaced = (
                asyncio.create_task(self._end(running)),
                asyncio.create_task(running.replaced.wait()),
            )
            await asyncio.wait((end, replaced), return_when=asyncio.FIRST_COMPLETED)
            replaced.cancel()
            if not end.done():
                self._stale.add(end)
                continue
            false_starts = 0 if time.monotonic() - running.began > LEAST_UPTIME else false_starts + 1
            if false_starts == MOST_FALSE_STARTS:
                raise NeverStarts(f"{role}: {self._last_words(role)}")

    async def _start(self, role: str) -> Running:
        mark = f"{role}-{uuid4().hex}"
        with (self.place.complaints / role).open("ab") as complaints:
            process = await asyncio.create_subprocess_exec(
                *self.place.command(role, self.home if role == MAIN else self.place.home),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=complaints,
                cwd=self.place.folder,
                env=self.place.surroundings(mark),
                limit=LONGEST_LINE,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        spoke = asyncio.Event()
        heard_out = asyncio.create_task(self._listen(process.stdout, spoke))
        running = Running(role, mark, process, time.monotonic(), asyncio.Event(), spoke, heard_out)
        self._running[role] = running
        self._started.append(running)
        if self._closing:
            tell(running.id, signal.SIGTERM)
        if role == MAIN:
            self._talk.listens(process.stdin)
        return running

    async def _end(self, running: Running) -> None:
        """Return when a process has ended and all that it said was heard."""
        await running.process.wait()
        self.deaths += 1
        if running.process.stdin is not None:
            self._talk.gone(running.process.stdin)
        self.outlived(running.role, [], running.mark)
        # An orphan would hold the other end of its output.
        await asyncio.wait((running.heard_out,), timeout=1)

    async def _listen(self, output: asyncio.StreamReader, spoke: asyncio.Event) -> None:
        async for line in output:
            if line.endswith(b"\n"):  # the kill may have cut the last one
                spoke.set()
                with suppress(ValueError):
                    self._hear(json.loads(line))

    async def _inquest(self, of: str, processes: list[Process], mark: str | None, grace: float) -> None:
        grace *= max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))  # where others take the machine
        await asyncio.sleep(grace / 2)
        before = {
            process.id: cpu_seconds(process) for process in (*processes, *(marked(mark) if mark else ()))
        }
        await asyncio.sleep(grace / 2)
        for process in (*still_there(processes), *(marked(mark) if mark else ())):
            burnt = cpu_seconds(process) - before.get(process.id, 0.0)
            self.orphans.append(Orphan(of, process, burnt))

    def _last_words(self, role: str) -> str:
        return (self.place.complaints / role).read_text(errors="replace")[-2000:]


def tell(process: int, number: signal.Signals) -> None:
    """Send a signal; a process that is gone needs none."""
    with suppress(ProcessLookupError):
        os.kill(process, number)
