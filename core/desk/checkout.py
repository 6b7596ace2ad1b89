"""Money comes in: the one tap that is consent, age and charge, and what the till answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.changes import Changes
from core.consent import Consent, ConsentKind
from core.desk import buttons, delivery, mastering, refunds, staff
from core.desk.charges import asked_of_till, charge_of_job
from core.desk.evolution import advanced, with_charge, with_order
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene
from core.desk.stale import stale
from core.jobs import Job, JobKind
from core.ledger import payment, refund
from core.messages import Card, Notice, To
from core.money import Money
from core.orders import Grouping, Order, OrderState, Project
from core.people import Person
from core.pricing import price
from core.terms import terms
from core.tills import Charge, ChargeState
from core.wording import Voice


def pay(scene: Scene, project: Project, version: int | None, choice: str | None) -> Changes:
    """The paying tap (A02, A03, B35). A tap on an offer that has changed since is only shown the new one.

    `choice` is "credit" where the button promised to draw on nothing else.
    """
    order = project.order
    if not _payable(project, version):
        return stale(scene, project)
    total = price(project, scene.rules).total
    if total != order.offered:  # the house has changed its prices since
        after = with_order(project, replace(order, offered=total))
        renewed = advanced(project, after, scene.rules)
        return outcome(scene, project, after) + stale(scene, renewed)
    charges = _charges(scene, project, total)
    if charges is None:
        say = scene.say
        text = say("You cannot pay here yet. Your song is safe, and a person can help.")
        return outcome(scene, project, project, notices=(scene.answer(text, buttons.human(say, order.id)),))
    if choice == "credit" and any(charge.state is not ChargeState.PAID for charge in charges):
        return stale(scene, project)  # the credit went elsewhere meanwhile
    after, more = _agreed(scene, project, price_=total, state=OrderState.PAYING)
    jobs: tuple[Job, ...] = ()
    for charge in charges:
        after = with_charge(after, charge)
        if charge.state is ChargeState.PAID:
            more += Changes(transfers=(payment(charge, in_house=True, at=scene.now),))
        else:
            jobs += (_asking(scene, after, charge),)
    if not jobs:
        return _paid(scene, project, after, (), more)
    return outcome(scene, project, after, jobs=jobs, more=more)


def refusal(
    say: Voice, project: Project | None, person: Person | None, version: int, amount: Money
) -> str | None:
    """Why an amount that a platform is about to take may not be paid now; None if it may."""
    if project is None or person is None or project.order.person != person.id:
        return say.word("This is not yours to pay.")
    if not _payable(project, version) or project.order.offered != amount:
        return say.word("This offer has changed. Nothing was charged; the newest one is in the chat.")
    return None


def preview_first(scene: Scene, project: Project, version: int | None) -> Changes:
    """Where the house charges before files: consent and work now, money for the files later."""
    order = project.order
    free = order.state is OrderState.OFFERED and order.charge == "before-files"
    if not free or version != order.rev or _undecided(project):
        return stale(scene, project)
    after, more = _agreed(scene, project, price_=None, state=OrderState.WORKING)
    after, jobs = mastering.started(scene, after)
    return outcome(scene, project, after, jobs=jobs, more=more)


def settled(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A till has answered."""
    project, charge = charge_of_job(scene)
    if charge.state is not ChargeState.REQUESTED:
        return outcome(scene, project, project)
    if result.get("declined") and scene.artist.minor:
        ended = with_charge(project, replace(charge, state=ChargeState.DECLINED))
        return refunds.give_back(scene, project, ended)
    if result.get("declined"):
        return _declined(scene, project, charge, str(result["declined"]))
    paid = replace(charge, state=ChargeState.PAID, provider_id=str(result["provider_id"]))
    more = Changes(transfers=(payment(paid, in_house=False, at=scene.now),))
    if scene.artist.minor:  # B35: said while the till was asked
        return more + refunds.give_back(scene, project, with_charge(project, paid))
    say = scene.to_artist
    receipt = Notice(
        scene.id("receipt"),
        To.person(scene.artist.id),
        say(
            "Received {amount} for order {number}. Thank you!",
            amount=charge.amount,
            number=str(project.order.number),
        ),
        (buttons.human(say, project.order.id),),
        order=project.order.id,
    )
    return _paid(scene, project, with_charge(project, paid), (receipt,), more)


def unanswered(scene: Scene) -> Changes:
    """A till did not answer, three times. It may have taken the money: the order waits to know."""
    project, charge = charge_of_job(scene)
    if charge.state is not ChargeState.REQUESTED:
        return outcome(scene, project, project)
    order, say, to_staff = project.order, scene.to_artist, scene.to_staff
    told = Notice(
        scene.id("unanswered"),
        To.person(order.person),
        say("Your payment has not been confirmed yet. Please do not pay again: a person is looking into it."),
        (buttons.human(say, order.id),),
        order=order.id,
    )
    text = to_staff(
        "Order {number}: the till does not answer whether it has taken the money.", number=str(order.number)
    )
    card = Card(_unanswered(order), To.staff(), text, (buttons.retry(to_staff, order), *scene.looks(order)))
    return outcome(scene, project, project, notices=(told,), more=Changes(cards=(card,)))


def asked_again(scene: Scene, project: Project) -> Changes:
    """A till is asked once more about the same charge: what it has taken it does not take twice."""
    asked = [charge for charge in project.charges if charge.state is ChargeState.REQUESTED]
    if not asked or any(job.kind is JobKind.CHARGE for job in scene.snapshot.running):
        return staff.already_done(scene, project)
    text = scene.to_staff("Order {number}: the till is asked again.", number=str(project.order.number))
    card = Card(_unanswered(project.order), To.staff(), staff.told(scene, text), done=True)
    jobs = tuple(_asking(scene, project, charge) for charge in asked)
    return outcome(scene, project, staff.decided(scene, project), jobs=jobs, more=Changes(cards=(card,)))


def _unanswered(order: Order) -> str:
    return f"unanswered:{order.id}"


def _asking(scene: Scene, project: Project, charge: Charge) -> Job:
    id_ = scene.id("charge", charge.till)
    return job_of(scene, project, Job(id_, JobKind.CHARGE, "", payload=asked_of_till(charge), cost=0.1))


def _agreed(
    scene: Scene, project: Project, *, price_: Money | None, state: OrderState
) -> tuple[Project, Changes]:
    """The order with the terms that the tap accepted, and the proof of it."""
    agreed = terms(scene.rules, scene.say)
    order = replace(
        project.order, state=state, price=price_, terms_version=agreed.version, terms_sha256=agreed.sha256
    )
    return with_order(project, order), Changes(
        consents=_consents(scene, project, agreed.sha256, agreed.version)
    )


def _paid(
    scene: Scene, before: Project, after: Project, notices: tuple[Notice, ...], more: Changes
) -> Changes:
    """An order is paid: the work begins, or what is made already is released."""
    after = with_order(after, replace(after.order, paid_at=scene.now))
    if after.order.version:
        after = delivery.heard(scene, after, after.order.version)
        released = with_order(after, replace(after.order, state=OrderState.RELEASED, approved_at=scene.now))
        return more + delivery.released(scene, before, released, notices)  # paid before it is earned
    after, jobs = mastering.started(scene, with_order(after, replace(after.order, state=OrderState.WORKING)))
    return outcome(scene, before, after, jobs=jobs, notices=notices, more=more)


def _payable(project: Project, version: int | None) -> bool:
    """Whether the offer that somebody saw still stands, and waits for money."""
    order = project.order
    offered = order.state is OrderState.OFFERED and order.charge == "before-work"
    waiting = order.state is OrderState.REVIEW and order.owed
    return (offered or waiting) and version == order.rev and not _undecided(project)


def _undecided(project: Project) -> bool:
    return len(project.ready) > 1 and project.order.grouping not in (Grouping.ALBUM, Grouping.SEPARATE)


def _charges(scene: Scene, project: Project, total: Money) -> list[Charge] | None:
    """What is asked of whom: credit first, the rest of the outside till. None if nobody can take it."""
    order, charges = project.order, []
    till, credit = scene.ways.outside(order.door), scene.ways.credit(order.door)
    covered = min(scene.snapshot.balance or scene.rules.money(0), total) if credit else scene.rules.money(0)
    if credit and covered:
        id_ = scene.id("charge", credit, "row")
        charges.append(
            Charge(id_, order.id, order.person, credit, covered, ChargeState.PAID, scene.now, provider_id=id_)
        )
    rest = total - covered
    if rest:
        if till is None:
            return None
        id_ = scene.id("charge", till, "row")
        charges.append(Charge(id_, order.id, order.person, till, rest, ChargeState.REQUESTED, scene.now))
    return charges


def _consents(scene: Scene, project: Project, sha256: str, version: str) -> tuple[Consent, ...]:
    return tuple(
        Consent(
            scene.id("consent", kind),
            scene.person.id,
            kind,
            version,
            sha256,
            scene.say.language,
            scene.incoming.door,
            scene.incoming.event_id,
            scene.now,
            project.order.id,
        )
        for kind in (ConsentKind.TERMS, ConsentKind.AGE)
    )


def _declined(scene: Scene, project: Project, charge: Charge, reason: str) -> Changes:
    """The order goes back to its offer, and what came from the person's credit goes back too."""
    after = with_charge(project, replace(charge, state=ChargeState.DECLINED))
    more = Changes()
    for held in project.charges:
        if held.state is ChargeState.PAID and held.till in scene.ways.in_house:
            after = with_charge(after, replace(held, state=ChargeState.REFUNDED))
            more += Changes(
                transfers=(refund(held, owner=project.order.person, in_house=True, at=scene.now),)
            )
    back = OrderState.REVIEW if after.order.version else OrderState.OFFERED
    after = with_order(after, replace(after.order, state=back, price=None, last_file=scene.now))
    say = scene.to_artist
    why = (
        say("The payment did not go through: there is not enough money.")
        if reason == "insufficient"
        else say("The payment did not go through.")
    )
    kept = say(
        " Nothing was charged; your order is kept for {days}.",
        days=timedelta(days=scene.rules.quotes.unpaid_order_days),
    )
    notice = Notice(
        scene.id("declined"),
        To.person(scene.artist.id),
        why + kept,
        (buttons.show(say, project.order),),
        order=project.order.id,
    )
    return outcome(scene, project, after, notices=(notice,), more=more)
