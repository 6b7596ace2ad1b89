"""How much: "2 dB", "1,5 dB", "half a dB", "1-2 dB", "-14 LUFS"; and what a figure names by its unit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.revisions import What
from core.words.senses import Amount, Mark, Role, Sense

_SIGNS: Mapping[str, int] = {
    "+": 1,
    "plus": 1,
    "-": -1,
    "−": -1,
    "–": -1,
    "—": -1,
    "minus": -1,
    "negative": -1,
}
_TO_SECONDS: Mapping[str, float] = {"s": 1.0, "ms": 0.001, "min": 60.0}
_TO_HERTZ: Mapping[str, float] = {"Hz": 1.0, "kHz": 1000.0}
_EDGES_HZ = (
    (120.0, What.BASS),
    (500.0, What.LOW_MID),
    (2000.0, What.MID),
    (5000.0, What.PRESENCE),
    (9000.0, What.SIBILANCE),
    (24000.0, What.AIR),
)
BY_FREQUENCY = "Hz"
"""The name of a thing that was said as a frequency."""
_AIMS = frozenset(
    {"go for", "hit", "at", "land at", "get to", "shoot for", "aim for", "to", "reach", "auf", "bei"}
)
_MOST_CHANGE_DB = 6.0
_MUTE = Sense(Role.FILLER)
_VAGUE = frozenset({"s", "ms", "min", "dB"})
"""Units of which "a few" is no figure."""
_COUNTED = frozenset(["track", "song", "number", "nr", "lied", "titel", "stück", "nummer"])
_BETWEEN_SONGS = frozenset(
    ["before", "after", "between", "vor", "nach", "zwischen", "gap", "pause", "silence"]
)
_BARE_WORDS = frozenset(["anderthalb", "eineinhalb", "zweieinhalb"])
_MORE_OF = frozenset({Role.MORE, Role.LESS})
_TARGETS = frozenset(
    {"target", "targeting", "aim", "aim for", "aiming for", "shoot for", "ziel", "zielwert", "ziellautheit"}
)
_FIXED = frozenset({"to", "at", "auf"})
"""Before a figure: not by how much, but where to, which only a meter can tell."""


def measured(marks: Sequence[Mark]) -> list[Mark]:
    """The marks with each figure and its unit as one: an amount, a band by its frequency, a tempo."""
    marks = _counted(_vague(_in_order(marks)))
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        count, mark = _amount(marks, at)
        if count and mark.amount and not mark.amount.unit and _aimed_at(found, mark.amount):
            mark = replace(mark, amount=Amount(-mark.amount.value, "LUFS"))
            found = [replace(other, sense=_MUTE, also={}) if _names_lufs(other) else other for other in found]
        if not count:
            count, mark = 1, marks[at]
        elif (
            mark.amount
            and not mark.amount.unit
            and not mark.amount.sign
            and any(_parts(other) for other in found[-4:])
        ):
            mark = replace(mark, sense=Sense(Role.FILLER), amount=None)
        elif (
            found and found[-1].word in _FIXED and mark.amount is not None and mark.amount.unit in ("", "dB")
        ):
            mark = replace(mark, sense=Sense(Role.UNKNOWN))
        found.append(mark)
        at += count
    return found


def _in_order(marks: Sequence[Mark]) -> list[Mark]:
    """ "Three more dB" as "more three dB", the first of no width, so that each word stays in its place."""
    found = list(marks)
    for at in range(1, len(found) - 1):
        figure, more = found[at - 1], found[at]
        counts = figure.role is Role.FIGURE or Role.NUMBER in figure.also
        if counts and more.role in _MORE_OF and _unit(found, at + 1) in ("dB", "s"):
            found[at - 1] = replace(more, start=figure.start, end=figure.start)
            found[at] = replace(figure, end=more.end)
    return found


def _vague(marks: Sequence[Mark]) -> list[Mark]:
    """ "A few seconds" is no figure, and "like" before one no comparison."""
    found = list(marks)
    for at in range(1, len(found)):
        before, mark = found[at - 1], found[at]
        if before.role is Role.STRENGTH and mark.role is Role.UNIT and mark.sense.name in _VAGUE:
            found[at] = replace(mark, sense=Sense(Role.FILLER), also={})
        figure = mark.role in (Role.FIGURE, Role.STRENGTH) or Role.NUMBER in mark.also
        if before.word == "like" and figure:
            found[at - 1] = replace(before, sense=Sense(Role.FILLER), also={})
    return found


def _counted(marks: Sequence[Mark]) -> list[Mark]:
    """The figure of "track 3" is the number of a song: of which, only "before" and "after" need not know."""
    found = list(marks)
    for at in range(1, len(found)):
        if found[at].role is not Role.FIGURE or found[at - 1].word not in _COUNTED:
            continue
        apart = any(set(mark.word.split()) & _BETWEEN_SONGS for mark in found[max(0, at - 4) : at])
        found[at] = replace(found[at], sense=Sense(Role.FILLER if apart else Role.UNKNOWN), also={})
    return found


def _parts(mark: Mark) -> bool:
    """Whether figures after it are numbers of songs: "the gap between 2 and 3"."""
    return mark.word.endswith(("between", "zwischen"))


def _aimed_at(before: Sequence[Mark], amount: Amount) -> bool:
    """Whether a bare figure is a loudness: "target" or "LUFS" stands before it, or "go for" before -10."""
    if any(mark.word in _TARGETS or _names_lufs(mark) for mark in before[-3:]):
        return True
    return bool(before) and before[-1].word in _AIMS and amount.sign < 0 and amount.value > _MOST_CHANGE_DB


def _names_lufs(mark: Mark) -> bool:
    return mark.role is Role.UNIT and mark.sense.name == "LUFS"


def _amount(marks: Sequence[Mark], at: int) -> tuple[int, Mark]:
    """How many marks are one amount that begins here, and the mark it makes."""
    begin, sign = at, 0
    if marks[at].word in _SIGNS and _value(marks, at + 1)[1]:
        if marks[at].role is Role.SIGN and at and marks[at - 1].role in (Role.FIGURE, Role.TIME):
            return 0, marks[at]
        begin, sign = at + 1, _SIGNS[marks[at].word]
    value, count = _value(marks, begin)
    if not count:
        return 0, marks[at]
    after = begin + count
    exact = True
    if (second := _range(marks, after)) is not None:
        value, exact = (value + second[0]) / 2, False
        after += second[1]
    unit = _unit(marks, after)
    if unit is None:
        spelt = marks[begin].role is not Role.FIGURE and marks[begin].word not in _BARE_WORDS
        if spelt or not exact:
            return 0, marks[at]
        return _made(marks, at, after, Amount(value, "", sign))
    after += 1
    if _words(marks, after, 2) == ["and", "a half"]:
        value, after = value + 0.5, after + 2
    if unit in _TO_HERTZ:
        what = next((what for edge, what in _EDGES_HZ if value * _TO_HERTZ[unit] <= edge), What.AIR)
        return _named(marks, at, after, Sense(Role.THING, what, 1, name=BY_FREQUENCY))
    if unit == "bpm":
        return _named(marks, at, after, Sense(Role.OUT_OF_REACH, name="tempo"))
    if unit == "bit":
        return _named(marks, at, after, Sense(Role.FORMAT, What.FORMAT))
    if unit == "LUFS":
        return _made(marks, at, after, Amount(-value, "LUFS"))
    value *= _TO_SECONDS.get(unit, 1.0)
    return _made(marks, at, after, Amount(value, "s" if unit in _TO_SECONDS else unit, sign, exact))


def _value(marks: Sequence[Mark], at: int) -> tuple[float, int]:
    """The figure at a mark, in digits or letters, and how many marks it takes; 0 marks if there is none."""
    if at >= len(marks):
        return 0.0, 0
    mark = marks[at]
    if mark.role is Role.FIGURE:
        if _words(marks, at + 1, 2) in (["and", "a half"], ["und", "ein halbes"]):
            return mark.value + 0.5, 3
        return mark.value, 1
    if number := mark.also.get(Role.NUMBER):
        filled = 1 if number.ratio == 0.5 and _words(marks, at + 1, 1) in (["a"], ["of"], ["an"]) else 0
        return number.ratio, 1 + filled
    if mark.word in ("a", "an") and _unit(marks, at + 1) in ("dB", "s"):
        return 1.0, 1
    return 0.0, 0


def _range(marks: Sequence[Mark], at: int) -> tuple[float, int] | None:
    """The second figure of "1-2 dB", "1 to 2 dB", "one or two dB"."""
    if at + 1 >= len(marks) or marks[at].word not in ("-", "–", "to", "or", "bis", "oder"):
        return None
    value, count = _value(marks, at + 1)
    return (value, 1 + count) if count and _unit(marks, at + 1 + count) in ("dB", "s") else None


def _unit(marks: Sequence[Mark], at: int) -> str | None:
    if at >= len(marks) or Role.UNIT not in marks[at].also:
        return None
    mark = marks[at]
    ordinal = Role.ORDINAL in mark.also and at + 1 < len(marks) and marks[at + 1].role is Role.PART
    return None if ordinal else mark.also[Role.UNIT].name


def _words(marks: Sequence[Mark], at: int, count: int) -> list[str]:
    return [mark.word for mark in marks[at : at + count]]


def _made(marks: Sequence[Mark], start: int, end: int, amount: Amount) -> tuple[int, Mark]:
    count, mark = _named(marks, start, end, Sense(Role.AMOUNT))
    return count, replace(mark, amount=amount)


def _named(marks: Sequence[Mark], start: int, end: int, sense: Sense) -> tuple[int, Mark]:
    last = marks[end - 1]
    return end - start, Mark(sense, marks[start].start, last.end, last.word, also={sense.role: sense})
