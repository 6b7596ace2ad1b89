"""What an artist's words ask for, as far as this order can have it: the engine, or a person, does it."""

from dataclasses import dataclass, replace
from math import inf

from core.asks import AT_A_PLACE
from core.delivered import taken_apart
from core.orders import Project
from core.revisions import AIMS, BY_PEOPLE, Item, What
from core.services import BY_HAND
from core.words import Impossible, Read, read, stem_of
from core.words.places import OPEN_END


@dataclass(frozen=True, slots=True)
class Heard:
    """Items for the list; what is offered instead of others; what is out of reach; what nobody could read."""

    items: tuple[Item, ...] = ()
    nearest: tuple[Item, ...] = ()
    impossible: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()


def heard(project: Project, words: str, listed: tuple[Item, ...] = ()) -> Heard:
    """A sentence about an order. `listed`: what is on its list already: nothing is undone there twice."""
    by_hand = project.order.service in BY_HAND
    told = read(words, _titles(project), stems=by_hand)
    wishes = tuple(item for item in told.items if item.what is not What.UNDO)
    undone = taken_apart((item for item in told.items if item.what is What.UNDO), project.batches)
    there = {_essence(item) for item in (*listed, *wishes)}
    told = replace(told, items=(*wishes, *(item for item in undone if _essence(item) not in there)))
    return _by_hand(told) if by_hand else _by_the_engine(project, told)


def is_a_wish(project: Project, words: str) -> bool:
    """Whether a sentence that nobody asked for says, in part at least, what to change; possible or not."""
    return bool(read(words, _titles(project), stems=True).items)


def _titles(project: Project) -> list[tuple[str, str]]:
    """The songs that can be told apart by name."""
    return [(song.id, song.title) for song in project.works] if len(project.works) > 1 else []


def _by_the_engine(project: Project, told: Read) -> Heard:
    """The engine does what a stereo master can have; all else is handed back, and nothing is guessed."""
    of_all = [item for item in told.items if stem_of(item) is None]
    items = tuple(item for item in of_all if _can(item) and not _beyond(project, item))
    near = [item for asked in told.impossible if (item := _near(asked)) is not None]
    near += [item for item in told.items if item not in of_all]  # of the whole song
    offered = tuple(item for item in near if _can(item) and not _beyond(project, item))
    out_of_reach = [
        item.text for item in near if item not in offered
    ]  # nothing is near until its place is known
    rest = [item.text for item in of_all if item not in items]
    return Heard(
        items,
        offered,
        (*(asked.text for asked in told.impossible if asked.nearest is None), *out_of_reach),
        tuple(dict.fromkeys((*rest, *out_of_reach, *told.bounds, *told.not_understood))),
    )


def _by_hand(told: Read) -> Heard:
    """A person does it: what was read goes on the list, and the rest as it was written. # script (b)"""
    written = (*told.bounds, *told.not_understood, *(asked.text for asked in told.impossible))
    others = tuple(Item(What.OTHER, 0, 0.0, text=words) for words in dict.fromkeys(written))
    return Heard((*(replace(item, of=item.of or stem_of(item)) for item in told.items), *others))


def _essence(item: Item) -> tuple[object, ...]:
    return item.what, item.song, item.place, item.part, item.of, item.direction, item.amount


def _near(asked: Impossible) -> Item | None:
    return replace(asked.nearest, text=asked.text) if asked.nearest else None


def _can(item: Item) -> bool:
    if item.what in BY_PEOPLE | AIMS or item.part:
        return False
    return item.place is None or (item.what in AT_A_PLACE and item.place[1] < OPEN_END)


def _beyond(project: Project, item: Item) -> bool:
    """Whether a place lies after the end of every song it is about."""
    if item.place is None:
        return False
    songs = [song for song in project.works if item.song in (None, song.id)]
    return all(item.place[0] >= float((song.analysis or {}).get("duration") or inf) for song in songs)
