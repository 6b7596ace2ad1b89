"""The outbox: cards in the state they should be in, notices to be sent once, each at the places they go to.

A card has one row per place and is stale while what was sent is not what is wanted. Notices of one place go
out in the order in which they were wanted, and a card goes before the notices wanted after it.

A door belongs to one process at a time. A notice that another store left in `sending` was therefore left by a
dead one: it comes out again as unsure.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.messages import HOUSE, Audience, Card, Incoming, Kind, Notice
from core.people import Person
from core.ports import Outgoing, Reach
from core.text import Text
from storage import inbox, places, wakeups
from storage.codec import dump, read
from storage.database import change, here, insert, select
from storage.places import NOWHERE, Place, whereabouts
from storage.wakeups import Subject

AT_ONCE = 16  # notices of one place that come out together: a slow place leaves room for the others


class State(StrEnum):
    WANTED = "wanted"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


# What a card should be, wherever it is. It goes out after the notices that were wanted before it went stale.
_REDRAW = """
UPDATE cards SET data = ?, digest = ?, stale = (sent_digest IS NULL OR sent_digest <> ?),
    after = CASE WHEN stale THEN after ELSE (SELECT COALESCE(MAX(id), 0) FROM notices) END
WHERE key = ? AND audience = ? AND "to" = ?
"""


async def want(
    cards: Sequence[Card], notices: Sequence[Notice], at: datetime, asked: Place | None = None
) -> None:
    """Put cards and notices (since `at`) where their audience is; what has no place yet waits for one.

    An answer that only one door can give goes where it was `asked`, wherever its person was seen since. A
    notice for somebody who left the only place they had is refused without being tried.
    """
    # A person's card stays at the one place where it is; every staff desk shows its own.
    lacking = [card for card in cards if not await _redraw(card) or card.to.audience is Audience.STAFF]
    audiences = {card.to for card in lacking} | {notice.to for notice in notices}
    found = {to: await whereabouts(to) for to in sorted(audiences, key=places.subject)}

    def where(notice: Notice) -> Sequence[Place]:
        if asked and notice.reply_handle and notice.to.audience is Audience.PERSON:
            return (asked,)
        return found[notice.to].places or (found[notice.to].left or NOWHERE,)

    for card in lacking:
        await _draw(card, found[card.to].places)
    rows = [
        {
            "notice": notice.id,
            "audience": notice.to.audience.value,
            "to": notice.to.id,
            "door": door,
            "address": address,
            "state": State.WANTED.value,
            "data": dump(replace(notice, wanted=at)),
        }
        for notice in notices
        for door, address in where(notice)
    ]
    await insert("notices", rows, "ON CONFLICT DO NOTHING")
    for notice in notices:
        if left := found[notice.to].left:
            await give_up(notice, left, "unreachable", at)


async def _redraw(card: Card) -> bool:
    """Whether a card is somewhere; there it should be like this from now on."""
    data, digest = _drawn(card)
    where = [card.key, card.to.audience.value, card.to.id]
    return await change(_REDRAW, [data, digest, digest, *where]) > 0


async def _draw(card: Card, places: Sequence[Place]) -> None:
    """Put a card at those of the places where it is not; nowhere yet, if there is none."""
    same = 'SELECT door, address FROM cards WHERE key = ? AND audience = ? AND "to" = ?'
    named = {"key": card.key, "audience": card.to.audience.value, "to": card.to.id}
    at = {(row["door"], row["address"]) for row in await select(here(), same, list(named.values()))}
    lacking = set(places) - at or ({NOWHERE} if not at else set())
    if not lacking:
        return
    (newest,) = await select(here(), "SELECT COALESCE(MAX(id), 0) AS id FROM notices")
    data, digest = _drawn(card)
    state = {"digest": digest, "stale": True, "after": newest["id"], "data": data}
    rows = [{**named, "door": door, "address": address, **state} for door, address in sorted(lacking)]
    await insert("cards", rows)


def _drawn(card: Card) -> tuple[str, str]:
    """A card's text in its row, and the digest by which two states of it are told apart."""
    data = dump(card)
    return data, hashlib.sha256(data.encode()).hexdigest()


# Of a notice's place only so many come out together. `since` orders cards and notices among each other.
_DUE = """
SELECT message.*, person.data AS person, (
    SELECT external FROM identities AS known
    WHERE known.person = message."to" AND known.door = message.door AND known.address = message.address
    ORDER BY last_seen DESC LIMIT 1
) AS external
FROM (
    SELECT * FROM (
        SELECT 1 AS card, after AS since, id, audience, "to", door, address, data, message, digest,
            NULL AS state, NULL AS sender
        FROM cards WHERE stale = TRUE AND door IN ({doors}) ORDER BY after, id LIMIT {limit}
    ) AS stale
    UNION ALL
    SELECT 0, id, id, audience, "to", door, address, data, message, NULL, state, sender
    FROM notices WHERE id IN (
        SELECT id FROM (
            SELECT id, ROW_NUMBER() OVER (PARTITION BY door, address ORDER BY id) AS turn FROM notices
            WHERE state IN ('wanted', 'sending') AND door IN ({doors})
        ) AS waiting WHERE turn <= {at_once} ORDER BY id LIMIT {limit}
    )
) AS message
LEFT JOIN people AS person ON message.audience = 'person' AND person.id = message."to"
ORDER BY since, card, id
"""


async def outgoing(
    connection: BaseDBAsyncClient, doors: Sequence[str], limit: int, sender: str
) -> list[Outgoing]:
    """What the doors should send now, in order. `sender` is the store that asks."""
    if not doors:
        return []
    sql = _DUE.format(doors=", ".join("?" * len(doors)), limit=int(limit), at_once=AT_ONCE)
    held: set[Place] = set()
    free = []
    for row in await select(connection, sql, [*doors, *doors]):
        place = (row["door"], row["address"])
        if row["card"]:
            free.append(_card(row))
        elif row["state"] == State.SENDING and row["sender"] == sender:
            held.add(place)  # on its way: no notice of this place may overtake it
        elif place not in held:
            free.append(_notice(row))
    return free[:limit]


def _reach(row: Mapping[str, Any]) -> Reach:
    person = read(Person, row["person"]) if row["person"] else None
    return Reach(
        row["door"],
        row["address"],
        row["external"],
        private=row["audience"] == Audience.PERSON,
        locale=person.locale if person else "en",
        zone=person.zone if person else None,
    )


def _card(row: Mapping[str, Any]) -> Outgoing:
    card = read(Card, row["data"])
    return Outgoing(row["id"], _reach(row), card=card, message=row["message"], digest=row["digest"])


def _notice(row: Mapping[str, Any]) -> Outgoing:
    # The digest carries who left it in `sending`, so that only one store can take it over.
    unsure = row["state"] == State.SENDING
    left_by = (row["sender"] or "") if unsure else ""
    return Outgoing(row["id"], _reach(row), notice=read(Notice, row["data"]), unsure=unsure, digest=left_by)


async def sending(message: Outgoing, sender: str) -> bool:
    """Mark a notice as on its way by `sender`; False if somebody else has it."""
    if message.notice is None:
        return True
    taking = "UPDATE notices SET state = 'sending', sender = ? WHERE id = ? AND"
    if message.unsure:
        left = f"{taking} state = 'sending' AND sender = ?"
        return await change(left, [sender, message.row, message.digest]) == 1
    return await change(f"{taking} state = 'wanted'", [sender, message.row]) == 1


async def sent(message: Outgoing, name: str, now: datetime) -> None:
    """Note that a message was sent, and what its door calls it."""
    if message.notice is None:
        await _settle_card(message, message=name, reason=None)
    elif await _settle_notice(message, State.SENT, message=name):
        await _confirm(message.notice, None, now)


async def refused(message: Outgoing, reason: str, now: datetime) -> None:
    """Note that a message cannot be sent there.

    If its person can be reached elsewhere it goes there. Else this state of a card, or this notice, is not
    tried again until they come back.
    """
    if await _goes_elsewhere(message):
        return
    if message.notice is None:
        await _settle_card(message, reason=reason)
    elif await _settle_notice(message, State.REFUSED, reason=reason):
        await _confirm(message.notice, reason, now)


async def _goes_elsewhere(message: Outgoing) -> bool:
    reach = message.reach
    if not reach.private or reach.external is None:
        return False
    await places.refuses(reach.door, reach.external)
    thing = message.notice or message.card
    other = await places.elsewhere(thing.to.id, (reach.door, reach.address)) if thing else None
    if other is None:
        return False
    if message.notice is not None:
        await redirect(message.row, message.notice, other)
    else:
        anew = "message = NULL, sent_digest = NULL, stale = TRUE"
        here_still = [message.row, reach.door, reach.address]
        move = f"UPDATE cards SET door = ?, address = ?, {anew} WHERE id = ? AND door = ? AND address = ?"  # noqa: S608
        await change(move, [*other, *here_still])
    wakeups.ring([Subject.OUTBOX])  # another process may hold that door
    return True


async def redirect(row: int, notice: Notice, place: Place) -> None:
    """Send a notice at another place, where nothing can be answered in the first one's way."""
    go = """
        UPDATE notices SET state = 'wanted', sender = NULL, door = ?, address = ?, data = ?
        WHERE id = ? AND state IN ('wanted', 'sending')"""
    await change(go, [*place, dump(replace(notice, reply_handle=None)), row])


async def give_up(notice: Notice, place: Place, reason: str, now: datetime) -> None:
    """Refuse a notice that nobody has begun to send; the desk hears of it if it asked to."""
    refuse = """
        UPDATE notices SET state = 'refused', reason = ?
        WHERE notice = ? AND door = ? AND address = ? AND state = 'wanted'"""
    if await change(refuse, [reason, notice.id, *place]) == 1:
        await _confirm(notice, reason, now)


async def _settle_card(card: Outgoing, **columns: str | None) -> None:
    """What was sent is this state; the card is stale if it should be another by now, or is elsewhere."""
    more = "".join(f", {column} = ?" for column in columns)
    settle = f"""
        UPDATE cards SET sent_digest = ?, stale = (digest <> ?) {more}
        WHERE id = ? AND door = ? AND address = ?"""  # noqa: S608
    there = [card.row, card.reach.door, card.reach.address]
    await change(settle, [card.digest, card.digest, *columns.values(), *there])


async def _settle_notice(outgoing: Outgoing, state: State, **columns: str | None) -> bool:
    """Whether this is how it ended. What is secret is wiped."""
    if outgoing.notice is not None and outgoing.notice.secret:
        columns["data"] = dump(replace(outgoing.notice, text=Text(()), buttons=(), media=()))
    more = "".join(f", {column} = ?" for column in columns)
    settle = f"UPDATE notices SET state = ? {more} WHERE id = ? AND state IN ('wanted', 'sending')"  # noqa: S608
    return await change(settle, [state.value, *columns.values(), outgoing.row]) == 1


async def _confirm(notice: Notice, reason: str | None, now: datetime) -> None:
    """Tell the desk. What was refused once and sent later is two events."""
    if not notice.confirm:
        return
    await inbox.write_down(
        Incoming(
            HOUSE,
            event_id=f"{'sent' if reason is None else 'refused'}:{notice.id}",
            person=notice.to.id if notice.to.audience is Audience.PERSON else None,
            place="",
            private=True,
            kind=Kind.SENT,
            at=now,
            payload={"notice": notice.id, "order": notice.order, "refused": reason},
        )
    )


async def any_unsent() -> bool:
    """Whether a message waits to go to a place that is known."""
    unsent = """
        SELECT 1 AS one FROM cards WHERE stale = TRUE AND door <> ''
        UNION ALL SELECT 1 FROM notices WHERE state IN ('wanted', 'sending') AND door <> '' LIMIT 1"""
    return bool(await select(here(), unsent))
