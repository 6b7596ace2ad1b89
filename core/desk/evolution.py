"""From how a project was and how it should be to the moves that make it so.

A decision replaces parts of a frozen project; what has to be written follows from the difference. Any
difference moves the order too, so that two hands at one order always meet at its guard, and a button drawn
from an older order is known to be stale.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from core.bookings import Booking
from core.changes import Changes, Move
from core.complaints import Complaint
from core.decisions import Decision
from core.members import Member, MemberState
from core.offering import fitting
from core.orders import Order, Project
from core.pricing import price
from core.quotes import Quote
from core.refunds import Dispute, Refund
from core.revisions import Batch
from core.rules import HouseRules
from core.songs import Song, Version
from core.tills import Charge
from core.windows import due_at

Row = TypeVar(
    "Row", Song, Version, Batch, Charge, Quote, Booking, Complaint, Refund, Dispute, Decision, Member
)


def with_song(project: Project, song: Song) -> Project:
    return replace(project, songs=_put(project.songs, song))


def with_version(project: Project, version: Version) -> Project:
    return replace(project, versions=_put(project.versions, version))


def with_batch(project: Project, batch: Batch) -> Project:
    return replace(project, batches=_put(project.batches, batch))


def with_charge(project: Project, charge: Charge) -> Project:
    return replace(project, charges=_put(project.charges, charge))


def with_quote(project: Project, quote: Quote) -> Project:
    return replace(project, quotes=_put(project.quotes, quote))


def with_booking(project: Project, booking: Booking) -> Project:
    return replace(project, bookings=_put(project.bookings, booking))


def with_complaint(project: Project, complaint: Complaint) -> Project:
    return replace(project, complaints=_put(project.complaints, complaint))


def with_refund(project: Project, refund: Refund) -> Project:
    return replace(project, refunds=_put(project.refunds, refund))


def with_dispute(project: Project, dispute: Dispute) -> Project:
    return replace(project, disputes=_put(project.disputes, dispute))


def with_decision(project: Project, decision: Decision) -> Project:
    return replace(project, decisions=_put(project.decisions, decision))


def with_member(project: Project, member: Member) -> Project:
    return replace(project, members=_put(project.members, member))


def without_member(project: Project, member: Member) -> Project:
    """The project once somebody is in no longer."""
    return with_member(project, replace(member, state=MemberState.GONE))


def with_order(project: Project, order: Order) -> Project:
    return replace(project, order=order)


def advanced(before: Project | None, after: Project, rules: HouseRules) -> Project:
    """The project as it will stand once written: with the order's next due time, its offer and revision."""
    after = with_order(after, fitting(after.order, rules))
    order = replace(after.order, due_at=due_at(after, rules))
    if order.price is None:
        order = replace(order, offered=price(after, rules).total)
    return with_order(after, order if before is None else replace(order, rev=before.order.rev + 1))


def moves(before: Project | None, after: Project) -> Changes:
    """The guarded moves from one state of a project to another, both as `advanced` left them."""
    was = before or Project(after.order)
    return Changes(
        orders=(Move(before.order if before else None, after.order),),
        songs=tuple(_moved(was.songs, after.songs)),
        versions=tuple(_moved(was.versions, after.versions)),
        batches=tuple(_moved(was.batches, after.batches)),
        charges=tuple(_moved(was.charges, after.charges)),
        quotes=tuple(_moved(was.quotes, after.quotes)),
        bookings=tuple(_moved(was.bookings, after.bookings)),
        complaints=tuple(_moved(was.complaints, after.complaints)),
        refunds=tuple(_moved(was.refunds, after.refunds)),
        disputes=tuple(_moved(was.disputes, after.disputes)),
        decisions=tuple(_moved(was.decisions, after.decisions)),
        members=tuple(_moved(was.members, after.members)),
        let_go=tuple(sorted(was.uploads - after.uploads)),
    )


def _put(rows: tuple[Row, ...], row: Row) -> tuple[Row, ...]:
    if any(old.id == row.id for old in rows):
        return tuple([row if old.id == row.id else old for old in rows])
    return rows + (row,)  # noqa: RUF005 - mypy cannot type the unpacked form


def _moved(before: Iterable[Row], after: Iterable[Row]) -> Iterable[Move[Row]]:
    old = {row.id: row for row in before}
    for row in after:
        if old.get(row.id) != row:
            yield Move(old.get(row.id), row)
