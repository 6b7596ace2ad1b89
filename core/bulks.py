"""Bulk orders: many songs of many artists, which somebody else pays for (B41, B80).

Every song that is dropped is an order of its own artist, who alone hears it before it is approved and whose
window, changes and approval are theirs. The one who pays sees how many there are of each kind, no titles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.orders import OrderState, Project
from core.songs import ON_THE_WAY, SongState

TILL = "agreement"
"""The till of a song in a bulk order: what its payer has paid in for the agreement."""

NUDGED_AGAIN = timedelta(days=1)
"""Who pressed [Drop my song] and sent nothing is reminded at most this often."""


class BulkState(StrEnum):
    PLANNED = "planned"  # its price is not settled yet
    OPEN = "open"  # songs may be dropped
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Bulk:
    """What somebody orders for many. `room`: (door, address) of where its drop box hangs."""

    id: str
    person: str  # the account that answers for it and pays
    title: str
    tracks: int
    state: BulkState
    at: datetime
    door: str  # where it was begun
    by_artists: bool = True  # else all songs come from the person
    deadline: datetime | None = None  # as the person said it; songs that come later are late, and taken
    note: str = ""
    agreement: str | None = None
    organisation: str = ""  # its name, once somebody accepted on its behalf
    payment: str | None = None  # the order by which its agreement was paid in first
    room: tuple[str, str] | None = None
    deadline_told: bool = False  # that its last moment is over
    rev: int = 0

    @property
    def due_at(self) -> datetime | None:
        """When the person is told that the deadline is over. Its last moment still counts."""
        if self.state is not BulkState.OPEN or self.deadline is None or self.deadline_told:
            return None
        return self.deadline + timedelta(microseconds=1)

    def is_late(self, now: datetime) -> bool:
        """Whether a song that comes now is late. It is taken all the same, until the person closes."""
        return self.deadline is not None and now > self.deadline


@dataclass(frozen=True, slots=True)
class BulkMember:
    """Somebody who pressed [Drop my song]."""

    id: str
    bulk: str
    person: str
    at: datetime
    nudged: datetime | None = None
    locale: str | None = None  # what they spoke when they pressed it; None: not known
    rev: int = 0


class Standing(StrEnum):
    """How one song of a bulk order stands, as its payer is told."""

    MAKING = "making"  # arriving, checked, mastered
    WAITING = "waiting"  # its artist is to listen
    APPROVED = "approved"
    PROBLEM = "problem"  # somebody has to do something about it: its artist, the staff, or the payer
    GONE = "gone"  # cancelled; its place is free again


_OF_STATE: Mapping[OrderState, Standing] = {
    OrderState.DRAFT: Standing.MAKING,
    OrderState.OFFERED: Standing.PROBLEM,
    OrderState.PAYING: Standing.MAKING,
    OrderState.WORKING: Standing.MAKING,
    OrderState.REVIEW: Standing.WAITING,
    OrderState.RELEASED: Standing.APPROVED,
    OrderState.COMPLETED: Standing.APPROVED,
    OrderState.ASIDE: Standing.PROBLEM,
    OrderState.CANCELLED: Standing.GONE,
}


def of_state(state: OrderState, *, unusable: bool = False) -> Standing:
    """How an order in a state stands; `unusable`: none of its files can be mastered."""
    return Standing.PROBLEM if unusable and state is OrderState.DRAFT else _OF_STATE[state]


def standing_of(project: Project) -> Standing:
    """How an order of a bulk stands."""
    songs = {song.state for song in project.songs if song.state is not SongState.DROPPED}
    unusable = SongState.REFUSED in songs and not songs & (ON_THE_WAY | {SongState.READY})
    return of_state(project.order.state, unusable=unusable)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many songs of a bulk order stand how."""

    counts: Mapping[Standing, int]

    def of(self, standing: Standing) -> int:
        return self.counts.get(standing, 0)

    @property
    def dropped(self) -> int:
        """Songs that came, whatever became of them."""
        return sum(count for standing, count in self.counts.items() if standing is not Standing.GONE)

    def missing(self, tracks: int) -> int:
        return max(0, tracks - self.dropped)

    def put(self, before: Standing | None, after: Standing | None) -> "Tally":
        """The tally once one song stands otherwise; None: it was or is not in it."""
        counts = dict(self.counts)
        for standing, by in ((before, -1), (after, 1)):
            if standing is not None:
                counts[standing] = counts.get(standing, 0) + by
        return Tally(counts)


def to_hang(own: Iterable[Bulk], title: str) -> Bulk | None:
    """The bulk order whose drop box somebody hangs up, of theirs, newest first: the one they name by the
    beginning of its title, else one that hangs nowhere yet, else the newest.
    """
    able = [one for one in own if one.state is BulkState.OPEN and one.by_artists]
    meant = [one for one in able if one.title.casefold().startswith(title.strip().casefold())]
    return min(meant, key=lambda one: one.room is not None, default=None)


def to_nudge(members: Iterable[BulkMember], dropped: frozenset[str], now: datetime) -> tuple[BulkMember, ...]:
    """Who said that they would drop a song, has not, and was not reminded within a day."""
    return tuple(
        member
        for member in members
        if member.person not in dropped and (member.nudged is None or now - member.nudged >= NUDGED_AGAIN)
    )
