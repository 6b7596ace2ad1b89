"""Money goes back: all of it or a part, the way it came or as credit; and what if a till will not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from core import refunds
from core.changes import Changes
from core.complaints import STANDING as COMPLAINED
from core.complaints import ComplaintState
from core.decisions import Decision
from core.desk.evolution import (
    advanced,
    moves,
    with_charge,
    with_complaint,
    with_order,
    with_quote,
    with_refund,
)
from core.desk.making import fixing
from core.desk.ordering.charges import asked_of_till, charge_of_job
from core.desk.outcome import job_of, outcome
from core.desk.people import humans
from core.desk.refunding import holds
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.desk.staffing import staff
from core.jobs import Job, JobKind
from core.ledger import GOODWILL, Transfer, fees_unearned, partly_back, refund, restored, unearning
from core.messages import Action, Button, Card, Notice, To
from core.money import Money
from core.orders import OrderState, Project
from core.people import Right
from core.quotes import STANDING, QuoteState
from core.refunds import DisputeState, Part, Refund, RefundState, RefundTo
from core.text import Text
from core.tills import Charge, ChargeState


@dataclass(frozen=True, slots=True)
class Cause:
    """Why money goes back, and who said so; the house rules themselves, where nobody is named."""

    reason: str = ""
    by: str | None = None  # account
    name: str = ""
    approved_by: str | None = None


RULES = Cause()

_BY_LAW = re.compile(r"\Alaw\s*:\s*", re.IGNORECASE)
"""How a reason begins where the law gives more than the rules do (C28); the artist is told the rest of it."""


def cause(decision: Decision) -> Cause:
    """A decision as the cause of what it does."""
    return Cause(decision.reason, decision.by, decision.name, decision.approved_by)


def asked(scene: Scene, project: Project) -> Changes:
    """The artist may take the money back from an order that was set aside; so may who decides about money.

    They also have a till asked again that would not. Any other money they give back with a reason.
    """
    if not scene.owns and (stuck_ := _stuck(scene, project)):
        return _asked_again(scene, project, stuck_)
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
    ended, sent = _sent(scene, ended, parts, why, whole=True)
    more += Changes(jobs=fixing.looked_into_again(scene, ended))
    if order.aside:
        more += Changes(cards=(_on_its_way(scene, ended, "aside"),))
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
    given, sent = _sent(scene, after, parts, why, whole=False)
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
    paid = any(charge.state is ChargeState.PAID for charge in project.charges)
    still = not (moving or unknown or sending or refunds.any_open(project.disputes))
    return paid and still and bool(left_of(scene, project))


def all_can_go_back(scene: Scene, project: Project) -> bool:
    """The same, or a whole charge waits to be asked for again."""
    again = any(charge.state is ChargeState.REFUNDING for charge in project.charges)
    return can_go_back(scene, project) or (again and not scene.snapshot.running)


def credited(scene: Scene, project: Project, decision: Decision) -> Changes:
    """Credit for an order, by a decision of the staff. # A24, A25"""
    if not _as_decided(scene, project, decision) or decision.amount is None:
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
    told = Notice(
        scene.id("failed"),
        To.person(order.person),
        say(
            "Order {number} could not be made within {hours}, so your money goes back.",
            number=str(order.number),
            hours=timedelta(hours=order.under(scene.rules).fix_hours),
        ),
        (buttons.human(say, order.id),),
        order=order.id,
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
    notice = Notice(
        scene.id("refused"), To.person(order.person), text, (buttons.human(say, order.id),), order=order.id
    )
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


# The way it takes


def given_back(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A till has given the money back, or will not."""
    project, charge = charge_of_job(scene)
    sent = _sent_before(scene, project, charge)
    if sent is None or sent.state is not RefundState.SENDING:
        return outcome(scene, project, project)
    if result.get("declined"):
        failed = replace(sent, state=RefundState.FAILED)
        after, more = holds.not_sent(scene, with_refund(project, failed), charge, failed)
        return _stuck_card(scene, project, after, str(result["declined"]), more)
    done = replace(sent, state=RefundState.DONE)
    after = _returned_to(with_refund(project, done), charge)
    transfer = _transfer(done, charge, scene, project.order.person)
    why = Cause(done.reason, done.asked_by, done.name)
    notice = _told(scene, after, Part(charge, done.to, done.amount), why)
    return outcome(scene, project, after, notices=(notice,), more=Changes(transfers=(transfer,)))


def stuck(scene: Scene, reason: str) -> Changes:
    """Nobody knows whether a till has moved the money: a person must look, and can have it asked again."""
    project, _ = charge_of_job(scene)
    return _stuck_card(scene, project, project, reason, Changes())


def _stuck_card(scene: Scene, before: Project, after: Project, reason: str, more: Changes) -> Changes:
    order, say = after.order, scene.to_staff
    text = say(
        "Order {number}: money could not be moved ({reason}).", number=str(order.number), reason=reason
    )
    again = Button(say.word("Try again"), Action("refund", order.id).pack())
    card = Card(f"stuck:{order.id}", To.staff(), text, (again, *scene.looks(order)))
    return outcome(scene, before, after, more=more + Changes(cards=(card,)))


_GIVEN = frozenset({ChargeState.PAID, ChargeState.REFUNDING})
_CAME = _GIVEN | {ChargeState.REFUNDED, ChargeState.LOST}
_UNSENT = frozenset({RefundState.SENDING, RefundState.FAILED})


def _stuck(scene: Scene, project: Project) -> Sequence[Refund]:
    """Refunds that a till would not carry out or did not answer about, and that nobody moves."""
    if any(job.kind in (JobKind.CHARGE, JobKind.REFUND) for job in scene.snapshot.running):
        return ()
    if refunds.any_open(project.disputes) or not scene.may(Right.MONEY):
        return ()
    return [one for one in project.refunds if one.state in _UNSENT]


def _asked_again(scene: Scene, project: Project, waiting: Sequence[Refund]) -> Changes:
    """Tills are asked once more, each under the same id: what it has given back it does not give twice."""
    after = staff.decided(scene, project)
    jobs: tuple[Job, ...] = ()
    for one in waiting:
        charge = next(charge for charge in project.charges if charge.id == one.charge)
        after = with_refund(after, replace(one, state=RefundState.SENDING))
        jobs += (_asking(scene, after, charge, one),)
    card = _on_its_way(scene, after, "stuck")
    answer = scene.answer(scene.say("The money is going back."))
    return outcome(scene, project, after, jobs=jobs, notices=(answer,), more=Changes(cards=(card,)))


def _sent(
    scene: Scene, project: Project, parts: Sequence[Part], why: Cause, *, whole: bool
) -> tuple[Project, Changes]:
    """Parts of charges on their way: our own money at once, that of a till by a job."""
    changes = Changes()
    for part in parts:
        charge = part.charge
        at_once = part.to is RefundTo.CREDIT or charge.till in scene.ways.in_house
        made = Refund(
            id=scene.id("refund", charge.id, "row"),
            order=project.order.id,
            state=RefundState.DONE if at_once else RefundState.SENDING,
            to=part.to,
            amount=part.amount,
            reason=why.reason,
            asked_by=why.by,
            approved_by=why.approved_by,
            at=scene.now,
            charge=charge.id,
            whole=whole,
            name=why.name,
        )
        project = with_refund(project, made)
        if at_once:
            project = _returned_to(project, charge)
            transfer = _transfer(made, charge, scene, project.order.person)
            changes += Changes(transfers=(transfer,), notices=(_told(scene, project, part, why),))
        else:
            if whole:
                project = with_charge(project, replace(charge, state=ChargeState.REFUNDING))
            changes += Changes(jobs=(_asking(scene, project, charge, made),))
    return project, changes


def _money(sent: Changes) -> Changes:
    return Changes(transfers=sent.transfers)


def _asking(scene: Scene, project: Project, charge: Charge, sent: Refund) -> Job:
    asked = {**asked_of_till(charge), "refund": sent.id, "back": sent.amount.amount}
    job = Job(scene.id("refund", sent.id), JobKind.REFUND, "", payload=asked, cost=0.1)
    return job_of(scene, project, job)


def _sent_before(scene: Scene, project: Project, charge: Charge) -> Refund | None:
    """The refund that a till has answered about. One that was asked for before they had rows, had none."""
    job = scene.snapshot.job
    named = job.payload.get("refund") if job else None
    if named is None and charge.state is ChargeState.REFUNDING:
        whole = RefundState.SENDING, RefundTo.METHOD, charge.amount, ""
        return Refund(charge.id, charge.order, *whole, None, None, scene.now, charge.id, whole=True)
    return next((one for one in project.refunds if one.id == named), None)


def _returned_to(project: Project, charge: Charge) -> Project:
    """The charge as it is once a refund was done: nothing of it is ours, if all of it went back."""
    done = [one for one in project.refunds if one.state is RefundState.DONE]
    if refunds.returned(charge, done) != charge.amount:
        return project
    return with_charge(project, replace(charge, state=ChargeState.REFUNDED))


def _transfer(done: Refund, charge: Charge, scene: Scene, owner: str) -> Transfer:
    in_house = charge.till in scene.ways.in_house
    simply = done.whole and done.to is RefundTo.METHOD and done.amount == charge.amount
    if simply:
        return refund(charge, owner=owner, in_house=in_house, at=scene.now)
    return partly_back(done, charge, owner=owner, in_house=in_house, at=scene.now)


def _told(scene: Scene, project: Project, part: Part, why: Cause) -> Notice:
    say, order = scene.to_artist, project.order
    number = str(order.number)
    credit = part.to is RefundTo.CREDIT
    text = (
        say("Order {number}: {amount} went back to whoever paid for it.", number=number, amount=part.amount)
        if part.charge.agreement
        else say(
            "You have {amount} credit for order {number}; it pays what you order next.",
            amount=part.amount,
            number=number,
        )
        if credit
        else say("You have {amount} back for order {number}.", amount=part.amount, number=number)
    )
    if part.instead:
        text += say(" The way you paid can give back whole payments only, so you have it as credit.")
    words = _BY_LAW.sub("", why.reason)
    if why.name and words:
        text += say(" {name} from the studio: {words}", name=why.name, words=words)
    return Notice(
        scene.id("refunded", part.charge.id),
        To.person(order.person),
        text,
        (buttons.human(say, order.id),),
        order=order.id,
    )


def _on_its_way(scene: Scene, project: Project, key: str) -> Card:
    """What the staff saw with buttons, now without them."""
    text: Text = scene.to_staff("Order {number}: the money is going back.", number=str(project.order.number))
    if scene.may(Right.MONEY) and not scene.owns:
        text = staff.told(scene, text)
    return Card(f"{key}:{project.order.id}", To.staff(), text, done=True)
