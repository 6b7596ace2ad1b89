"""Quotes: a price that was named, frozen with its lines, until it is accepted, declined or expires (A15)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.money import Money


class QuoteKind(StrEnum):
    ORDER = "order"  # what the order cost when it was paid
    REVISION = "revision"  # what a batch costs


class QuoteState(StrEnum):
    ASKED = "asked"  # the staff are to name the price
    OFFERED = "offered"
    ACCEPTED = "accepted"  # tapped; a till is being asked
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOID = "void"  # what it was about has changed


STANDING = frozenset({QuoteState.ASKED, QuoteState.OFFERED, QuoteState.ACCEPTED})
"""States in which something may still come of it."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One line: what it is for, and what it costs. `clauses` say why: "A21", "A22"."""

    amount: Money
    song: str | None = None
    causes: tuple[str, ...] = ()  # core.verdicts.Cause, in alphabetical order
    clauses: tuple[str, ...] = ()
    words: str = ""  # what staff wrote beside it, or a code that made it less


@dataclass(frozen=True, slots=True)
class Quote:
    """A frozen price. `total` is None until somebody has named it; it never changes afterwards."""

    id: str
    order: str
    kind: QuoteKind
    state: QuoteState
    floor: Money  # the least that it may cost (A22, A23)
    lines: tuple[QuoteLine, ...]
    asked_at: datetime
    total: Money | None = None
    batch: str | None = None
    named_at: datetime | None = None
    named_by: str | None = None  # the account of who named the price; None: the house rules did
    reason: str = ""  # that they gave
    expires: datetime | None = None
    accepted_by: str | None = None
    accepted_at: datetime | None = None
    rev: int = 0
