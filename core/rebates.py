"""Rebate codes: what makes an order cheaper, for whom and until when (B51)."""

from datetime import date
from enum import StrEnum

from core.money import Money
from core.orders import Order
from core.rules import HouseRules, Rebate


class Refusal(StrEnum):
    """Why a code takes nothing off an order."""

    UNKNOWN = "unknown"
    OVER = "over"
    USED = "used"
    ELSEWHERE = "elsewhere"  # it is for other service lines
    AGREED = "agreed"  # the order has an agreed price


def refusal(code: str, order: Order, rules: HouseRules, today: date, used: frozenset[str]) -> Refusal | None:
    """Why a code takes nothing off an order; None if it does. `today`: in the house's zone, `used`: the codes
    of the person's other orders that were paid.
    """
    rebate = rules.rebates.get(code)
    if rebate is None:
        return Refusal.UNKNOWN
    if rebate.until is not None and today > rebate.until:
        return Refusal.OVER
    if rebate.once and code in used:
        return Refusal.USED
    if order.service not in rebate.services:
        return Refusal.ELSEWHERE
    return Refusal.AGREED if order.deal is not None else None


def rebate_of(order: Order, rules: HouseRules) -> Rebate | None:
    """The rebate that an order has, on the line that it is on."""
    rebate = rules.rebates.get(order.rebate) if order.rebate else None
    return rebate if rebate and order.service in rebate.services else None


def taken_off(rebate: Rebate, price: Money) -> Money:
    """What a rebate takes off a price: at most all of it; a share is rounded in the customer's favour."""
    if rebate.percent is not None:
        return price - price.less_percent(rebate.percent)
    return min(Money(rebate.amount or 0, price.currency), price)
