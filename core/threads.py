"""A person to talk to: a ticket between an artist and the staff desk (A26, B17)."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from core.people import Person, Role

REOPENS = timedelta(days=14)
"""For how long after a ticket was closed its artist's next words open it again."""


class ThreadState(StrEnum):
    WAITING = "waiting"  # for staff
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing said. `staff` tells which side said it; what is `inner` the staff say among themselves."""

    id: str
    thread: str
    by: str
    name: str
    staff: bool
    text: str
    at: datetime
    inner: bool = False


@dataclass(frozen=True, slots=True)
class Thread:
    """A ticket: what one artist and the staff say about an order, or about nothing in particular."""

    id: str
    person: str
    state: ThreadState
    opened: datetime
    order: str | None = None
    entries: tuple[Entry, ...] = ()  # oldest first
    closed_by: str | None = None  # the name of who did
    number: int = 0  # counted through the house
    assigned: str | None = None  # the account of who has it
    assigned_name: str = ""
    handed: Role | None = None  # whose it is since it was handed over, beside those who may always answer
    asked: datetime | None = None  # when the words came that wait, or waited last
    first_answered: datetime | None = None
    closed: datetime | None = None
    rev: int = 0

    @property
    def since(self) -> datetime:
        """Since when it waits, or waited last."""
        return self.asked or self.opened

    @property
    def first_wait(self) -> timedelta | None:
        """How long the artist waited for the first answer; None while there is none, or the staff began."""
        if self.first_answered is None or self.first_answered == self.opened:
            return None
        return self.first_answered - self.opened

    def taken(self, by: Person) -> "Thread":
        """In somebody's hands."""
        return replace(self, assigned=by.id, assigned_name=by.name, handed=None)

    def is_for(self, person: Person) -> bool:
        """Whether somebody of the staff may answer it whatever their role: it is in their hands."""
        return person.role is not None and (self.assigned == person.id or self.handed is person.role)


def same_talk(threads: tuple[Thread, ...], order: str | None, now: datetime) -> Thread | None:
    """The ticket that an artist's next words belong to; None: they begin another.

    Of their tickets, newest first, the one about that order; about no order in particular, any. One that was
    closed not long ago is opened again.
    """

    def fits(thread: Thread) -> bool:
        lately = thread.state is not ThreadState.CLOSED or (
            thread.closed is not None and now < thread.closed + REOPENS
        )
        return lately and (order is None or thread.order in (order, None))

    mine = [thread for thread in threads if fits(thread)]
    exact = [thread for thread in mine if thread.order == order]
    open_ = [thread for thread in mine if thread.state is not ThreadState.CLOSED]
    for some in ([thread for thread in open_ if thread in exact], open_, exact, mine):
        if some:
            return some[0]
    return None
