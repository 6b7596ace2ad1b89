"""Jobs: rows that are taken, run and finished: the row is the truth, and a ticket none (decision 14)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.expressions import F

from core.changes import Finish
from core.jobs import MOST_OF_ONE, Job, JobState, Queue, end_of
from core.messages import HOUSE
from storage import inbox, tickets, turns
from storage.codec import dump, read
from storage.database import change, here, insert, select
from storage.locks import alone
from storage.models import JobRow

ALIVE = (JobState.QUEUED, JobState.RUNNING)

_MINE = "WHERE id = ? AND state = 'running' AND attempts = ?"

_TAKE = """
UPDATE jobs SET state = 'running', attempts = attempts + 1, engine_id = ?, progress = 0, stage = ''
WHERE seq = ? AND state = 'queued' RETURNING *
"""

_CANCEL = """
UPDATE jobs SET state = 'cancelled', engine_id = NULL
WHERE "order" = ? AND state IN ('queued', 'running')
"""

# The queues' names lead SQLite to jobs_in_line: if nothing waited when it counted, it would read all jobs.
ANY_ALIVE = f"""
SELECT 1 AS one FROM jobs WHERE state = 'queued' AND queue IN ({", ".join(f"'{queue}'" for queue in Queue)})
UNION ALL SELECT 1 FROM jobs WHERE state = 'running' AND engine_id IS NOT NULL LIMIT 1
"""  # noqa: S608

_OF_DEED = """
SELECT * FROM jobs WHERE id = ? UNION SELECT * FROM jobs
WHERE "order" = COALESCE(?, (SELECT "order" FROM jobs WHERE id = ?)) AND state IN ('queued', 'running')
ORDER BY seq
"""


def job_of(row: Mapping[str, Any]) -> Job:
    """The job that a row stands for."""
    return replace(
        read(Job, row["data"]),
        person=row["person"],
        state=JobState(row["state"]),
        attempts=row["attempts"],
        deaths=row["deaths"],
        spared=row["spared"],
        progress=row["progress"],
        stage=row["stage"],
    )


async def enqueue(jobs: Sequence[Job], at: datetime) -> None:
    """Write down jobs, wanted since `at`.

    One that is there already stays as it is, for its id derives from what wanted it.
    """
    rows = [
        {
            "id": job.id,
            "kind": job.kind.value,
            "queue": job.queue.value,
            "person": job.person,
            "community": job.community,
            "plan": job.plan,
            "order": job.order,
            "song": job.song,
            "version": job.version,
            "door": job.door,
            "state": job.state.value,
            "attempts": job.attempts,
            "deaths": job.deaths,
            "spared": job.spared,
            "progress": job.progress,
            "stage": job.stage,
            "data": dump(replace(job, wanted=at)),
        }
        for job in jobs
    ]
    await insert("jobs", rows, "ON CONFLICT DO NOTHING")
    await tickets.issue([tickets.name_of(job.queue, job.door) for job in jobs])


async def take(
    connection: BaseDBAsyncClient,
    queue: Queue,
    doors: Sequence[str],
    engine: str,
    weights: Mapping[str, int],
) -> Job | None:
    """The best queued job, from now on running and held by `engine`; None if there is none.

    One after the other in each queue: who takes two at once reckons neither to whom it was served.
    """
    await alone(f"queue/{queue.value}")
    while turn := await turns.best(connection, queue.value, doors, weights, MOST_OF_ONE.get(queue)):
        for taken in await select(connection, _TAKE, [engine, turn.seq]):
            job = job_of(taken)
            await turns.charge(queue.value, turn, job.cost, weights.get(turn.plan, 1))
            return job
    return None


async def progress(job: Job, share: float, stage: str) -> bool:
    """Note how far an attempt has come; False if it is no longer the running one."""
    sql = f"UPDATE jobs SET progress = ?, stage = ? {_MINE}"  # noqa: S608
    return await change(sql, [share, stage, job.id, job.attempts]) == 1


async def finish(end: Finish) -> bool:
    """End the running attempt; False if it is not this one."""
    how = "state = 'failed'" if end.failed else "state = 'done', progress = 1"
    sql = f"UPDATE jobs SET engine_id = NULL, {how} {_MINE} RETURNING queue, door"  # noqa: S608
    ended = await select(here(), sql, [end.job, end.attempt])
    # A ticket for a row that was passed over found nothing: who may have one more running now needs another.
    await tickets.issue(
        [tickets.name_of(Queue(row["queue"]), row["door"]) for row in ended if row["queue"] in MOST_OF_ONE]
    )
    return bool(ended)


async def give_back(job: Job, *, died: bool) -> None:
    """Queue a running attempt again. If the attempt `died` it counts; if its process is going it does not."""
    back = "state = 'queued', engine_id = NULL, spared = spared + ?, progress = 0, stage = ''"
    sql = f"UPDATE jobs SET {back} {_MINE}"  # noqa: S608
    if await change(sql, [0 if died else 1, job.id, job.attempts]):
        await tickets.issue([tickets.name_of(job.queue, job.door)])


async def recover(engine: str) -> int:
    """Queue again what `engine`, which is dead, left running: its death is counted, the attempts are not.

    An attempt whose end stands in the inbox is over: the desk will decide it.
    """
    left = JobRow.filter(state=JobState.RUNNING, engine_id=engine).select_for_update()
    rows = {end_of(row.id, row.attempts): row for row in await left}
    for told in await inbox.undone_of(HOUSE, list(rows)):
        del rows[told]
    if not rows:
        return 0
    again = JobRow.filter(seq__in=[row.seq for row in rows.values()])
    await again.update(
        state=JobState.QUEUED,
        engine_id=None,
        deaths=F("deaths") + 1,
        spared=F("spared") + 1,
        progress=0.0,
        stage="",
    )
    await tickets.issue([tickets.name_of(Queue(row.queue), row.door) for row in rows.values()])
    return len(rows)


async def cancel(orders: Sequence[str]) -> None:
    """Stop the queued and running jobs of some orders. A runner sees it when it reports progress."""
    for order in orders:
        await change(_CANCEL, [order])


async def of_deed(
    connection: BaseDBAsyncClient, id_: str | None, order: str | None
) -> tuple[Job | None, tuple[Job, ...]]:
    """The job with an id, and the queued and running ones of an order, else of that job's; oldest first."""
    if id_ is None and order is None:
        return None, ()
    found = [job_of(row) for row in await select(connection, _OF_DEED, [id_, order, id_])]
    job = next((each for each in found if each.id == id_), None)
    named = order or (job.order if job else None)
    return job, tuple(each for each in found if each.state in ALIVE and named and each.order == named)


async def any_alive() -> bool:
    """Whether a job is queued or running."""
    return bool(await select(here(), ANY_ALIVE))
