"""Which columns each entity of the core has beside its `data`, and moving one under its guard."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.agreements import Agreement
from core.bookings import Booking
from core.bulks import Bulk, BulkMember
from core.changes import Move
from core.complaints import Complaint
from core.decisions import Decision
from core.members import Member
from core.orders import Order, OrderState
from core.organisations import Organisation
from core.people import Person
from core.ports import Outdated
from core.quotes import Quote
from core.refunds import Dispute, Refund
from core.revisions import Batch
from core.songs import Song, Version
from core.threads import Thread
from core.tills import Charge
from storage.codec import dump
from storage.database import change, insert


@dataclass(frozen=True, slots=True)
class Shape:
    """The table of a kind of entity: its columns beside id, rev and data, and whether `state` is guarded."""

    table: str
    columns: Callable[[Any], Mapping[str, Any]]
    stateful: bool = True


def _of_order(order: Order) -> Mapping[str, Any]:
    return {
        "number": order.number,
        "person": order.person,
        "state": order.state.value,
        "confidential": order.confidential,
        "due_at": order.due_at,
        "paid_at": order.paid_at,
        "paid_songs": order.paid_songs,
        "bulk": order.bulk,
        "agreement": order.deal.agreement if order.deal else None,
        "rating": order.rating,
        "invited": order.invitation.hash if order.invitation else None,
        "rebate": order.rebate if _bought(order) else None,
    }


def _bought(order: Order) -> bool:
    """Whether an order has its price, and what it was bought with counts as used."""
    return order.price is not None and order.state is not OrderState.CANCELLED


def _of_song(song: Song) -> Mapping[str, Any]:
    return {"order": song.order, "place": song.place, "state": song.state.value, "sha256": song.sha256}


def _of_version(version: Version) -> Mapping[str, Any]:
    return {
        "order": version.order,
        "song": version.song,
        "number": version.number,
        "state": version.state.value,
    }


def _of_batch(batch: Batch) -> Mapping[str, Any]:
    return {"order": batch.order, "number": batch.number, "state": batch.state.value}


def _of_charge(charge: Charge) -> Mapping[str, Any]:
    return {
        "order": charge.order,
        "person": charge.person,
        "till": charge.till,
        "state": charge.state.value,
    }


def _of_project(part: Quote | Booking | Complaint | Refund | Dispute | Decision) -> Mapping[str, Any]:
    return {"order": part.order, "state": part.state.value}


def _of_member(member: Member) -> Mapping[str, Any]:
    return {"order": member.order, "person": member.person, "state": member.state.value}


def _of_thread(thread: Thread) -> Mapping[str, Any]:
    return {
        "person": thread.person,
        "order": thread.order,
        "state": thread.state.value,
        "opened": thread.opened,
        "number": thread.number,
    }


def _of_agreement(agreement: Agreement) -> Mapping[str, Any]:
    return {
        "person": agreement.person,
        "number": agreement.number,
        "state": agreement.state.value,
        "due_at": agreement.due_at,
    }


SHAPES: Mapping[type[Any], Shape] = {
    Person: Shape("people", lambda person: {"role": person.role}, stateful=False),
    Order: Shape("orders", _of_order),
    Song: Shape("songs", _of_song),
    Version: Shape("versions", _of_version),
    Batch: Shape("batches", _of_batch),
    Charge: Shape("charges", _of_charge),
    Quote: Shape("quotes", _of_project),
    Booking: Shape("bookings", _of_project),
    Complaint: Shape("complaints", _of_project),
    Refund: Shape("refunds", _of_project),
    Dispute: Shape("disputes", _of_project),
    Decision: Shape("decisions", _of_project),
    Member: Shape("members", _of_member),
    Thread: Shape("threads", _of_thread),
    Organisation: Shape("organisations", lambda one: {"person": one.person}, stateful=False),
    Agreement: Shape("agreements", _of_agreement),
    Bulk: Shape("bulks", lambda one: {"person": one.person, "state": one.state.value, "due_at": one.due_at}),
    BulkMember: Shape("bulk_members", lambda one: {"person": one.person, "bulk": one.bulk}, stateful=False),
}


async def carry_out(moves: Iterable[Move[Any]]) -> None:
    """Make and change rows, each under its guard. Outdated if one is not as `before` says."""
    made: dict[str, list[Mapping[str, Any]]] = {}
    for move in moves:
        shape = SHAPES[type(move.after)]
        after = move.after
        if move.before is None:
            row = {"id": after.id, "rev": after.rev, "data": _data(after), **shape.columns(after)}
            made.setdefault(shape.table, []).append(row)
        else:
            await _change(shape, move.before, after)
    for table, rows in made.items():
        await insert(table, rows)


async def _change(shape: Shape, before: Any, after: Any) -> None:
    after = replace(after, rev=before.rev + 1)
    if after.id != before.id:
        raise ValueError(f"a move keeps its id: {before.id} became {after.id}")
    guard = {"id": before.id, "rev": before.rev}
    if shape.stateful:
        guard["state"] = before.state.value
    if not await update(shape, after, guard):
        raise Outdated(f"{type(after).__name__} {after.id} is not at rev {before.rev} any more")


async def update(shape: Shape, entity: Any, guard: Mapping[str, Any]) -> int:
    """Write an entity into the row that is as `guard` says; how many rows changed, those of triggers too."""
    columns = {"rev": entity.rev, "data": _data(entity), **shape.columns(entity)}
    sets = ", ".join(f'"{column}" = ?' for column in columns)
    where = " AND ".join(f"{column} = ?" for column in guard)
    sql = f"UPDATE {shape.table} SET {sets} WHERE {where}"  # noqa: S608
    return await change(sql, [*columns.values(), *guard.values()])


def _data(entity: Any) -> str:
    match entity:
        case Thread():
            return dump(replace(entity, entries=()))
        case Member():  # their account says what they are called
            return dump(replace(entity, name="", locale=""))
    return dump(entity)
