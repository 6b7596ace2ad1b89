"""Reading what one deed can touch, in as few statements as it takes to know what to ask next.

Who speaks, their threads and jobs come first: they say which orders are meant. All of those are then one
statement, whose rows say of what part they are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.ledger import of_credit
from core.linking import LinkCode
from core.messages import HOUSE
from core.money import Money
from core.orders import JOINABLE, OPEN, Order, Project
from core.people import Person, StaffDesk
from core.ports import Unheard
from core.revisions import Batch
from core.snapshot import Needs, Snapshot
from core.songs import Song, Version
from core.threads import Entry, Thread, ThreadState
from core.tills import Charge
from core.uploads import Upload
from storage import jobs
from storage.codec import read
from storage.database import moment, select

MOST_OPEN = 50  # orders of the actor
MOST_WAITING = 50  # threads that wait for staff
FIRST_NUMBER = 1000

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))
_JOINABLE = ", ".join(f"'{state}'" for state in sorted(JOINABLE))

# The orders that are meant: the one that was named, the actor's open ones and some of the others, the
# artist's newest other one that holds the same file, and those that waiting threads are about. With them all
# that belongs to them.
_ALL = f"""
WITH artist(id) AS (
    SELECT COALESCE((SELECT person FROM orders WHERE id = ?), CAST(? AS VARCHAR(64)))
), own(id) AS (
    SELECT id FROM orders WHERE person = ? AND state IN ({_OPEN}) ORDER BY number DESC LIMIT {MOST_OPEN}
), past(id) AS (
    SELECT id FROM orders WHERE person = ? AND state NOT IN ({_OPEN}) ORDER BY number DESC LIMIT ?
), twin(id) AS (
    SELECT other.id FROM songs AS same JOIN orders AS other ON other.id = same."order"
    WHERE same.sha256 = ? AND other.person = (SELECT id FROM artist) AND other.id <> ?
    ORDER BY other.number DESC LIMIT 1
), meant(id) AS (
    SELECT id FROM orders WHERE id IN ({{named}}) UNION SELECT id FROM own UNION SELECT id FROM past
    UNION SELECT id FROM twin
)
SELECT 'order' AS part, id AS of, number AS place, id, data FROM orders WHERE id IN (SELECT id FROM meant)
UNION ALL SELECT 'song', "order", place, id, data FROM songs WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'version', "order", number, id, data FROM versions WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'batch', "order", number, id, data FROM batches WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'charge', "order", 0, id, data FROM charges WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'upload', "order", seq, id, data FROM uploads
    WHERE state <> 'gone' AND "order" IN (
        SELECT id FROM orders WHERE id IN (SELECT id FROM meant) AND state IN ({_JOINABLE})
    )
UNION ALL SELECT 'past', id, 0, '', '' FROM past
UNION ALL SELECT 'twin', id, 0, '', '' FROM twin
UNION ALL SELECT 'artist', id, 0, '', '' FROM artist
UNION ALL SELECT 'person', id, 0, id, data FROM people WHERE id IN (?, ?, (SELECT id FROM artist))
UNION ALL SELECT 'credit', name, balance, currency, '' FROM accounts
    WHERE name = '{of_credit("")}' || (SELECT id FROM artist)
UNION ALL SELECT 'desk', '', id, '', data FROM staff_desks
UNION ALL SELECT 'newest', '', MAX(number), '', '' FROM orders
"""  # noqa: S608

_THREADS = """
SELECT thread.data, entry.data AS entry
FROM threads AS thread LEFT JOIN thread_entries AS entry ON entry.thread = thread.id
WHERE {asked} ORDER BY thread.opened, thread.id, entry.seq
"""

_WAITING = f"""thread.id IN (
    SELECT id FROM threads WHERE state = '{ThreadState.WAITING}' ORDER BY opened LIMIT {MOST_WAITING})"""  # noqa: S608


async def load(connection: BaseDBAsyncClient, needs: Needs, currency: str) -> Snapshot:
    """Answer `needs`."""
    accounts = await _accounts(connection, needs)
    asking = _BY_ACCOUNT if needs.external is None else (needs.door, needs.external)
    actor, away = accounts.get(asking, (needs.account, None))
    target, _ = accounts.get(needs.target, (None, None)) if needs.target else (None, None)
    code, giver = await _given(connection, needs.code, currency)
    job, running = await jobs.of_deed(connection, needs.job, needs.order)
    named = needs.order or (job.order if job else None)

    threads = await _threads(connection, needs, actor)
    thread = next((thread for thread in threads if thread.id == needs.thread), None)
    if needs.thread is None:
        own = (one for one in threads if one.person == actor and one.state is not ThreadState.CLOSED)
        thread = max(own, key=lambda one: one.opened, default=None)
    waiting = [thread for thread in threads if needs.waiting and thread.state is ThreadState.WAITING]

    spoken_of = [order for order in (named, *(thread.order for thread in waiting)) if order]
    otherwise = thread.person if needs.thread and thread else actor
    rows = await select(
        connection,
        _ALL.format(named=", ".join("?" * len(spoken_of)) or "NULL"),
        [named, otherwise, actor, actor, needs.past, needs.sha256, named or "", *spoken_of, actor, target],
    )
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["place"] or 0, row["id"])):
        parts[row["part"]].append(row)
    projects = _projects(parts)
    people = {row["id"]: read(Person, row["data"]) for row in parts["person"]}
    past = {row["of"] for row in parts["past"]}
    twin = next((projects[row["of"]] for row in parts["twin"]), None)
    credit = next((Money(row["place"], row["id"]) for row in parts["credit"]), None)
    return Snapshot(
        currency=currency,
        actor=people.get(actor or ""),
        artist=people.get(parts["artist"][0]["of"] or ""),
        project=projects.get(named or ""),
        open=tuple([one for one in projects.values() if _is_open(one.order, actor)][:MOST_OPEN]),
        past=tuple([one for one in projects.values() if one.order.id in past]),
        balance=credit,
        next_number=(parts["newest"][0]["place"] or FIRST_NUMBER - 1) + 1,
        desks=tuple([read(StaffDesk, row["data"]) for row in parts["desk"]]),
        thread=thread,
        about=tuple(one for one in threads if needs.about and _is_about(one, named)),
        waiting=tuple([(thread, projects.get(thread.order or "")) for thread in waiting]),
        job=job,
        running=running,
        uploads=tuple([read(Upload, row["data"]) for row in parts["upload"]]),
        twin=twin,
        target=people.get(target or ""),
        away=away is not None,
        code=code,
        giver=giver,
    )


def _is_about(thread: Thread, order: str | None) -> bool:
    return order is not None and thread.order == order and thread.state is not ThreadState.CLOSED


def _is_open(order: Order, actor: str | None) -> bool:
    return order.person == actor and order.state in OPEN


_PERSON = """
SELECT data FROM people WHERE id = (SELECT person FROM identities WHERE door = ? AND external = ?)
"""


async def person_of(connection: BaseDBAsyncClient, door: str, external: str) -> Person | None:
    """Who somebody is at a door."""
    found = await select(connection, _PERSON, [door, external])
    return read(Person, found[0]["data"]) if found else None


_UNHEARD = f"""
SELECT external, address, last_seen FROM identities AS known
WHERE door = ? AND EXISTS (SELECT 1 FROM orders WHERE orders.person = known.person AND state IN ({_OPEN}))
ORDER BY last_seen DESC
"""  # noqa: S608


async def unheard(connection: BaseDBAsyncClient, door: str) -> list[Unheard]:
    """Who has an open order and was seen at a door, those seen last first."""
    return [
        Unheard(row["external"], row["address"], moment(row["last_seen"]))
        for row in await select(connection, _UNHEARD, [door])
    ]


async def _given(
    connection: BaseDBAsyncClient, hash_: str | None, currency: str
) -> tuple[LinkCode | None, Snapshot | None]:
    """A code that somebody says, and what is known of who was given it."""
    found = (
        await select(connection, "SELECT data, person FROM link_codes WHERE hash = ?", [hash_])
        if hash_
        else []
    )
    for row in found:
        code = replace(read(LinkCode, row["data"]), person=row["person"])
        return code, await load(connection, Needs(HOUSE, account=code.person), currency)
    return None, None


# An account by a name that is not its own any more stands beside the identities, as one of the house.
_BY_ACCOUNT = (HOUSE, "")
_JOINED = f"SELECT '{HOUSE}' AS door, '' AS external, joined AS person, NULL AS away FROM people WHERE id = ?"  # noqa: S608


async def _accounts(
    connection: BaseDBAsyncClient, needs: Needs
) -> Mapping[tuple[str, str], tuple[str | None, str | None]]:
    """The account of each identity that is asked for, and why its door may not reach it, if so."""
    known = [(needs.door, needs.external), *([needs.target] if needs.target else [])]
    asked = [name for pair in known if pair[1] is not None for name in pair]
    parts = ["SELECT door, external, person, away FROM identities WHERE door = ? AND external = ?"] * (
        len(asked) // 2
    )
    if needs.account is not None:
        parts.append(f"{_JOINED} AND joined IS NOT NULL")
        asked.append(needs.account)
    if not parts:
        return {}
    rows = await select(connection, " UNION ALL ".join(parts), asked)
    return {(row["door"], row["external"]): (row["person"], row["away"]) for row in rows}


async def _threads(connection: BaseDBAsyncClient, needs: Needs, actor: str | None) -> list[Thread]:
    """The thread that was named, else the actor's open ones; others that are asked for. Each with entries."""
    asked = [_WAITING] if needs.waiting else []
    values = []
    if needs.thread:
        asked.append("thread.id = ?")
        values.append(needs.thread)
    elif actor:
        asked.append(f"(thread.person = ? AND thread.state <> '{ThreadState.CLOSED}')")
        values.append(actor)
    if needs.about and needs.order:
        of_artist = "thread.person = (SELECT person FROM orders WHERE id = ?)"
        asked.append(f"({of_artist} AND thread.state <> '{ThreadState.CLOSED}' AND thread.\"order\" = ?)")
        values += [needs.order, needs.order]
    if not asked:
        return []
    threads: dict[str, Thread] = {}
    for row in await select(connection, _THREADS.format(asked=" OR ".join(asked)), values):
        thread = read(Thread, row["data"])
        entries = threads.get(thread.id, thread).entries
        more = (read(Entry, row["entry"]),) if row["entry"] else ()
        threads[thread.id] = replace(thread, entries=entries + more)
    return list(threads.values())


def _projects(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> Mapping[str, Project]:
    """The orders, newest first, each with its parts in order."""

    def of(part: str, kind: type[Any]) -> Mapping[str, tuple[Any, ...]]:
        found: dict[str, tuple[Any, ...]] = defaultdict(tuple)
        for row in parts.get(part, ()):
            found[row["of"]] += (read(kind, row["data"]),)
        return found

    songs, versions, batches = of("song", Song), of("version", Version), of("batch", Batch)
    charges = of("charge", Charge)
    orders = [read(Order, row["data"]) for row in reversed(parts.get("order", ()))]
    return {
        order.id: Project(order, songs[order.id], versions[order.id], batches[order.id], charges[order.id])
        for order in orders
    }
