"""The time in which changes are free, and what the clock does at its end (A11-A14, C2, C3)."""

from datetime import datetime, timedelta

from core.orders import Order, OrderState, Project
from core.revisions import BatchState
from core.rules import HouseRules


def deadline(first_sent: datetime, last_sent: datetime | None, rules: HouseRules) -> datetime:
    """The end of the free window: days from the first delivery, and days more after each redelivery. # C2"""
    end = first_sent + timedelta(days=rules.windows.first_days)  # A11
    if last_sent is not None:
        end = max(end, last_sent + timedelta(days=rules.windows.again_days))  # A13
    return end


def unreached_deadline(refused: datetime, rules: HouseRules) -> datetime:
    """The end of an order whose preview could not be sent, so that its window never began. # C3"""
    return refused + timedelta(days=rules.windows.unopened_days)


def is_open(order: Order, now: datetime) -> bool:
    """Whether changes are still free; the last moment itself counts."""
    return order.deadline is not None and now <= order.deadline


def reminder_at(order: Order, rules: HouseRules) -> datetime | None:
    """When the artist is reminded that the window ends: once, a day before. # A11"""
    if order.deadline is None or order.reminded:
        return None
    return order.deadline - timedelta(hours=rules.windows.reminder_hours)


def kept_until(completed: datetime, rules: HouseRules) -> datetime:
    """Until when files are kept after completion. # A16"""
    return completed + timedelta(days=rules.retention.project_days)


def due_at(order: Order, rules: HouseRules) -> datetime | None:
    """When the clock next has something to do for an order; None: nothing by itself."""
    match order.state:
        case OrderState.DRAFT if not order.settled:
            return order.last_file + timedelta(seconds=rules.intake.quiet_seconds)
        case OrderState.OFFERED | OrderState.DRAFT:
            return order.last_file + timedelta(days=rules.quotes.unpaid_order_days)
        case OrderState.REVIEW | OrderState.RELEASED if order.deadline is not None:
            reminder = reminder_at(order, rules) if order.state is OrderState.REVIEW else None
            # The last moment of the window still counts, so completion comes right after it.
            return reminder or order.deadline + timedelta(microseconds=1)
    return None


def free_round_left(project: Project, now: datetime) -> bool:
    """Whether the one free round of changes can still be used (A11, A18)."""
    order = project.order
    if order.state not in (OrderState.REVIEW, OrderState.RELEASED):
        return False
    sealed = any(batch.state in (BatchState.SEALED, BatchState.DELIVERED) for batch in project.batches)
    return not sealed and (order.deadline is None or is_open(order, now))
