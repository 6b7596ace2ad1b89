"""Bookings: an engineer's claim on a song, and how far they are with it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class BookingState(StrEnum):
    CLAIMED = "claimed"
    LET_GO = "let-go"  # given back; somebody else may claim it


@dataclass(frozen=True, slots=True)
class Booking:
    """One engineer's claim on one song of an order; of the standing ones a song has at most one.

    It stands as long as nobody gives it back: who made a version makes the next, however late that comes.
    """

    id: str
    order: str
    song: str
    state: BookingState
    engineer: str  # their account
    name: str
    since: datetime
    rev: int = 0
