"""Which columns each entity of the core has beside its `data`, and moving one under its guard."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tortoise.models import Model

from core.changes import Move
from core.orders import Order
from core.people import Person
from core.ports import Outdated
from core.revisions import Batch
from core.songs import Song, Version
from core.threads import Thread
from core.tills import Charge
from storage.codec import dump
from storage.models import BatchRow, ChargeRow, OrderRow, PersonRow, SongRow, ThreadRow, VersionRow


@dataclass(frozen=True, slots=True)
class Shape:
    """The table of a kind of entity: its columns beside id, rev and data, and whether `state` is guarded."""

    row: type[Model]
    columns: Callable[[Any], Mapping[str, Any]]
    stateful: bool = True


def _of_order(order: Order) -> Mapping[str, Any]:
    return {
        "number": order.number,
        "person": order.person,
        "state": order.state.value,
        "confidential": order.confidential,
        "due_at": order.due_at,
    }


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


def _of_thread(thread: Thread) -> Mapping[str, Any]:
    return {
        "person": thread.person,
        "order": thread.order,
        "state": thread.state.value,
        "opened": thread.opened,
    }


SHAPES: Mapping[type[Any], Shape] = {
    Person: Shape(PersonRow, lambda _: {}, stateful=False),
    Order: Shape(OrderRow, _of_order),
    Song: Shape(SongRow, _of_song),
    Version: Shape(VersionRow, _of_version),
    Batch: Shape(BatchRow, _of_batch),
    Charge: Shape(ChargeRow, _of_charge),
    Thread: Shape(ThreadRow, _of_thread),
}


async def carry_out(moves: Iterable[Move[Any]]) -> None:
    """Make and change rows, each under its guard. Outdated if one is not as `before` says."""
    made: dict[type[Model], list[Model]] = {}
    for move in moves:
        shape = SHAPES[type(move.after)]
        after = move.after
        if move.before is None:
            row = shape.row(id=after.id, rev=after.rev, data=_data(after), **shape.columns(after))
            made.setdefault(shape.row, []).append(row)
        else:
            await _change(shape, move.before, after)
    for row_type, rows in made.items():
        await row_type.bulk_create(rows)


async def _change(shape: Shape, before: Any, after: Any) -> None:
    after = replace(after, rev=before.rev + 1)
    if after.id != before.id:
        raise ValueError(f"a move keeps its id: {before.id} became {after.id}")
    guard = {"id": before.id, "rev": before.rev}
    if shape.stateful:
        guard["state"] = before.state.value
    columns = shape.columns(after)
    changed = await shape.row.filter(**guard).update(rev=after.rev, data=_data(after), **columns)
    if not changed:  # SQLite counts what triggers change too
        raise Outdated(f"{type(after).__name__} {after.id} is not at rev {before.rev} any more")


def _data(entity: Any) -> str:
    return dump(replace(entity, entries=()) if isinstance(entity, Thread) else entity)
