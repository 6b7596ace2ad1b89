"""Sentences to changes, a line each: what `./lathe words` prints."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from core.asks import SECONDS, STEPS
from core.revisions import STEMS, Item, What
from core.words import Impossible, Read, read
from core.words.places import OPEN_END

_WITHOUT_DB = (
    SECONDS
    | STEPS
    | {What.PAN, What.REVERB, What.NOISE, What.CLICK, What.UNDO, What.OTHER}
    | {What.FORMAT, What.METADATA, What.REFERENCE, What.DESTINATION}
)


def answer(
    sentences: Iterable[bytes], out: BinaryIO, songs: Sequence[str] = (), *, mixing: bool = False
) -> None:
    """Read each line and write one JSON object for it, at once. `songs` are titles in their order.

    What is no UTF-8 is read as the sign for that, which nobody understands.
    """
    titles = [(title, title) for title in songs]
    for sentence in sentences:
        said = read(sentence.decode("utf-8", "replace"), titles, stems=mixing)
        line = json.dumps(plain(said), ensure_ascii=False)
        out.write(line.encode("utf-8", "backslashreplace") + b"\n")
        out.flush()


def plain(said: Read) -> dict[str, Any]:
    """What was read, in JSON values."""
    return {
        "items": [item_plain(item) for item in said.items],
        "impossible": [_impossible_plain(asked) for asked in said.impossible],
        "not_understood": list(said.not_understood),
        "bounds": list(said.bounds),
    }


def item_plain(item: Item) -> dict[str, Any]:
    """An item. Its amount was said where `exact`, else it is the usual one; null where dB make no sense."""
    in_db = item.what not in _WITHOUT_DB and item.target is None
    shown: dict[str, Any] = {
        "what": _named(item.what.value, item.of) if item.what in STEMS else item.what.value,
        "direction": item.direction,
        "amount_db": item.amount if in_db else None,
        "exact": item.exact,
        "place": _place(item),
        "text": item.text,
    }
    if item.what in SECONDS:
        shown["amount_s"] = item.amount
    if item.target is not None:
        shown["target_lufs"] = item.target
    if item.of is not None and item.what not in STEMS:
        shown["of"] = item.of
    if item.what is What.UNDO and 0 < item.amount < 1:
        shown["half"] = True
    if item.song is not None:
        shown["song"] = item.song
    return shown


def _impossible_plain(asked: Impossible) -> dict[str, Any]:
    nearest = None if asked.nearest is None else item_plain(asked.nearest)
    return {"text": asked.text, "what": _named(asked.what, asked.of), "nearest": nearest}


def _named(what: str, of: str | None) -> str:
    return f"{what}:{of}" if of else what


def _place(item: Item) -> str | dict[str, float | None] | None:
    """A named part, or from and to in seconds; to the end of the song is null."""
    if item.part is not None:
        return item.part
    if item.place is None:
        return None
    start, end = item.place
    return {"from": start, "to": end if end < OPEN_END else None}
