"""What waits for the staff, read from the rows: each over an index of nothing but what waits.

So it costs the same however many orders are over and done.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.agreements import Agreement
from core.board import MOST, Board, Row, Waiting
from core.bookings import Booking
from core.complaints import Complaint
from core.decisions import Decision
from core.orders import Order
from core.quotes import Quote
from core.refunds import Dispute, Refund
from core.services import BY_HAND
from core.threads import Thread
from storage.codec import read
from storage.database import select
from storage.figures import rating

# What is in work by hand is told by the order's own words: quotes inside a text are escaped in JSON.
# REPLACE and not LIKE: a % is a placeholder to one driver.
_BY_HAND = " OR ".join(
    f"""REPLACE(data, '"service":"{service}"', '') <> data""" for service in sorted(BY_HAND)
)
_ALIVE = "state NOT IN ('completed', 'cancelled')"

_WAITS = {
    Waiting.QUOTE: ("quotes", "state = 'asked'"),
    Waiting.COMPLAINT: ("complaints", "state IN ('open', 'frozen')"),
    Waiting.DECISION: ("decisions", "state = 'asked'"),
    Waiting.REFUND: ("refunds", "state = 'failed'"),
    Waiting.DISPUTE: ("disputes", "state = 'open'"),
    Waiting.JOB: ("orders", f"state = 'working' AND {_ALIVE} AND ({_BY_HAND})"),
    Waiting.ASIDE: ("orders", f"state = 'aside' AND {_ALIVE}"),
    Waiting.TALK: ("threads", "state = 'waiting'"),
    Waiting.DEAL: ("agreements", "state IN ('asked', 'countered', 'called')"),
}
"""The table of each kind, and what is so of a row of it that waits."""


def _of_order(kind: Waiting) -> str:
    table, waits = _WAITS[kind]
    return f"""
SELECT data, (SELECT number FROM orders WHERE orders.id = waiting."order") AS number
FROM {table} AS waiting WHERE {waits} ORDER BY seq LIMIT {MOST}"""  # noqa: S608


def _where(kind: Waiting) -> str:
    table, waits = _WAITS[kind]
    return f"FROM {table} WHERE {waits}"


QUOTES = _of_order(Waiting.QUOTE)
COMPLAINTS = _of_order(Waiting.COMPLAINT)
DECISIONS = _of_order(Waiting.DECISION)
REFUNDS = _of_order(Waiting.REFUND)
DISPUTES = _of_order(Waiting.DISPUTE)
JOBS = f"SELECT data {_where(Waiting.JOB)} LIMIT {10 * MOST}"
ASIDE = f"SELECT data {_where(Waiting.ASIDE)} LIMIT {MOST}"
TALKS = f"""
SELECT data, (SELECT number FROM orders WHERE orders.id = threads."order") AS number
{_where(Waiting.TALK)} ORDER BY opened LIMIT {MOST}"""  # noqa: S608
DEALS = f"""
SELECT data {_where(Waiting.DEAL)} ORDER BY seq LIMIT {MOST}"""
COUNTS = {kind: f"SELECT COUNT(*) AS n {_where(kind)}" for kind in _WAITS}
"""The question for how much of each kind waits."""


async def read_board(connection: BaseDBAsyncClient) -> Board:
    """All that waits, in the transaction that `connection` is in."""
    rows = [
        *[_quote(read(Quote, row["data"]), row["number"]) for row in await select(connection, QUOTES)],
        *await _complaints(connection),
        *[_decision(read(Decision, r["data"]), r["number"]) for r in await select(connection, DECISIONS)],
        *[_refund(read(Refund, row["data"]), row["number"]) for row in await select(connection, REFUNDS)],
        *[_dispute(read(Dispute, row["data"]), row["number"]) for row in await select(connection, DISPUTES)],
        *[_talk(read(Thread, row["data"]), row["number"]) for row in await select(connection, TALKS)],
        *await _jobs(connection),
        *[_aside(read(Order, row["data"])) for row in await select(connection, ASIDE)],
        *[_deal(read(Agreement, row["data"])) for row in await select(connection, DEALS)],
    ]
    counts = {kind: (await select(connection, sql))[0]["n"] for kind, sql in COUNTS.items()}
    return Board(counts, tuple(rows), await rating(connection))


async def _jobs(connection: BaseDBAsyncClient) -> list[Row]:
    """What is in work by hand, what was promised first before the rest."""
    orders = [read(Order, row["data"]) for row in await select(connection, JOBS)]
    orders.sort(key=lambda order: (order.promised or order.created, order.number))
    wanted = orders[:MOST]
    names = await _names(connection, [order.id for order in wanted])
    return [
        Row(
            Waiting.JOB,
            order.id,
            order.paid_at or order.created,
            order.number,
            order.promised,
            tuple(names[order.id]),
        )
        for order in wanted
    ]


async def _complaints(connection: BaseDBAsyncClient) -> list[Row]:
    """What is complained about, with those who have a song of it."""
    found = [(read(Complaint, row["data"]), row["number"]) for row in await select(connection, COMPLAINTS)]
    names = await _names(connection, [complaint.order for complaint, _ in found])
    return [
        Row(
            Waiting.COMPLAINT,
            complaint.id,
            complaint.opened,
            number,
            complaint.due,
            tuple(names[complaint.order]),
        )
        for complaint, number in found
    ]


async def _names(connection: BaseDBAsyncClient, orders: Sequence[str]) -> Mapping[str, list[str]]:
    """Who has songs of some orders."""
    names: dict[str, list[str]] = defaultdict(list)
    for booking in await _bookings(connection, orders):
        if booking.name not in names[booking.order]:
            names[booking.order].append(booking.name)
    return names


async def _bookings(connection: BaseDBAsyncClient, orders: Sequence[Any]) -> list[Booking]:
    if not orders:
        return []
    places = ", ".join("?" * len(orders))
    sql = f"""SELECT data FROM bookings WHERE "order" IN ({places}) AND state = 'claimed' ORDER BY seq"""  # noqa: S608
    return [read(Booking, row["data"]) for row in await select(connection, sql, orders)]


def _quote(quote: Quote, number: int) -> Row:
    return Row(Waiting.QUOTE, quote.id, quote.asked_at, number)


def _decision(decision: Decision, number: int) -> Row:
    return Row(Waiting.DECISION, decision.id, decision.at, number, who=(decision.name,))


def _refund(refund: Refund, number: int) -> Row:
    return Row(Waiting.REFUND, refund.order, refund.at, number)


def _dispute(dispute: Dispute, number: int) -> Row:
    return Row(Waiting.DISPUTE, dispute.id, dispute.opened, number)


def _talk(thread: Thread, number: int | None) -> Row:
    return Row(Waiting.TALK, thread.id, thread.since, number)


def _deal(agreement: Agreement) -> Row:
    return Row(Waiting.DEAL, agreement.id, agreement.steps[-1].at, agreement.number)


def _aside(order: Order) -> Row:
    return Row(Waiting.ASIDE, order.id, order.last_file, order.number)
