"""The outbox: cards in the state they should be in, notices to be sent once, each at the places they go to.

A card has one row per place and is stale while what was sent is not what is wanted. Notices of one place go
out in the order in which they were wanted, and a card goes before the notices wanted after it.

A door belongs to one process at a time. A notice that another store left in `sending` was therefore left by a
dead one: it comes out again as unsure.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.messages import HOUSE, Audience, Card, Incoming, Kind, Notice, To
from core.people import Identity, Person, StaffDesk
from core.ports import Outgoing, Reach
from storage import inbox
from storage.codec import dump, read
from storage.database import select
from storage.locks import alone
from storage.models import CardRow, IdentityRow, NoticeRow, PersonRow, StaffDeskRow

AT_ONCE = 16  # notices of one place that come out together: a slow place leaves room for the others


class State(StrEnum):
    WANTED = "wanted"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


Place = tuple[str, str]  # a door and an address
NOWHERE: Place = ("", "")


async def want(cards: Sequence[Card], notices: Sequence[Notice], at: datetime | None = None) -> None:
    """Put cards and notices (since `at`) where their audience is; what has no place yet waits for one."""
    audiences = {card.to for card in cards} | {notice.to for notice in notices}
    places = {to: await _places(to) or await _places_at_last(to) for to in sorted(audiences, key=_subject)}
    if cards:
        newest = await NoticeRow.all().order_by("-id").first()
        for card in cards:
            await _want_card(card, places[card.to], newest.id if newest else 0)
    rows = [
        NoticeRow(
            notice=notice.id,
            audience=notice.to.audience.value,
            to=notice.to.id,
            door=door,
            address=address,
            state=State.WANTED,
            data=dump(replace(notice, wanted=at)),
        )
        for notice in notices
        for door, address in places[notice.to] or [NOWHERE]
    ]
    await NoticeRow.bulk_create(rows, ignore_conflicts=True)


async def _want_card(card: Card, places: Sequence[Place], newest: int) -> None:
    data = dump(card)
    digest = hashlib.sha256(data.encode()).hexdigest()
    same = CardRow.filter(key=card.key, audience=card.to.audience.value, to=card.to.id)
    rows = await same.order_by("id").select_for_update()
    for row in rows:
        stale = digest != row.sent_digest
        await CardRow.filter(id=row.id).update(
            data=data, digest=digest, stale=stale, after=row.after if row.stale else newest
        )
    at = {(row.door, row.address) for row in rows}
    # A person's card stays at the one place where it is; every staff desk shows its own.
    lacking = set(places) - at if card.to.audience is Audience.STAFF else set(places) if not rows else set()
    if not rows and not lacking:
        lacking = {NOWHERE}
    await CardRow.bulk_create(
        [
            CardRow(
                key=card.key,
                audience=card.to.audience.value,
                to=card.to.id,
                door=door,
                address=address,
                digest=digest,
                stale=True,
                after=newest,
                data=data,
            )
            for door, address in sorted(lacking)
        ]
    )


async def _places(to: To) -> list[Place]:
    match to.audience:
        case Audience.PERSON:
            known = await IdentityRow.filter(person=to.id).order_by("-last_seen", "-id").first()
            return [(known.door, known.address)] if known else []
        case Audience.STAFF:
            return [(desk.door, desk.address) for desk in await StaffDeskRow.all().order_by("id")]
        case Audience.ROOM:
            door, _, address = to.id.partition("|")
            return [(door, address)]


async def _places_at_last(to: To) -> list[Place]:
    """Where somebody is who was nowhere just now: nobody arrives unseen until this is written down."""
    await alone(_subject(to))
    return await _places(to)


def _subject(to: To) -> str:
    return f"place/{to.audience.value}/{to.id}"


async def know(identities: Iterable[Identity], desks: Iterable[StaffDesk], seen: datetime) -> None:
    """Write down identities and staff desks, and let what waited for them go there."""
    for identity in identities:
        await alone(_subject(To.person(identity.person)))
        known = IdentityRow(
            door=identity.door,
            external=identity.external,
            person=identity.person,
            address=identity.address,
            last_seen=seen,
            data=dump(identity),
        )
        await IdentityRow.bulk_create(
            [known], on_conflict=["door", "external"], update_fields=["person", "address", "data"]
        )
        await _arrive(To.person(identity.person), (identity.door, identity.address))
    for desk in desks:
        await alone(_subject(To.staff()))
        made = StaffDeskRow(door=desk.door, address=desk.address, data=dump(desk))
        await StaffDeskRow.bulk_create([made], ignore_conflicts=True)
        await _arrive(To.staff(), (desk.door, desk.address))


async def _arrive(to: To, place: Place) -> None:
    door, address = place
    for row in (CardRow, NoticeRow):
        waiting = row.filter(audience=to.audience.value, to=to.id, door="", address="")
        await waiting.update(door=door, address=address)


async def outgoing(
    connection: BaseDBAsyncClient, doors: Sequence[str], limit: int, sender: str
) -> list[Outgoing]:
    """What the doors should send now, in order. `sender` is the store that asks."""
    if not doors:
        return []
    cards = await CardRow.filter(stale=True, door__in=list(doors)).order_by("after", "id").limit(limit)
    notices = await _notices(connection, doors, limit, sender)
    reaches = await _reaches([*cards, *notices])
    due = [((row.after, 1, row.id), _card(row, reaches[_where(row)])) for row in cards] + [
        ((row.id, 0, row.id), _notice(row, reaches[_where(row)])) for row in notices
    ]
    return [message for _, message in sorted(due, key=lambda item: item[0])][:limit]


async def _notices(
    connection: BaseDBAsyncClient, doors: Sequence[str], limit: int, sender: str
) -> list[NoticeRow]:
    marks = ", ".join("?" * len(doors))
    heads = await select(
        connection,
        f"""
        SELECT id FROM (
            SELECT id, ROW_NUMBER() OVER (PARTITION BY door, address ORDER BY id) AS turn FROM notices
            WHERE state IN ('wanted', 'sending') AND door IN ({marks})
        ) AS waiting WHERE turn <= {AT_ONCE} ORDER BY id LIMIT {int(limit)}
        """,  # noqa: S608
        doors,
    )
    if not heads:
        return []
    rows = await NoticeRow.filter(id__in=[head["id"] for head in heads]).order_by("id")
    held: set[Place] = set()
    free = []
    for row in rows:
        place = (row.door, row.address)
        if row.state == State.SENDING and row.sender == sender:
            held.add(place)  # on its way: nothing of this place may overtake it
        elif place not in held:
            free.append(row)
    return free


Where = tuple[str, str, str, str]


def _where(row: CardRow | NoticeRow) -> Where:
    return row.audience, row.to, row.door, row.address


async def _reaches(rows: Sequence[CardRow | NoticeRow]) -> Mapping[Where, Reach]:
    accounts = sorted({row.to for row in rows if row.audience == Audience.PERSON})
    people: dict[str, Person] = {}
    externals: dict[tuple[str, str, str], str] = {}
    if accounts:
        people = {row.id: read(Person, row.data) for row in await PersonRow.filter(id__in=accounts)}
        for known in await IdentityRow.filter(person__in=accounts).order_by("last_seen"):
            externals[known.person, known.door, known.address] = known.external

    def reach(audience: str, to: str, door: str, address: str) -> Reach:
        person = people.get(to) if audience == Audience.PERSON else None
        return Reach(
            door,
            address,
            externals.get((to, door, address)),
            private=audience == Audience.PERSON,
            locale=person.locale if person else "en",
            zone=person.zone if person else None,
        )

    return {where: reach(*where) for where in map(_where, rows)}


def _card(row: CardRow, reach: Reach) -> Outgoing:
    return Outgoing(row.id, reach, card=read(Card, row.data), message=row.message, digest=row.digest)


def _notice(row: NoticeRow, reach: Reach) -> Outgoing:
    # The digest carries who left it in `sending`, so that only one store can take it over.
    unsure = row.state == State.SENDING
    notice = read(Notice, row.data)
    return Outgoing(row.id, reach, notice=notice, unsure=unsure, digest=(row.sender or "") if unsure else "")


async def sending(message: Outgoing, sender: str) -> bool:
    """Mark a notice as on its way by `sender`; False if somebody else has it."""
    if message.notice is None:
        return True
    row = NoticeRow.filter(id=message.row, state=State.WANTED)
    if message.unsure:
        row = NoticeRow.filter(id=message.row, state=State.SENDING, sender=message.digest)
    return await row.update(state=State.SENDING, sender=sender) == 1


async def sent(message: Outgoing, name: str, now: datetime) -> None:
    """Note that a message was sent, and what its door calls it."""
    if message.notice is None:
        await _settle_card(message, message=name, reason=None)
    elif await _settle_notice(message, State.SENT, message=name):
        await _confirm(message.notice, None, now)


async def refused(message: Outgoing, reason: str, now: datetime) -> None:
    """Note that a message cannot be sent there: this state of a card, or this notice, is not tried again."""
    if message.notice is None:
        await _settle_card(message, reason=reason)
    elif await _settle_notice(message, State.REFUSED, reason=reason):
        await _confirm(message.notice, reason, now)


async def _settle_card(card: Outgoing, **columns: Any) -> None:
    row = CardRow.filter(id=card.row)
    await row.update(sent_digest=card.digest, **columns)
    await row.filter(digest=card.digest).update(stale=False)
    await row.exclude(digest=card.digest).update(stale=True)


async def _settle_notice(notice: Outgoing, state: State, **columns: Any) -> bool:
    unsent = NoticeRow.filter(id=notice.row, state__in=[State.WANTED, State.SENDING])
    return await unsent.update(state=state, **columns) == 1


async def _confirm(notice: Notice, reason: str | None, now: datetime) -> None:
    if not notice.confirm:
        return
    await inbox.write_down(
        Incoming(
            HOUSE,
            event_id=f"sent:{notice.id}",
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
    if await CardRow.filter(stale=True).exclude(door="").exists():
        return True
    return await NoticeRow.filter(state__in=[State.WANTED, State.SENDING]).exclude(door="").exists()
