"""Phrases to changes of the closed list, by a hand-written grammar: read, and never guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.asks import DEFAULT_AMOUNT, SECONDS, STEPS
from core.revisions import Item, What
from core.words.amounts import measured
from core.words.clauses import Clause, clauses
from core.words.hearing import heard
from core.words.joining import Said, joined
from core.words.marks import marked
from core.words.places import placed
from core.words.senses import Amount, Role, Spot
from core.words.songs import Titles, addressed
from core.words.things import nearest
from core.words.wish import NAMED_APART, Heard, Sort

MOST_DB = 6.0
MOST_SECONDS = 30.0
LOUDNESS_LUFS = (-36.0, -5.0)
"""What the engine can aim at."""
MOST_BY_A_WORD_DB = 3.0
"""The most that a word without a figure stands for."""
MOST_CHARACTERS = 4000
"""As much of a message is read; the rest is handed back."""

MOST_MARKS = 40
"""A clause of more words is no row of short wishes."""


@dataclass(frozen=True, slots=True)
class Impossible:
    """What a stereo master cannot have: `what` is level, pan or reverb `of` a stem, or tempo or key.

    `nearest` is what it can have instead, in the same direction; None where nothing is near.
    """

    text: str
    what: str
    of: str | None
    nearest: Item | None


@dataclass(frozen=True, slots=True)
class Read:
    """What a phrase asks for, and everything else in it, as it was said.

    `bounds` are conditions ("not more compressed", "keep the bass"), `not_understood` what nobody could read,
    `passed_over` praise, thanks and chatter.
    """

    items: tuple[Item, ...] = ()
    impossible: tuple[Impossible, ...] = ()
    bounds: tuple[str, ...] = ()
    not_understood: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


def read(phrase: str, songs: Titles = (), *, stems: bool = False) -> Read:
    """Read a phrase. `songs` are (id, title) pairs in their order: "Intro: less bass" and "3: less bass" are
    about one song alone. Where there are several, a bare figure may be the number of one, and is no amount.

    `stems`: each instrument of the mix is by itself, so that its level, place and reverb are items.
    """
    items: list[Item] = []
    impossible: list[Impossible] = []
    rest: dict[Sort, list[str]] = {Sort.BOUND: [], Sort.UNREAD: [], Sort.NOTHING: []}
    for line in phrase[:MOST_CHARACTERS].splitlines():
        for said in joined(_heard(line, songs), titled=len(songs) > 1):
            text = " ".join(line[said.start : said.end].split())
            if said.heard.sort in rest:
                rest[said.heard.sort].append(text)
                continue
            asked = _items(said, text, songs)
            if not asked:
                rest[Sort.UNREAD].append(text)
            elif said.heard.aim and said.heard.aim.beyond and not (stems and asked[0].what is not What.OTHER):
                impossible += _impossible(said.heard, asked)
            else:
                items += asked
    if beyond := phrase[MOST_CHARACTERS:].strip():
        rest[Sort.UNREAD].append(beyond)
    return Read(
        _once(items),
        tuple(impossible),
        tuple(rest[Sort.BOUND]),
        tuple(rest[Sort.UNREAD]),
        tuple(rest[Sort.NOTHING]),
    )


def _heard(line: str, songs: Titles) -> list[tuple[Clause, Heard]]:
    marks = placed(measured(addressed(line, marked(line), songs)))
    parts = []
    for clause in clauses(marks):
        parts += _parted(clause)
    return parts


def _parted(clause: Clause) -> list[tuple[Clause, Heard]]:
    """A clause with what it says; where it says nothing as a whole and two wishes in a row, as those two."""
    whole = heard(clause)
    marks = clause.marks
    partable = len(marks) <= MOST_MARKS and not any(mark.role in (Role.UNKNOWN, Role.THAN) for mark in marks)
    if whole.sort is not Sort.UNREAD or not partable:
        return [(clause, whole)]
    for at in range(1, len(marks)):
        first = replace(clause, marks=marks[:at])
        said = heard(first)
        if said.sort is not Sort.WISH or _apart(said):
            continue
        others = _parted(replace(clause, marks=marks[at:]))
        if all(other.sort is Sort.WISH and not _apart(other) for _, other in others):
            return [(first, said), *others]
    return [(clause, whole)]


def _apart(wish: Heard) -> bool:
    return wish.aim is not None and wish.aim.what in NAMED_APART


def _items(said: Said, text: str, songs: Titles) -> list[Item]:
    """The items of a wish: one for each place and each song; none where its amount cannot be."""
    wish = said.heard
    item = _undo(wish) if wish.sort is Sort.UNDO else _item(wish, bare=bool(wish.songs) or len(songs) < 2)
    if item is None:
        return []
    item = replace(item, text=text)
    return [
        replace(item, song=song, place=spot.place, part=spot.part)
        for song in wish.songs or (None,)
        for spot in _timed(wish.spots) or (Spot(),)
    ]


def _timed(spots: Sequence[Spot]) -> Sequence[Spot]:
    """The times; parts where there are none: "in the second verse, around 1:20" is one place."""
    return [spot for spot in spots if spot.part is None] or spots


def _undo(wish: Heard) -> Item | None:
    of = None if wish.aim is None else wish.aim.of or wish.aim.what.value
    return Item(What.UNDO, 0, 0.5 if wish.half else 1.0, of=of)


def _item(wish: Heard, *, bare: bool) -> Item | None:
    aim, amount = wish.aim, wish.amount
    if aim is None:
        return None
    if amount and aim.what is What.VOLUME and _is_a_target(amount):
        amount = Amount(-amount.value, "LUFS")
    if amount and amount.unit == "LUFS":
        low, high = LOUDNESS_LUFS
        if aim.what is not What.VOLUME or not low <= amount.value <= high:
            return None
        return Item(What.VOLUME, 0, 0.0, exact=True, target=amount.value)
    if aim.what in NAMED_APART or aim.what is What.OTHER:
        return Item(aim.what, 0, 1.0, of=aim.of)
    direction = wish.way * aim.polarity
    if aim.what is What.PAN:
        return Item(What.PAN, wish.way, 1.0, of=aim.of)
    if not direction:
        return None
    if amount is None:
        return Item(aim.what, direction, _usual(wish), of=aim.of)
    return _sized(Item(aim.what, direction, amount.value, exact=amount.exact, of=aim.of), amount, bare=bare)


def _is_a_target(amount: Amount) -> bool:
    """ "Louder, like -8": nobody wants it so many dB quieter."""
    return not amount.unit and amount.sign < 0 and MOST_DB < amount.value <= -LOUDNESS_LUFS[0]


def _usual(wish: Heard) -> float:
    """How much is meant where no figure was said, from the strength of the words."""
    assert wish.aim is not None
    usual = DEFAULT_AMOUNT.get(wish.aim.what, 1.5 if wish.aim.what is What.LEVEL else 1.0)
    if wish.aim.what in SECONDS:
        return round(usual * wish.strength, 2)
    return round(min(usual * wish.strength * wish.aim.ratio, MOST_BY_A_WORD_DB), 2)


def _sized(item: Item, amount: Amount, *, bare: bool) -> Item | None:
    """An item with its figure, if it can have one of that unit and size; `bare` is neither unit nor sign."""
    if not amount.unit and not amount.sign and not bare:
        return None
    if item.what in STEPS or (amount.unit and (item.what in SECONDS) is not (amount.unit == "s")):
        return None
    if item.what in (What.NOISE, What.CLICK, What.REVERB):
        return None
    return item if 0 < item.amount <= (MOST_SECONDS if item.what in SECONDS else MOST_DB) else None


def _impossible(wish: Heard, asked: Sequence[Item]) -> Iterator[Impossible]:
    assert wish.aim is not None
    for item in asked:
        if item.what is What.OTHER:
            yield Impossible(item.text, wish.aim.of or "", None, None)
            continue
        near = nearest(item.of or "") if item.what is What.LEVEL else None
        instead = replace(item, what=near, of=None) if near else None
        yield Impossible(item.text, item.what.value, item.of, instead)


def _once(items: Sequence[Item]) -> tuple[Item, ...]:
    """The same wish in other words is one; a figure says more than none."""
    found: list[Item] = []
    for item in items:
        at = next((at for at, other in enumerate(found) if _same(other, item)), None)
        if at is None:
            found.append(item)
        elif item.exact and not found[at].exact:
            found[at] = replace(item, text=f"{found[at].text}; {item.text}")
        else:
            found[at] = replace(found[at], text=f"{found[at].text}; {item.text}")
    return tuple(_aimed(found))


def _aimed(items: Sequence[Item]) -> list[Item]:
    """Without a bare "louder" beside the loudness that it is to have."""
    target = next((item for item in items if item.target is not None), None)
    bare = [
        item
        for item in items
        if target
        and item.what is What.VOLUME
        and item.target is None
        and not item.exact
        and (item.song, item.place, item.part) == (target.song, target.place, target.part)
    ]
    if target is None or not bare:
        return list(items)
    text = "; ".join(item.text for item in items if item is target or item in bare)
    return [replace(item, text=text) if item is target else item for item in items if item not in bare]


def _same(one: Item, other: Item) -> bool:
    return (one.what, one.direction, one.song, one.place, one.part, one.of, one.target) == (
        other.what,
        other.direction,
        other.song,
        other.place,
        other.part,
        other.of,
        other.target,
    ) and not (one.exact and other.exact and one.amount != other.amount)
