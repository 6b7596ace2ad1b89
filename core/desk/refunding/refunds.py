"""Money goes back: all of it or a part, the way it came or as credit."""

from dataclasses import replace
from datetime import timedelta

from core import refunds
from core.changes import Changes
from core.complaints import STANDING as COMPLAINED
from core.complaints import ComplaintState
from core.decisions import Decision
from core.desk.evolution import advanced, moves, with_complaint, with_order, with_quote
from core.desk.making import fixing
from core.desk.outcome import outcome
from core.desk.people import humans
from core.desk.refunding import returning
from core.desk.refunding.returning import RULES, Cause, cause
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.desk.staffing import staff
from core.jobs import JobKind
from core.ledger import GOODWILL, fees_unearned, restored, unearning
from core.money import Money
from core.orders import OrderState, Project
from core.people import Right
from core.quotes import STANDING, QuoteState
from core.refunds import DisputeState, Part, Refund, RefundState, RefundTo
from core.tills import Charge, ChargeState

_GIVEN = frozenset({ChargeState.PAID, ChargeState.REFUNDING})
_CAME = _GIVEN | {ChargeState.REFUNDED, ChargeState.LOST}


def asked(scene: Scene, project: Project) -> Changes:
    """The artist may take the money back from an order that was set aside; so may who decides about money.

    They also have a till asked again that would not. Any other money they give back with a reason.
    """
    if not scene.owns and (waiting := returning.unanswered(scene, project)):
        return returning.asked_again(scene, project, waiting)
    own = scene.owns and project.may_be_taken_back
    if not own and not scene.may(Right.MONEY):
        return scene.answered(scene.say("That button is not for you."))
    if not all_can_go_back(scene, project):
        return stale(scene, project) if scene.owns else _nothing_left(scene, project)
    if own:
        return give_back(scene, project, project)
    if project.order.state not in (OrderState.ASIDE, OrderState.CANCELLED):
        say = scene.say
        text = say("Say why: the artist is told.")
        return scene.answered(text, buttons.give_back(say, project.order))
    done = give_back(scene, project, staff.decided(scene, project))
    return done + scene.answered(scene.say("The money is going back."))


def _nothing_left(scene: Scene, project: Project) -> Changes:
    """There is no money here, or it is moving: for whoever else decided that, first."""
    say, who = scene.say, project.order.decided_by
    text = (
        say("{name} was faster: that is decided.", name=who)
        if who
        else say("There is nothing to give back at this moment.")
    )
    return scene.answered(text)


# All of it


def give_back(scene: Scene, before: Project, after: Project, why: Cause = RULES) -> Changes:
    """All of an order's money that has not gone back yet goes back the way it came; the order ends.

    What goodwill gave back before comes back to it. A disputed charge waits for the end of its dispute.
    """
    order = after.order
    ended = _ended(after, scene)
    more = Changes(cancel_jobs_of=(order.id,))
    if order.released_version is not None and order.price:
        more += Changes(transfers=(unearning(order.id, order.price, scene.now),))
    if order.fees:
        more += Changes(transfers=(fees_unearned(order.id, order.fees, scene.now),))
    parts: list[Part] = []
    for charge in after.charges:
        if charge.state not in _CAME or refunds.disputed(charge, after.disputes):
            continue
        kept = [one for one in after.refunds if _was_goodwill(one, charge)]
        goodwill = refunds.returned(charge, kept) + _vouched(after, charge)
        if goodwill:
            more += Changes(transfers=(restored(charge, goodwill, scene.now),))
        rest = refunds.left(replace(charge, state=ChargeState.PAID), after.refunds)
        if rest and charge.state in _GIVEN:
            short = charge.till in scene.ways.whole_only and rest != charge.amount
            to = RefundTo.CREDIT if short else RefundTo.METHOD
            parts.append(Part(charge, to, rest, instead=short))
    ended, sent = returning.begun(scene, ended, parts, why, whole=True)
    more += Changes(jobs=fixing.looked_into_again(scene, ended))
    if order.aside:
        more += Changes(cards=(returning.on_its_way(scene, ended, "aside"),))
    more += Changes(cards=tuple(humans.card(scene, thread, ended) for thread in scene.snapshot.about))
    return outcome(scene, before, ended, jobs=sent.jobs, notices=sent.notices, more=more + _money(sent))


def all_back(scene: Scene, before: Project, after: Project, why: Cause = RULES) -> Changes:
    """Everything that is left of an order's money goes back. # B65

    Where a part of it was lost to a provider already, the order stays as it is, for it was earned.
    """
    if any(charge.state is ChargeState.LOST for charge in after.charges):
        return part_back(scene, before, after, left_of(scene, after), RefundTo.METHOD, why)
    return give_back(scene, before, after, why)


def _vouched(project: Project, charge: Charge) -> Money:
    """What the house paid for an artist whose provider took it, while its own money lay with the order."""
    paid = (
        one.held.amount
        for one in project.disputes
        if one.charge == charge.id and one.state is DisputeState.LOST and one.held and one.source == GOODWILL
    )
    return Money(sum(paid), charge.amount.currency)


def _was_goodwill(one: Refund, charge: Charge) -> bool:
    """Whether a refund left the money of its charge where it was; of a charge that was lost, only what its
    provider had from us was not disputed.
    """
    lost = charge.state is ChargeState.LOST
    return not one.whole and (one.to is RefundTo.METHOD or not lost)


def _ended(project: Project, scene: Scene) -> Project:
    """The order with nothing standing any more of what was to come of it."""
    after = with_order(project, replace(project.order, state=OrderState.CANCELLED))
    for complaint in project.complaints:
        if complaint.state in COMPLAINED:
            closed = replace(complaint, state=ComplaintState.REFUNDED, closed=scene.now)
            after = with_complaint(after, closed)
    for quote in project.quotes:
        if quote.state in STANDING:
            after = with_quote(after, replace(quote, state=QuoteState.VOID))
    return after


# A part of it


def part_back(
    scene: Scene, before: Project, after: Project, amount: Money, to: RefundTo, why: Cause
) -> Changes:
    """A part of an order's money goes back out of the house's goodwill; the order stays paid, and goes on."""
    ways = scene.ways
    if any(charge.agreement for charge in after.charges):
        to = RefundTo.METHOD  # into store again: it was not the artist who paid (C21)
    parts = refunds.parts(
        after.charges, after.refunds, amount, to, in_house=ways.in_house, whole_only=ways.whole_only
    )
    given, sent = returning.begun(scene, after, parts, why, whole=False)
    return outcome(scene, before, given, jobs=sent.jobs, notices=sent.notices, more=_money(sent))


def left_of(scene: Scene, project: Project) -> Money:
    """What was paid for an order and has not gone back yet; what was paid in lies in store for its songs."""
    if project.order.prepays is not None:
        return scene.rules.money(0)
    left = (refunds.left(charge, project.refunds) for charge in project.charges)
    return sum(left, scene.rules.money(0))


def can_go_back(scene: Scene, project: Project) -> bool:
    """Whether there is money here that nobody is moving, and about which nobody else decides at this moment.

    While a payment is on its way a till may have taken it already: what it answers must not be lost. That
    holds as well when it did not answer at all: it must be asked again first (checkout.asked_again).
    """
    moving = any(job.kind in (JobKind.CHARGE, JobKind.REFUND) for job in scene.snapshot.running)
    unknown = any(charge.state is ChargeState.REQUESTED for charge in project.charges)
    sending = any(one.state is RefundState.SENDING for one in project.refunds)
    still = not (moving or unknown or sending or refunds.any_open(project.disputes))
    return project.is_paid and still and bool(left_of(scene, project))


def all_can_go_back(scene: Scene, project: Project) -> bool:
    """The same, or a whole charge waits to be asked for again."""
    again = any(charge.state is ChargeState.REFUNDING for charge in project.charges)
    return can_go_back(scene, project) or (again and not scene.snapshot.running)


def credited(scene: Scene, project: Project, decision: Decision) -> Changes:
    """Credit for an order, by a decision of the staff; not if a clock has begun to run since. # A24, A25"""
    runs = any(complaint.runs for complaint in project.complaints)  # it gives back what came: # B65
    if runs or not _as_decided(scene, project, decision) or decision.amount is None:
        return outcome(scene, project, project)
    after = _closed(scene, project, decision, ComplaintState.DECIDED)
    return part_back(scene, project, after, decision.amount, RefundTo.CREDIT, cause(decision))


def refunded(scene: Scene, project: Project, decision: Decision) -> Changes:
    """Money back the way it came, by a decision of the staff: all that is left ends the order. # C10, C28"""
    if not _as_decided(scene, project, decision) or decision.amount is None:
        return outcome(scene, project, project)
    if decision.amount == left_of(scene, project):
        return all_back(scene, project, project, cause(decision))
    after = _closed(scene, project, decision, ComplaintState.REFUNDED)
    return part_back(scene, project, after, decision.amount, RefundTo.METHOD, cause(decision))


def _closed(scene: Scene, project: Project, decision: Decision, state: ComplaintState) -> Project:
    """The project once the complaint that a decision is about is over."""
    for complaint in project.complaints:
        if complaint.id == decision.about and complaint.state in COMPLAINED:
            project = with_complaint(project, replace(complaint, state=state, closed=scene.now))
    return project


def failed(scene: Scene, project: Project) -> Changes:
    """The engine failed, and nobody tried again in time: the money goes back by itself, like that of a fault
    that was not put right. # B64, B65
    """
    order, say = project.order, scene.to_artist
    if not can_go_back(scene, project) or not project.may_be_taken_back:
        return Changes()
    told = scene.notice(
        order,
        "failed",
        say(
            "Order {number} could not be made within {hours}, so your money goes back.",
            number=str(order.number),
            hours=timedelta(hours=order.under(scene.rules).fix_hours),
        ),
    )
    return Changes(notices=(told,)) + give_back(scene, project, project)


def refused(scene: Scene, project: Project, decision: Decision) -> Changes:
    """No refund: the artist is told why. Nobody refuses what was withdrawn since."""
    say, order = scene.to_artist, project.order
    if not _is_about_what_stands(project, decision):
        return outcome(scene, project, project)
    text = say(
        "Order {number}: the studio gives no refund. {name} from the studio: {words}",
        number=str(order.number),
        name=decision.name,
        words=decision.reason,
    )
    notice = scene.notice(order, "refused", text)
    after = _closed(scene, project, decision, ComplaintState.DECIDED)
    if after == project:
        return moves(project, advanced(project, project, scene.rules)) + Changes(notices=(notice,))
    return outcome(scene, project, after, notices=(notice,))


def _as_decided(scene: Scene, project: Project, decision: Decision) -> bool:
    """Whether what was decided can still be done as it was meant."""
    return (
        decision.amount is not None
        and can_go_back(scene, project)
        and project.order.state is not OrderState.CANCELLED
        and decision.amount <= left_of(scene, project)
        and _is_about_what_stands(project, decision)
    )


def _is_about_what_stands(project: Project, decision: Decision) -> bool:
    return all(
        complaint.state in COMPLAINED for complaint in project.complaints if complaint.id == decision.about
    )


def _money(sent: Changes) -> Changes:
    return Changes(transfers=sent.transfers)
