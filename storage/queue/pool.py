"""Processes for the engine: each can be timed out, cancelled or die alone, and the others work on."""

import asyncio
import itertools
import multiprocessing.forkserver
import shutil
import signal
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from core.ports import Report
from storage.queue import answers, child
from storage.queue.limits import Limits

LOOKS = 0.25  # seconds between two looks at what a child has noted
MOST_NOTED = 200  # characters


log = structlog.get_logger()


FROM_OUTSIDE = (-signal.SIGKILL, 255)
"""Exit codes of a process that somebody killed, or whose fork server somebody killed."""


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
    """`workers` processes. Nothing runs before the first `run` or `warm`, nothing after `close`.

    `preload` names modules that the fork server imports once, so that every worker has them from its start.
    `limits` are those of a run that has none of its own. `fresh` gives each run a process that has done
    nothing before and does nothing afterwards: what a file does to it ends with it. `folder` is where what
    runs notes how far it is; the system's for temporary files unless told.
    """

    def __init__(
        self,
        workers: int,
        *,
        preload: Sequence[str] = (),
        limits: Limits = Limits(),  # noqa: B008  frozen
        fresh: bool = False,
        folder: Path | None = None,
    ) -> None:
        self._workers = workers
        self._preload = ["storage.queue.forkserver", "storage.queue.child", *preload]
        self._limits = limits
        self._fresh = fresh
        self._pool: ProcessPool | None = None
        self._starting = asyncio.Lock()
        self._asked = not fresh  # whether the jail is whole: of interest where strangers' files are read
        self._running: set[Future[Any]] = set()
        self._numbers = itertools.count()
        self._notes = tempfile.TemporaryDirectory(prefix="lathe-", dir=folder)

    async def warm(self) -> None:
        """Start the processes now, and return when one of them answers."""
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
        ended without an answer, Overtime when the time of its limits was over. ValueError for confines in a
        pool whose processes go on to other runs: they cannot be taken back.
        """
        given = limits or self._limits
        if given.confines and not self._fresh:
            raise ValueError("Only a fresh process can be confined.")
        notes = self._note() if report else None
        if notes and given.confines:
            confines = replace(given.confines, writes=(*given.confines.writes, notes.parent))
            given = replace(given, confines=confines)
        arranged = (target, dict(arguments), str(notes) if notes else None, given)
        future = await self._schedule(arranged, given.seconds)
        self._running.add(future)
        try:
            returned, pickled, told = await _answer(future, notes, report)
        except ProcessExpired as error:
            why = "out of memory" if error.exitcode == child.OUT_OF_MEMORY else error.exitcode
            raise ChildDied(f"{target}: {why}", by_itself=error.exitcode not in FROM_OUTSIDE) from None
        except BrokenProcessPool:
            raise ChildDied(f"{target}: every worker is gone", by_itself=False) from None
        except TimeoutError:
            raise Overtime(f"{target}: more than {given.seconds:g} s") from None
        finally:
            self._running.discard(future)
            if notes:
                _forget(notes)
        if returned:
            return _read_answer(target, pickled)
        raise _raised(pickled, told)

    async def close(self) -> None:
        """Kill what runs and end the processes."""
        for future in tuple(self._running):
            future.cancel()
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_end, pool)
        self._notes.cleanup()

    async def _schedule(self, arguments: tuple[Any, ...], seconds: float) -> Future[Any]:
        async with self._starting:
            if self._pool is None or not self._pool.active:
                self._pool = await self._start()
            # In a thread: the first worker waits for the fork server, which may still be importing.
            schedule = asyncio.to_thread(self._pool.schedule, child.attempt, arguments, {}, seconds)
            scheduling = asyncio.ensure_future(schedule)
            try:
                return await asyncio.shield(scheduling)
            except BrokenProcessPool:
                raise ChildDied("no process could be started", by_itself=False) from None
            except asyncio.CancelledError:
                scheduling.add_done_callback(_cancel)
                raise

    async def _start(self) -> ProcessPool:
        if self._pool is not None:  # broken: all of its processes were gone at once, or one spoke in tongues
            await asyncio.to_thread(_end, self._pool)
        context = answers.CarefulContext()
        context.set_forkserver_preload(self._preload)
        # From this thread: the kernel kills the fork server when the thread that started it ends.
        multiprocessing.forkserver.ensure_running()
        pool = ProcessPool(
            self._workers, max_tasks=1 if self._fresh else 0, initializer=child.enter, context=context
        )
        if not self._asked:
            self._asked = True
            trying = pool.schedule(child.attempt, ("storage.queue.jail:gaps", {}, None, self._limits))
            trying.add_done_callback(_tell_gaps)
        return pool

    def _note(self) -> Path:
        """A file in a folder of its own, where one run says how far it is."""
        folder = Path(self._notes.name) / str(next(self._numbers))
        folder.mkdir()
        return folder / "note"


async def _answer(future: Future[Any], notes: Path | None, report: Report | None) -> tuple[bool, bytes, str]:
    answer = asyncio.wrap_future(future)
    told = None
    try:
        while notes and report and not answer.done():
            await asyncio.wait([answer], timeout=LOOKS)
            note = _read(notes)
            if note and note != told:
                told = note
                report(*note)
        result: tuple[bool, bytes, str] = await answer
    finally:
        answer.cancel()  # asyncio.wait leaves it running when it is cancelled itself
    return result


def _tell_gaps(trying: Future[tuple[bool, bytes, str]]) -> None:
    if trying.cancelled() or trying.exception():
        return
    returned, pickled, _ = trying.result()
    if returned and (found := answers.loads(pickled)):
        log.warning("the jail of strangers' files has gaps", a_process_could=found)


def _cancel(scheduling: asyncio.Task[ProcessFuture[Any]]) -> None:
    if not scheduling.cancelled() and not scheduling.exception():
        scheduling.result().cancel()  # type: ignore[no-untyped-call]


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


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
