"""What one deed changes: everything at once, carried out by the store in one transaction."""

from dataclasses import dataclass, fields
from typing import Generic, TypeVar

from core.agreements import Agreement
from core.audit import Entry
from core.bookings import Booking
from core.bulks import Bulk, BulkMember
from core.complaints import Complaint
from core.consent import Consent
from core.decisions import Decision
from core.jobs import Job
from core.ledger import Transfer
from core.linking import Join, LinkCode
from core.members import Member
from core.messages import Card, Notice
from core.orders import Order
from core.organisations import Organisation
from core.people import Identity, Person, Reached, RoomMoved, StaffDesk
from core.quotes import Quote
from core.refunds import Dispute, Refund
from core.revisions import Batch
from core.songs import Song, Version
from core.terms import Terms
from core.threads import Thread
from core.tills import Charge

T = TypeVar(
    "T",
    Order,
    Song,
    Version,
    Batch,
    Charge,
    Quote,
    Booking,
    Complaint,
    Refund,
    Dispute,
    Decision,
    Member,
    Person,
    Thread,
    Organisation,
    Agreement,
    Bulk,
    BulkMember,
)


@dataclass(frozen=True, slots=True)
class Move(Generic[T]):
    """A guarded move. `before` None: it must not exist yet. Else the row must still be at its rev and state.

    The store writes `after` with `rev` one higher than `before`'s; a guard that fails raises Outdated.
    """

    before: T | None
    after: T


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a job's attempt, guarded by `state = running AND attempts = attempt`."""

    job: str
    attempt: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that one decision wants to be true afterwards."""

    people: tuple[Move[Person], ...] = ()
    identities: tuple[Identity, ...] = ()
    desks: tuple[StaffDesk, ...] = ()
    desks_gone: tuple[StaffDesk, ...] = ()  # rooms that are no staff desks any more
    reached: tuple[Reached, ...] = ()
    rooms_moved: tuple[RoomMoved, ...] = ()
    codes: tuple[LinkCode, ...] = ()  # each is its person's only one
    void_codes: tuple[str, ...] = ()  # by their hashes
    joins: tuple[Join, ...] = ()  # after everything else
    orders: tuple[Move[Order], ...] = ()
    songs: tuple[Move[Song], ...] = ()
    versions: tuple[Move[Version], ...] = ()
    batches: tuple[Move[Batch], ...] = ()
    charges: tuple[Move[Charge], ...] = ()
    quotes: tuple[Move[Quote], ...] = ()
    bookings: tuple[Move[Booking], ...] = ()
    complaints: tuple[Move[Complaint], ...] = ()
    refunds: tuple[Move[Refund], ...] = ()
    disputes: tuple[Move[Dispute], ...] = ()
    decisions: tuple[Move[Decision], ...] = ()
    members: tuple[Move[Member], ...] = ()
    threads: tuple[Move[Thread], ...] = ()  # entries beyond the stored ones are appended
    organisations: tuple[Move[Organisation], ...] = ()
    agreements: tuple[Move[Agreement], ...] = ()
    bulks: tuple[Move[Bulk], ...] = ()
    bulk_members: tuple[Move[BulkMember], ...] = ()
    consents: tuple[Consent, ...] = ()
    terms: tuple[Terms, ...] = ()  # that somebody accepted, kept word by word
    transfers: tuple[Transfer, ...] = ()
    jobs: tuple[Job, ...] = ()
    cancel_jobs_of: tuple[str, ...] = ()  # orders whose queued and running jobs are to stop
    let_go: tuple[str, ...] = ()  # uploads of whose pieces no song is to be made any more
    audited: tuple[Entry, ...] = ()  # what the staff did, saw or tried (core/desk/staffing/staff.py)
    forgotten: tuple[str, ...] = ()  # accounts of whose visits to pages nothing is kept
    finish: Finish | None = None
    cards: tuple[Card, ...] = ()
    notices: tuple[Notice, ...] = ()

    def __add__(self, other: "Changes") -> "Changes":
        """Both; a later card of the same key replaces the earlier one."""
        if self.finish and other.finish:
            raise ValueError("one deed finishes one job")
        merged = {
            f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self) if f.name != "finish"
        }
        merged["cards"] = tuple({(card.key, card.to): card for card in merged["cards"]}.values())
        return Changes(**merged, finish=self.finish or other.finish)
