"""What was asked for and delivered: what a new wish goes back on, goes on with, or finds not done (A21)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from core.asks import BANDS, later
from core.revisions import AIMS, STEMS, Batch, BatchState, Item, What

Round = tuple[Item, ...]
"""The wishes of one delivered batch."""

LEAST_DB = 0.3
"""Less than this is nothing of a wish in dB that said no figure."""
LEAST_SHARE = 0.25
"""Less than this share is nothing of a figure."""

_IN_DB = BANDS | {What.VOLUME, What.TILT, What.WIDTH, What.LEVEL}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def rounds(batches: Iterable[Batch]) -> tuple[Round, ...]:
    """What was asked for and delivered, batch by batch, the newest first; places by the clock of the newest
    version. An undo is what it took back; the fix of a fault was no wish (C9).
    """
    delivered = sorted(
        (batch for batch in batches if batch.state is BatchState.DELIVERED),
        key=lambda batch: (batch.delivered or _LONG_AGO, batch.number),
    )
    done: list[tuple[int, Round]] = []  # with the version each is about; by the clock of the song as it came
    for batch in delivered:
        before = [wishes for version, wishes in done if version < batch.about_version]
        asked = [later(item, _trimmed(before, item.song)) for item in batch.items if not item.fault]
        done.insert(0, (batch.about_version, tuple(_apart(asked, [wishes for _, wishes in done]))))
    whole = [wishes for _, wishes in done]
    return tuple(tuple(later(item, -_trimmed(whole, item.song)) for item in wishes) for wishes in whole)


def alike(item: Item, done: Sequence[Round]) -> tuple[Round, ...]:
    """Of each round the same thing at the same place of the song, without rounds that have nothing of it."""
    found = (tuple(other for other in wishes if _same(item, other)) for wishes in done)
    return tuple(wishes for wishes in found if wishes)


def is_back(item: Item, done: Sequence[Round]) -> bool:
    """Whether it changes back what the newest round about the same thing delivered (A21)."""
    if item.what is What.UNDO:
        return bool(_named(item, done))
    about = alike(item, done)
    if not about:
        return False
    if any(item.direction * other.direction < 0 for other in about[0]):
        return True
    newest, older = _aims(about[:1]), _aims(about[1:])
    aim = _aim(item)
    return aim is not None and aim in older and aim not in newest


def is_further(item: Item, done: Sequence[Round]) -> bool:
    """Whether it is more of what the newest round about the same thing delivered (C1)."""
    about = alike(item, done)
    if not about or is_back(item, done):
        return False
    return item.what not in AIMS or _aim(item) in _aims(about[:1])


def taken_apart(items: Iterable[Item], batches: Iterable[Batch]) -> tuple[Item, ...]:
    """The items with every UNDO as what it says: the opposite of each item last delivered, of the thing it
    names, or of all in the newest batch that it can be about.

    The amount of an UNDO between 0 and 1 is the share that is taken back ("half back"); any other is all.
    What never was delivered cannot be taken apart, and an aim (a reference, a target) only be named: those
    stay UNDO.
    """
    return tuple(_apart(items, rounds(batches)))


def not_done(item: Item, moved: float | None) -> bool:
    """Whether nothing was done of what an item asked for.

    `moved`: how far the version went in that parameter from the one before, signed, in the item's unit; None
    is not known, which proves nothing. A figure is done from a quarter of it on, a mere direction from
    0.3 dB on.
    """
    if moved is None or not item.direction:
        return False
    by_figure = item.amount and (item.exact or item.what not in _IN_DB)
    return moved * item.direction < (LEAST_SHARE * item.amount if by_figure else LEAST_DB)


def _apart(items: Iterable[Item], done: Sequence[Round]) -> list[Item]:
    concrete: list[Item] = []
    for item in items:
        named = _named(item, done) if item.what is What.UNDO else ()
        concrete.extend((_back(other, item) for other in named) if named else (item,))
    return concrete


def _named(undo: Item, done: Sequence[Round]) -> Round:
    """What an UNDO is about: of the newest round that has such a thing."""
    for wishes in done:
        if named := tuple(item for item in wishes if _names(undo, item)):
            return named
    return ()


def _names(undo: Item, item: Item) -> bool:
    if item.what is What.UNDO:
        return False
    named = undo.of is None or undo.of in (item.what, item.of, _name(item))
    return named and (undo.song is None or item.song in (None, undo.song)) and _overlap(undo, item)


def _name(item: Item) -> str:
    return f"{item.what}:{item.of}" if item.what in STEMS else item.what.value


def _back(item: Item, undo: Item) -> Item:
    """What takes an item back. What has no direction, or a target to go back from, is undone by its name."""
    share = undo.amount if 0 < undo.amount < 1 else 1.0
    at_its_own = undo.place is None and undo.part is None
    where = item if at_its_own else undo
    there = replace(
        item,
        song=undo.song or item.song,
        text=undo.text or item.text,
        place=where.place,
        part=where.part,
    )
    if not item.direction or item.target is not None:
        return replace(
            there, what=What.UNDO, direction=0, amount=undo.amount, exact=False, of=_name(item), target=None
        )
    return replace(there, direction=-item.direction, amount=round(item.amount * share, 4))


def _same(item: Item, other: Item) -> bool:
    if other.what is What.UNDO:
        thing = _aim(item) is not None and other.of == _name(item)
    else:
        thing = item.what is other.what and (item.what in AIMS or item.of == other.of)
    return thing and (None in (item.song, other.song) or item.song == other.song) and _overlap(item, other)


def _overlap(one: Item, other: Item) -> bool:
    """The whole song overlaps all; of a named part nobody knows when it is, so it overlaps itself alone."""
    if _whole(one) or _whole(other):
        return True
    if one.place is None or other.place is None:
        return one.part == other.part
    return one.place == other.place or (one.place[0] < other.place[1] and other.place[0] < one.place[1])


def _whole(item: Item) -> bool:
    return item.place is None and item.part is None


def _aim(item: Item) -> str | float | None:
    """What it is to become, where a wish is no step from what was heard."""
    return item.of if item.what in AIMS else item.target


def _aims(done: Iterable[Round]) -> set[str | float | None]:
    return {_aim(item) for wishes in done for item in wishes}


def _trimmed(done: Iterable[Round], song: str | None) -> float:
    """Seconds that were taken off the start of a song."""
    return sum(
        item.direction * item.amount
        for wishes in done
        for item in wishes
        if item.what is What.TRIM_START and item.song in (None, song)
    )
