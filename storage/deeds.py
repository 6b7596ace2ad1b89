"""Carrying out what a deed decided: everything in one transaction, or nothing."""

from collections.abc import Iterator, Sequence

from core.changes import Changes
from core.messages import Card, Incoming
from storage import inbox, jobs, ledger, outbox, references, wakeups
from storage.codec import dump
from storage.database import insert
from storage.entities import carry_out
from storage.locks import held
from storage.wakeups import Subject


async def commit(incoming: Incoming, changes: Changes) -> bool:
    """Write the changes and mark the event done.

    False, and no change, if it was done before or its job's attempt is over. Outdated if a guard fails,
    ledger.Contradiction if a transfer says something else than before.
    """
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
            *changes.threads,
        )
    )
    await _append_entries(changes)
    await _append_consents(changes)
    await ledger.post(changes.transfers)
    await references.follow([*changes.songs, *changes.versions])
    await outbox.know(changes.identities, changes.desks, incoming.at)
    await jobs.cancel(changes.cancel_jobs_of)
    await jobs.enqueue(changes.jobs, incoming.at)
    await outbox.want(changes.cards, changes.notices, incoming.at)
    if not any(move.after.id == incoming.payload.get("order") for move in changes.orders):
        await inbox.silence(incoming)
    await wakeups.ring(_stirred(changes))
    return True


def _stirred(changes: Changes) -> Iterator[Subject]:
    """What other processes have to look at now."""
    if changes.cards or changes.notices or changes.identities or changes.desks:
        yield Subject.OUTBOX
    if changes.cancel_jobs_of:
        yield Subject.JOBS
    if changes.orders:
        yield Subject.CLOCK


async def draw(order: str, rev: int, cards: Sequence[Card]) -> None:
    """Want cards of an order as it stands at `rev`; if it has moved on they are out of date, and dropped.

    It cannot move on meanwhile: a deed that moves it has its row first, and then draws what is newer.
    """
    if await held("SELECT id FROM orders WHERE id = ? AND rev = ?", [order, rev]):
        await outbox.want(cards, ())
        await wakeups.ring([Subject.OUTBOX])


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
