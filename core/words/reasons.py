"""Why a clause was handed back."""

from enum import StrEnum

from core.asks import AT_A_PLACE
from core.revisions import What
from core.words.amounts import measured
from core.words.marks import marked
from core.words.places import OPEN_END, placed
from core.words.reading import read
from core.words.senses import Spot


class Unread(StrEnum):
    """Why a clause could not be read, or not be done."""

    PART = "part"  # nobody has said where that part of the song is or ends, or its times are no stretch
    PLACE = "place"  # it wants something at one place that only the whole song can have
    BEYOND = "beyond"  # it could be read, but its place is after the end of the song
    UNDO = "undo"  # it is to be undone, and nothing was done that can be
    WORDS = "words"


def why(clause: str) -> Unread:
    """Why a clause was handed back."""
    told = read(clause)
    items = (*told.items, *(asked.nearest for asked in told.impossible if asked.nearest is not None))
    if items and all(item.what is What.UNDO for item in items):
        return Unread.UNDO
    if any(item.part for item in items):
        return Unread.PART
    if any(item.place and item.place[1] == OPEN_END for item in items):
        return Unread.PART
    if any(item.place for item in items):
        can = all(item.what in AT_A_PLACE for item in items)
        return Unread.BEYOND if can else Unread.PLACE
    no_stretch = any(mark.spot == Spot() for mark in placed(measured(marked(clause))))
    return Unread.PART if no_stretch else Unread.WORDS
