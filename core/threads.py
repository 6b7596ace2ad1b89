"""A person to talk to: a plain thread between an artist and the staff desk (A26)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ThreadState(StrEnum):
    WAITING = "waiting"  # for staff
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said. `staff` tells which side said it."""

    id: str
    thread: str
    by: str
    name: str
    staff: bool
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation between one artist and the staff desk, about an order or about nothing in particular."""

    id: str
    person: str
    state: ThreadState
    opened: datetime
    order: str | None = None
    entries: tuple[Entry, ...] = ()  # oldest first
    closed_by: str | None = None  # the name of who did
    rev: int = 0
