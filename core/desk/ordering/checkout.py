"""Money comes in: the one tap that is consent, age and charge, and what the till answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.changes import Changes
from core.consent import Consent, ConsentKind
from core.desk.delivering import delivery
from core.desk.evolution import advanced, with_charge, with_order, with_quote
from core.desk.making import mastering, work
from core.desk.ordering import rebates
from core.desk.ordering.charges import asking, charge_of_job, charges_of
from core.desk.outcome import outcome
from core.desk.refunding import refunds
from core.desk.revising import quotes
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.desk.staffing import staff
from core.desk.trade import concluded
from core.desk.trade.agreed import dealt, drawn_on
from core.jobs import Job, JobKind
from core.ledger import payment, refund
from core.messages import Card, Notice, To
from core.money import Money
from core.offering import fitting
from core.orders import Order, OrderState, Project
from core.people import Person
from core.pricing import lines, price
from core.quotes import Quote, QuoteKind, QuoteState
from core.services import BY_HAND
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
    today = rebates.standing(scene, dealt(scene, with_order(project, fitting(order, scene.rules))))
    total = price(today, scene.rules).total
    if today != project or total != order.offered:  # the house has changed its prices or its lines since
        after = with_order(today, replace(today.order, offered=total))
        renewed = advanced(project, after, scene.rules)
        return outcome(scene, project, after) + stale(scene, renewed)
    charges = charges_of(scene, project.order, total)
    if charges is None:
        say = scene.say
        text = say("You cannot pay here yet. Your song is safe, and a person can help.")
        return outcome(scene, project, project, notices=(scene.answer(text, buttons.human(say, order.id)),))
    if choice == "credit" and any(charge.state is not ChargeState.PAID for charge in charges):
        return stale(scene, project)  # the credit went elsewhere meanwhile
    after, more = _agreed(scene, project, price_=total, state=OrderState.PAYING)
    after = with_order(after, replace(after.order, paid_songs=len(after.works)))
    after = with_quote(after, _accepted(scene, project, total))
    more += rebates.spent(scene, after) + drawn_on(scene, after)
    jobs: tuple[Job, ...] = ()
    for charge in charges:
        after = with_charge(after, charge)
        if charge.state is ChargeState.PAID:
            more += Changes(transfers=(payment(charge, in_house=True, at=scene.now),))
        else:
            jobs += (asking(scene, after, charge),)
    if not jobs:
        return set_going(scene, project, after, (_receipt(scene, after),), more)
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
    free = order.state is OrderState.OFFERED and order.preview_first
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
    if charge.quote is not None and not scene.artist.minor:
        return quotes.settled(scene, project, charge, result)
    if result.get("declined") and scene.artist.minor:
        ended = with_charge(project, replace(charge, state=ChargeState.DECLINED))
        return refunds.give_back(scene, project, ended)
    if result.get("declined"):
        return _declined(scene, project, charge, str(result["declined"]))
    taken = replace(charge, state=ChargeState.PAID, provider_id=str(result["provider_id"]))
    more = Changes(transfers=(payment(taken, in_house=False, at=scene.now),))
    if scene.artist.minor:  # B35: said while the till was asked
        return more + refunds.give_back(scene, project, with_charge(project, taken))
    after = with_charge(project, taken)
    return set_going(scene, project, after, (_receipt(scene, after),), more)


def unanswered(scene: Scene) -> Changes:
    """A till did not answer, three times. It may have taken the money: the order waits to know."""
    project, charge = charge_of_job(scene)
    if charge.state is not ChargeState.REQUESTED:
        return outcome(scene, project, project)
    order, say, to_staff = project.order, scene.to_artist, scene.to_staff
    told = scene.notice(
        order,
        "unanswered",
        say("Your payment has not been confirmed yet. Please do not pay again: a person is looking into it."),
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
    jobs = tuple(asking(scene, project, charge) for charge in asked)
    return outcome(scene, project, staff.decided(scene, project), jobs=jobs, more=Changes(cards=(card,)))


def _unanswered(order: Order) -> str:
    return f"unanswered:{order.id}"


def _agreed(
    scene: Scene, project: Project, *, price_: Money | None, state: OrderState
) -> tuple[Project, Changes]:
    """The order with the terms that the tap accepted, and the proof of it."""
    agreed = terms(scene.rules, scene.say)
    order = replace(
        project.order,
        state=state,
        price=price_,
        terms_version=agreed.version,
        terms_sha256=agreed.sha256,
        bought=project.order.under(scene.rules),  # A27
    )
    return with_order(project, order), Changes(
        consents=_consents(scene, project, agreed.sha256, agreed.version), terms=(agreed,)
    )


def set_going(
    scene: Scene, before: Project, after: Project, notices: tuple[Notice, ...], more: Changes
) -> Changes:
    """An order is paid: the work begins, or what is made already is released."""
    for quote in _standing(after):
        after = with_quote(after, replace(quote, state=QuoteState.PAID))
    after = with_order(after, replace(after.order, paid_at=scene.now))
    if after.order.prepays is not None:
        return concluded.paid_in(scene, before, after, notices, more)
    if after.order.version:
        after = delivery.heard(scene, after, after.order.version)
        released = with_order(after, replace(after.order, state=OrderState.RELEASED, approved_at=scene.now))
        return more + delivery.released(scene, before, released, notices)  # paid before it is earned
    if after.order.service in BY_HAND:
        after, asked = work.ordered(scene, after)
        return outcome(scene, before, after, notices=notices, more=more + asked)
    after, jobs = mastering.started(scene, with_order(after, replace(after.order, state=OrderState.WORKING)))
    return outcome(scene, before, after, jobs=jobs, notices=notices, more=more)


def _accepted(scene: Scene, project: Project, total: Money) -> Quote:
    """The price that the tap accepted, line by line: what an invoice can point at."""
    return Quote(
        scene.id("quote"),
        project.order.id,
        QuoteKind.ORDER,
        QuoteState.ACCEPTED,
        total * 0,
        lines(project, scene.rules),
        asked_at=scene.now,
        total=total,
        named_at=scene.now,
        accepted_by=scene.person.id,
        accepted_at=scene.now,
    )


def _standing(project: Project) -> list[Quote]:
    """The price of the order that was accepted and is not paid yet."""
    return [
        quote
        for quote in project.quotes
        if quote.kind is QuoteKind.ORDER and quote.state is QuoteState.ACCEPTED
    ]


def _receipt(scene: Scene, project: Project) -> Notice:
    """What was paid for an order, and how much of it with credit."""
    say, order = scene.to_artist, project.order
    number, credit, received = str(order.number), scene.rules.money(0), scene.rules.money(0)
    for charge in _paid_for(project):
        if charge.till in scene.ways.in_house:
            credit += charge.amount
        else:
            received += charge.amount
    if received and credit:
        text = say(
            "Received {amount} for order {number}, and {credit} of your credit. Thank you!",
            amount=received,
            number=number,
            credit=credit,
        )
    elif not received and not credit:
        text = say("Order {number} costs nothing. Thank you!", number=number)
    elif credit:
        text = say(
            "Paid for order {number}: {credit} of your credit. Thank you!", number=number, credit=credit
        )
    else:
        text = say("Received {amount} for order {number}. Thank you!", amount=received, number=number)
    return scene.notice(order, "receipt", text)


def _paid_for(project: Project) -> list[Charge]:
    """What was paid for the order itself, without what was paid for changes to it."""
    return [one for one in project.charges if one.state is ChargeState.PAID and one.quote is None]


def _payable(project: Project, version: int | None) -> bool:
    """Whether the offer that somebody saw still stands, and waits for money."""
    order = project.order
    offered = order.state is OrderState.OFFERED and not order.preview_first
    waiting = order.state is OrderState.REVIEW and order.owed
    return (offered or waiting) and version == order.rev and not _undecided(project)


def _undecided(project: Project) -> bool:
    return len(project.ready) > 1 and project.order.grouping is None


def _consents(scene: Scene, project: Project, sha256: str, version: str) -> tuple[Consent, ...]:
    return tuple(
        scene.consent(kind, version, sha256, project.order.id)
        for kind in (ConsentKind.TERMS, ConsentKind.AGE)
    )


def _declined(scene: Scene, project: Project, charge: Charge, reason: str) -> Changes:
    """The order goes back to its offer, and what came from the person's credit goes back too."""
    after = with_charge(project, replace(charge, state=ChargeState.DECLINED))
    more = Changes()
    for held in _paid_for(project):
        if held.till in scene.ways.in_house:
            after = with_charge(after, replace(held, state=ChargeState.REFUNDED))
            more += Changes(
                transfers=(refund(held, owner=project.order.person, in_house=True, at=scene.now),)
            )
    for quote in _standing(project):
        after = with_quote(after, replace(quote, state=QuoteState.VOID))
    order = replace(after.order, price=None, paid_songs=0, last_file=scene.now)
    if order.version:
        after = with_order(after, replace(order, state=OrderState.REVIEW))
    else:
        after = with_order(after, replace(order, state=OrderState.OFFERED, bought=None))
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
