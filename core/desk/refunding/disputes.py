"""Disputes: somebody asked their provider for the money. It is held until that has decided (B66, C12)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core import refunds as money
from core.changes import Changes
from core.complaints import Complaint, ComplaintState
from core.decisions import Decision, DecisionKind
from core.desk.evolution import advanced, moves, with_charge, with_complaint, with_dispute
from core.desk.outcome import outcome
from core.desk.refunding import decisions, holds, refunds
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.staffing import staff
from core.ledger import lost as lost_
from core.ledger import release
from core.ledger import taken as taken_
from core.messages import Button, Card, To
from core.money import Money
from core.orders import OrderState, Project
from core.refunds import Dispute, DisputeState
from core.text import Text, joined
from core.tills import Charge, ChargeState

TOLD: Mapping[str, str] = {"disputed": "opened", "dispute-won": "won", "dispute-lost": "lost"}
"""What a provider's event says, in the words of `/dispute`."""

_DISPUTABLE = (ChargeState.PAID, ChargeState.REFUNDING, ChargeState.REFUNDED)


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/dispute ORDER opened|won|lost`: what the provider has told the studio by other ways."""
    say, project = scene.say, scene.project
    what = next((word for word in arguments.lower().split() if word in TOLD.values()), None)
    if project is None or what is None:
        usage = say("Say /dispute ORDER opened, /dispute ORDER won or /dispute ORDER lost.")
        return staff.not_so(scene, arguments, usage)
    changes = _happened(scene, project, what, None)
    if changes is None:
        return scene.answered(say("There is no payment that this can be about."))
    return changes + scene.answered(say("It is written down."))


def heard(scene: Scene, told: Mapping[str, Any]) -> Changes:
    """A provider says so itself. What it says twice, or of a charge that is none of ours, changes nothing."""
    what = TOLD.get(str(told.get("state")))
    if scene.project is None or what is None:
        return Changes()
    return _happened(scene, scene.project, what, str(told["charge"])) or Changes()


def _happened(scene: Scene, project: Project, what: str, charge: str | None) -> Changes | None:
    open_ = _open(project, charge)
    if what == "opened":
        about = _charge(scene, project, charge)
        return _opened(scene, project, about) if about and open_ is None else None
    if open_ is None:
        return None
    return _won(scene, project, open_) if what == "won" else _lost(scene, project, open_)


def _opened(scene: Scene, project: Project, charge: Charge) -> Changes:
    """Its money is held, our own refund and the clock of a complaint stop."""
    order, say = project.order, scene.to_artist
    dispute = Dispute(scene.id("dispute"), order.id, charge.id, DisputeState.OPEN, scene.now)
    after, more = holds.begun(scene, project, charge, dispute)
    for complaint in project.complaints:
        if complaint.state is ComplaintState.OPEN:
            after = with_complaint(after, replace(complaint, state=ComplaintState.FROZEN))
    notice = scene.notice(
        order,
        "disputed",
        say(
            "Your payment provider tells us that you dispute the payment of order {number}. Until it has "
            "decided, nothing goes back from us.",
            number=str(order.number),
        ),
    )
    more += Changes(cards=(card(scene, after, _now(after, dispute)),))
    return outcome(scene, project, after, notices=(notice,), more=more)


def _won(scene: Scene, project: Project, dispute: Dispute) -> Changes:
    """Closed without payout: the money is where it was, and the clock of a complaint goes on. # C12"""
    closed = replace(dispute, state=DisputeState.WON, closed=scene.now)
    after, more = with_dispute(project, closed), Changes()
    if dispute.held and dispute.source:
        more += Changes(transfers=(release(dispute, dispute.held, dispute.source, scene.now),))
    for complaint in project.complaints:
        if complaint.state is ComplaintState.FROZEN and not money.any_open(after.disputes):
            due = complaint.due and scene.now + (complaint.due - dispute.opened)
            after = with_complaint(after, replace(complaint, state=ComplaintState.OPEN, due=due))
    more += Changes(cards=(card(scene, after, closed),))
    charge = next(charge for charge in project.charges if charge.id == dispute.charge)
    if project.order.state is OrderState.CANCELLED and charge.state is ChargeState.PAID:
        return more + refunds.give_back(scene, project, after)  # what was to go back when the order ended
    return outcome(scene, project, after, more=more)


def _lost(scene: Scene, project: Project, dispute: Dispute) -> Changes:
    """The provider has paid the money back. What was not released yet ends here. # C12"""
    closed = replace(dispute, state=DisputeState.LOST, closed=scene.now)
    charge = next(charge for charge in project.charges if charge.id == dispute.charge)
    after, more = with_dispute(project, closed), Changes()
    if dispute.held:
        more += Changes(transfers=(lost_(dispute, dispute.held, charge.till, scene.now),))
        after = with_charge(after, replace(charge, state=ChargeState.LOST))
    for complaint in project.complaints:
        if complaint.state is ComplaintState.FROZEN:
            after = with_complaint(after, _refunded(scene, complaint))
    more += Changes(cards=(card(scene, after, closed),))
    ended = project.order.state in (OrderState.CANCELLED, OrderState.COMPLETED)
    if project.order.released_version is None and not ended:
        return more + refunds.give_back(scene, project, after)
    return outcome(scene, project, after, more=more)


def _refunded(scene: Scene, complaint: Complaint) -> Complaint:
    return replace(complaint, state=ComplaintState.REFUNDED, closed=scene.now)


def take(scene: Scene, project: Project | None, reason: str) -> Changes:
    """[Take it from their credit …]: as much as their provider had from us, if they have that."""
    disputes = project.disputes if project else ()
    dispute = next((one for one in reversed(disputes) if one.state is DisputeState.LOST), None)
    amount = _to_take(scene, dispute)
    if project is None or dispute is None or not amount:
        return scene.answered(scene.say("There is no credit to take."))
    return decisions.made(scene, project, DecisionKind.TAKE, reason=reason, amount=amount, about=dispute.id)


def taken(scene: Scene, project: Project, decision: Decision) -> Changes:
    """What a lost dispute cost is taken from the credit of who opened it, by a decision of the staff."""
    order, say, balance = project.order, scene.to_artist, scene.snapshot.balance
    if decision.amount is None or balance is None or balance < decision.amount:
        return outcome(scene, project, project)
    transfer = taken_(decision.id, order.person, decision.amount, order.id, scene.now)
    text = say(
        "{amount} of your credit was taken for order {number}, which your payment provider paid back.",
        amount=decision.amount,
        number=str(order.number),
    )
    notice = scene.notice(order, "taken", text)
    moved = moves(project, advanced(project, project, scene.rules))
    return moved + Changes(transfers=(transfer,), notices=(notice,))


def card(scene: Scene, project: Project, dispute: Dispute) -> Card:
    """A dispute as the staff desk sees it."""
    say, order = scene.to_staff, project.order
    number = str(order.number)
    held: Money | str = dispute.held or "0"
    lines: list[Text] = []
    row: tuple[Button, ...] = ()
    match dispute.state:
        case DisputeState.OPEN:
            lines = [
                say("Order {number}: its payment is disputed. {amount} is held.", number=number, amount=held),
                say("Nothing goes back from us until the provider has decided."),
            ]
            row = scene.looks(order)
        case DisputeState.WON:
            lines = [
                say(
                    "Order {number}: the dispute is closed without payout. The money stays with us.",
                    number=number,
                ),
                say("What becomes of the order is for you to decide."),
            ]
            row = (buttons.give_back(say, order), *scene.looks(order))
        case DisputeState.LOST:
            lines = [
                say("Order {number}: the dispute is lost. {amount} went back.", number=number, amount=held)
            ]
            if amount := _to_take(scene, dispute):
                lines.append(say("They have {amount} of credit that could be taken.", amount=amount))
                row = (Button(say.word("Take it from their credit …"), form=f"take-credit:{order.id}"),)
    return Card(f"dispute:{dispute.id}", To.staff(), joined(lines), row, done=not row)


def _to_take(scene: Scene, dispute: Dispute | None) -> Money | None:
    balance = scene.snapshot.balance
    if dispute is None or dispute.held is None or not balance:
        return None
    return min(balance, dispute.held)


def _open(project: Project, charge: str | None) -> Dispute | None:
    for dispute in project.disputes:
        about = next(one for one in project.charges if one.id == dispute.charge)
        if dispute.state is DisputeState.OPEN and charge in (None, about.id, about.provider_id):
            return dispute
    return None


def _charge(scene: Scene, project: Project, named: str | None) -> Charge | None:
    """The charge that a provider means, or the one of outside money that is not over."""
    for charge in project.charges:
        outside = charge.till not in scene.ways.in_house and charge.state in _DISPUTABLE
        if outside and named in (None, charge.id, charge.provider_id):
            return charge
    return None


def _now(project: Project, dispute: Dispute) -> Dispute:
    return next(one for one in project.disputes if one.id == dispute.id)
