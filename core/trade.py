"""What a decision about agreements and bulk orders is made from, beside the order that it may be about."""

from dataclasses import dataclass

from core.agreements import Agreement, Running
from core.bulks import Bulk, BulkMember, Tally
from core.money import Money
from core.orders import Project
from core.organisations import Organisation
from core.people import Person


@dataclass(frozen=True, slots=True)
class Asked:
    """What the store is to load. A bulk order brings its agreement along, and an agreement its bulk order."""

    bulk: str | None = None
    agreement: str | None = None
    number: int | None = None  # the same agreement by its number, where nobody knows its id
    own: bool = False  # the bulk orders of who speaks
    begins: bool = False  # nothing of these: an agreement begins, and needs its number
    people: bool = False  # who said that they would drop a song in it, and who has
    songs: bool = False  # all orders in it

    @property
    def any(self) -> bool:
        return self != NOTHING_ASKED


NOTHING_ASKED = Asked()
NO_SONGS = Tally({})


@dataclass(frozen=True, slots=True)
class Trade:
    """The answer. Of the artist are their live agreements, with how many songs were paid under each."""

    running: tuple[Running, ...] = ()  # of the artist, and of the named bulk order
    month: int = 0  # songs that the artist has paid for since the beginning of the month
    organisations: tuple[Organisation, ...] = ()  # that the artist answers for
    agreement: Agreement | None = None  # that was named, or of the named bulk order
    deposit: Money | None = None  # what is paid in for it and not drawn yet
    bulk: Bulk | None = None
    payer: Person | None = None  # of the named bulk order or agreement
    tally: Tally = NO_SONGS  # of its songs but for the named order
    members: tuple[BulkMember, ...] = ()
    dropped: frozenset[str] = frozenset()  # accounts of whom there is a song in it
    songs: tuple[Project, ...] = ()
    own: tuple[Bulk, ...] = ()  # of who speaks, newest first, but for the closed ones
    next_number: int = 1  # of the next agreement


NO_TRADE = Trade()
