"""Where in a song: "at 1:02", "from 0:30 to 0:45", "ab Sekunde 3", "in the second verse"."""

from collections.abc import Sequence
from dataclasses import replace

from core.words.senses import Mark, Role, Sense, Spot

POINT_SECONDS = 2.0
"""How long a place is of which only one time was said."""
OPEN_END = 86400.0
"""The end, in seconds, of a place that goes to the end of the song: after any song's."""

_MUTE = frozenset({Role.FILLER})
_RANGE_WORDS = frozenset(
    {"-", "–", "—", "to", "until", "till", "til", "bis", "through", "thru", "up to", "and", "und", "bis zu"}
)
_EACH_SECONDS = {"second": 1.0, "sekunde": 1.0, "minute": 60.0}
"""Words before the figure of a time: "ab Sekunde 3", "ab Minute 2"."""
_AT_SECONDS = frozenset(
    {"at", "@", "bei", "ab", "from", "after", "past", "since", "nach", "between", "zwischen"}
)
"""Before "45 sec" these make a place of it; "over 5 sec" is a length."""
_OPENERS = frozenset({Role.AT, Role.FROM, Role.UNTIL, Role.BETWEEN})


def placed(marks: Sequence[Mark]) -> list[Mark]:
    """The marks with each time, range and named part as one place."""
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        count, mark = _place(marks, at)
        found.append(mark)
        at += count
    return found


def _place(marks: Sequence[Mark], at: int) -> tuple[int, Mark]:
    return _times(marks, at) or _part(marks, at) or (1, marks[at])


def _times(marks: Sequence[Mark], at: int) -> tuple[int, Mark] | None:
    opener = marks[at] if marks[at].role in _OPENERS else None
    begin = at + 1 if opener else at
    while opener and begin < len(marks) and marks[begin].role in _MUTE:
        begin += 1
    first, count = _time(marks, begin, opener)
    if first is None:
        return None
    after = begin + count
    if after + 1 < len(marks) and marks[after].word in _RANGE_WORDS:
        joins = marks[after].role is not Role.AND or (opener is not None and opener.role is Role.BETWEEN)
        last, count = _time(marks, after + 1, opener) if joins else (None, 0)
        if last is not None:
            spot = Spot((first, last)) if first < last else Spot()
            return _made(marks, at, after + 1 + count, spot)
    if opener and opener.role is Role.UNTIL:
        return _made(marks, at, after, Spot((0.0, first)) if first else Spot())
    if opener and opener.role is Role.FROM:
        return _made(marks, at, after, Spot((first, OPEN_END)))
    if opener and opener.role is Role.BETWEEN:
        return _made(marks, at, after, Spot())
    return _made(marks, at, after, Spot((first, first + POINT_SECONDS)))


def _time(marks: Sequence[Mark], at: int, opener: Mark | None) -> tuple[float | None, int]:
    """The time at a mark in seconds, and how many marks it takes."""
    if at >= len(marks):
        return None, 0
    mark = marks[at]
    if mark.role is Role.TIME:
        unit = at + 1 < len(marks) and marks[at + 1].role is Role.UNIT
        return mark.value, 1 + unit
    if opener is None or opener.word not in _AT_SECONDS:
        return None, 0
    if mark.amount and mark.amount.unit == "s" and not mark.amount.sign:
        return mark.amount.value, 1
    if mark.word in _EACH_SECONDS and at + 1 < len(marks):
        figure = marks[at + 1].amount
        if figure and not figure.unit and not figure.sign:
            return figure.value * _EACH_SECONDS[mark.word], 2
    return None, 0


def _part(marks: Sequence[Mark], at: int) -> tuple[int, Mark] | None:
    """A named part: "the chorus", "second verse", "verse 2", "last chorus"."""
    ordinal = marks[at].also.get(Role.ORDINAL)
    here = at + 1 if ordinal and at + 1 < len(marks) and marks[at + 1].role is Role.PART else at
    if marks[here].role is not Role.PART:
        return None
    if (
        marks[at].word == "drop"
        and at + 1 < len(marks)
        and marks[at + 1].amount
        and not _follows_article(marks, at)
    ):
        return 1, replace(marks[at], sense=Sense(Role.LESS))
    name, after = marks[here].sense.name, here + 1
    if here > at and ordinal:
        name = f"last {name}" if ordinal.ratio < 0 else f"{name} {ordinal.ratio:.0f}"
    elif after < len(marks) and (number := _numbered(marks[after])):
        name, after = f"{name} {number:.0f}", after + 1
    return _made(marks, at, after, Spot(part=name))


def _follows_article(marks: Sequence[Mark], at: int) -> bool:
    return at > 0 and marks[at - 1].word.split()[-1] in (
        "the",
        "a",
        "first",
        "second",
        "last",
        "der",
        "den",
        "dem",
        "im",
    )


def _numbered(mark: Mark) -> float | None:
    if mark.amount and not mark.amount.unit and not mark.amount.sign and mark.amount.value.is_integer():
        return mark.amount.value if 0 < mark.amount.value < 20 else None
    number = mark.also.get(Role.NUMBER)
    return number.ratio if number and mark.word in ("one", "two", "three", "eins", "zwei", "drei") else None


def _made(marks: Sequence[Mark], start: int, end: int, spot: Spot) -> tuple[int, Mark]:
    words = " ".join(mark.word for mark in marks[start:end])
    return end - start, Mark(Sense(Role.PLACE), marks[start].start, marks[end - 1].end, words, spot=spot)
