"""Orders: what an artist asked for, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.agreements import Deal, Prepayment
from core.bookings import Booking, BookingState
from core.bought import Bought, frozen
from core.complaints import Complaint
from core.decisions import Decision
from core.members import Invitation, Member
from core.money import Money
from core.quotes import Quote
from core.references import Reference
from core.refunds import Dispute, Refund
from core.revisions import Batch, BatchState
from core.rules import HouseRules
from core.services import BY_HAND
from core.songs import Song, SongState, Version, VersionState
from core.tills import Charge, ChargeState


class OrderState(StrEnum):
    DRAFT = "draft"  # files are arriving and being checked
    OFFERED = "offered"  # price shown, not paid
    PAYING = "paying"  # a till is at work
    WORKING = "working"  # the engine is at work
    REVIEW = "review"  # the artist listens
    RELEASED = "released"  # approved; the window stays open until its date (C7)
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ASIDE = "aside"  # set aside for a person to look at


OPEN = frozenset(
    {
        OrderState.DRAFT,
        OrderState.OFFERED,
        OrderState.PAYING,
        OrderState.WORKING,
        OrderState.REVIEW,
        OrderState.RELEASED,
        OrderState.ASIDE,
    }
)
JOINABLE = frozenset({OrderState.DRAFT, OrderState.OFFERED})
DELIVERED = frozenset({OrderState.REVIEW, OrderState.RELEASED, OrderState.COMPLETED})
"""States in which its artist has what was made last."""


class Grouping(StrEnum):
    """How several songs belong together; None until the artist has said."""

    ALBUM = "album"  # levels kept between songs
    SEPARATE = "separate"  # each song to the target by itself
    STEMS = "stems"  # all of them are parts of one song, which is mixed from them


class Parcel(StrEnum):
    """What an order brings to its artist."""

    PREVIEW = "preview"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Order:
    """One order. `rev` counts its changes; a button that shows a price carries it."""

    id: str
    number: int
    person: str
    service: str
    state: OrderState
    confidential: bool
    created: datetime
    last_file: datetime
    rules_version: str
    door: str  # where it was begun
    title: str = ""  # of an album
    artist: str = ""
    note: str = ""  # what the artist wrote beside the drop
    charge: str = "before-work"  # the house rule it was begun under; or "before-files"
    replacing: str | None = None  # the song whose new mix is awaited
    grouping: Grouping | None = None
    style: str = "balanced"
    destination: str | None = None  # a key of dsp.presets: where its masters go
    references: tuple[Reference, ...] = ()
    reference_until: datetime | None = None  # until then a file that comes is a reference
    beside: str | None = (
        None  # the order that was open when it began: its song may be a reference of that one
    )
    settled: bool = False  # the drop is known to be whole
    offered: Money | None = None  # the price on the card; no other is charged
    price: Money | None = None  # frozen when paid
    fees: Money | None = None  # earned with revisions that were paid and delivered
    rebate: str | None = None  # a code of the house rules that makes it less
    bought: Bought | None = None  # the rules that it was bought under (A27)
    terms_version: str | None = None
    terms_sha256: str | None = None
    paid_at: datetime | None = None
    paid_songs: int = 0  # how many were paid for, from the paying tap on
    bulk: str | None = None  # the bulk order that it is a song of: its payer pays
    deal: Deal | None = None  # an agreed price, which it was offered at
    prepays: Prepayment | None = None  # it is no music, but money for an agreement
    promised: datetime | None = None  # by when work by hand is to be there
    overdue: bool = False  # its artist was told that it takes longer than that
    version: int = 0  # the newest version asked for; 0 before mastering
    fixing: tuple[str, ...] = ()  # the songs of which a new master is made by hand, beside all else
    first_sent: datetime | None = None
    last_sent: datetime | None = None  # the newest redelivery (v2 …)
    deadline: datetime | None = None  # end of the free window
    reminded: bool = False
    approved_at: datetime | None = None
    released_version: int | None = None
    rating: int | None = None  # 1 to 5, by its artist (B18)
    rating_comment: str = ""
    completed_at: datetime | None = None
    kept_until: datetime | None = None
    warned: datetime | None = None  # when its artist was last told that its files will go
    deleted_at: datetime | None = None  # since when its audio is gone
    unreached: tuple[Parcel, ...] = ()  # what could not be sent, and was not opened since
    invitation: Invitation | None = None  # by which members come in
    links: int = 0  # the epoch of its private links; those of another one open nothing
    aside: str | None = None  # reference of what went wrong
    aside_since: datetime | None = None
    decided_by: str | None = None  # the name of the member of the staff who decided about it last
    due_at: datetime | None = None  # when the clock has something to do
    rev: int = 0

    @property
    def preview_first(self) -> bool:
        """Whether it is worked on before it is paid. What people do never is, whatever the house rule."""
        return self.charge == "before-files" and self.service not in BY_HAND

    @property
    def owed(self) -> bool:
        """Whether it is worked on before it is paid, and its files wait for the money."""
        return self.preview_first and self.paid_at is None

    def under(self, rules: HouseRules) -> Bought:
        """What it was bought under; before that, what it would be bought under now. # A27"""
        return self.bought or frozen(rules, self.service)

    def reached(self, parcel: Parcel) -> "Order":
        """The order once its artist has a parcel, whether or not it could be sent."""
        return replace(self, unreached=tuple(other for other in self.unreached if other is not parcel))


@dataclass(frozen=True, slots=True)
class Project:
    """An order with all that belongs to it, as its members see it; the rows without a number by their age."""

    order: Order
    songs: tuple[Song, ...] = ()  # by place
    versions: tuple[Version, ...] = ()  # by number
    batches: tuple[Batch, ...] = ()  # by number
    charges: tuple[Charge, ...] = ()
    quotes: tuple[Quote, ...] = ()
    bookings: tuple[Booking, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    decisions: tuple[Decision, ...] = ()
    members: tuple[Member, ...] = ()  # who is in

    def member(self, person: str) -> Member | None:
        """As what somebody else hears it, by their account."""
        return next((one for one in self.members if one.person == person and one.is_in), None)

    @property
    def is_paid(self) -> bool:
        """Whether money of it is here that has not gone back whole."""
        return any(charge.state is ChargeState.PAID for charge in self.charges)

    @property
    def may_be_taken_back(self) -> bool:
        """Whether the artist alone may end it for their money: the engine failed; they have no file yet."""
        return self.order.state is OrderState.ASIDE and self.order.released_version is None

    @property
    def sealed_batch(self) -> Batch | None:
        """The batch that is in work."""
        return next((batch for batch in self.batches if batch.state is BatchState.SEALED), None)

    @property
    def waiting_batch(self) -> Batch | None:
        """The batch that is sent, and that nobody has begun: what is wished now joins it (A18)."""
        waiting = (one for one in self.batches if one.state is BatchState.SEALED and one.started is None)
        return next(waiting, None)

    def newest_made(self, song: Song, number: int | None = None) -> Version | None:
        """The newest version of a song that is made, up to a number."""
        made = [version for version in self._made(song) if number is None or version.number <= number]
        return max(made, key=lambda version: version.number, default=None)

    def newest_by_engine(self, song: Song) -> Version | None:
        """The newest version of a song that the engine made, whatever came by hand since."""
        made = [version for version in self._made(song) if version.by is None]
        return max(made, key=lambda version: version.number, default=None)

    def _made(self, song: Song) -> list[Version]:
        made = (VersionState.READY, VersionState.SENT)
        return [one for one in self.versions if one.song == song.id and one.state in made]

    @property
    def uploads(self) -> frozenset[str]:
        """The uploads that its songs are to be made of; none once it is cancelled."""
        cancelled = self.order.state is OrderState.CANCELLED
        return frozenset(song.upload for song in self.songs if song.upload and not cancelled)

    @property
    def places_taken(self) -> int:
        """How many songs it has, but for one whose new mix is awaited or on its way: that has its place."""
        standing = [song for song in self.songs if song.state is not SongState.DROPPED]
        replaced = {self.order.replacing, *(song.instead_of for song in standing)}
        return sum(song.id not in replaced for song in standing)

    @property
    def ready(self) -> tuple[Song, ...]:
        return tuple(song for song in self.songs if song.state is SongState.READY)

    @property
    def works(self) -> tuple[Song, ...]:
        """The songs that get versions: all that are ready; of stems the first, which stands for their mix."""
        songs, order = self.ready, self.order
        if order.grouping is not Grouping.STEMS or not songs:
            return songs
        return (replace(songs[0], title=order.title or f"Mix {order.number}"),)

    @property
    def wished(self) -> frozenset[int]:
        """The numbers of the versions that were made of what the artist wished; no other was a wish."""
        return frozenset(batch.became for batch in self.batches if batch.became is not None)

    @property
    def in_round(self) -> tuple[Song, ...]:
        """The songs of which the round that is in work by hand brings a version; or the fix that is."""
        if self.order.fixing:
            return tuple(song for song in self.works if song.id in self.order.fixing)
        batch = self.sealed_batch
        return tuple(song for song in self.works if batch is None or batch.about(song.id))

    def booking(self, song: Song) -> Booking | None:
        """Who works on a song by hand."""
        return next((booking for booking in self.claims if booking.song == song.id), None)

    @property
    def claims(self) -> tuple[Booking, ...]:
        """The bookings that stand."""
        return tuple(booking for booking in self.bookings if booking.state is BookingState.CLAIMED)
