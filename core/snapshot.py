"""What a decision is made from: everything the store knows that this deed can touch, read at one time."""

from dataclasses import dataclass
from datetime import datetime

from core.audit import Entry
from core.board import Board
from core.jobs import Job
from core.linking import LinkCode
from core.messages import Card
from core.money import Money
from core.orders import Project
from core.people import Colleague, Person, StaffDesk
from core.terms import Terms
from core.threads import Thread
from core.trade import NO_TRADE, NOTHING_ASKED, Asked, Trade
from core.uploads import Upload

FIRST_NUMBER = 1000
"""Of the first order of a house; each one after it has the next."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the store is asked to load for one deed."""

    door: str
    external: str | None = None  # who did it, as their door knows them
    account: str | None = None  # or as the house knows them
    order: str | None = None
    number: int | None = None  # the same order by its number, where nobody knows its id
    complaint: str | None = None  # or by a complaint about it
    thread: str | None = None
    job: str | None = None  # its order comes along
    sha256: str | None = None  # a file that the same person may have sent before
    target: tuple[str, str] | None = None  # (door, external) of a person who is spoken of
    staff: bool = False  # who has a role
    waiting: bool = False  # the threads that wait for staff
    talks: bool = False  # the actor's newest closed threads too, which their words may open again
    about: bool = False  # the open threads about the named order
    answers: tuple[str, str] | None = None  # (place, message) of what is replied to, as their door names both
    board: bool = False  # what waits for the staff
    audit: int = 0  # how many of the newest entries of the audit trail, of the named order if there is one
    card: str | None = None  # the key of a card at the staff desks
    past: int = 0  # how many of their newest orders that are not open any more
    code: str | None = None  # the hash of a code that somebody says, to join two accounts
    invitation: str | None = None  # the hash of one that lets them into the order it was given for
    agreed: str | None = None  # the terms with this hash
    month: datetime | None = None  # the beginning of the month whose paid songs are counted
    trade: Asked = NOTHING_ASKED  # what of agreements and bulk orders


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The answer to Needs. `actor` did the deed; `artist`: whose order (`project`) or thread it is about."""

    currency: str
    actor: Person | None = None
    artist: Person | None = None
    project: Project | None = None  # the order that was named
    open: tuple[Project, ...] = ()  # the actor's open orders, newest first, at most 50
    shared: tuple[Project, ...] = ()  # open orders of others that the actor is a member of, newest first
    past: tuple[Project, ...] = ()  # the actor's other orders, newest first, as many as were asked for
    balance: Money | None = None  # the artist's credit, else the actor's; None is none
    next_number: int = FIRST_NUMBER
    desks: tuple[StaffDesk, ...] = ()
    thread: Thread | None = None  # the thread that was named, else the actor's open one
    talks: tuple[Thread, ...] = ()  # the actor's own: those that are open, and others if they were asked for
    next_ticket: int = 1
    waiting: tuple[tuple[Thread, Project | None], ...] = ()  # each with the order that it is about
    about: tuple[Thread, ...] = ()  # the open threads about the named order, if they were asked for
    job: Job | None = None
    running: tuple[Job, ...] = ()  # queued and running jobs of the named order, for its progress
    uploads: tuple[Upload, ...] = ()  # that are not gone, of all orders here that are being put together
    twin: Project | None = None  # an earlier order of the artist with the same file
    target: Person | None = None
    staff: tuple[Colleague, ...] = ()
    board: Board | None = None
    audited: tuple[Entry, ...] = ()  # newest first
    card: Card | None = None  # the card that was named, as it stands
    answered: str | None = None  # the key of the card at a staff desk that is replied to
    managers: int = 0  # how many people may decide about money
    away: bool = False  # the door could not reach the actor when it last tried
    code: LinkCode | None = None  # the code that was said, if anybody was given it
    giver: "Snapshot | None" = None  # of who was given it: themselves, their open orders and their credit
    agreed: Terms | None = None  # the terms that were asked for by their hash
    rebates: frozenset[str] = frozenset()  # the codes that the artist's orders were bought with
    trade: Trade = NO_TRADE  # agreements and bulk orders that are meant, and those of the artist
