"""Reading what one deed can touch, in as few statements as it takes to know what to ask next.

Who speaks, their threads and jobs come first: they say which orders are meant. All of those are then one
statement, whose rows say of what part they are.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core import audit
from core.agreements import Agreement, Running
from core.bookings import Booking
from core.complaints import Complaint
from core.decisions import Decision
from core.ledger import of_credit
from core.linking import LinkCode
from core.members import Member, MemberState
from core.messages import HOUSE, Card
from core.money import Money
from core.orders import JOINABLE, OPEN, Order, Project
from core.people import Colleague, Person, Right, StaffDesk, holders
from core.ports import Unheard
from core.quotes import Quote
from core.refunds import Dispute, Refund
from core.revisions import Batch
from core.snapshot import FIRST_NUMBER, Needs, Snapshot
from core.songs import Song, Version
from core.terms import Terms
from core.threads import Entry, Thread, ThreadState
from core.tills import Charge
from core.trade import Trade
from core.uploads import Upload
from storage import chain, jobs, trade
from storage.board import read_board
from storage.codec import read
from storage.database import moment, select

MOST_OPEN = 50  # orders of the actor
MOST_CLOSED = 10  # threads of the actor that their words may open again
MOST_WAITING = 50  # threads that wait for staff

_OPEN = ", ".join(f"'{state}'" for state in sorted(OPEN))
_DECIDING = ", ".join(f"'{role}'" for role in holders(Right.MONEY))
_JOINABLE = ", ".join(f"'{state}'" for state in sorted(JOINABLE))
_IN = MemberState.IN.value

# The orders that are meant: the one that was named, the actor's open ones and some of the others, open ones
# that the actor is a member of, the artist's newest other one that holds the same file, and those that
# waiting threads are about. With them all that belongs to them.
_ALL = f"""
WITH artist(id) AS (
    SELECT COALESCE((SELECT person FROM orders WHERE id = ?), CAST(? AS VARCHAR(64)))
), own(id) AS (
    SELECT id FROM orders WHERE person = ? AND state IN ({_OPEN}) ORDER BY number DESC LIMIT {MOST_OPEN}
), past(id) AS (
    SELECT id FROM orders WHERE person = ? AND state NOT IN ({_OPEN}) ORDER BY number DESC LIMIT ?
), shared(id) AS (
    SELECT orders.id FROM members JOIN orders ON orders.id = members."order"
    WHERE members.person = ? AND members.state = '{_IN}' AND orders.state IN ({_OPEN})
    ORDER BY orders.number DESC LIMIT {MOST_OPEN}
), twin(id) AS (
    SELECT other.id FROM songs AS same JOIN orders AS other ON other.id = same."order"
    WHERE same.sha256 = ? AND other.person = (SELECT id FROM artist) AND other.id <> ?
    ORDER BY other.number DESC LIMIT 1
), meant(id) AS (
    SELECT id FROM orders WHERE id IN ({{named}}) UNION SELECT id FROM own UNION SELECT id FROM past
    UNION SELECT id FROM shared UNION SELECT id FROM twin
)
SELECT 'order' AS part, id AS of, number AS place, id, data FROM orders WHERE id IN (SELECT id FROM meant)
UNION ALL SELECT 'song', "order", place, id, data FROM songs WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'version', "order", number, id, data FROM versions WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'batch', "order", number, id, data FROM batches WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'charge', "order", 0, id, data FROM charges WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'quote', "order", seq, id, data FROM quotes WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'booking', "order", seq, id, data FROM bookings WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'complaint', "order", seq, id, data FROM complaints WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'refund', "order", seq, id, data FROM refunds WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'dispute', "order", seq, id, data FROM disputes WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'decision', "order", seq, id, data FROM decisions WHERE "order" IN (SELECT id FROM meant)
UNION ALL SELECT 'member', "order", seq, id, data FROM members
    WHERE "order" IN (SELECT id FROM meant) AND state = '{_IN}'
UNION ALL SELECT 'fellow', id, 0, id, data FROM people WHERE id IN (
    SELECT person FROM members WHERE "order" IN (SELECT id FROM meant) AND state = '{_IN}'
)
UNION ALL SELECT 'upload', "order", seq, id, data FROM uploads
    WHERE state <> 'gone' AND "order" IN (
        SELECT id FROM orders WHERE id IN (SELECT id FROM meant) AND state IN ({_JOINABLE})
    )
UNION ALL SELECT 'past', id, 0, '', '' FROM past
UNION ALL SELECT 'shared', id, 0, '', '' FROM shared
UNION ALL SELECT 'twin', id, 0, '', '' FROM twin
UNION ALL SELECT 'artist', id, 0, '', '' FROM artist
UNION ALL SELECT 'person', id, 0, id, data FROM people WHERE id IN (?, ?, (SELECT id FROM artist))
UNION ALL SELECT 'credit', name, balance, currency, '' FROM accounts
    WHERE name = '{of_credit("")}' || (SELECT id FROM artist)
UNION ALL SELECT 'desk', '', id, '', data FROM staff_desks
UNION ALL SELECT 'manager', '', COUNT(*), '', '' FROM people
    WHERE role IN ({_DECIDING}) AND joined IS NULL
UNION ALL SELECT 'newest', '', MAX(number), '', '' FROM orders
UNION ALL SELECT 'ticket', '', MAX(number), '', '' FROM threads
UNION ALL SELECT 'agreement', '', number, id, data FROM agreements
    WHERE person = (SELECT id FROM artist) AND state IN ({trade.LIVE_STATES})
UNION ALL SELECT 'used', agreement, songs, '', '' FROM ({
    trade.USED.format(of="SELECT id FROM agreements WHERE person = (SELECT id FROM artist)")
}) AS used
UNION ALL SELECT 'terms', '', 0, '', data FROM terms WHERE sha256 = ?
UNION ALL SELECT 'rebate', rebate, 0, '', '' FROM orders
    WHERE person = (SELECT id FROM artist) AND rebate IS NOT NULL
UNION ALL SELECT 'month', '', SUM(paid_songs), '', '' FROM orders
    WHERE person = (SELECT id FROM artist) AND paid_at >= ? AND bulk IS NULL AND state <> 'cancelled'
"""  # noqa: S608

_THREADS = """
SELECT thread.data, thread.number, entry.data AS entry
FROM threads AS thread LEFT JOIN thread_entries AS entry ON entry.thread = thread.id
WHERE {asked} ORDER BY thread.opened, thread.number, entry.seq
"""

_LATELY_CLOSED = f"""thread.id IN (
    SELECT id FROM threads WHERE person = ? AND state = '{ThreadState.CLOSED}'
    ORDER BY opened DESC LIMIT {MOST_CLOSED})"""  # noqa: S608

_WAITING = f"""thread.id IN (
    SELECT id FROM threads WHERE state = '{ThreadState.WAITING}' ORDER BY opened LIMIT {MOST_WAITING})"""  # noqa: S608


async def load(connection: BaseDBAsyncClient, needs: Needs, currency: str) -> Snapshot:
    """Answer `needs`."""
    needs = await _numbered(connection, needs)
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

    dealt = await trade.named(connection, needs.trade)
    about = (
        await trade.about(connection, needs.trade, dealt, actor, named) if needs.trade.any else trade.About()
    )

    spoken_of = [order for order in (named, *(thread.order for thread in waiting), *about.orders) if order]
    otherwise = thread.person if needs.thread and thread else actor
    if dealt.agreement and (needs.trade.agreement or needs.trade.number is not None):
        otherwise = dealt.agreement.person
    rows = await select(
        connection,
        _ALL.format(named=", ".join("?" * len(spoken_of)) or "NULL"),
        [
            *(named, otherwise, actor, actor, needs.past, actor, needs.sha256, named or "", *spoken_of),
            *(actor, target, needs.agreed, needs.month),
        ],
    )
    parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["place"] or 0, row["id"])):
        parts[row["part"]].append(row)
    projects = _projects(parts)
    people = {row["id"]: read(Person, row["data"]) for row in parts["person"]}
    past = {row["of"] for row in parts["past"]}
    shared = {row["of"] for row in parts["shared"]}
    twin = next((projects[row["of"]] for row in parts["twin"]), None)
    credit = next((Money(row["place"], row["id"]) for row in parts["credit"]), None)
    return Snapshot(
        currency=currency,
        actor=people.get(actor or ""),
        artist=people.get(parts["artist"][0]["of"] or ""),
        project=projects.get(named or ""),
        open=tuple([one for one in projects.values() if _is_open(one.order, actor)][:MOST_OPEN]),
        shared=tuple([one for one in projects.values() if one.order.id in shared]),
        past=tuple([one for one in projects.values() if one.order.id in past]),
        balance=credit,
        next_number=(parts["newest"][0]["place"] or FIRST_NUMBER - 1) + 1,
        desks=tuple([read(StaffDesk, row["data"]) for row in parts["desk"]]),
        thread=thread,
        talks=tuple([one for one in reversed(threads) if one.person == actor]),
        next_ticket=(parts["ticket"][0]["place"] or 0) + 1,
        about=tuple(one for one in threads if needs.about and _is_about(one, named)),
        waiting=tuple([(thread, projects.get(thread.order or "")) for thread in waiting]),
        job=job,
        running=running,
        uploads=tuple([read(Upload, row["data"]) for row in parts["upload"]]),
        twin=twin,
        target=people.get(target or ""),
        answered=await _answered(connection, needs),
        board=await read_board(connection) if needs.board else None,
        audited=await _audited(connection, needs),
        staff=await _staff(connection) if needs.staff else (),
        card=await _card(connection, needs.card) if needs.card else None,
        managers=parts["manager"][0]["place"],
        away=away is not None,
        code=code,
        giver=giver,
        agreed=next((read(Terms, row["data"]) for row in parts["terms"]), None),
        rebates=frozenset(row["of"] for row in parts["rebate"]),
        trade=_trade(parts, dealt, about, projects),
    )


async def _card(connection: BaseDBAsyncClient, key: str) -> Card | None:
    """A card of the staff desks for which somebody still waits."""
    asked = "SELECT data FROM cards WHERE key = ? AND audience = 'staff' LIMIT 1"
    found = [read(Card, row["data"]) for row in await select(connection, asked, [key])]
    return next((card for card in found if not card.done), None)


async def _answered(connection: BaseDBAsyncClient, needs: Needs) -> str | None:
    """The card at a staff desk that a message replies to."""
    if needs.answers is None:
        return None
    found = await select(
        connection,
        "SELECT key FROM cards WHERE audience = 'staff' AND message = ? AND door = ? AND address = ?",
        [needs.answers[1], needs.door, needs.answers[0]],
    )
    return str(found[0]["key"]) if found else None


_STAFF = """
SELECT people.data, door, external FROM people LEFT JOIN identities ON identities.person = people.id
WHERE role IS NOT NULL AND people.joined IS NULL ORDER BY people.id, door, external
"""


async def _staff(connection: BaseDBAsyncClient) -> tuple[Colleague, ...]:
    """Everybody who has a role, and how their doors know them."""
    known: dict[str, Colleague] = {}
    for row in await select(connection, _STAFF):
        person = read(Person, row["data"])
        before = known[person.id].known_as if person.id in known else ()
        here = (f"{row['door']}:{row['external']}",) if row["door"] else ()
        known[person.id] = Colleague(person, (*before, *here))
    return tuple(known.values())


async def _audited(connection: BaseDBAsyncClient, needs: Needs) -> tuple[audit.Entry, ...]:
    """The newest entries of the audit trail: of the order whose number was said, else of all."""
    if not needs.audit:
        return ()
    return await chain.newest(connection, needs.audit, needs.order if needs.number is not None else None)


async def _numbered(connection: BaseDBAsyncClient, needs: Needs) -> Needs:
    """The needs with the id of the order that they name by its number, by a complaint about it, or by a code
    that lets people in.
    """
    if needs.order is not None:
        return needs
    if needs.complaint is not None:
        of = await select(connection, 'SELECT "order" FROM complaints WHERE id = ?', [needs.complaint])
        return replace(needs, order=of[0]["order"]) if of else needs
    if needs.number is None and needs.invitation is None:
        return needs
    column, value = ("number", needs.number) if needs.invitation is None else ("invited", needs.invitation)
    found = await select(connection, f"SELECT id FROM orders WHERE {column} = ?", [value])  # noqa: S608
    return replace(needs, order=found[0]["id"]) if found else needs


def _trade(
    parts: Mapping[str, Sequence[Mapping[str, Any]]],
    dealt: trade.Named,
    about: trade.About,
    projects: Mapping[str, Project],
) -> Trade:
    used = {row["of"]: int(row["place"]) for row in parts["used"]}
    own = [read(Agreement, row["data"]) for row in parts["agreement"]]
    running = [Running(one, used.get(one.id, 0)) for one in own]
    named = trade.in_running(dealt.agreement, about.used)
    return Trade(
        running=(
            *(one for one in running if one.agreement not in [other.agreement for other in named]),
            *named,
        ),
        month=int(parts["month"][0]["place"] or 0),
        organisations=about.organisations,
        agreement=dealt.agreement,
        deposit=about.deposit,
        bulk=dealt.bulk,
        payer=about.payer,
        tally=about.tally,
        members=about.members,
        dropped=about.dropped,
        songs=tuple([projects[id_] for id_ in about.orders if id_ in projects]),
        own=about.own,
        next_number=about.next_number,
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
        if needs.talks:
            asked.append(_LATELY_CLOSED)
            values.append(actor)
    if needs.about and needs.order:
        of_artist = "thread.person = (SELECT person FROM orders WHERE id = ?)"
        asked.append(f"({of_artist} AND thread.state <> '{ThreadState.CLOSED}' AND thread.\"order\" = ?)")
        values += [needs.order, needs.order]
    if not asked:
        return []
    threads: dict[str, Thread] = {}
    for row in await select(connection, _THREADS.format(asked=" OR ".join(asked)), values):
        thread = replace(read(Thread, row["data"]), number=row["number"])
        entries = threads.get(thread.id, thread).entries
        more = (read(Entry, row["entry"]),) if row["entry"] else ()
        threads[thread.id] = replace(thread, entries=entries + more)
    return list(threads.values())


_PARTS: Mapping[str, tuple[str, type[Any]]] = {
    "songs": ("song", Song),
    "versions": ("version", Version),
    "batches": ("batch", Batch),
    "charges": ("charge", Charge),
    "quotes": ("quote", Quote),
    "bookings": ("booking", Booking),
    "complaints": ("complaint", Complaint),
    "refunds": ("refund", Refund),
    "disputes": ("dispute", Dispute),
    "decisions": ("decision", Decision),
    "members": ("member", Member),
}
"""The parts of a project, by the names of its fields."""


def _projects(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> Mapping[str, Project]:
    """The orders, newest first, each with its parts in order."""

    def of(part: str, kind: type[Any]) -> Mapping[str, tuple[Any, ...]]:
        found: dict[str, tuple[Any, ...]] = defaultdict(tuple)
        for row in parts.get(part, ()):
            found[row["of"]] += (read(kind, row["data"]),)
        return found

    found = {name: of(part, kind) for name, (part, kind) in _PARTS.items()}
    orders = [read(Order, row["data"]) for row in reversed(parts.get("order", ()))]
    fellows = {row["id"]: read(Person, row["data"]) for row in parts.get("fellow", ())}
    projects = [Project(order, **{name: of[order.id] for name, of in found.items()}) for order in orders]
    return {project.order.id: _called(project, fellows) for project in projects}


def _called(project: Project, fellows: Mapping[str, Person]) -> Project:
    """A project whose members are called as their accounts say it."""
    members = [
        replace(member, name=person.name, locale=person.locale)
        for member in project.members
        if (person := fellows.get(member.person)) is not None
    ]
    return replace(project, members=tuple(members))
