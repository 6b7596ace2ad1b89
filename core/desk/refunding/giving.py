"""The staff give credit or money back, or refuse: by command or form, with a reason (A25, C28)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core import refunds as money
from core.changes import Changes
from core.decisions import DecisionKind
from core.desk.refunding import complaints, decisions, refunds
from core.desk.scene import Scene
from core.desk.staffing import staff
from core.money import Money, said
from core.orders import OrderState, Project

_ARGUMENTS = re.compile(r"\s*(?:[A-Za-z]+\s+)?#?\d+\s*(?P<words>.*)", re.DOTALL)
_AMOUNT = re.compile(r"\s*(?P<amount>\S*\d\S*)\s*(?P<reason>.*)", re.DOTALL)
_LAW = re.compile(r"law\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Said:
    amount: Money | None
    reason: str


def credit(scene: Scene, arguments: str) -> Changes:
    """`/credit ORDER AMOUNT reason`; the amount may be a share: 50%."""
    project, told = scene.project, _read(scene, arguments)
    if project is None or told is None or told.amount is None or not told.reason:
        usage = scene.say("Say /credit ORDER AMOUNT and why: /credit 1042 60 a week late.")
        return staff.not_so(scene, arguments, usage)
    return _credited(scene, project, told.amount, told.reason)


def approve(scene: Scene, arguments: str) -> Changes:
    """`/refund approve ORDER [AMOUNT] reason`: all of it, unless an amount is said."""
    project, told = scene.project, _read(scene, arguments)
    if project is None or told is None or not told.reason:
        usage = scene.say("Say /refund approve ORDER and why, with an amount if it is not all of it.")
        return staff.not_so(scene, arguments, usage)
    return _approved(scene, project, told.amount, told.reason)


def refuse(scene: Scene, arguments: str) -> Changes:
    """`/refund refuse ORDER reason`."""
    project, found = scene.project, _ARGUMENTS.fullmatch(arguments)
    if project is None or found is None or not found["words"].strip():
        usage = scene.say("Say /refund refuse ORDER and why: the artist reads it.")
        return staff.not_so(scene, arguments, usage)
    return _refused(scene, project, found["words"].strip())


def filled_in(scene: Scene, form: str, values: Mapping[str, str]) -> Changes:
    """One of the forms behind the buttons of a staff card."""
    project, reason = scene.project, values["reason"].strip()
    if project is None:
        return scene.answered(scene.say("There is no such order."))
    match form:
        case "credit-all":
            return _credited(scene, project, refunds.left_of(scene, project), reason)
        case "credit-half":
            left = refunds.left_of(scene, project)
            return _credited(scene, project, Money((left.amount + 1) // 2, left.currency), reason)
        case "credit":
            amount = _amount(scene, project, values["amount"])
            if amount is None:
                text = scene.say("I could not read that amount. Write it like 40 or 40.50.")
                return scene.answered(text)
            return _credited(scene, project, amount, reason)
        case "refuse":
            return _refused(scene, project, reason)
        case "unjustified":
            return _unjustified(scene, project, reason)
    return _approved(scene, project, None, reason)


def _credited(scene: Scene, project: Project, amount: Money, reason: str) -> Changes:
    """Credit; not while a clock runs that brings the money itself: it would be missing there. # B65"""
    if any(complaint.runs for complaint in project.complaints):
        text = scene.say(
            "A complaint about order {number} is on the clock, and credit does not stop it: put it right, or "
            "give the money back.",
            number=str(project.order.number),
        )
        return scene.answered(text)
    if (trouble := _trouble(scene, project, amount)) is not None:
        return trouble
    about = _request(project)
    return decisions.made(scene, project, DecisionKind.CREDIT, reason=reason, amount=amount, about=about)


def _approved(scene: Scene, project: Project, amount: Money | None, reason: str) -> Changes:
    """Back the way it came. Work by hand is credited; more needs the law, and the word for it. # C28"""
    say = scene.say
    if project.order.under(scene.rules).refund == "credit" and not _LAW.match(reason):
        text = say(
            "Work by hand is credited, not refunded (A24). Where the law gives the artist more, say so: "
            "/refund approve {number} law: and why.",
            number=str(project.order.number),
        )
        return scene.answered(text)
    meant = _meant(scene, project)
    given = amount or meant
    complaint = complaints.standing(project)
    ends = complaint is not None and (complaint.due is None or meant <= given)  # less stops no clock: # B65
    about = complaint.id if complaint and ends else None
    if (trouble := _trouble(scene, project, given)) is not None:
        return trouble
    return decisions.made(scene, project, DecisionKind.REFUND, reason=reason, amount=given, about=about)


def _meant(scene: Scene, project: Project) -> Money:
    """All that is left, or the share of the songs that somebody complains about. # R7"""
    left, complaint = refunds.left_of(scene, project), complaints.standing(project)
    price = project.order.price
    if complaint is None or complaint.due is None or not complaint.songs or price is None:
        return left
    return min(left, money.share(price, len(complaint.songs), len(project.works)))


def _refused(scene: Scene, project: Project, reason: str) -> Changes:
    """No refund; where a clock runs nobody can say so, but only why a complaint is not justified. # B65"""
    if any(complaint.runs for complaint in project.complaints):
        return _unjustified(scene, project, reason)
    return decisions.made(scene, project, DecisionKind.REFUSE, reason=reason, about=_request(project))


def _request(project: Project) -> str | None:
    """What the staff decide about where no clock does: the artist's request, if there is one. # A24, A25"""
    complaint = complaints.standing(project)
    return complaint.id if complaint is not None and complaint.due is None else None


def _unjustified(scene: Scene, project: Project, reason: str) -> Changes:
    complaint = complaints.standing(project)
    if complaint is None or complaint.due is None:
        return scene.answered(scene.say("There is no complaint about it."))
    return decisions.made(scene, project, DecisionKind.UNJUSTIFIED, reason=reason, about=complaint.id)


def _trouble(scene: Scene, project: Project, amount: Money) -> Changes | None:
    """Why this cannot be given now; None if it can."""
    say = scene.say
    left = refunds.left_of(scene, project)
    if money.any_open(project.disputes):
        return scene.answered(say("Its payment is disputed: nothing goes back until that is decided."))
    if project.order.state is OrderState.CANCELLED or not left:
        return scene.answered(say("There is nothing to give back at this moment."))
    if not refunds.can_go_back(scene, project):
        return scene.answered(say("Money of this order is moving. Try again when that is over."))
    if not amount or left < amount:
        return scene.answered(
            say("At most {amount} is left of order {number}.", number=str(project.order.number), amount=left),
        )
    return None


def _read(scene: Scene, arguments: str) -> _Said | None:
    """What stands behind the number of an order: an amount, if it begins with one, and a reason."""
    found = _ARGUMENTS.fullmatch(arguments)
    if found is None or scene.project is None:
        return None
    words = found["words"].strip()
    if (begins := _AMOUNT.fullmatch(words)) is not None:
        amount = _amount(scene, scene.project, begins["amount"])
        if amount is not None:
            return _Said(amount, begins["reason"].strip())
    return _Said(None, words)


def _amount(scene: Scene, project: Project, word: str) -> Money | None:
    if (share := re.fullmatch(r"\s*(\d{1,3})\s*%\s*", word)) is not None and int(share[1]) <= 100:
        left = refunds.left_of(scene, project)
        return Money(-(-left.amount * int(share[1]) // 100), left.currency)
    return said(word, scene.rules.currency)
