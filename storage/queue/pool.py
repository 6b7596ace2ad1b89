"""Processes for the engine: each can be timed out, cancelled or die alone, and the others work on."""

import asyncio
import itertools
import multiprocessing
import multiprocessing.forkserver
import pickle
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from core.ports import Report
from storage.queue import child

GIGABYTE = 1 << 30
LOOKS = 0.25  # seconds between two looks at what a child has noted


class ChildDied(Exception):
    """The process that ran a function ended without an answer: killed, crashed, or out of memory."""


class Overtime(Exception):
    """A function took longer than it may; its process was killed."""


class Pool:
    """`workers` processes. Nothing runs before the first `run` or `warm`, nothing after `close`.

    `preload` names modules that the fork server imports once, so that every worker has them from its start.
    `memory` limits the address space of a worker, in bytes; `timeout` is the time of one run, in seconds.
    """

    def __init__(
        self,
        workers: int,
        *,
        preload: Sequence[str] = (),
        memory: int = 3 * GIGABYTE,
        timeout: float = 1800.0,
    ) -> None:
        self._workers = workers
        self._preload = ["storage.queue.forkserver", "storage.queue.child", *preload]
        self._memory = memory
        self._timeout = timeout
        self._pool: ProcessPool | None = None
        self._starting = asyncio.Lock()
        self._running: set[Future[Any]] = set()
        self._numbers = itertools.count()
        self._notes = tempfile.TemporaryDirectory(prefix="lathe-")

    async def warm(self) -> None:
        """Start the processes now, and return when one of them answers."""
        await self.run("storage.queue.child:ready", {})

    async def run(
        self,
        target: str,
        arguments: Mapping[str, Any],
        report: Report | None = None,
        *,
        within: float | None = None,
    ) -> Any:
        """Call `module:function` with picklable arguments in a child: return or raise what it does.

        With `report` the function is given a `report` of its own. Cancelling kills the child. ChildDied if it
        ended without an answer, Overtime after `within` seconds (the pool's `timeout` unless told).
        """
        notes = Path(self._notes.name) / str(next(self._numbers)) if report else None
        seconds = within or self._timeout
        future = await self._schedule((target, dict(arguments), str(notes) if notes else None), seconds)
        self._running.add(future)
        try:
            returned, pickled = await _answer(future, notes, report)
        except ProcessExpired as error:
            memory = error.exitcode == child.OUT_OF_MEMORY
            raise ChildDied(f"{target}: {'out of memory' if memory else error.exitcode}") from None
        except BrokenProcessPool:
            raise ChildDied(f"{target}: every worker is gone") from None
        except TimeoutError:
            raise Overtime(f"{target}: more than {seconds:g} s") from None
        finally:
            self._running.discard(future)
            if notes:
                _forget(notes)
        answer = pickle.loads(pickled)  # noqa: S301  from our own child
        if returned:
            return answer
        raise answer

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
            except asyncio.CancelledError:
                scheduling.add_done_callback(_cancel)
                raise

    async def _start(self) -> ProcessPool:
        if self._pool is not None:  # broken: all of its processes were gone at once
            await asyncio.to_thread(_end, self._pool)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(self._preload)
        # From this thread: the kernel kills the fork server when the thread that started it ends.
        multiprocessing.forkserver.ensure_running()
        return ProcessPool(self._workers, initializer=child.enter, initargs=(self._memory,), context=context)


async def _answer(future: Future[Any], notes: Path | None, report: Report | None) -> tuple[bool, bytes]:
    answer = asyncio.wrap_future(future)
    told = ""
    try:
        while notes and report and not answer.done():
            await asyncio.wait([answer], timeout=LOOKS)
            note = _read(notes)
            if note != told:
                told = note
                share, _, stage = note.partition(" ")
                report(float(share), stage)
        result: tuple[bool, bytes] = await answer
    finally:
        answer.cancel()  # asyncio.wait leaves it running when it is cancelled itself
    return result


def _cancel(scheduling: asyncio.Task[ProcessFuture[Any]]) -> None:
    if not scheduling.cancelled() and not scheduling.exception():
        scheduling.result().cancel()  # type: ignore[no-untyped-call]


def _read(notes: Path) -> str:
    try:
        return notes.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _forget(notes: Path) -> None:
    notes.unlink(missing_ok=True)


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()
