"""What an order costs."""

from dataclasses import dataclass

from core.money import Money
from core.orders import Grouping, Order, Project
from core.rules import HouseRules, Service


@dataclass(frozen=True, slots=True)
class Price:
    """An order's price: so many songs at so much, less a discount for an album."""

    songs: int
    each: Money
    list_price: Money
    discount_percent: int
    total: Money


def service_of(order: Order, rules: HouseRules) -> Service:
    service: Service = getattr(rules.service, order.service)
    return service


def price(project: Project, rules: HouseRules) -> Price:
    """The price of the songs that can be mastered; an album of enough songs costs less."""
    service = service_of(project.order, rules)
    songs = len(project.ready)
    each = rules.money(service.price)
    discount = 0
    if service.album and project.order.grouping is Grouping.ALBUM and songs >= service.album.from_songs:
        discount = service.album.discount_percent
    whole = each * songs
    return Price(songs, each, whole, discount, whole.less_percent(discount))
