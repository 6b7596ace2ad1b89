"""The scene of one deed: who does what, when, and everything a decision may look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.access import reads, way_to
from core.bulks import TILL as DEPOSIT_TILL
from core.changes import Changes
from core.consent import Consent, ConsentKind
from core.desk.shown import buttons
from core.ids import derive
from core.members import Member
from core.messages import Button, Incoming, Kind, Notice, To
from core.orders import Order, Project
from core.people import Identity, Person, Right, account_id, may
from core.rules import HouseRules
from core.snapshot import Snapshot
from core.text import Text, Title
from core.trade import Trade
from core.wording import Catalogues, Voice

_WAYS = 5  # private links on one answer: a row of buttons of a chat platform


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways to pay at each door, in the order they are tried; `in_house`: those that are our credit.

    `whole_only`: those that give back no part of a charge. `pages`: whether browsers reach the house, so that
    an order has a page to send files by.
    """

    of_door: Mapping[str, tuple[str, ...]]
    in_house: frozenset[str] = frozenset()
    whole_only: frozenset[str] = frozenset()
    pages: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "in_house", self.in_house | {DEPOSIT_TILL})

    def outside(self, door: str) -> str | None:
        """The till that takes outside money at a door: the first that is not our own credit."""
        return next((till for till in self.of_door.get(door, ()) if till not in self.in_house), None)

    def credit(self, door: str) -> str | None:
        return next((till for till in self.of_door.get(door, ()) if till in self.in_house), None)


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a decision is made from. `actor`: who did it, known or just arrived; None for the house."""

    incoming: Incoming
    snapshot: Snapshot
    now: datetime
    rules: HouseRules
    catalogues: Catalogues
    ways: Ways
    actor: Person | None
    chance: bytes = b""  # random bytes, where the deed needs what nobody can guess

    @property
    def person(self) -> Person:
        """Who did it, where only a person can have."""
        if self.actor is None:
            raise LookupError("this deed has no person")
        return self.actor

    @property
    def project(self) -> Project | None:
        return self.snapshot.project

    @property
    def say(self) -> Voice:
        """The voice for who did it."""
        return self.catalogues.voice(self.actor.locale if self.actor else None)

    @property
    def artist(self) -> Person:
        """Whose order the deed is about."""
        artist = self.snapshot.artist or self.actor
        if artist is None:
            raise LookupError("this deed is about nobody's order")
        if self.actor is not None and artist.id == self.actor.id:
            return self.actor  # as they are met in this deed
        return artist

    @property
    def to_artist(self) -> Voice:
        """The voice for the artist whose order it is."""
        return self.catalogues.voice(self.artist.locale)

    @property
    def to_staff(self) -> Voice:
        """The voice for the staff desk: the house's own language."""
        return self.catalogues.voice(None)

    @property
    def owns(self) -> bool:
        """Whether the named order is the actor's own."""
        return (
            self.project is not None and self.actor is not None and self.project.order.person == self.actor.id
        )

    @property
    def member(self) -> Member | None:
        """As what the actor hears the named order of somebody else; None if they do not."""
        if self.project is None or self.actor is None or self.owns:
            return None
        return self.project.member(self.actor.id)

    @property
    def alone(self) -> "Scene":
        """The scene of a deed that is not about the named order of somebody else after all."""
        own = replace(self.snapshot, project=None, artist=None, balance=None, running=())
        return replace(self, snapshot=own)

    def with_trade(self, trade: Trade) -> "Scene":
        """The scene as it will be once agreements and bulk orders stand so."""
        return replace(self, snapshot=replace(self.snapshot, trade=trade))

    def may(self, needed: Right) -> bool:
        """Whether who did it may do what needs a right; who works on the named order may read that one.

        And whoever has a ticket, or has it handed over to their role, may answer it.
        """
        if self.actor is None:
            return False
        if needed is Right.READ and self.project is not None:
            return reads(self.project, self.actor)
        thread = self.snapshot.thread
        theirs = needed is Right.TALK and thread is not None and thread.is_for(self.actor)
        return theirs or may(self.actor.role, needed)

    @property
    def form_id(self) -> str:
        """What the button of the form named that is filled in, at once or step by step."""
        if self.incoming.kind is Kind.FORM:
            return str(self.incoming.payload.get("id") or "")
        return self.person.expecting.id if self.person.expecting else ""

    def judges_itself(self, person: str) -> bool:
        """Whether who of the staff decides about somebody's money is that somebody, and not the only one who
        could: what they get is for another to decide.
        """
        return self.actor is not None and self.actor.id == person and self.snapshot.managers > 1

    def consent(self, kind: ConsentKind, version: str, sha256: str, order: str, *which: int) -> Consent:
        """What who did it agrees to, in words of that hash. `which`: of several orders in one deed."""
        return Consent(
            self.id("consent", kind, *which),
            self.person.id,
            kind,
            version,
            sha256,
            self.say.language,
            self.incoming.door,
            self.incoming.event_id,
            self.now,
            order,
        )

    def id(self, *what: str | int) -> str:
        """The id of something that this very event brings about."""
        return derive(self.incoming.door, self.incoming.event_id, *what)

    def answer(self, text: Text, *row: Button, what: str = "answer", order: str | None = None) -> Notice:
        """A direct answer to whoever did it, where they did it; with the way to what could not be sent."""
        return Notice(
            self.id("notice", what),
            self.here,
            text,
            (*row, *self.unopened),
            reply_handle=self.incoming.reply_handle,
            order=order,
        )

    def answered(self, text: Text, *row: Button, what: str = "answer", order: str | None = None) -> Changes:
        """A direct answer, and nothing else."""
        return Changes(notices=(self.answer(text, *row, what=what, order=order),))

    def notice(self, order: Order, what: str, text: Text, *row: Button) -> Notice:
        """What the artist of an order is told of it, in their voice; always with the way to a person."""
        way_out = buttons.human(self.to_artist, order.id)
        return Notice(self.id(what), To.person(order.person), text, (*row, way_out), order=order.id)

    @property
    def unopened(self) -> tuple[Button, ...]:
        """A button for each thing of the actor's that could not be sent to them, at most five.

        Where others read along, only in an answer that its door may show to the actor alone.
        """
        if not (self.incoming.private or self.incoming.reply_handle):
            return ()
        found = [
            buttons.unopened(self.say, project.order, parcel, link)
            for project in (*self.snapshot.open, *self.snapshot.past)
            for parcel in project.order.unreached
            if (link := way_to(project, parcel, self.now, self.rules)) is not None
        ]
        return tuple(found[:_WAYS])

    def looks(self, order: Order) -> tuple[Button, ...]:
        """The way of the staff to the page of an order, on what they are shown of it."""
        return (buttons.look(self.to_staff, order),) if self.ways.pages else ()

    @property
    def here(self) -> To:
        """Where a direct answer goes: to the person in private, or to the room it was said in."""
        if self.incoming.private:
            return To.person(self.person.id)
        return To.room(self.incoming.door, self.incoming.place)


def arrived(
    incoming: Incoming, known: Person | None, catalogues: Catalogues
) -> tuple[Person | None, Identity | None]:
    """Who did a deed: the person we know, or one who is here for the first time (B52)."""
    if known is not None or incoming.person is None or incoming.kind in (Kind.REMOVED, Kind.MOVED):
        return known, None
    account = account_id(incoming.door, incoming.person)
    person = Person(
        account,
        (incoming.name or incoming.person)[:80],
        since=incoming.at,
        locale=catalogues.language(incoming.locale),
    )
    address = incoming.place if incoming.private else incoming.person
    return person, Identity(incoming.door, incoming.person, account, address)


def named(order: Order, title: str) -> Title:
    """A title as part of a text: never shown where others read along, to staff only if it is no secret."""
    return Title(title, secret=order.confidential)
