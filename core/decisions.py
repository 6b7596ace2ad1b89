"""Decisions of the staff about money: one tap and a reason, carried out when the time to undo is over."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.money import Money


class DecisionKind(StrEnum):
    QUOTE = "quote"  # name a price
    WAIVE = "waive"  # do it for nothing, or under the floor (A23)
    CREDIT = "credit"  # give credit (A25)
    REFUND = "refund"  # give money back the way it came
    REFUSE = "refuse"  # no refund
    UNJUSTIFIED = "unjustified"  # explain that a complaint is not justified; its clock runs on
    TAKE = "take-credit"  # take credit from somebody whose provider paid back what it had bought


class DecisionState(StrEnum):
    ASKED = "asked"  # a second person must approve it
    PENDING = "pending"  # it can be undone
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"  # by the second person
    VOID = "void"  # what it was about has changed


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody of the staff decided about an order, and whether that is carried out yet."""

    id: str
    order: str
    kind: DecisionKind
    state: DecisionState
    by: str  # account
    name: str
    reason: str
    at: datetime
    due: datetime | None = None  # when it is carried out; None while it waits for somebody
    amount: Money | None = None
    about: str | None = None  # the quote, or the complaint
    approved_by: str | None = None
    rev: int = 0


def second_needed(amount: Money | None, above: Money, managers: int) -> bool:
    """Whether a second person must approve: above a limit, where there is a second one to ask."""
    return amount is not None and above < amount and managers > 1
