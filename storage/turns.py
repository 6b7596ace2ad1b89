"""Whose job is next.

Start-time fair queueing, decided when a slot is free, on three levels: plans by weight, within a plan the
communities, within a community its people; then age. `shares` keeps a tree of keys,
`queue/plan/community/person`. Each node has a tag, `vtime`: what it was served so far by the reckoning of its
siblings; and a `clock`: the tag of the child served last. The child with the smallest tag is next, but
nobody's tag counts for less than the clock: who was idle starts with those who are in work, without credit
for the time away. A person without a community is one of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tortoise.backends.base.client import BaseDBAsyncClient

from storage.database import insert, select

LINE = "plan || '/' || COALESCE(community, '~' || person) || '/' || person || '/' || COALESCE(door, '')"
"""The line that a job waits in; within it age alone decides. The index `jobs_in_line` says the same words."""

_QUEUED = "FROM jobs WHERE state = 'queued' AND queue = ?"

# From each line to the one behind it: as many steps as there are lines, however many jobs wait in them. Of
# each its oldest job, and the tags on the way down to it.
_BEST = f"""
WITH RECURSIVE lines(line) AS (
    SELECT * FROM (SELECT {LINE} AS line {_QUEUED} ORDER BY {LINE} LIMIT 1) AS first
    UNION ALL
    SELECT (SELECT {LINE} {_QUEUED} AND {LINE} > lines.line ORDER BY {LINE} LIMIT 1)
    FROM lines WHERE lines.line IS NOT NULL
), heads AS MATERIALIZED (
    SELECT (SELECT seq {_QUEUED} AND {LINE} = lines.line ORDER BY seq LIMIT 1) AS seq
    FROM lines WHERE lines.line IS NOT NULL
), ripe AS (
    SELECT jobs.seq, queue, plan, COALESCE(community, '~' || person) AS community, person
    FROM heads JOIN jobs ON jobs.seq = heads.seq
    WHERE (door IS NULL {{doors}}) {{others}}
)
SELECT ripe.seq, ripe.plan, ripe.community, ripe.person,
    CASE WHEN COALESCE(plan.vtime, 0) > COALESCE(root.clock, 0)
        THEN plan.vtime ELSE COALESCE(root.clock, 0) END AS plan_tag,
    CASE WHEN COALESCE(community.vtime, 0) > COALESCE(plan.clock, 0)
        THEN community.vtime ELSE COALESCE(plan.clock, 0) END AS community_tag,
    CASE WHEN COALESCE(person.vtime, 0) > COALESCE(community.clock, 0)
        THEN person.vtime ELSE COALESCE(community.clock, 0) END AS person_tag
FROM ripe
LEFT JOIN shares AS root ON root.key = ripe.queue
LEFT JOIN shares AS plan ON plan.key = ripe.queue || '/' || ripe.plan
LEFT JOIN shares AS community ON community.key = ripe.queue || '/' || ripe.plan || '/' || ripe.community
LEFT JOIN shares AS person
    ON person.key = ripe.queue || '/' || ripe.plan || '/' || ripe.community || '/' || ripe.person
ORDER BY plan_tag, {{weight}} DESC, community_tag, person_tag, seq
LIMIT 1
"""  # noqa: S608


_FEWER_HELD = """
    AND (
        SELECT COUNT(*) FROM jobs AS held
        WHERE held.engine_id IS NOT NULL AND held.state = 'running' AND held.queue = ?
            AND held.person = jobs.person
    ) < ?
"""


@dataclass(frozen=True, slots=True)
class Turn:
    """The job whose turn it is, and the tags by which it was chosen."""

    seq: int
    plan: str
    community: str
    person: str
    plan_tag: float
    community_tag: float
    person_tag: float


async def best(
    connection: BaseDBAsyncClient,
    queue: str,
    doors: Sequence[str],
    weights: Mapping[str, int],
    most: int | None = None,
) -> Turn | None:
    """The queued job that is next in a queue, among those that need no door or one of `doors`.

    Whoever has `most` of that queue running is passed over.
    """
    of_doors = f"OR door IN ({', '.join('?' * len(doors))})" if doors else ""
    heavier = " ".join(f"WHEN ? THEN {int(weight)}" for weight in weights.values())
    weight = f"CASE ripe.plan {heavier} ELSE 1 END" if weights else "1"
    others, held = ("", []) if most is None else (_FEWER_HELD, [queue, most])
    values = [queue, queue, queue, *doors, *held, *weights]
    found = await select(connection, _BEST.format(doors=of_doors, others=others, weight=weight), values)
    return Turn(**found[0]) if found else None


async def charge(queue: str, turn: Turn, cost: float, weight: int) -> None:
    """Reckon a job to its plan, community and person; `cost` in expected seconds of a core."""
    plan = f"{queue}/{turn.plan}"
    community = f"{plan}/{turn.community}"
    person = f"{community}/{turn.person}"
    nodes = [
        (queue, "queue", 0.0, turn.plan_tag),
        (plan, "plan", turn.plan_tag + cost / weight, turn.community_tag),
        (community, "community", turn.community_tag + cost, turn.person_tag),
        (person, "person", turn.person_tag + cost, 0.0),
    ]
    rows = [
        {"key": key, "level": level, "vtime": vtime, "clock": clock} for key, level, vtime, clock in nodes
    ]
    newer = "ON CONFLICT (key) DO UPDATE SET vtime = excluded.vtime, clock = excluded.clock"
    await insert("shares", rows, newer)
