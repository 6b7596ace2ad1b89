"""The way that money takes back: our own at once, that of a till by a job; and what if a till will not."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core import refunds
from core.changes import Changes
from core.decisions import Decision
from core.desk.evolution import with_charge, with_refund
from core.desk.ordering.charges import asked_of_till, charge_of_job
from core.desk.outcome import job_of, outcome
from core.desk.refunding import holds
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.staffing import staff
from core.jobs import Job, JobKind
from core.ledger import Transfer, partly_back, refund
from core.messages import Action, Button, Card, Notice, To
from core.orders import Project
from core.people import Right
from core.refunds import Part, Refund, RefundState, RefundTo
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

_UNSENT = frozenset({RefundState.SENDING, RefundState.FAILED})

_BY_LAW = re.compile(r"\Alaw\s*:\s*", re.IGNORECASE)
"""How a reason begins where the law gives more than the rules do (C28); the artist is told the rest of it."""


def cause(decision: Decision) -> Cause:
    """A decision as the cause of what it does."""
    return Cause(decision.reason, decision.by, decision.name, decision.approved_by)


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


def unanswered(scene: Scene, project: Project) -> Sequence[Refund]:
    """Refunds that a till would not carry out or did not answer about, and that nobody moves."""
    if any(job.kind in (JobKind.CHARGE, JobKind.REFUND) for job in scene.snapshot.running):
        return ()
    if refunds.any_open(project.disputes) or not scene.may(Right.MONEY):
        return ()
    return [one for one in project.refunds if one.state in _UNSENT]


def asked_again(scene: Scene, project: Project, waiting: Sequence[Refund]) -> Changes:
    """Tills are asked once more, each under the same id: what it has given back it does not give twice."""
    after = staff.decided(scene, project)
    jobs: tuple[Job, ...] = ()
    for one in waiting:
        charge = next(charge for charge in project.charges if charge.id == one.charge)
        after = with_refund(after, replace(one, state=RefundState.SENDING))
        jobs += (_asking(scene, after, charge, one),)
    card = on_its_way(scene, after, "stuck")
    answer = scene.answer(scene.say("The money is going back."))
    return outcome(scene, project, after, jobs=jobs, notices=(answer,), more=Changes(cards=(card,)))


def begun(
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


def on_its_way(scene: Scene, project: Project, key: str) -> Card:
    """What the staff saw with buttons, now without them."""
    text: Text = scene.to_staff("Order {number}: the money is going back.", number=str(project.order.number))
    if scene.may(Right.MONEY) and not scene.owns:
        text = staff.told(scene, text)
    return Card(f"{key}:{project.order.id}", To.staff(), text, done=True)
