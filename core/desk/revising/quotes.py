"""The price of a batch: frozen, named by the rules or by staff, accepted and paid, or let go (A15, A19, A22).

Nothing is charged before an accepting tap, and nothing is begun before it is paid.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from core.changes import Changes
from core.decisions import Decision, DecisionKind
from core.desk.evolution import with_batch, with_charge, with_quote
from core.desk.ordering.charges import asking, charges_of
from core.desk.outcome import outcome
from core.desk.refunding import decisions
from core.desk.revising import wish_list
from core.desk.revising.quote_card import answers, batch_of, card_of, change, for_staff, half_more, price_of
from core.desk.revising.sealing import into_work
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.ids import seen
from core.jobs import Job
from core.ledger import payment, refund
from core.messages import Button, Notice
from core.money import Money
from core.orders import Project
from core.quotes import STANDING, Quote, QuoteKind, QuoteLine, QuoteState
from core.revisions import Batch, BatchState
from core.text import Moment
from core.tills import Charge, ChargeState
from core.verdicts import CLAUSES, Verdict
from core.windows import expiry


def standing(project: Project) -> Quote | None:
    """The price of a batch of which something may still come; there is one at a time."""
    return next((q for q in project.quotes if q.kind is QuoteKind.REVISION and q.state in STANDING), None)


# The artist


def accepted_at_once(scene: Scene, project: Project, batch: Batch, verdict: Verdict) -> Changes:
    """A fee in time, at the floor, accepted with the tap that saw it. # A19, A22"""
    quote = replace(_frozen(scene, project, batch, verdict), total=verdict.total, named_at=scene.now)
    return _charged(scene, project, _priced(project, batch, quote), quote)


def asked(scene: Scene, project: Project, batch: Batch, verdict: Verdict) -> Changes:
    """Staff are asked to name a price. # A15"""
    say, hours = scene.to_artist, scene.rules.quotes.staff_promise_hours
    quote = _frozen(scene, project, batch, verdict)
    after = _priced(project, batch, quote)
    told = say(
        "Staff will name a price, from {floor}, usually within {hours}. "
        "Nothing is charged until you accept it.",
        floor=quote.floor,
        hours=timedelta(hours=hours),
    )
    card = wish_list.waiting(scene, after, batch, told, change(scene, project, quote))
    return outcome(scene, project, after, more=Changes(cards=(card, card_of(scene, after, quote))))


def accept(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Accept $15]: the price that staff named."""
    quote = standing(project)
    if quote is None or quote.state is not QuoteState.OFFERED or seen(quote.id, quote.rev) != version:
        return stale(scene, project)
    if quote.expires is not None and scene.now > quote.expires:
        return expired(scene, project)
    return _charged(scene, project, project, quote)


def decline(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Decline]: nothing was charged, and the list is kept."""
    quote = standing(project)
    if quote is None or quote.state is not QuoteState.OFFERED or seen(quote.id, quote.rev) != version:
        return stale(scene, project)
    say = scene.to_artist
    text = say("Nothing was charged, and nothing is changed. Your list is kept.")
    notice = scene.answer(text, buttons.changes(say, project.order), order=project.order.id)
    return _let_go(scene, project, quote, QuoteState.DECLINED, (notice,))


def waits(scene: Scene, project: Project) -> Changes:
    """More is wished while a list waits: what can be done about that list. A member is only told."""
    quote, say = standing(project), scene.say
    if quote is None:
        return stale(scene, project)
    row: tuple[Button, ...] = ()
    match quote.state:
        case _ if scene.member is not None:
            text = say("Nothing was added: the list waits for its price.")
        case QuoteState.ASKED:
            text = say("Nothing was added: your list waits for its price. To add something, change it.")
            row = (change(scene, project, quote),)
        case QuoteState.OFFERED:
            text = say(
                "Nothing was added: your list costs {price}, and waits for your answer. To add something, "
                "change it.",
                price=price_of(quote),
            )
            row = (*answers(scene, project, quote), change(scene, project, quote))
        case _:
            text = say(
                "Nothing was added: the payment of your list is on its way. Tell me again when that is done."
            )
    return scene.answered(text, *row, buttons.human(say), order=project.order.id)


def taken_back(scene: Scene, project: Project, version: int | None) -> tuple[Project, Batch, Changes] | None:
    """The project with its list open again, and that list; None if its price is not what somebody saw."""
    quote = standing(project)
    if quote is None or quote.state is QuoteState.ACCEPTED or seen(quote.id, quote.rev) != version:
        return None
    after = _without(project, quote, QuoteState.VOID)
    batch = batch_of(after, quote)
    return after, batch, Changes(cards=for_staff(scene, after, _now(after, quote)))


def settled(scene: Scene, project: Project, charge: Charge, result: Mapping[str, Any]) -> Changes:
    """A till has answered about the price of a batch."""
    quote = next(quote for quote in project.quotes if quote.id == charge.quote)
    if result.get("declined"):
        return _not_paid(scene, project, quote, charge, str(result["declined"]))
    paid = replace(charge, state=ChargeState.PAID, provider_id=str(result["provider_id"]))
    more = Changes(transfers=(payment(paid, in_house=False, at=scene.now),))
    return _paid(scene, project, with_charge(project, paid), quote, more)


# The clock


def overdue(scene: Scene, project: Project) -> bool:
    """Whether nobody has accepted a price in time. One that a till is being asked for was accepted."""
    quote = standing(project)
    if quote is None or quote.state is not QuoteState.OFFERED:
        return False
    over = expiry(quote)
    return over is not None and over <= scene.now


def expired(scene: Scene, project: Project) -> Changes:
    """A price that nobody accepted in time: the list is kept, and can be sent again."""
    quote = standing(project)
    if quote is None or quote.total is None:
        return outcome(scene, project, project)
    say, order = scene.to_artist, project.order
    text = say(
        "The price of {price} for your changes to order {number} is no longer valid. Nothing was charged, "
        "and your list is kept.",
        price=quote.total,
        number=str(order.number),
    )
    notice = scene.notice(order, "expired", text, buttons.changes(say, order))
    return _let_go(scene, project, quote, QuoteState.EXPIRED, (notice,))


# The staff


def pressed(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """[$40], [$60] on the card: the floor, or half as much again."""
    quote = standing(project)
    if quote is None or quote.state is not QuoteState.ASKED or seen(quote.id, quote.rev) != version:
        return _gone(scene, project)
    amount = quote.floor if choice == "floor" else half_more(quote.floor)
    return _named_by_staff(scene, project, quote, amount, "")


def commanded(scene: Scene, project: Project, amount: Money, reason: str) -> Changes:
    """`/quote 1042 40 reason`, or the form behind [Other…]."""
    quote = standing(project)
    if quote is None or quote.state is not QuoteState.ASKED:
        return _gone(scene, project)
    return _named_by_staff(scene, project, quote, amount, reason)


def waive(scene: Scene, project: Project, amount: Money, reason: str) -> Changes:
    """`/waive 1042 [amount] reason`: for nothing, or under the floor. It needs a reason. # A23"""
    quote = standing(project)
    if quote is None or quote.state is QuoteState.ACCEPTED:
        return _gone(scene, project)
    if not reason.strip():
        return scene.answered(scene.say("Say why: a price under the floor needs a reason."))
    return decisions.made(
        scene, project, DecisionKind.WAIVE, reason=reason.strip(), amount=amount, about=quote.id
    )


def named(scene: Scene, project: Project, decision: Decision) -> Changes:
    """A price is named, and its artist may accept it for some days."""
    quote = next(quote for quote in project.quotes if quote.id == decision.about)
    if quote.state is not QuoteState.ASKED or decision.amount is None:
        return outcome(scene, project, project)
    say, order = scene.to_artist, project.order
    until = scene.now + timedelta(days=scene.rules.quotes.valid_days)
    offered = replace(
        quote,
        state=QuoteState.OFFERED,
        total=decision.amount,
        named_at=scene.now,
        named_by=decision.by,
        reason=decision.reason,
        expires=until,
        rev=quote.rev + 1,
    )
    after = with_quote(project, offered)
    told = say(
        "Your changes cost {price}. This price is valid until {until}.",
        price=decision.amount,
        until=Moment(until),
    )
    if decision.reason:
        told += say(" {name} from the studio: {words}", name=decision.name, words=decision.reason)
    row = (*answers(scene, project, offered), change(scene, project, offered))
    notice = scene.notice(order, "quoted", say("Order {number}: ", number=str(order.number)) + told, *row)
    card = wish_list.waiting(scene, after, batch_of(after, quote), told, *row)
    shown = Changes(cards=(card, card_of(scene, after, offered)))
    return outcome(scene, project, after, notices=(notice,), more=shown)


def waived(scene: Scene, project: Project, decision: Decision) -> Changes:
    """The studio does it for nothing, or for less than the floor."""
    quote = next(quote for quote in project.quotes if quote.id == decision.about)
    if quote.state not in (QuoteState.ASKED, QuoteState.OFFERED):
        return outcome(scene, project, project)
    if decision.amount:
        open_ = replace(quote, state=QuoteState.ASKED)
        return named(scene, with_quote(project, open_), decision)
    say, order = scene.to_artist, project.order
    free = replace(
        quote,
        total=quote.floor * 0,
        named_at=scene.now,
        named_by=decision.by,
        reason=decision.reason,
    )
    told = say(
        "Order {number}: {name} from the studio makes your changes free of charge. {words}",
        number=str(order.number),
        name=decision.name,
        words=decision.reason,
    )
    notice = scene.notice(order, "waived", told)
    return _begun(scene, project, with_quote(project, free), free, Changes(notices=(notice,)))


def _frozen(scene: Scene, project: Project, batch: Batch, verdict: Verdict) -> Quote:
    lines = tuple(
        QuoteLine(
            line.amount,
            line.song,
            tuple(cause.value for cause in line.causes),
            tuple(clause for cause in line.causes for clause in CLAUSES[cause]),
        )
        for line in verdict.lines
    )
    return Quote(
        scene.id("quote"),
        project.order.id,
        QuoteKind.REVISION,
        QuoteState.ASKED,
        verdict.total,
        lines,
        scene.now,
        batch=batch.id,
    )


def _priced(project: Project, batch: Batch, quote: Quote) -> Project:
    return with_quote(with_batch(project, replace(batch, state=BatchState.PRICED)), quote)


def _charged(scene: Scene, before: Project, after: Project, quote: Quote) -> Changes:
    """What was accepted is asked of credit and till; the same tap a second time finds it accepted."""
    if quote.total is None:
        raise ValueError("a price that nobody has named cannot be accepted")
    order = after.order
    charges = charges_of(scene, order, quote.total, quote=quote.id)
    if charges is None:
        say = scene.say
        text = say("You cannot pay here yet. Your list is kept, and a person can help.")
        return outcome(scene, before, before, notices=(scene.answer(text, buttons.human(say, order.id)),))
    accepted = replace(quote, state=QuoteState.ACCEPTED, accepted_by=scene.person.id, accepted_at=scene.now)
    after = with_quote(after, accepted)
    more, jobs = Changes(), list[Job]()
    for charge in charges:
        after = with_charge(after, charge)
        if charge.state is ChargeState.PAID:
            more += Changes(transfers=(payment(charge, in_house=True, at=scene.now),))
        else:
            jobs.append(asking(scene, after, charge))
    if not jobs:
        return _paid(scene, before, after, accepted, more)
    told = scene.to_artist("Payment is on its way …")
    card = wish_list.waiting(scene, after, batch_of(after, quote), told)
    more += Changes(cards=(card, *for_staff(scene, after, accepted)))
    return outcome(scene, before, after, jobs=tuple(jobs), more=more)


def _paid(scene: Scene, before: Project, after: Project, quote: Quote, more: Changes) -> Changes:
    say, order = scene.to_artist, after.order
    receipt = scene.notice(
        order,
        "receipt",
        say(
            "Received {amount} for your changes to order {number}. Thank you!",
            amount=price_of(quote),
            number=str(order.number),
        ),
    )
    return _begun(scene, before, after, quote, more + Changes(notices=(receipt,)))


def _begun(scene: Scene, before: Project, after: Project, quote: Quote, more: Changes) -> Changes:
    """What is paid, or costs nothing, goes to work."""
    done = replace(quote, state=QuoteState.PAID)
    after = with_quote(after, done)
    batch = batch_of(after, quote)
    cards = Changes(cards=(wish_list.sent(scene, after, batch), *for_staff(scene, after, done)))
    after, jobs, told = into_work(scene, after, batch)
    return outcome(scene, before, after, jobs=jobs, more=more + cards + told)


def _not_paid(scene: Scene, project: Project, quote: Quote, charge: Charge, reason: str) -> Changes:
    """The till would not: the price stands as it was offered, and what came from credit goes back."""
    after = with_charge(project, replace(charge, state=ChargeState.DECLINED))
    more = Changes()
    for held in project.charges:
        if held.quote == quote.id and held.state is ChargeState.PAID and held.till in scene.ways.in_house:
            after = with_charge(after, replace(held, state=ChargeState.REFUNDED))
            back = refund(held, owner=project.order.person, in_house=True, at=scene.now)
            more += Changes(transfers=(back,))
    until = max(quote.expires or scene.now, scene.now + timedelta(days=scene.rules.quotes.unpaid_order_days))
    offered = replace(quote, state=QuoteState.OFFERED, expires=until, rev=quote.rev + 1)
    after = with_quote(after, offered)
    say = scene.to_artist
    why = (
        say("The payment did not go through: there is not enough money.")
        if reason == "insufficient"
        else say("The payment did not go through.")
    )
    told = why + say(" Nothing was charged; your list is kept.")
    row = (*answers(scene, project, offered), change(scene, project, offered))
    card = wish_list.waiting(scene, after, batch_of(after, quote), told, *row)
    notice = scene.notice(project.order, "declined", told, *row)
    more += Changes(cards=(card, *for_staff(scene, after, offered)))
    return outcome(scene, project, after, notices=(notice,), more=more)


def _let_go(
    scene: Scene, project: Project, quote: Quote, state: QuoteState, notices: tuple[Notice, ...]
) -> Changes:
    """A price that comes to nothing; its list is a draft again."""
    after = _without(project, quote, state)
    batch = batch_of(after, quote)
    shown = replace(batch, rev=batch.rev + 1)
    cards = (wish_list.wish_list(scene, after, shown), *for_staff(scene, after, _now(after, quote)))
    return outcome(scene, project, after, notices=notices, more=Changes(cards=cards))


def _without(project: Project, quote: Quote, state: QuoteState) -> Project:
    batch = replace(batch_of(project, quote), state=BatchState.OPEN)
    return with_quote(with_batch(project, batch), replace(quote, state=state))


def _now(project: Project, quote: Quote) -> Quote:
    return next(one for one in project.quotes if one.id == quote.id)


def _named_by_staff(scene: Scene, project: Project, quote: Quote, amount: Money, reason: str) -> Changes:
    if amount < quote.floor:
        text = scene.say(
            "The floor here is {floor} (A22, A23). To go under it, waive it with a reason.", floor=quote.floor
        )
        return scene.answered(text)
    return decisions.made(
        scene, project, DecisionKind.QUOTE, reason=reason.strip(), amount=amount, about=quote.id
    )


def _gone(scene: Scene, project: Project) -> Changes:
    say, number = scene.say, str(project.order.number)
    quote = next((one for one in reversed(project.quotes) if one.kind is QuoteKind.REVISION), None)
    again = Changes(cards=(card_of(scene, project, quote),)) if quote else Changes()
    text = say("Order {number}: no price is asked for, or it was named already.", number=number)
    return scene.answered(text) + again
