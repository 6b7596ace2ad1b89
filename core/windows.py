"""The time in which changes are free, and what the clock does at its end (A11-A14, C2, C3)."""

from datetime import datetime, timedelta

from core.bought import Bought
from core.complaints import ComplaintState
from core.decisions import DecisionState
from core.orders import Order, OrderState, Project
from core.quotes import STANDING, Quote, QuoteKind, QuoteState
from core.refunds import any_open
from core.revisions import BatchState
from core.rules import HouseRules
from core.services import BY_HAND


def deadline(first_sent: datetime, last_sent: datetime | None, bought: Bought) -> datetime:
    """The end of the free window: days from the first delivery, and days more after each redelivery. # C2"""
    end = first_sent + timedelta(days=bought.first_days)  # A11
    if last_sent is not None:
        end = max(end, last_sent + timedelta(days=bought.again_days))  # A13
    return end


def unreached_deadline(refused: datetime, bought: Bought) -> datetime:
    """The end of an order whose preview could not be sent, so that its window never began. # C3"""
    return refused + timedelta(days=bought.unopened_days)


def is_open(order: Order, now: datetime) -> bool:
    """Whether changes are still free; the last moment itself counts."""
    return order.deadline is not None and now <= order.deadline


def reminder_at(order: Order, rules: HouseRules) -> datetime | None:
    """When the artist is reminded that the window ends: once, a day before. # A11"""
    if order.deadline is None or order.reminded:
        return None
    return order.deadline - timedelta(hours=rules.windows.reminder_hours)


def kept_until(completed: datetime, bought: Bought) -> datetime:
    """Until when files are kept after completion. # A16"""
    return completed + timedelta(days=bought.project_days)


def due_at(project: Project, rules: HouseRules) -> datetime | None:
    """When the clock next has something to do for an order; None: nothing by itself."""
    times = [
        None if any_open(project.disputes) else order_due_at(project.order, rules),  # C12
        *(expiry(quote) for quote in project.quotes if quote.state is QuoteState.OFFERED),
        *(complaint.due for complaint in project.complaints if complaint.state is ComplaintState.OPEN),  # B64
        *(decision.due for decision in project.decisions if decision.state is DecisionState.PENDING),
        *files_due_at(project, rules),
    ]
    return min((time for time in times if time is not None), default=None)


def expiry(quote: Quote) -> datetime | None:
    """When an offered price is over: its last moment still counts."""
    return None if quote.expires is None else quote.expires + timedelta(microseconds=1)


def order_due_at(order: Order, rules: HouseRules) -> datetime | None:
    """The same for the order alone: its drop, its offer, its window."""
    match order.state:
        case OrderState.DRAFT if not order.settled:
            return order.last_file + timedelta(seconds=rules.intake.quiet_seconds)
        case OrderState.OFFERED | OrderState.DRAFT:
            return order.last_file + timedelta(days=rules.quotes.unpaid_order_days)
        case OrderState.ASIDE if order.aside_since and order.paid_at and order.released_version is None:
            return (
                None
                if order.service in BY_HAND
                else order.aside_since + timedelta(hours=order.under(rules).fix_hours)
            )
        case OrderState.WORKING if order.promised is not None and not order.overdue:
            return order.promised + timedelta(microseconds=1)  # the last moment is in time
        case OrderState.REVIEW | OrderState.RELEASED if order.deadline is not None:
            reminder = reminder_at(order, rules) if order.state is OrderState.REVIEW else None
            # The last moment of the window still counts, so completion comes right after it.
            return reminder or order.deadline + timedelta(microseconds=1)
    return None


def files_due_at(project: Project, rules: HouseRules) -> tuple[datetime, ...]:
    """When the artist is to be warned that the files go, and when they go. # A16, A17

    Those of an order whose money went back after its release go too. Not while a price for more changes
    stands: they are made from those files.
    """
    order = project.order
    over = order.state in (OrderState.COMPLETED, OrderState.CANCELLED)
    if not over or order.kept_until is None or order.deleted_at is not None:
        return ()
    if any(quote.kind is QuoteKind.REVISION and quote.state in STANDING for quote in project.quotes):
        return ()
    told = max(order.warned or order.created, order.completed_at or order.created)
    warnings = [order.kept_until - timedelta(days=days) for days in rules.retention.warn_days]
    due = () if order.owed else tuple(time for time in warnings if time > told)
    return (*due, order.kept_until)


def takes_wishes(project: Project, now: datetime) -> bool:
    """Whether changes can be asked for, free or not: once it was heard, and of a complete order for as long
    as its files are kept. One that is revised late has its new days whatever was said of its files before.

    By hand they can be asked for while a batch is in work, too; the engine is done before anybody can. While
    a list waits for its price no other is begun.
    """
    order = project.order
    if awaits_price(project):
        return False
    if order.first_sent is None and order.state is not OrderState.REVIEW:
        return False
    if order.state is OrderState.COMPLETED:
        return not order.owed and (order.kept_until is None or now < order.kept_until)
    if order.state is OrderState.WORKING:
        return order.service in BY_HAND
    return order.state in (OrderState.REVIEW, OrderState.RELEASED)


def can_join(project: Project, now: datetime) -> bool:
    """Whether what is wished now goes with the round that nobody has begun: that one was in time (A18)."""
    waiting, ends = project.waiting_batch, project.order.deadline
    if waiting is None or waiting.sealed is None:
        return False
    return ends is None or now <= ends or waiting.sealed <= ends


def awaits_price(project: Project) -> bool:
    """Whether a list of changes waits for its price, or for its money."""
    return any(batch.state is BatchState.PRICED for batch in project.batches)


def free_round_left(project: Project, now: datetime) -> bool:
    """Whether the one free round of changes can still be used (A11, A18)."""
    order = project.order
    if order.state not in (OrderState.REVIEW, OrderState.RELEASED):
        return False
    sealed = any(batch.state in (BatchState.SEALED, BatchState.DELIVERED) for batch in project.batches)
    return not sealed and (order.deadline is None or is_open(order, now))
