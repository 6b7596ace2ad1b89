"""Price agreements for many songs (B67, B68, C20): proposed, countered, accepted, and kept as a record.

From a number of paid songs in a calendar month on, the desk offers to agree a price. What was agreed holds
from its acceptance to its end: a date, or so many songs. Each step stands in the agreement, with who took it,
when and how, so that it is its own record.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.messages import Media
from core.money import Money

MOST_SONGS = 500
"""Songs that one agreement is about, at most."""


class AgreementState(StrEnum):
    ASKED = "asked"  # the staff are to name a price
    PROPOSED = "proposed"  # by the staff
    COUNTERED = "countered"  # by the other side
    CALLED = "called"  # proposed, and the other side wants to be called about it
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


STANDING = frozenset({AgreementState.PROPOSED, AgreementState.CALLED})
"""States in which a price of the staff's can be accepted."""

FOR_STAFF = frozenset({AgreementState.ASKED, AgreementState.COUNTERED, AgreementState.CALLED})
"""States in which the staff are to do something."""

NEGOTIATED = STANDING | FOR_STAFF
LIVE = NEGOTIATED | {AgreementState.ACCEPTED}
"""States in which something may still come of it."""


class Channel(StrEnum):
    """How something was said (B68)."""

    CHAT = "chat"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Terms:
    """A price for each of so many songs, until a moment that still counts."""

    each: Money
    songs: int
    until: datetime
    deposit: Money | None = None  # what is to be paid before the first song; None: nothing less than all

    @property
    def whole(self) -> Money:
        return self.each * self.songs


class Deed(StrEnum):
    """What somebody did to an agreement."""

    ASKED = "asked"
    PROPOSED = "proposed"
    COUNTERED = "countered"
    CALL = "call"  # asked to be called, or written to
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: by whom, when, how, and in which words. `by` "" is the house itself."""

    deed: Deed
    at: datetime
    by: str  # account
    name: str
    staff: bool
    words: str = ""
    terms: Terms | None = None
    channel: Channel = Channel.CHAT


@dataclass(frozen=True, slots=True)
class Agreement:
    """A price for many songs, from the first question to its end. `person` is the other side."""

    id: str
    number: int
    person: str  # account
    state: AgreementState
    songs: int  # how many it was asked for
    service: str
    at: datetime
    steps: tuple[Step, ...] = ()
    terms: Terms | None = None  # as they were named last
    bulk: str | None = None  # what it was asked for; None: whatever the person orders
    organisation: str | None = None  # on whose behalf it was accepted
    accepted_at: datetime | None = None
    paper: Media | None = None  # its record as a document
    rev: int = 0

    @property
    def name(self) -> str:
        return f"A-{self.number}"

    @property
    def accepted(self) -> Step | None:
        return next((step for step in self.steps if step.deed is Deed.ACCEPTED), None)

    @property
    def proposals(self) -> int:
        """How often a price was proposed: what somebody accepts is the one that they saw."""
        return sum(step.deed is Deed.PROPOSED for step in self.steps)

    @property
    def due_at(self) -> datetime | None:
        """When it ends by itself. Its last moment still counts."""
        if self.state is not AgreementState.ACCEPTED or self.terms is None:
            return None
        return self.terms.until + timedelta(microseconds=1)


_STATE_AFTER = {
    Deed.ASKED: AgreementState.ASKED,
    Deed.PROPOSED: AgreementState.PROPOSED,
    Deed.COUNTERED: AgreementState.COUNTERED,
    Deed.CALL: AgreementState.CALLED,
    Deed.ACCEPTED: AgreementState.ACCEPTED,
    Deed.DECLINED: AgreementState.DECLINED,
    Deed.ENDED: AgreementState.ENDED,
}

_FROM: dict[Deed, frozenset[AgreementState]] = {
    Deed.ASKED: frozenset(),
    Deed.PROPOSED: NEGOTIATED,
    Deed.COUNTERED: STANDING,
    Deed.CALL: STANDING,
    Deed.ACCEPTED: STANDING,
    Deed.DECLINED: NEGOTIATED,
    Deed.ENDED: frozenset({AgreementState.ACCEPTED}),
}


def allows(agreement: Agreement, deed: Deed, terms: Terms | None = None) -> bool:
    """Whether a deed is possible now. Who accepts, accepts the terms that they were shown."""
    if agreement.state not in _FROM[deed]:
        return False
    return deed is not Deed.ACCEPTED or terms == agreement.terms


def after(agreement: Agreement, step: Step) -> Agreement:
    """The agreement once a step is taken; ValueError if it cannot be."""
    if not allows(agreement, step.deed, step.terms):
        raise ValueError(f"{agreement.name} is {agreement.state}: {step.deed} is not possible")
    return replace(
        agreement,
        state=_STATE_AFTER[step.deed],
        steps=(*agreement.steps, step),
        terms=step.terms or agreement.terms,
        accepted_at=step.at if step.deed is Deed.ACCEPTED else agreement.accepted_at,
    )


def left(agreement: Agreement, used: int) -> int:
    """How many songs it still holds for, of which so many were paid under it."""
    return max(0, agreement.terms.songs - used) if agreement.terms else 0


def in_force(agreement: Agreement, used: int, now: datetime) -> bool:
    """Whether its price holds now: it is accepted, its last moment is not over, and songs are left."""
    due = agreement.due_at
    return due is not None and now < due and left(agreement, used) > 0


@dataclass(frozen=True, slots=True)
class Deal:
    """The price of a song of an order by an agreement: looked up when it is offered, and frozen then."""

    agreement: str
    number: int
    service: str
    each: Money


@dataclass(frozen=True, slots=True)
class Prepayment:
    """Money that is paid in for an agreement, from which its songs are paid one by one.

    `amount` is what the next tap pays: the whole, or the deposit if that is enough to begin with.
    """

    agreement: str
    number: int
    amount: Money
    whole: Money
    deposit: Money | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """An agreement and how many songs were paid under it, which is counted from the orders themselves."""

    agreement: Agreement
    used: int


def price_for(
    running: Iterable[Running], *, service: str, bulk: str | None, songs: int, now: datetime
) -> Deal | None:
    """The lowest agreed price that holds for so many songs; None: the list price does.

    What was agreed for a bulk is for its songs only, and for them nothing else is.
    """
    deals = [
        Deal(one.agreement.id, one.agreement.number, service, one.agreement.terms.each)
        for one in running
        if one.agreement.terms is not None
        and one.agreement.bulk == bulk
        and one.agreement.service == service
        and in_force(one.agreement, one.used, now)
        and songs <= left(one.agreement, one.used)
    ]
    return min(deals, key=lambda deal: (deal.each.amount, deal.number), default=None)


def month_of(now: datetime, zone: ZoneInfo) -> datetime:
    """When the calendar month of a moment began, in a zone. # B67"""
    first = now.astimezone(zone).replace(day=1)
    return datetime.combine(first.date(), time.min, zone)


def worth_an_offer(paid: int, songs: int, from_song: int) -> bool:
    """Whether so many songs, with those paid this month, reach the one to offer a price from. # R12"""
    return songs > 0 and paid + songs >= from_song


def end_of_day(words: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The last moment of a day that somebody wrote (2026-12-31, 31.12.2026); None if it is none, or over."""
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(words.strip(), form).date()  # noqa: DTZ007 - a day, in the zone below
        except ValueError:
            continue
        end = datetime.combine(day, time.min, zone) + timedelta(days=1) - timedelta(microseconds=1)
        return end if end > now else None
    return None
