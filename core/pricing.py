"""What an order costs, line by line."""

from dataclasses import dataclass

from core.money import Money
from core.orders import Grouping, Order, Project
from core.quotes import QuoteLine
from core.rebates import rebate_of, taken_off
from core.rules import HouseRules, Service

ALBUM = "album"
REBATE = "rebate"
"""Causes of the lines of a quote that make an order cheaper."""


@dataclass(frozen=True, slots=True)
class Price:
    """An order's price: so many songs at so much, less a discount for an album, less a rebate."""

    songs: int
    each: Money
    list_price: Money
    discount_percent: int
    total: Money
    rebate: Money | None = None  # what a code takes off


def service_of(order: Order, rules: HouseRules) -> Service:
    return rules.line(order.service)


def price(project: Project, rules: HouseRules) -> Price:
    """The price of the songs that can be made, of stems of their mix; an album of enough songs costs less.

    An agreed price is what was agreed: neither an album nor a code makes it less. What was begun before it is
    paid costs what it did when it was begun. # A27
    """
    order = project.order
    if order.prepays is not None:
        amount = order.prepays.amount
        return Price(0, amount, amount, 0, amount)
    bought = order.under(rules)
    songs = len(project.works)
    each = bought.each or rules.money(service_of(order, rules).price)
    album = order.grouping is Grouping.ALBUM and 0 < bought.album_from <= songs
    discount = bought.album_percent if album else 0
    whole = each * songs
    total = whole.less_percent(discount)
    deal = order.deal
    if deal is not None and deal.service == order.service and deal.each * songs <= total:
        return Price(songs, deal.each, deal.each * songs, 0, deal.each * songs)  # B67
    rebate = rebate_of(order, rules)
    if rebate is None or deal is not None:
        return Price(songs, each, whole, discount, total)
    off = taken_off(rebate, total)  # B51
    return Price(songs, each, whole, discount, total - off, off)


def lines(project: Project, rules: HouseRules) -> tuple[QuoteLine, ...]:
    """The price taken apart, as an order keeps it: a line for each song, and what makes it less."""
    cost = price(project, rules)
    if not cost.songs:
        return (QuoteLine(cost.total),)
    found = [QuoteLine(cost.each, song=song.id) for song in project.works]
    saved = cost.list_price - cost.total - (cost.rebate or cost.total * 0)
    if saved:
        found.append(QuoteLine(-saved, causes=(ALBUM,)))
    if cost.rebate:
        found.append(QuoteLine(-cost.rebate, causes=(REBATE,), words=project.order.rebate or ""))
    return tuple(found)
