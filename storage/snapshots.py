"""Reading what one deed can touch, in a number of queries that does not grow with what is read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from tortoise.expressions import Q, Subquery

from core.orders import OPEN, Order, Project
from core.people import Person, StaffDesk
from core.revisions import Batch
from core.snapshot import Needs, Snapshot
from core.songs import Song, Version
from core.threads import Entry, Thread, ThreadState
from core.tills import Charge
from storage import jobs, ledger
from storage.codec import read
from storage.models import (
    BatchRow,
    ChargeRow,
    EntryRow,
    IdentityRow,
    JobRow,
    OrderRow,
    PersonRow,
    SongRow,
    StaffDeskRow,
    ThreadRow,
    VersionRow,
)

T = TypeVar("T")

MOST_OPEN = 50  # orders of the actor
MOST_WAITING = 50  # threads that wait for staff
FIRST_NUMBER = 1000

_OPEN = sorted(state.value for state in OPEN)


async def load(needs: Needs, currency: str) -> Snapshot:
    """Answer `needs`."""
    accounts = await _accounts(needs)
    actor = needs.account or accounts.get((needs.door, needs.external or ""))
    target = accounts.get(needs.target) if needs.target else None
    job_row = await JobRow.get_or_none(id=needs.job) if needs.job else None
    job = jobs.job_of(job_row) if job_row else None
    named = needs.order or (job.order if job else None)

    threads = await _threads(needs, actor)
    thread = next((thread for thread in threads if thread.id == needs.thread), None)
    if needs.thread is None:
        own = (one for one in threads if one.person == actor and one.state is not ThreadState.CLOSED)
        thread = max(own, key=lambda one: one.opened, default=None)

    waiting = [thread for thread in threads if needs.waiting and thread.state is ThreadState.WAITING]

    orders = await _orders(named, actor, [thread.order for thread in waiting if thread.order])
    order = next((order for order in orders if order.id == named), None)
    artist = order.person if order else thread.person if needs.thread and thread else actor
    twin = await _twin(needs.sha256, artist, named) if needs.sha256 and artist else None
    projects = await _projects([*orders, *([twin] if twin else [])])

    people = await _people({account for account in (actor, artist, target) if account})
    newest = await OrderRow.all().order_by("-number").first()
    return Snapshot(
        currency=currency,
        actor=people.get(actor or ""),
        artist=people.get(artist or ""),
        project=projects.get(named or ""),
        open=tuple([projects[one.id] for one in orders if _is_open(one, actor)][:MOST_OPEN]),
        balance=await ledger.balance(artist) if artist else None,
        next_number=newest.number + 1 if newest else FIRST_NUMBER,
        desks=tuple([read(StaffDesk, row.data) for row in await StaffDeskRow.all().order_by("id")]),
        thread=thread,
        waiting=tuple([(thread, projects.get(thread.order or "")) for thread in waiting]),
        job=job,
        running=await jobs.of_order(named) if named else (),
        twin=projects[twin.id] if twin else None,
        target=people.get(target or ""),
    )


def _is_open(order: Order, actor: str | None) -> bool:
    return order.person == actor and order.state in OPEN


async def person_of(door: str, external: str) -> Person | None:
    """Who somebody is at a door."""
    row = await IdentityRow.get_or_none(door=door, external=external)
    people = await _people({row.person}) if row else {}
    return people.get(row.person) if row else None


async def _accounts(needs: Needs) -> Mapping[tuple[str, str], str]:
    known = [(needs.door, needs.external), *([needs.target] if needs.target else [])]
    asked = [Q(door=door, external=external) for door, external in known if external is not None]
    rows = await IdentityRow.filter(Q(*asked, join_type=Q.OR)) if asked else []
    return {(row.door, row.external): row.person for row in rows}


async def _people(accounts: set[str]) -> Mapping[str, Person]:
    rows = await PersonRow.filter(id__in=sorted(accounts)) if accounts else []
    return {row.id: read(Person, row.data) for row in rows}


async def _threads(needs: Needs, actor: str | None) -> list[Thread]:
    """The thread that was named, else the actor's open ones, and any that wait; each with its entries."""
    asked = []
    if needs.waiting:
        waiting = ThreadRow.filter(state=ThreadState.WAITING).order_by("opened").limit(MOST_WAITING)
        asked.append(Q(id__in=Subquery(waiting.values("id"))))
    if needs.thread:
        asked.append(Q(id=needs.thread))
    elif actor:
        asked.append(Q(person=actor, state__not=ThreadState.CLOSED))
    rows = await ThreadRow.filter(Q(*asked, join_type=Q.OR)).order_by("opened") if asked else []
    if not rows:
        return []
    entries = defaultdict(list)
    for row in await EntryRow.filter(thread__in=[row.id for row in rows]).order_by("seq"):
        entries[row.thread].append(read(Entry, row.data))
    return [replace(read(Thread, row.data), entries=tuple(entries[row.id])) for row in rows]


async def _orders(named: str | None, actor: str | None, spoken_of: Sequence[str]) -> list[Order]:
    """The order that was named, the actor's open ones and those that threads are about, newest first."""
    own = OrderRow.filter(person=actor, state__in=_OPEN).order_by("-number").limit(MOST_OPEN)
    asked = [Q(id=named)] if named else []
    asked += [Q(id__in=Subquery(own.values("id")))] if actor else []
    asked += [Q(id__in=list(spoken_of))] if spoken_of else []
    rows = await OrderRow.filter(Q(*asked, join_type=Q.OR)).order_by("-number") if asked else []
    return [read(Order, row.data) for row in rows]


async def _twin(sha256: str, artist: str, named: str | None) -> Order | None:
    """The newest other order of an artist that holds a file with this content."""
    same = SongRow.filter(sha256=sha256).values("order")
    others = OrderRow.filter(person=artist, id__in=Subquery(same)).exclude(id=named or "")
    row = await others.order_by("-number").first()
    return read(Order, row.data) if row else None


async def _projects(orders: Sequence[Order]) -> Mapping[str, Project]:
    ids = sorted({order.id for order in orders})
    if not ids:
        return {}
    songs = _by_order(Song, await SongRow.filter(order__in=ids).order_by("place", "id"))
    versions = _by_order(Version, await VersionRow.filter(order__in=ids).order_by("number", "id"))
    batches = _by_order(Batch, await BatchRow.filter(order__in=ids).order_by("number", "id"))
    charges = _by_order(Charge, await ChargeRow.filter(order__in=ids).order_by("id"))
    return {
        order.id: Project(order, songs[order.id], versions[order.id], batches[order.id], charges[order.id])
        for order in orders
    }


def _by_order(
    kind: type[T], rows: Sequence[SongRow | VersionRow | BatchRow | ChargeRow]
) -> dict[str, tuple[T, ...]]:
    found: dict[str, tuple[T, ...]] = defaultdict(tuple)
    for row in rows:
        found[row.order] += (read(kind, row.data),)
    return found
