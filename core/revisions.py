"""Revisions: one batched request for changes about one delivered version (A18, C1), from a closed list."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What can be asked for (a closed list). The engine does it but for what is BY_PEOPLE."""

    VOLUME = "volume"
    BASS = "bass"  # < 120 Hz
    LOW_MID = "low-mid"  # 120-500 Hz
    MID = "mid"  # 500 Hz - 2 kHz
    PRESENCE = "presence"  # 2-5 kHz
    SIBILANCE = "sibilance"  # 5-9 kHz
    AIR = "air"  # > 9 kHz
    TILT = "tilt"  # dark - bright
    WIDTH = "width"
    DYNAMICS = "dynamics"
    LIMITING = "limiting"
    FADE_IN = "fade-in"
    FADE_OUT = "fade-out"
    TRIM_START = "trim-start"
    TRIM_END = "trim-end"
    GAP = "gap"  # silence after the song
    REFERENCE = "reference"  # to sound more like another recording
    DESTINATION = "destination"  # to be made for one place: loudness, ceiling and files
    NOISE = "noise"  # hum, hiss, crackle
    CLICK = "click"
    LEVEL = "level"  # of one instrument or voice (a stem); `of` names it
    PAN = "pan"  # of a stem
    REVERB = "reverb"  # of a stem
    FORMAT = "format"  # of the files
    METADATA = "metadata"  # title, artist, ISRC …
    UNDO = "undo"  # back to before the last revision; `of` names one thing of it, None is all of it
    OTHER = "other"  # words for a person


AIMS = frozenset({What.REFERENCE, What.DESTINATION})
"""What has neither a direction nor an amount."""

STEMS = frozenset({What.LEVEL, What.PAN, What.REVERB})
"""What can be changed in a mix alone, where each stem is by itself."""

BY_PEOPLE = STEMS | {What.NOISE, What.CLICK, What.FORMAT, What.METADATA, What.UNDO, What.OTHER}
"""What the engine does not do to a stereo master by itself; UNDO is taken apart before it is asked."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change: a parameter, a direction and an amount.

    `amount` is dB (volume, bands, tilt, width, level), seconds (fades, trims, gap) or a step of the engine's
    own scale (dynamics, limiting); positive, 0 where none makes sense. `song` is None for every song of the
    order. `of`: the id of the reference, the key of the destination, the name of the stem ("vocals") whose
    level or tone it is, or the thing that is undone, of which an amount between 0 and 1 is the share ("half
    back"); `text` of a reference is its name.
    """

    what: What
    direction: int  # +1 more, -1 less, 0 neither
    amount: float
    exact: bool = False  # the artist said the figure
    song: str | None = None
    text: str = ""
    place: tuple[float, float] | None = None  # seconds of the version it is about; None is the whole song
    of: str | None = None
    part: str | None = None  # a named part ("chorus"), of which nobody has said when it is
    target: float | None = None  # LUFS that the song is to have (volume alone); then there is no amount
    fault: bool = False  # a defect of what was delivered, confirmed by measurement or by staff
    by: str | None = None  # the member (core/members.py) who wished it; None: whose order it is, or several


def merged(items: "tuple[Item, ...]") -> "tuple[Item, ...]":
    """One item for each thing of each song and place: the same asked twice adds up, and what cancels out is
    gone. Where there is nothing to add, the last word counts; there is one destination, each reference once.

    What several people wish stays apart: nobody's wish is taken off the list by somebody else's.
    """
    return _summed(items, apart=True)


def together(items: "tuple[Item, ...]") -> "tuple[Item, ...]":
    """The same once it is sent: what several people wish adds up or cancels out as if one had said it."""
    return _summed(items, apart=False)


def _summed(items: "tuple[Item, ...]", *, apart: bool) -> "tuple[Item, ...]":
    sums: dict[tuple[object, ...], Item] = {}
    for item in items:
        named = None if item.what is What.DESTINATION else item.of
        said = item.text if item.what in _IN_WORDS else None
        whose = item.by if apart and item.what not in AIMS else None
        key = (item.what, item.song, item.place, item.part, named, said, whose)
        old = sums.get(key)
        if old is None or not (_adds_up(old) and _adds_up(item)):
            sums[key] = item
            continue
        total = round(old.direction * old.amount + item.direction * item.amount, 4)
        text = "; ".join(words for words in (old.text, item.text) if words)
        exact, by = old.exact and item.exact, item.by if item.by == old.by else None
        direction = 1 if total > 0 else -1
        sums[key] = replace(item, direction=direction, amount=abs(total), exact=exact, text=text, by=by)
        if not total:
            del sums[key]
    return tuple(sums.values())


_IN_WORDS = frozenset({What.OTHER, What.FORMAT, What.METADATA})


def _adds_up(item: Item) -> bool:
    return item.what not in AIMS and item.target is None and item.direction != 0 and item.amount != 0


def in_words(items: "tuple[Item, ...]") -> int:
    """How many characters of what is wished only a person can read."""
    return sum(len(item.text) for item in items if item.what in _IN_WORDS)


class BatchState(StrEnum):
    OPEN = "open"  # still being written down
    PRICED = "priced"  # sent, and waits until its price is named, accepted and paid
    SEALED = "sealed"  # in work, or waiting for the engineer who begins it
    DELIVERED = "delivered"
    JOINED = "joined"  # its wishes went into another one that nobody had begun
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Batch:
    """All changes asked for at one time."""

    id: str
    order: str
    number: int
    state: BatchState
    about_version: int
    items: tuple[Item, ...] = ()
    not_understood: tuple[str, ...] = ()
    nearest: tuple[Item, ...] = ()  # offered for what a finished mix cannot have; `text` is what was said
    impossible: tuple[str, ...] = ()  # what it cannot have, with nothing near
    opened: datetime | None = None
    sealed: datetime | None = None
    started: datetime | None = None  # the work has begun: with the seal, where the engine does it
    delivered: datetime | None = None  # its version went out
    became: int | None = None  # the number of that version
    rev: int = 0

    def about(self, song: str) -> tuple[Item, ...]:
        """The items that concern a song: its own and those for every song."""
        return tuple(item for item in self.items if item.song in (None, song))
