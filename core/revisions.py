"""Revisions: one batched request for changes about one delivered version (A18, C1)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class What(StrEnum):
    """What can be asked of a stereo master (a closed list, as far as the engine does it)."""

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


AIMS = frozenset({What.REFERENCE, What.DESTINATION})
"""What has neither a direction nor an amount."""


@dataclass(frozen=True, slots=True)
class Item:
    """One change: a parameter, a direction and an amount.

    `amount` is dB (volume, bands, tilt, width), seconds (fades, trims, gap) or a step of the engine's own
    scale (dynamics, limiting); positive. `song` is None for every song of the order. `of`: the id of the
    reference, or the key of the destination; `text` of a reference is its name.
    """

    what: What
    direction: int  # +1 more, -1 less
    amount: float
    exact: bool = False  # the artist said the figure
    song: str | None = None
    text: str = ""
    place: tuple[float, float] | None = None  # seconds of the version it is about; None is the whole song
    of: str | None = None


def merged(items: "tuple[Item, ...]") -> "tuple[Item, ...]":
    """One item for each thing of each song and place: the same asked twice adds up, and what cancels out is
    gone. There is one destination, and each reference once.
    """
    sums: dict[tuple[object, ...], Item] = {}
    for item in items:
        key = (item.what, item.song, item.place, item.of if item.what is What.REFERENCE else None)
        old = sums.get(key)
        if old is None or item.what in AIMS:
            sums[key] = item
            continue
        total = round(old.direction * old.amount + item.direction * item.amount, 4)
        text = "; ".join(said for said in (old.text, item.text) if said)
        exact = old.exact and item.exact
        sums[key] = replace(item, direction=1 if total > 0 else -1, amount=abs(total), exact=exact, text=text)
    return tuple(item for item in sums.values() if item.amount)


class BatchState(StrEnum):
    OPEN = "open"  # still being written down
    SEALED = "sealed"  # sent; in work with the same tap
    DELIVERED = "delivered"
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
    opened: datetime | None = None
    sealed: datetime | None = None
    rev: int = 0

    def about(self, song: str) -> tuple[Item, ...]:
        """The items that concern a song: its own and those for every song."""
        return tuple(item for item in self.items if item.song in (None, song))
