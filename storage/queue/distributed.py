"""The distributed engine: any number of processes on any number of machines, woken by tickets.

A procrastinate job carries nothing. It is a ticket: whoever holds one takes the best row, and the row says
which ticket it runs on. A worker that dies leaves its tickets; whoever sees that its heart has stopped tears
them up and queues their rows again. Which settings that needs was found by killing workers: docs/decisions.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.worker import Worker

from core.desk.loops.bell import Bell
from core.jobs import Queue
from core.ports import Clock, Store
from storage import recovery, tickets
from storage.address import conninfo
from storage.database import Database
from storage.queue.attempts import PAUSE, REST, TELL, Attempts, Died, Finished, Perform

HEARTBEAT = 0.5
"""Seconds between two heartbeats of a worker."""

STALLED = 4.0
"""Seconds without one after which what a worker had begun is begun by others.

Two are enough on a machine at full load; on one with eight times more to do than it has cores they were not.
"""

FORGOTTEN = 30.0
"""Seconds without one after which a worker has to begin anew: far more, for it may only have been asleep."""

REAP = 0.5
"""Seconds between two looks for dead workers."""

RECONCILE = 5.0
"""Seconds between two comparisons of all rows with all tickets."""

POLL = 5.0
"""Seconds after which tickets are looked for, and attempts checked, though nothing was heard."""

PARTING = 1.0
"""Seconds in which a worker that is cancelled must have said good-bye to the database."""

NEVER = 86400.0

log = structlog.get_logger()


class Distributed:
    """core.ports.Engine on PostgreSQL. `url` and `database` name the same one.

    `slots` says how many jobs of each queue run at a time in this process; `doors` are those it holds: their
    jobs come to nobody else. `perform`, `finished`, `died` and `rest` are those of storage.queue.attempts.
    """

    def __init__(
        self,
        url: str,
        database: Database,
        store: Store,
        perform: Perform,
        finished: Finished,
        *,
        clock: Clock,
        slots: Mapping[Queue, int],
        doors: Sequence[str] = (),
        rest: float = REST,
        died: Died = lambda _: None,
    ) -> None:
        self._database = database
        self._died = died
        self._store = store
        self._slots = {queue: number for queue, number in slots.items() if number}
        self._doors = tuple(doors)
        self._bell = Bell()
        self._attempts = Attempts(store, perform, finished, clock, rest=rest)
        # Beside the store's own pool: a listener keeps its connection for itself.
        self._app = App(
            connector=PsycopgConnector(
                conninfo=conninfo(url),
                min_size=0,  # to open it is not to wait for a database that is away
                max_size=4,
                timeout=STALLED,
                reconnect_timeout=STALLED,
            )
        )
        self._app.task(name=tickets.TASK, pass_context=True)(self._ticket)
        self._workers: set[Worker] = set()
        self._closing = asyncio.Event()
        self._ended = False

    def wake(self) -> None:
        """Look now whether what runs was cancelled; what is queued wakes by its ticket."""
        self._bell.ring()

    async def run(self) -> None:
        """Take and run jobs until `drain`. A database that goes away and comes back does not end it."""
        async with self._app.open_async(), asyncio.TaskGroup() as upkeep:
            loops = [upkeep.create_task(loop()) for loop in (self._beat, self._reap, self._look)]
            try:
                async with asyncio.TaskGroup() as hands:
                    for queue, slots in self._slots.items():
                        hands.create_task(self._work(queue, slots))
            finally:
                self._ended = True  # a library that is cancelled at the wrong moment goes on
                for loop in loops:
                    loop.cancel()

    async def drain(self, grace: float) -> None:
        """Take no more jobs; give those that run `grace` seconds to end, then kill them and put them back."""
        self._closing.set()
        for worker in self._workers:
            _stop(worker)
        await self._attempts.drain(grace)

    async def _work(self, queue: Queue, slots: int) -> None:
        names = [tickets.name_of(queue, door) for door in (None, *self._doors)]
        while not self._closing.is_set():
            worker = Worker(
                self._app,
                queues=names,
                concurrency=slots,
                fetch_job_polling_interval=POLL,
                update_heartbeat_interval=NEVER,  # they are ours: _beat
                stalled_worker_timeout=FORGOTTEN,
                delete_jobs="always",
                install_signal_handlers=False,
            )
            with self._at_work(worker):
                await self._serve(worker)
            if not self._closing.is_set():
                await self._rest(PAUSE)

    @contextmanager
    def _at_work(self, worker: Worker) -> Iterator[None]:
        self._workers.add(worker)
        try:
            yield
        finally:
            self._workers.discard(worker)

    async def _serve(self, worker: Worker) -> None:
        serving = asyncio.create_task(worker.run())  # type: ignore[no-untyped-call]
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:  # nobody will drain; the worker would wait for what runs
            self._closing.set()
            _stop(worker)
            await self._attempts.drain(0)
            await asyncio.wait([serving], timeout=PARTING)
            serving.cancel()
            raise
        except Exception as error:  # the database went away, or took this worker for dead: it begins anew
            log.warning("tickets cannot be taken", error=type(error).__name__)

    async def _ticket(self, context: JobContext) -> None:
        """Take the best row and run it. The ticket is done when the row is, or has another ticket."""
        name = str(context.job.queue)
        queue = Queue(name.partition(":")[0])
        job = None
        while True:
            try:
                job = await self._store.take(queue, self._doors, str(context.job.id))
                break
            except Exception:
                if self._closing.is_set():
                    raise
                log.exception("jobs cannot be read")
                await asyncio.sleep(PAUSE)
        if job is None:
            return
        if (other := tickets.name_of(job.queue, job.door)) != name:
            await self._exchange(name, other)
        if self._closing.is_set():
            await self._store.give_back(job, died=False)
            return
        await self._attempts.run(job)

    async def _exchange(self, mine: str, other: str) -> None:
        """A row was taken on another's ticket: whose row waits for this one must not lose it."""
        log.debug("ticket exchanged", ticket=mine, row=other)
        async with self._database.writing():
            await tickets.issue([mine])

    async def _beat(self) -> None:
        """Keep the workers' hearts beating, also while they drain, when procrastinate's own have stopped.

        Who could not is begun anew: its listener may have died unseen.
        """
        while not self._ended:
            for worker in tuple(self._workers):
                if worker.worker_id is None:
                    continue
                try:
                    await self._app.job_manager.update_heartbeat(worker.worker_id)
                except Exception as error:
                    log.warning("no heartbeat", error=type(error).__name__)
                    _stop(worker)
                if self._closing.is_set():
                    _stop(worker)  # it may have begun after the others were told
            await asyncio.sleep(HEARTBEAT)

    async def _reap(self) -> None:
        """Take over what the dead left. After a time without the database everybody looks dead at first."""
        now = asyncio.get_running_loop().time
        compared = 0.0
        while not self._ended:
            try:
                for worker, held in (await self._stalled()).items():
                    await self._bury(worker, held)
                if now() - compared >= RECONCILE:
                    async with self._database.writing() as connection:
                        lost = await recovery.reconcile(connection)
                    if lost:
                        self._died(lost)
                    compared = now()
            except Exception as error:
                log.warning("dead workers cannot be looked for", error=type(error).__name__)
                await asyncio.sleep(2 * STALLED)
            await asyncio.sleep(REAP)

    async def _stalled(self) -> dict[int | None, list[int]]:
        """The tickets of each worker whose heart has stopped."""
        held: dict[int | None, list[int]] = {}
        for job in await self._app.job_manager.get_stalled_jobs(
            task_name=tickets.TASK, seconds_since_heartbeat=STALLED
        ):
            if job.id is not None:
                held.setdefault(job.worker_id, []).append(job.id)
        return held

    async def _bury(self, worker: int | None, held: Sequence[int]) -> None:
        """Put back what a dead worker had begun, unless somebody else does."""
        attempts = 0
        for ticket in held:
            async with self._database.writing() as connection:
                attempts += await recovery.tear(connection, ticket)
        if attempts:
            log.warning("a worker died: its jobs go on elsewhere", worker=worker, jobs=attempts)
            self._died(attempts)

    async def _look(self) -> None:
        """Stop what was cancelled, or is somebody else's by now."""
        while not self._ended:
            await asyncio.sleep(TELL)
            await self._bell.heard(POLL)
            try:
                await self._attempts.check()
            except Exception as error:
                log.warning("attempts cannot be checked", error=type(error).__name__)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()


def _stop(worker: Worker) -> None:
    """Have it take no more tickets; it ends when those that it has are done."""
    worker.stop()  # type: ignore[no-untyped-call]
