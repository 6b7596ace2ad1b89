"""The board: what waits for somebody of the staff, with its deadlines."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.figures import Mean
from core.rules import HouseRules

MOST = 50
"""Rows of a kind that are read; those are the ones that wait longest."""


class Waiting(StrEnum):
    """What may wait, by the first part of the key of its card at the staff desk."""

    QUOTE = "quote"  # a price is to be named
    COMPLAINT = "complaint"  # its clock runs, or is frozen
    JOB = "work"  # by hand
    TALK = "thread"  # somebody wants to talk to a person
    DECISION = "decision"  # a second person must approve it
    REFUND = "stuck"  # a till will not give money back
    DISPUTE = "dispute"
    ASIDE = "aside"  # something went wrong
    DEAL = "deal"  # a price for many songs is to be named


_PRICES = frozenset({Waiting.QUOTE, Waiting.DEAL})


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that waits. `id` is the second part of the key of its card."""

    kind: Waiting
    id: str
    since: datetime
    number: int | None = None  # of the order that it is about; of a price for many songs, its own
    due: datetime | None = None
    who: tuple[str, ...] = ()  # the names of those who have it

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.id}"

    def is_late(self, now: datetime) -> bool:
        return self.due is not None and self.due < now


@dataclass(frozen=True, slots=True)
class Board:
    """How much waits of each kind, and what of it has waited longest."""

    counts: Mapping[Waiting, int] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    rating: Mean = field(default_factory=Mean)  # of the newest orders that were rated (B18)

    def under(self, rules: HouseRules) -> "Board":
        """With the time in which a price is promised to be named, and all by what is due first."""
        promised = timedelta(hours=rules.quotes.staff_promise_hours)
        rows = [
            replace(row, due=row.since + promised) if row.kind in _PRICES and row.due is None else row
            for row in self.rows
        ]
        rows.sort(key=lambda row: (row.due is None, row.due or row.since, row.since))
        return replace(self, rows=tuple(rows))
