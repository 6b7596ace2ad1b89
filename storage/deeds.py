"""Carrying out what a deed decided: everything in one transaction, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from core.changes import Changes
from core.ledger import holder
from core.messages import HOUSE, WEB, Audience, Card, Incoming, Notice, To
from core.ports import Outdated
from storage import accounts, chain, inbox, jobs, ledger, outbox, reach, references, uploads, visits, wakeups
from storage.codec import dump
from storage.database import insert
from storage.entities import carry_out
from storage.locks import held
from storage.wakeups import Subject

Message = TypeVar("Message", Card, Notice)


async def commit(incoming: Incoming, changes: Changes) -> bool:
    """Write the changes and mark the event done.

    False, and no change, if it was done before or its job's attempt is over. Outdated if a guard fails or an
    account has become another since, ledger.Contradiction if a transfer says something else than before.
    """
    names = accounts_of(changes)
    joined = await accounts.joined(
        names | _addressed(changes.cards, changes.notices), alone=bool(changes.joins)
    )
    if not names.isdisjoint(joined):
        raise Outdated("an account has become another")
    if not await inbox.finish(incoming):
        return False
    if changes.finish and not await jobs.finish(changes.finish):
        return False
    await carry_out(
        (
            *changes.people,
            *changes.orders,
            *changes.songs,
            *changes.versions,
            *changes.batches,
            *changes.charges,
            *changes.quotes,
            *changes.bookings,
            *changes.complaints,
            *changes.refunds,
            *changes.disputes,
            *changes.decisions,
            *changes.members,
            *changes.threads,
            *changes.organisations,
            *changes.agreements,
            *changes.bulks,
            *changes.bulk_members,
        )
    )
    await _append_entries(changes)
    await _append_consents(changes)
    await insert(
        "terms",
        [{"sha256": terms.sha256, "data": dump(terms)} for terms in changes.terms],
        "ON CONFLICT DO NOTHING",
    )
    await references.follow([*changes.songs, *changes.versions, *changes.agreements])
    await uploads.let_go(changes.let_go)
    await _follow_people(changes, incoming.at)
    await jobs.cancel(changes.cancel_jobs_of)
    await jobs.enqueue(changes.jobs, incoming.at)
    cards, notices = _readdressed(changes.cards, joined), _readdressed(changes.notices, joined)
    answered_here = incoming.private and incoming.door not in (HOUSE, WEB)
    asked = (incoming.door, incoming.place) if answered_here else None
    await outbox.want(cards, notices, incoming.at, asked)
    await visits.forget(changes.forgotten)
    if not any(move.after.id == incoming.payload.get("order") for move in changes.orders):
        await inbox.silence(incoming)
    # As late as can be: all money meets in a few accounts, and who holds those lets the others wait.
    await ledger.post(changes.transfers)
    for join in changes.joins:
        await accounts.join(join)
    await chain.append(changes.audited)
    wakeups.ring(_stirred(changes))
    return True


def _stirred(changes: Changes) -> Iterator[Subject]:
    """What other processes have to look at now."""
    people = changes.identities, changes.desks, changes.reached, changes.rooms_moved, changes.joins
    if changes.cards or changes.notices or any(people):
        yield Subject.OUTBOX
    if changes.cancel_jobs_of:
        yield Subject.JOBS
    if changes.orders or changes.agreements or changes.bulks:
        yield Subject.CLOCK


def accounts_of(changes: Changes) -> set[str]:
    """The accounts that something is written about. A charge keeps the name that its till knows."""
    credited = (name for each in changes.transfers for name in (each.source, each.target))
    return {
        *(move.after.id for move in changes.people),
        *(move.after.person for move in changes.orders),
        *(move.after.person for move in changes.members),
        *(move.after.person for move in changes.threads),
        *(move.after.person for move in changes.organisations),
        *(move.after.person for move in changes.agreements),
        *(move.after.person for move in changes.bulks),
        *(move.after.person for move in changes.bulk_members),
        *(each.person for each in changes.identities),
        *(each.person for each in changes.codes),
        *(each.person for each in changes.consents),
        *(each.person for each in changes.jobs),
        *(account for account in map(holder, credited) if account is not None),
        *(account for join in changes.joins for account in (join.gone, join.into)),
    }


def _addressed(*messages: Sequence[Card | Notice]) -> set[str]:
    return {each.to.id for some in messages for each in some if each.to.audience is Audience.PERSON}


def _readdressed(messages: Sequence[Message], joined: Mapping[str, str]) -> list[Message]:
    """Messages for accounts that became others are for those."""
    return [
        replace(each, to=To.person(joined[each.to.id])) if each.to.id in joined else each for each in messages
    ]


async def _follow_people(changes: Changes, at: datetime) -> None:
    """Where people and rooms are from now on, and what they may say to become one account."""
    await reach.know(changes.identities, changes.desks, at)
    await reach.leave(changes.desks_gone)
    for reached in changes.reached:
        await reach.note(reached, at)
    for moved in changes.rooms_moved:
        await reach.move_room(moved)
    for code in changes.codes:
        await accounts.give_code(code, at)
    for void in changes.void_codes:
        await accounts.void_code(void)


async def draw(order: str, rev: int, cards: Sequence[Card], at: datetime) -> None:
    """Want cards of an order as it stands at `rev`; if it has moved on they are out of date, and dropped.

    It cannot move on meanwhile: a deed that moves it has its row first, and then draws what is newer.
    """
    joined = await accounts.joined(_addressed(cards))
    if await held("SELECT id FROM orders WHERE id = ? AND rev = ?", [order, rev]):
        await outbox.want(_readdressed(cards, joined), (), at)
        wakeups.ring([Subject.OUTBOX])


async def _append_entries(changes: Changes) -> None:
    rows = []
    for move in changes.threads:
        stored = {entry.id for entry in move.before.entries} if move.before else set()
        rows += [
            {"id": entry.id, "thread": entry.thread, "data": dump(entry)}
            for entry in move.after.entries
            if entry.id not in stored
        ]
    await insert("thread_entries", rows)


async def _append_consents(changes: Changes) -> None:
    rows = [
        {
            "id": consent.id,
            "person": consent.person,
            "order": consent.order,
            "kind": consent.kind.value,
            "data": dump(consent),
        }
        for consent in changes.consents
    ]
    await insert("consents", rows, "ON CONFLICT DO NOTHING")
