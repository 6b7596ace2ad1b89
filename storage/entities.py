"""Which columns each entity of the core has beside its `data`, and moving one under its guard."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.changes import Move
from core.orders import Order
from core.people import Person
from core.ports import Outdated
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
    Person: Shape("people", lambda _: {}, stateful=False),
    Order: Shape("orders", _of_order),
    Song: Shape("songs", _of_song),
    Version: Shape("versions", _of_version),
    Batch: Shape("batches", _of_batch),
    Charge: Shape("charges", _of_charge),
    Thread: Shape("threads", _of_thread),
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
    return dump(replace(entity, entries=()) if isinstance(entity, Thread) else entity)
