"""What a house offers for what came in: the service lines that an order can be bought of (A01)."""

from dataclasses import replace

from core.orders import JOINABLE, Grouping, Order
from core.rules import HouseRules
from core.services import AUTOMATIC, ENGINEER, MIXING


def masters(rules: HouseRules) -> tuple[str, ...]:
    """The lines that master songs, the usual one first."""
    return tuple(name for name in (AUTOMATIC, ENGINEER) if rules.line(name).offered)


def lines_for(order: Order, rules: HouseRules) -> tuple[str, ...]:
    """The lines that an order can be bought of, the usual one first: stems are mixed, songs mastered."""
    if order.grouping is not Grouping.STEMS:
        return masters(rules)
    return (MIXING,) if rules.line(MIXING).offered else ()


def fitting(order: Order, rules: HouseRules) -> Order:
    """An order that is not bought yet, on a line that it can be bought of; any other one as it is."""
    if order.state not in JOINABLE:
        return order
    if order.grouping is Grouping.STEMS and not rules.line(MIXING).offered:
        order = replace(order, grouping=None)
    fit = lines_for(order, rules)
    return order if order.service in fit or not fit else replace(order, service=fit[0])
