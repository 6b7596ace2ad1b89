"""The inbox: what has happened, written down before it is acknowledged, until it is done or set aside.

An event's id in the table is its place in its lane. Whoever writes one down has the lane alone until that is
committed, so that none appears in front of one that was already seen.
"""

from collections.abc import Sequence

from tortoise.backends.base.client import BaseDBAsyncClient

from core.messages import HOUSE, WEB, Incoming, Kind
from core.people import account_id
from core.ports import Received
from storage import wakeups
from storage.codec import dump, read
from storage.database import change, here, select
from storage.locks import alone, held
from storage.wakeups import Subject

_WRITE_DOWN = """
INSERT INTO inbox (door, event_id, lane, state, tries, data) VALUES (?, ?, ?, 'undone', 0, ?)
ON CONFLICT (door, event_id) DO NOTHING
"""

_SEEN = "UPDATE identities SET last_seen = ? WHERE door = ? AND external = ? AND last_seen < ?"

# An event that is done leaves its name, by which it is known should it come again; what it said goes.
_FINISH = """
INSERT INTO inbox (door, event_id, lane, state, tries, data) VALUES (?, ?, '', 'done', 0, '')
ON CONFLICT (door, event_id) DO UPDATE SET state = 'done', lane = '', data = '' WHERE inbox.state <> 'done'
"""

_STUMBLED = """
UPDATE inbox SET tries = tries + 1, error = ? WHERE door = ? AND event_id = ? AND state = 'undone'
"""

_SET_ASIDE = "UPDATE inbox SET state = 'aside', reference = ? WHERE door = ? AND event_id = ?"

_HEADS = """
SELECT lane, tries, data FROM inbox WHERE id IN (
    SELECT MIN(id) FROM inbox WHERE state = 'undone' {idle} GROUP BY lane ORDER BY MIN(id) LIMIT ?
) ORDER BY id
"""


async def receive(incoming: Incoming) -> bool:
    """Write an event down; False if it stood there already. Notes where its person was seen last."""
    if not await write_down(incoming):
        return False
    if incoming.person is not None:
        await change(_SEEN, [incoming.at, incoming.door, incoming.person, incoming.at])
    wakeups.ring([Subject.INBOX])
    return True


async def write_down(incoming: Incoming) -> bool:
    """Put an event into the inbox; False if it was there."""
    lane = await _lane(incoming)
    await alone(f"lane/{lane}")
    return await change(_WRITE_DOWN, [incoming.door, incoming.event_id, lane, dump(incoming)]) == 1


async def undone(connection: BaseDBAsyncClient, busy: Sequence[str], limit: int) -> list[Received]:
    """The oldest undone event of each lane that is not busy, oldest first."""
    idle = f"AND lane NOT IN ({', '.join('?' * len(busy))})" if busy else ""
    rows = await select(connection, _HEADS.format(idle=idle), [*busy, limit])
    return [Received(read(Incoming, row["data"]), row["lane"], row["tries"]) for row in rows]


async def undone_of(door: str, events: Sequence[str]) -> list[str]:
    """Which of a door's events, by id, still stand undone."""
    if not events:
        return []
    among = ", ".join("?" * len(events))
    sql = f"SELECT event_id FROM inbox WHERE door = ? AND state = 'undone' AND event_id IN ({among})"  # noqa: S608
    return [row["event_id"] for row in await select(here(), sql, [door, *events])]


async def finish(incoming: Incoming) -> bool:
    """Mark an event done, whether or not it ever stood in the inbox; False if it was done before."""
    return await change(_FINISH, [incoming.door, incoming.event_id]) == 1


async def stumbled(incoming: Incoming, error: str, most: int) -> str | None:
    """Count a failed try. At the last one set the event aside and return its reference: its lane goes on.

    An event that was done meanwhile stays done. One that was never in the inbox stands there from now on.
    """
    await write_down(incoming)
    event = [incoming.door, incoming.event_id]
    counted = await change(_STUMBLED, [error, *event])
    (row,) = await select(here(), "SELECT tries, reference FROM inbox WHERE door = ? AND event_id = ?", event)
    if not counted or row["tries"] < most:
        reference: str | None = row["reference"]
        return reference
    await change(_SET_ASIDE, [incoming.reference, *event])
    await silence(incoming)
    return incoming.reference


async def silence(tick: Incoming) -> None:
    """Let the clock leave an order alone until its next change, so that a tick never comes for ever."""
    if tick.kind is Kind.TICK and tick.payload.get("order"):
        silenced = "UPDATE orders SET due_at = NULL WHERE id = ? AND due_at <= ?"
        await change(silenced, [tick.payload["order"], tick.at])


async def _lane(incoming: Incoming) -> str:
    """The account whose turn an event belongs to; an event of nobody has its place's own lane.

    Nobody's identity becomes another account's, and no account of a page another one, until this is written
    down: else it were in a lane of its own.
    """
    if incoming.person is None:
        return f"{incoming.door}|{incoming.place}"
    if incoming.door in (HOUSE, WEB):  # these know people by their accounts
        named, values = "SELECT joined FROM people WHERE id = ?", [incoming.person]
        if incoming.door == WEB:
            rows = await held(named, values, "KEY SHARE")
        else:  # no deed of a person; who tells it may have rows by now that a join waits for
            rows = await select(here(), named, values)
        return next((str(row["joined"]) for row in rows if row["joined"]), incoming.person)
    known = "SELECT person FROM identities WHERE door = ? AND external = ?"
    for row in await held(known, [incoming.door, incoming.person], "NO KEY UPDATE"):
        return str(row["person"])
    return account_id(incoming.door, incoming.person)


async def any_undone() -> bool:
    """Whether an event waits to be handled."""
    return bool(await select(here(), "SELECT 1 AS one FROM inbox WHERE state = 'undone' LIMIT 1"))
