"""The service lines on an offer: what each costs, by when it is there, its rule for refunds (A01, A04)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from core import services
from core.desk.evolution import with_order
from core.desk.shown import buttons
from core.desk.shown.view import View
from core.messages import Button
from core.offering import lines_for
from core.pricing import Price, price
from core.rules import HouseRules
from core.services import AUTOMATIC, ENGINEER, MIXING
from core.text import Strong, Text
from core.wording import Voice


def told(v: View) -> list[Text]:
    """Price, time and refund rule of every line, before any question; the chosen line first."""
    own = v.project.order.service
    fit = lines_for(v.project.order, v.rules)
    lines = [_line(v, name) for name in sorted(fit, key=lambda name: name != own)]
    if len(v.project.ready) == 1 and v.rules.line(MIXING).offered:
        lines.append(_stems(v))
    free = v.say(
        "One round of changes is free within {days}.", days=timedelta(days=v.rules.windows.first_days)
    )  # A11, A18
    lines.extend(_rebate(v))
    return [*lines, free, *refunds(v.rules, v.say, fit)]


def others(v: View) -> list[Button]:
    """The other lines, each with its price; a house with one line shows no choice."""
    order = v.project.order
    return [
        buttons.service(v.say, order, name, _cost(v, name).total)
        for name in lines_for(order, v.rules)
        if name != order.service
    ]


def refunds(rules: HouseRules, say: Voice, lines: tuple[str, ...]) -> Iterator[Text]:
    """The refund rule of each line; where it is one for all, without their names (A04)."""
    by_rule: dict[str, list[str]] = {}
    for name in lines:
        by_rule.setdefault(rules.line(name).refund, []).append(name)
    for rule, names in by_rule.items():
        of = " / ".join(short_name(say, name) for name in names) if len(by_rule) > 1 else None
        yield _refund(say, rule, timedelta(hours=rules.line(names[0]).fix_hours), of)


def short_name(say: Voice, service: str) -> str:
    return {
        AUTOMATIC: say.word("Automatic"),
        ENGINEER: say.word("Engineer"),
        MIXING: say.word("Mixing"),
    }[service]


def _refund(say: Voice, rule: str, hours: timedelta, of: str | None) -> Text:
    """What happens when somebody is not content with what was bought; `of`: the names of the lines."""
    match rule, of:
        case "credit", None:  # A24, A25, C28
            return say("A refund is credit, not cash (unless the law gives you more).")
        case "credit", str():
            return say("{lines}: credit, no cash refund (unless the law gives you more).", lines=of)
        case _, str():  # B63-B65
            return say(
                "{lines}: if a fault is not put right within {hours}, you get all your money back.",
                lines=of,
                hours=hours,
            )
    return say(
        "If you tell us of a fault and we do not put it right within {hours}, you get all your money back.",
        hours=hours,
    )


def _rebate(v: View) -> list[Text]:
    """What a code takes off the price that is on the paying button."""
    order = v.project.order
    if order.rebate is None:
        return []
    if off := price(v.project, v.rules).rebate:
        return [v.say("Code {code}: {amount} less.", code=order.rebate, amount=off)]
    return [v.say("Code {code} takes nothing off this.", code=order.rebate)]


def _line(v: View, service: str) -> Text:
    """A line, its price and its time: no date, for a card may be read days after it was drawn."""
    cost = _price(v, _cost(v, service), strong=service == v.project.order.service)
    time = v.rules.line(service).promise
    match service:
        case services.MIXING:
            return v.say("Mix of your stems: {price}, within {time}.", price=cost, time=time)
        case services.ENGINEER:
            return v.say("Engineer master: {price}, within {time}.", price=cost, time=time)
    return v.say(
        "Automatic master: {price}, ready in about {minutes}.",
        price=cost,
        minutes=time or timedelta(minutes=5),
    )


def _stems(v: View) -> Text:
    """What nobody sees who sends a single song: that the house mixes as well."""
    mixing = v.rules.line(MIXING)
    return v.say(
        "Mix of your stems: {price}, within {time}: send me all of them, or one zip.",
        price=v.rules.money(mixing.price),
        time=mixing.promise,
    )


def _cost(v: View, service: str) -> Price:
    """What the order costs on a line."""
    order = replace(v.project.order, service=service)
    return price(with_order(v.project, order), v.rules)


def _price(v: View, cost: Price, *, strong: bool) -> Text:
    if not cost.discount_percent:
        words = v.say.money(cost.total)
        return Text((Strong(words) if strong else words,))
    return v.say(
        "{price} ({list} - {percent} %)",
        price=cost.total,
        list=cost.list_price,
        percent=cost.discount_percent,
    )
