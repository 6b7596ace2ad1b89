"""Processes for the engine: each can be timed out, cancelled or die alone, and the others work on."""

import asyncio
import itertools
import pickle
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from core.ports import Report
from storage.queue import answers, child, process
from storage.queue.limits import Limits

LOOKS = 0.25  # seconds between two looks at what a child has noted
MOST_NOTED = 200  # characters


log = structlog.get_logger()


class ChildDied(Exception):
    """The process that ran a function ended without an answer: killed, crashed, or out of memory.

    `by_itself`: what ran in it may have done that. Nothing in the jail can kill with SIGKILL: that is the
    kernel, which is out of memory, or somebody on this machine.
    """

    def __init__(self, said: str, *, by_itself: bool = True) -> None:
        super().__init__(said)
        self.by_itself = by_itself


class Overtime(Exception):
    """A function took longer than it may; its process was killed."""


class Pool:
    """Room for `workers` runs at a time, each in a process that does nothing before it and nothing after it.

    Nothing is started before the first `run` or `warm`, nothing runs after `close`. `preload` names modules
    that the fork server imports once, so that every process has them from its start. `limits` are those of a
    run that has none of its own. `folder` is where what runs notes how far it is; the system's for temporary
    files unless told.
    """

    def __init__(
        self,
        workers: int,
        *,
        preload: Sequence[str] = (),
        limits: Limits = Limits(),  # noqa: B008  frozen
        folder: Path | None = None,
    ) -> None:
        self._room = asyncio.Semaphore(workers)
        self._preload = ("storage.queue.forkserver", "storage.queue.child", *preload)
        self._limits = limits
        self._running: set[asyncio.Task[Any]] = set()
        self._trying: asyncio.Task[None] | None = None
        self._numbers = itertools.count()
        self._notes = tempfile.TemporaryDirectory(prefix="lathe-", dir=folder)

    async def warm(self) -> None:
        """Start the fork server now, and return when a process of it answers."""
        await self.run("storage.queue.child:ready", {})

    async def gaps(self) -> list[str]:
        """What a process could do and should not, as it finds by trying (storage.queue.jail)."""
        return list(await self.run("storage.queue.jail:gaps", {}))

    async def run(
        self,
        target: str,
        arguments: Mapping[str, Any],
        report: Report | None = None,
        *,
        limits: Limits | None = None,
    ) -> Any:
        """Call `module:function` with picklable arguments in a child: return or raise what it does.

        With `report` the function is given a `report` of its own. Cancelling kills the child. ChildDied if it
        ended without an answer, Overtime when the time of its limits was over.
        """
        given = limits or self._limits
        if given.confines and self._trying is None:  # a stranger's file: of interest is what it could do
            self._trying = asyncio.create_task(self._tell_gaps())
        notes = self._note() if report else None
        if notes and given.confines:
            confines = replace(given.confines, writes=(*given.confines.writes, notes.parent))
            given = replace(given, confines=confines)
        asked = pickle.dumps((target, dict(arguments), str(notes) if notes else None, given))
        run = asyncio.create_task(self._live(target, asked, given.seconds))
        self._running.add(run)
        run.add_done_callback(self._running.discard)
        try:
            if notes and report:
                await _follow(run, notes, report)
            returned, pickled, told = await run
        finally:
            if notes:
                _forget(notes)
        if returned:
            return _read_answer(target, pickled)
        raise _raised(pickled, told)

    async def close(self) -> None:
        """Kill what runs, and return when it is gone."""
        if self._trying is not None:
            self._trying.cancel()
        while self._running:
            ending = tuple(self._running)
            for run in ending:
                run.cancel()
            await asyncio.wait(ending)
        self._notes.cleanup()

    async def _live(self, target: str, asked: bytes, seconds: float) -> tuple[bool, bytes, str]:
        async with self._room:
            try:
                ended = await process.live(asked, seconds, self._preload)
            except process.NotStarted as error:
                raise ChildDied(f"{target}: no process could be started ({error})", by_itself=False) from None
            except TimeoutError:
                raise Overtime(f"{target}: more than {seconds:g} s") from None
        try:
            returned, pickled, told = answers.loads(ended.said)
        except (TypeError, ValueError) as error:
            raise _died(target, ended.code, error) from None
        return bool(returned), bytes(pickled), str(told)

    async def _tell_gaps(self) -> None:
        with suppress(ChildDied, Overtime):
            if found := await self.gaps():
                log.warning("the jail of strangers' files has gaps", a_process_could=found)

    def _note(self) -> Path:
        """A file in a folder of its own, where one run says how far it is."""
        folder = Path(self._notes.name) / str(next(self._numbers))
        folder.mkdir()
        return folder / "note"


async def _follow(run: asyncio.Task[Any], notes: Path, report: Report) -> None:
    """Report what a child notes until its run is over; end the run when that does not go on."""
    told = None
    try:
        while not run.done():
            await asyncio.wait([run], timeout=LOOKS)
            note = _read(notes)
            if note and note != told:
                told = note
                report(*note)
    finally:
        run.cancel()
        await asyncio.wait([run])


def _read(notes: Path) -> tuple[float, str] | None:
    """How far a child says it is; None if it says nothing, or nothing that makes sense."""
    try:
        with notes.open(encoding="utf-8") as note:
            share, _, stage = note.read(MOST_NOTED).partition(" ")
        return min(max(float(share), 0.0), 1.0), stage
    except (OSError, ValueError):
        return None


def _forget(notes: Path) -> None:
    shutil.rmtree(notes.parent, ignore_errors=True)


def _died(target: str, code: int, error: Exception) -> ChildDied:
    """Why there is no answer."""
    if code == child.OUT_OF_MEMORY:
        return ChildDied(f"{target}: out of memory")
    if code:
        return ChildDied(f"{target}: {code}", by_itself=code not in (process.KILLED, process.SERVER_GONE))
    return ChildDied(f"{target}: its answer makes no sense ({error})")


def _read_answer(target: str, pickled: bytes) -> Any:
    try:
        return answers.loads(pickled)
    except Exception as error:
        raise ChildDied(f"{target}: its answer makes no sense ({error})") from None


def _raised(pickled: bytes, told: str) -> Exception:
    """What the child raised, or its description if that cannot be made again here."""
    try:
        raised = answers.loads(pickled)
    except Exception:
        return RuntimeError(told)
    return raised if isinstance(raised, Exception) else RuntimeError(told)
