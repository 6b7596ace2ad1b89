"""Orders: what an artist asked for, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.money import Money
from core.references import Reference
from core.revisions import Batch, BatchState
from core.songs import Song, SongState, Version, VersionState
from core.tills import Charge


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


class Grouping(StrEnum):
    """How several songs belong together; None until the artist has said."""

    ALBUM = "album"  # levels kept between songs
    SEPARATE = "separate"  # each song to the target by itself


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
    terms_version: str | None = None
    terms_sha256: str | None = None
    paid_at: datetime | None = None
    version: int = 0  # the newest version asked for; 0 before mastering
    first_sent: datetime | None = None
    last_sent: datetime | None = None  # the newest redelivery (v2 …)
    deadline: datetime | None = None  # end of the free window
    reminded: bool = False
    approved_at: datetime | None = None
    released_version: int | None = None
    completed_at: datetime | None = None
    kept_until: datetime | None = None
    unreached: tuple[Parcel, ...] = ()  # what could not be sent, and was not opened since
    links: int = 0  # the epoch of its private links; those of another one open nothing
    aside: str | None = None  # reference of what went wrong
    decided_by: str | None = None  # the name of the member of the staff who decided about it last
    due_at: datetime | None = None  # when the clock has something to do
    rev: int = 0

    @property
    def owed(self) -> bool:
        """Whether it is worked on before it is paid, and its files wait for the money."""
        return self.charge == "before-files" and self.paid_at is None

    def reached(self, parcel: Parcel) -> "Order":
        """The order once its artist has a parcel, whether or not it could be sent."""
        return replace(self, unreached=tuple(other for other in self.unreached if other is not parcel))


@dataclass(frozen=True, slots=True)
class Project:
    """An order with its songs, versions, batches and charges, as its members see them."""

    order: Order
    songs: tuple[Song, ...] = ()  # by place
    versions: tuple[Version, ...] = ()  # by number
    batches: tuple[Batch, ...] = ()  # by number
    charges: tuple[Charge, ...] = ()

    @property
    def may_be_taken_back(self) -> bool:
        """Whether the artist alone may end it for their money: the engine failed; they have no file yet."""
        return self.order.state is OrderState.ASIDE and self.order.released_version is None

    @property
    def sealed_batch(self) -> Batch | None:
        """The batch that is in work."""
        return next((batch for batch in self.batches if batch.state is BatchState.SEALED), None)

    def newest_made(self, song: Song, number: int | None = None) -> Version | None:
        """The newest version of a song that is made, up to a number."""
        made = [
            version
            for version in self.versions
            if version.song == song.id
            and version.state in (VersionState.READY, VersionState.SENT)
            and (number is None or version.number <= number)
        ]
        return max(made, key=lambda version: version.number, default=None)

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
