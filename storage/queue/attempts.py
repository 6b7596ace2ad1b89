"""Attempts at jobs: run, told, stopped or put back, whether their rows were taken directly or on a ticket.

The row is the truth. An attempt that raises or whose child dies counts; the third one that does, or the tenth
death of a whole worker, ends the job as crashed. A shutdown never counts, and no more does what is no fault
of the job: a store that is away, a disk that is full.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from core.jobs import MOST_ATTEMPTS, MOST_DEATHS, Job, Queue, ended, moved_on
from core.messages import Incoming
from core.ports import Clock, DiskFull, Report, Store, Unfit, Unreachable

TELL = 0.5
"""Seconds between two tellings of how far a job is."""

PAUSE = 1.0
"""Seconds of rest when the database does not answer."""

CRASHED: Mapping[str, Any] = {"code": "crashed", "details": {}}
"""What the desk is told of a job that failed on our side, not by its file."""

REST = 1.0
"""Seconds before a fetch or a till that failed is tried again; four times that before the third attempt."""

PUTTING_BACK = 1.5
"""Seconds in which what is stopped must be put back; else others take it over as from somebody dead."""

AWAY = 10.0
"""Seconds before a job is tried again that found no room on the disk, or a store that did not answer."""

Perform = Callable[[Job, Report], Awaitable[Mapping[str, Any]]]
Finished = Callable[[Incoming], Awaitable[None]]
Died = Callable[[int], None]
"""Hears of a process that was found dead, and how many attempts it had begun that were put back."""

log = structlog.get_logger()


class _Again(Enum):
    """Why a job is to be tried again."""

    FAILED = auto()
    AWAY = auto()


@dataclass(slots=True, eq=False)
class _Attempt:
    """One running job, as far as this process knows."""

    job: Job
    share: float = 0.0
    stage: str = ""
    told: float = 0.0  # when the desk heard of it last, seconds of the monotonic clock
    failed: bool = False  # it counts
    ended: bool = False  # the desk is hearing what it came to: that the row says so, too, is its own doing
    lost: bool = False  # the row says that this attempt is over, and it is being stopped
    task: asyncio.Task[None] | None = None
    telling: asyncio.Task[None] | None = None


class Attempts:
    """What runs in this process.

    `perform` does a job's work and raises Unfit when trying again would not help; its `report` belongs to
    this event loop. `finished` hears how it ended, and on the way how far it is. `freed` is called when one
    is over. `rest` is the time before a second try of a job that is not sound, in seconds.
    """

    def __init__(
        self,
        store: Store,
        perform: Perform,
        finished: Finished,
        clock: Clock,
        *,
        freed: Callable[[], None] = lambda: None,
        rest: float = REST,
    ) -> None:
        self._store = store
        self._perform = perform
        self._finished = finished
        self._clock = clock
        self._freed = freed
        self._rest = rest
        self._running: set[_Attempt] = set()
        self._closing = asyncio.Event()

    def begin(self, job: Job) -> "asyncio.Task[None]":
        """Run a job that was taken. What the task comes to is told or put back, never raised."""
        attempt = _Attempt(job)
        self._running.add(attempt)
        attempt.task = asyncio.create_task(self._attempt(attempt))
        return attempt.task

    async def run(self, job: Job) -> None:
        """Run a job that was taken to its end; cancelled, it is put back before this returns."""
        task = self.begin(job)
        try:
            await asyncio.wait([task])
        finally:
            await self._stop([task])

    def busy(self, queue: Queue) -> int:
        """How many jobs of a queue run."""
        return sum(attempt.job.queue is queue for attempt in self._running)

    async def check(self) -> None:
        """Stop those whose rows say that they are over: cancelled, or begun again by somebody else."""
        for attempt in tuple(self._running):
            await self._note(attempt)

    async def drain(self, grace: float) -> None:
        """Give what runs `grace` seconds to end, then stop it and put it back; what only waits, at once."""
        self._closing.set()
        tasks = [attempt.task for attempt in self._running if attempt.task]
        if tasks and grace > 0:
            await asyncio.wait(tasks, timeout=grace)
        await self._stop(tasks)

    async def _stop(self, tasks: "list[asyncio.Task[None]]") -> None:
        for task in tasks:
            task.cancel()
        staying: set[asyncio.Task[None]] = set()
        if tasks:
            _, staying = await asyncio.wait(tasks, timeout=PUTTING_BACK)
        for task in staying:
            task.cancel()
        early = [
            attempt for attempt in self._running if attempt.task in tasks and attempt.task not in staying
        ]
        await asyncio.gather(*map(self._put_back, early))  # cancelled before they began

    async def _note(self, attempt: _Attempt) -> bool:
        """Note in the row how far an attempt is; if the row says that it is over, stop it."""
        if await self._store.progress(attempt.job, attempt.share, attempt.stage):
            return True
        if attempt in self._running and attempt.task and not (attempt.ended or attempt.lost):
            attempt.lost = True
            attempt.task.cancel()
        return False

    async def _attempt(self, attempt: _Attempt) -> None:
        try:
            with _about(attempt.job):
                await self._to_its_end(attempt)
        except asyncio.CancelledError:
            await self._put_back(attempt)
        finally:
            self._running.discard(attempt)
            self._freed()

    async def _to_its_end(self, attempt: _Attempt) -> None:
        job = attempt.job
        match await self._outcome(attempt):
            case _Again.AWAY:
                await self._pause(AWAY)
                await self._give_back(attempt)
            case _Again.FAILED:
                attempt.failed = True
                if job.queue is not Queue.CPU:  # what is away for a moment may be back after a while
                    await self._pause(self._rest * 4 ** (job.failures - 1))
                await self._give_back(attempt)
            case outcome:
                attempt.ended = True
                await self._tell(job, outcome)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    async def _give_back(self, attempt: _Attempt) -> None:
        """Put the row back, however long the database is away, unless this process is to end."""
        while not self._closing.is_set():
            try:
                await self._store.give_back(attempt.job, died=attempt.failed)
            except Exception:
                log.exception("jobs cannot be written")
                await self._pause(PAUSE)
            else:
                return
        await self._put_back(attempt)

    async def _put_back(self, attempt: _Attempt) -> None:
        """Put the row back, unless it says that it is over. Else it is taken over as a dead one's is."""
        self._running.discard(attempt)
        try:
            async with asyncio.timeout(PUTTING_BACK):
                await self._store.give_back(attempt.job, died=attempt.failed)
        except Exception as error:
            log.warning("job not put back", job=attempt.job.id, error=type(error).__name__)

    async def _outcome(self, attempt: _Attempt) -> Mapping[str, Any] | _Again:
        """What a job came to, or that it is to be tried again."""
        job = attempt.job
        if job.deaths >= MOST_DEATHS:
            log.error("job crashed", kind=job.kind.value, deaths=job.deaths)
            return {"failed": CRASHED}
        try:
            return {"done": await self._perform(job, self._reporter(attempt))}
        except Unfit as unfit:
            return {"failed": {"code": unfit.code, "details": unfit.details}}
        except (DiskFull, Unreachable) as away:
            log.error("job waits", kind=job.kind.value, why=str(away))
            return _Again.AWAY
        except Exception:
            log.exception("attempt failed", kind=job.kind.value)
        return {"failed": CRASHED} if job.failures >= MOST_ATTEMPTS else _Again.FAILED

    def _reporter(self, attempt: _Attempt) -> Report:
        def report(share: float, stage: str) -> None:
            attempt.share, attempt.stage = share, stage
            now = time.monotonic()
            if now - attempt.told >= TELL and (attempt.telling is None or attempt.telling.done()):
                attempt.told = now
                attempt.telling = asyncio.create_task(self._tell_progress(attempt))

        return report

    async def _tell_progress(self, attempt: _Attempt) -> None:
        job, share, stage = attempt.job, attempt.share, attempt.stage
        with _about(job):
            try:
                if await self._note(attempt):
                    await self._finished(moved_on(job, share, stage, self._clock.now()))
            except Exception:
                log.exception("progress not told")

    async def _tell(self, job: Job, outcome: Mapping[str, Any]) -> None:
        """Tell the desk how a job ended. What it cannot decide now goes into the inbox, to be tried again."""
        incoming = ended(job, outcome, self._clock.now())
        try:
            await self._finished(incoming)
        except Exception:
            log.exception("end of a job not decided")
            await _insist(lambda: self._store.receive(incoming))


def _about(job: Job) -> AbstractContextManager[None]:
    """What each line says that is logged of an attempt."""
    return bound_contextvars(
        account=job.person,
        order=job.order,
        song=job.song,
        version=job.version,
        job=job.id,
        attempt=job.attempts,
    )


async def _insist(write: Callable[[], Awaitable[object]]) -> None:
    """Write what must not be lost, however long the database is away."""
    while True:
        try:
            await write()
        except Exception:
            log.exception("jobs cannot be written")
            await asyncio.sleep(PAUSE)
        else:
            return
