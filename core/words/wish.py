"""What one clause says: what it is about, which way, how much and where; or what else it is."""

from dataclasses import dataclass
from enum import StrEnum

from core.revisions import What
from core.words.senses import Amount, Spot

BANDS = frozenset({What.BASS, What.LOW_MID, What.MID, What.PRESENCE, What.SIBILANCE, What.AIR})
FADES = frozenset({What.FADE_IN, What.FADE_OUT})
LENGTHS = FADES | {What.GAP}
TRIMS = frozenset({What.TRIM_START, What.TRIM_END})
NAMED_APART = frozenset({What.FORMAT, What.METADATA, What.REFERENCE, What.DESTINATION})
"""What is asked for by being named, in whatever other words."""


class Sort(StrEnum):
    """What a clause is."""

    WISH = "wish"
    NAMED = "named"  # a thing and no direction: its neighbour may have one
    SIZE = "size"  # a direction or an amount and no thing
    PLACE = "place"
    UNDO = "undo"
    BOUND = "bound"
    NOTHING = "nothing"  # praise, thanks, chatter
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Aim:
    """What a wish is about. `polarity`: which way of it is "more" ("thin" is less low mid).

    `of`: a stem's name, or what is out of reach; `beyond`: a stereo master cannot have it.
    """

    what: What
    polarity: int = 1
    ratio: float = 1.0
    of: str | None = None
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What one clause says, in itself. `way`: 1 more, -1 less of the aim, 0 not said."""

    sort: Sort
    aim: Aim | None = None
    way: int = 0
    amount: Amount | None = None
    strength: float = 1.0
    spots: tuple[Spot, ...] = ()
    songs: tuple[str, ...] = ()
    leads: bool = False  # the direction stands before the thing, or the thing is a quality
    opens_with_place: bool = False
    half: bool = False
    loose: bool = False  # of a size: said alone it is the volume ("turn it up")
    pronoun: bool = False  # "it", "them": what the clause before is about
    plural: bool = False  # such a pronoun: "they are harsh"
    placeless: bool = False  # its place was an amount ("let it start at 0:03")
    name: bool = False  # no more than a name: who signs
    regrets: bool = False  # it says how it is, not how it should be: "too loud", "buried"
