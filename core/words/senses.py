"""What a word, or several that are one, can mean in a wish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.revisions import What


class Role(StrEnum):
    """What a word does in a sentence."""

    THING = "thing"  # bass, width: there can be more or less of it
    TRAIT = "trait"  # warmth, mud: a quality as a noun; a band named beside it is where it is meant
    FAULT = "fault"  # a hum, clicks: named, it is to go
    QUALITY = "quality"  # bright: how something is
    CHANGE = "change"  # brighter, brighten: how it should be
    FLAW = "flaw"  # muddy: how nothing should be
    STEM = "stem"  # the vocals: one instrument or voice of a mix
    REVERB = "reverb"
    PART = "part"  # a named part of a song
    MORE = "more"
    LESS = "less"
    PULL = "pull"  # pull, take: less, unless more is said
    TURN = "turn"  # turn, bring: with a direction and no thing it is the volume
    REMOVE = "remove"
    CUT_OFF = "cut off"  # something is missing at an edge
    BEGINS = "begins"  # start, end: with a time, where the song is to begin or end
    TOO = "too"
    TO = "to"  # a filler, a mistyped "too" before a quality
    NOT = "not"
    SO = "so"  # so, as: after "not" it is "too"
    ENOUGH = "enough"
    DISLIKE = "dislike"
    STRENGTH = "strength"
    WISH = "wish"  # make, should, want
    NEEDS = "needs"  # needs, lacks: more of what follows
    LACKS = "lacks"  # is missing, is buried: more of what is named
    EDGE = "edge"  # the start, the last
    NOISES = "noises"  # a cough, talk: no music, and at an edge of the song what is to be trimmed
    SIDE = "side"  # left, right
    ROOM = "room"  # more room before the first note
    UNDO = "undo"
    ADDED = "added"  # you added: of the last version
    VERSION = "version"  # the previous version, v1
    BACK = "back"
    HALF = "half"
    KEEP = "keep"  # keep, as it is
    BOUND = "bound"  # without, as long as: a condition follows
    LIKE = "like"
    REFERENCE = "reference"
    DESTINATION = "destination"
    OUT_OF_REACH = "out of reach"  # the key, the tempo
    FORMAT = "format"
    METADATA = "metadata"
    SONG = "song"
    SAYS = "says"  # thinks, says: who stands before it is no stem
    QUESTION = "question"
    EXCEPT = "except"
    THAN = "than"  # louder than …: what follows is not what is to change
    AND = "and"
    BETWEEN = "between"
    BECAUSE = "because"
    FILLER = "filler"
    PRAISE = "praise"
    CHATTER = "chatter"  # where it was heard, who liked it
    ASIDE = "aside"  # on my …: where it was heard, whatever the words
    AT = "at"  # a filler that may begin a place
    FROM = "from"
    UNTIL = "until"
    NUMBER = "number"  # two, half: a figure in letters
    ORDINAL = "ordinal"
    UNIT = "unit"  # dB, seconds, LUFS
    FIGURE = "figure"
    TIME = "time"
    AMOUNT = "amount"
    PLACE = "place"
    COMMA = "comma"
    COLON = "colon"
    STOP = "stop"
    SIGN = "sign"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Sense:
    """One meaning. What is not said of it is empty.

    `direction` of a quality is the bare word's; of an edge -1 is the start, of a side -1 the left.
    `ratio`: how strong a STRENGTH is, or which share of the usual step a word for tone is worth; of a NUMBER
    its figure. A quality without `what` (long, strong) is about whatever thing stands beside it.
    """

    role: Role
    what: What | None = None
    direction: int = 0
    ratio: float = 1.0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much was said. `unit` is dB, s, LUFS or empty; `sign` 0 where none was said."""

    value: float
    unit: str = ""
    sign: int = 0
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """One place: from and to in seconds, or a named part. None of both: times that are no stretch."""

    place: tuple[float, float] | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text with its meaning.

    `word` is how it was looked up, `also` holds all it can mean; `value` is of a figure or a time.
    """

    sense: Sense
    start: int
    end: int
    word: str = ""
    value: float = 0.0
    amount: Amount | None = None
    spot: Spot | None = None
    also: Mapping[Role, Sense] = field(default_factory=dict)
    proper: bool = False  # written like a name, and not because a sentence begins

    @property
    def role(self) -> Role:
        return self.sense.role
