"""What becomes of cards and notices when a place opens, closes or moves."""

import json
from collections.abc import Iterable
from datetime import datetime

from core.messages import Audience, Notice, To
from core.people import Identity, Reached, RoomMoved, StaffDesk
from storage import outbox
from storage.codec import dump, read
from storage.database import change, here, insert, select
from storage.locks import alone
from storage.places import NOWHERE, Away, Place, elsewhere, subject

MOST_SHOWN = 50
"""Waiting cards that a new staff desk is shown: the newest."""

_KNOWN_BETTER = """
ON CONFLICT (door, external)
DO UPDATE SET person = excluded.person, address = excluded.address, data = excluded.data
"""

_ARRIVE = """
UPDATE {table} SET door = ?, address = ? WHERE audience = ? AND "to" = ? AND door = '' AND address = ''
"""

# A card that leaves its place is another message elsewhere. Only one that is to be sent anyway is sent there;
# any other when it is wanted again.
_UPROOT = """
UPDATE cards SET door = ?, address = ?, message = NULL, sent_digest = NULL
WHERE audience = 'person' AND "to" = ? AND door = ? AND address = ?
"""

_WANTED_THERE = """
SELECT id, data FROM notices
WHERE audience = 'person' AND "to" = ? AND door = ? AND address = ? AND state = 'wanted' ORDER BY id
"""

# Cards that were refused here are sent whenever they are wanted again.
_TRY_AGAIN = """
UPDATE cards SET sent_digest = NULL
WHERE audience = 'person' AND "to" = ? AND door = ? AND address = ? AND reason IS NOT NULL
"""

_DONE = '%"done":true%'

_WAITING = """
SELECT key, data, digest FROM cards WHERE id IN (
    SELECT MAX(id) FROM cards WHERE audience = 'staff' AND data NOT LIKE ?
    GROUP BY key ORDER BY MAX(id) DESC LIMIT ?
) AND key NOT IN (SELECT key FROM cards WHERE audience = 'staff' AND door = ? AND address = ?) ORDER BY id
"""


_DOUBLES = (
    """
    DELETE FROM cards WHERE door = ? AND address = ? AND EXISTS (
        SELECT 1 FROM cards AS other WHERE other.key = cards.key AND other.audience = cards.audience
        AND other.door = ? AND other.address = ?)""",
    """
    DELETE FROM notices WHERE door = ? AND address = ? AND EXISTS (
        SELECT 1 FROM notices AS other WHERE other.notice = notices.notice
        AND other.door = ? AND other.address = ?)""",
)


async def arrive(to: To, place: Place) -> None:
    """An audience that was nowhere is at a place: what waited for it goes there."""
    for table in ("cards", "notices"):
        await change(_ARRIVE.format(table=table), [*place, to.audience.value, to.id])


async def know(identities: Iterable[Identity], desks: Iterable[StaffDesk], seen: datetime) -> None:
    """Write down identities and staff desks, and let what waited for them go there."""
    for identity in identities:
        await alone(subject(To.person(identity.person)))
        known = {
            "door": identity.door,
            "external": identity.external,
            "person": identity.person,
            "address": identity.address,
            "last_seen": seen,
            "data": dump(identity),
        }
        await insert("identities", [known], _KNOWN_BETTER)
        await arrive(To.person(identity.person), (identity.door, identity.address))
    for desk in desks:
        await alone(subject(To.staff()))
        made = {"door": desk.door, "address": desk.address, "data": dump(desk)}
        await insert("staff_desks", [made], "ON CONFLICT DO NOTHING")
        await arrive(To.staff(), (desk.door, desk.address))
        await _show_waiting(desk)


async def leave(desks: Iterable[StaffDesk]) -> None:
    """Rooms that are no staff desks any more are shown nothing from now on, not even what was on its way."""
    for desk in desks:
        await alone(subject(To.staff()))
        place = [desk.door, desk.address]
        await change("DELETE FROM staff_desks WHERE door = ? AND address = ?", place)
        at_it = f"audience = '{Audience.STAFF}' AND door = ? AND address = ?"
        await change(f"DELETE FROM cards WHERE {at_it}", place)  # noqa: S608
        await change(f"DELETE FROM notices WHERE {at_it} AND state = 'wanted'", place)  # noqa: S608


async def note(reached: Reached, at: datetime) -> None:
    """A door reaches somebody again, or does not any more."""
    named = [reached.door, reached.external]
    known = "SELECT person, address FROM identities WHERE door = ? AND external = ?"
    for row in await select(here(), known, named):
        away = None if reached.reachable else Away.REMOVED.value
        await change("UPDATE identities SET away = ? WHERE door = ? AND external = ?", [away, *named])
        place = (reached.door, row["address"])
        if reached.reachable:
            await _found(row["person"], place, reached)
        else:
            await _lost(row["person"], place, at)


async def _found(person: str, place: Place, reached: Reached) -> None:
    await arrive(To.person(person), place)
    await change(_TRY_AGAIN, [person, *place])
    if reached.again:
        among = ", ".join("?" * len(reached.again))
        again = f"""
            UPDATE notices SET state = 'wanted', sender = NULL, reason = NULL, door = ?, address = ?
            WHERE audience = 'person' AND "to" = ? AND state = 'refused' AND notice IN ({among})"""  # noqa: S608
        await change(again, [*place, person, *reached.again])


async def _lost(person: str, place: Place, at: datetime) -> None:
    other = await elsewhere(person, place)
    await change(_UPROOT, [*(other or NOWHERE), person, *place])
    for row in await select(here(), _WANTED_THERE, [person, *place]):
        notice = read(Notice, row["data"])
        if other:
            await outbox.redirect(row["id"], notice, other)
        else:
            await outbox.give_up(notice, place, "unreachable", at)


async def _show_waiting(desk: StaffDesk) -> None:
    """A new staff desk has the cards that wait at the others."""
    place = {"door": desk.door, "address": desk.address}
    (newest,) = await select(here(), "SELECT COALESCE(MAX(id), 0) AS id FROM notices")
    waiting = await select(here(), _WAITING, [_DONE, MOST_SHOWN, *place.values()])
    fixed = {"audience": Audience.STAFF.value, "to": "", "stale": True, "after": newest["id"]}
    await insert("cards", [{**row, **fixed, **place} for row in waiting])


async def move_room(moved: RoomMoved) -> None:
    """A room is at another address: its staff desk, its cards and what is to be sent there."""
    before, after = [moved.door, moved.before], [moved.door, moved.after]
    named = [f'"address":{json.dumps(address)}' for address in (moved.before, moved.after)]
    rooms = [To.room(*place).id for place in (before, after)]
    # What is there already stays; the moved one would be its double.
    desks = "SELECT 1 AS one FROM staff_desks WHERE door = ? AND address = ?"
    if await select(here(), desks, after):
        await change("DELETE FROM staff_desks WHERE door = ? AND address = ?", before)
    desk = "UPDATE staff_desks SET address = ?, data = REPLACE(data, ?, ?) WHERE door = ? AND address = ?"
    await change(desk, [moved.after, *named, *before])
    for double in _DOUBLES:
        await change(double, [*before, *after])
    to = [*(f'"id":{json.dumps(room)}' for room in rooms), *rooms]
    renamed = 'address = ?, data = REPLACE(data, ?, ?), "to" = CASE WHEN "to" = ? THEN ? ELSE "to" END'
    anew = "message = NULL, sent_digest = NULL, stale = (data NOT LIKE ?)"
    where = "door = ? AND address = ?"
    await change(
        f"UPDATE cards SET {renamed}, {anew} WHERE {where}",  # noqa: S608
        [moved.after, *to, _DONE, *before],
    )
    unsent = f"UPDATE notices SET {renamed} WHERE {where} AND state IN ('wanted', 'sending')"  # noqa: S608
    await change(unsent, [moved.after, *to, *before])
