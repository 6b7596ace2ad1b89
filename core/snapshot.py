"""What a decision is made from: everything the store knows that this deed can touch, read at one time."""

from dataclasses import dataclass

from core.jobs import Job
from core.linking import LinkCode
from core.money import Money
from core.orders import Project
from core.people import Person, StaffDesk
from core.threads import Thread
from core.uploads import Upload


@dataclass(frozen=True, slots=True)
class Needs:
    """What the store is asked to load for one deed."""

    door: str
    external: str | None = None  # who did it, as their door knows them
    account: str | None = None  # or as the house knows them
    order: str | None = None
    thread: str | None = None
    job: str | None = None  # its order comes along
    sha256: str | None = None  # a file that the same person may have sent before
    target: tuple[str, str] | None = None  # (door, external) of a person who is spoken of
    waiting: bool = False  # the threads that wait for staff
    about: bool = False  # the open threads about the named order
    past: int = 0  # how many of their newest orders that are not open any more
    code: str | None = None  # the hash of a code that somebody says, to join two accounts


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The answer to Needs. `actor` did the deed; `artist`: whose order (`project`) or thread it is about."""

    currency: str
    actor: Person | None = None
    artist: Person | None = None
    project: Project | None = None  # the order that was named
    open: tuple[Project, ...] = ()  # the actor's open orders, newest first, at most 50
    past: tuple[Project, ...] = ()  # the actor's other orders, newest first, as many as were asked for
    balance: Money | None = None  # the artist's credit, else the actor's; None is none
    next_number: int = 1000
    desks: tuple[StaffDesk, ...] = ()
    thread: Thread | None = None  # the thread that was named, else the actor's open one
    waiting: tuple[tuple[Thread, Project | None], ...] = ()  # each with the order that it is about
    about: tuple[Thread, ...] = ()  # the open threads about the named order, if they were asked for
    job: Job | None = None
    running: tuple[Job, ...] = ()  # queued and running jobs of the named order, for its progress
    uploads: tuple[Upload, ...] = ()  # that are not gone, of all orders here that are being put together
    twin: Project | None = None  # an earlier order of the artist with the same file
    target: Person | None = None
    away: bool = False  # the door could not reach the actor when it last tried
    code: LinkCode | None = None  # the code that was said, if anybody was given it
    giver: "Snapshot | None" = None  # of who was given it: themselves, their open orders and their credit
