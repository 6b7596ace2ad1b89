"""Batches and wishes in few words, for the tests of what they cost."""

from datetime import datetime, timedelta

from core.revisions import Batch, BatchState, Item, What
from tests.core.samples import START

MINUTE = timedelta(minutes=1)
WORDS = {"vocal": What.PRESENCE, "fade": What.FADE_OUT} | {what.value: what for what in What}
WAYS = {"up": 1, "down": -1}


def wish(text: str) -> Item:
    """ "A volume up", "DEFECT click", "fade"."""
    words = text.split()
    fault = words[0] == "DEFECT"
    words = words[1:] if fault else words
    song = words.pop(0) if words[0].isupper() else None
    way = WAYS[words[1]] if len(words) > 1 else 1
    return Item(WORDS[words[0]], way, 1.5, song=song, fault=fault)


def wishes(text: str) -> tuple[Item, ...]:
    return tuple(wish(part.strip()) for part in text.split(","))


def delivered(number: int, *items: Item, at: datetime = START + timedelta(days=2)) -> Batch:
    return Batch(
        f"batch{number}",
        "order1",
        number,
        BatchState.DELIVERED,
        number,
        items,
        sealed=at - MINUTE,
        started=at - MINUTE,
        delivered=at,
    )


def sealed(number: int, *items: Item, started: bool = False, at: datetime = START + MINUTE) -> Batch:
    return Batch(
        f"batch{number}",
        "order1",
        number,
        BatchState.SEALED,
        number,
        items,
        sealed=at,
        started=at if started else None,
    )
