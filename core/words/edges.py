"""Where a song begins and ends: trims, silence, what was cut off."""

from collections.abc import Sequence
from dataclasses import replace

from core.revisions import What
from core.words.places import OPEN_END
from core.words.senses import Amount, Mark, Role, Sense, Spot
from core.words.weighing import AIMS, degree_of, has, only_describes, way_of, words_of
from core.words.wish import FADES, LENGTHS, Aim, Heard, Sort

_OUTSIDE = ("before", "vor", "bevor", "after", "nach", "wenn")
"""What is there is no part of the song."""
_EDGE_PARTS = {"intro": -1, "outro": 1}
_THERE = frozenset({"there", "is", "theres", "da", "ist"})
"""Words by which a silence is told of; without them its length is what is wanted."""
_ABRUPT = frozenset({"abrupt", "abruptly", "sudden", "suddenly", "plötzlich"})
_YOU_CUT = frozenset({"you cut", "you took off", "you removed"})
_COUNTS = ("count", "counting", "einzähl", "vorzähl", "stick count", "drum count", "drummers count")
_EARLY = frozenset(["soon", "early", "früh", "tight", "knapp", "viel", "much", "quickly", "kurz", "short"])
_TOPS = {"top": -1, "up front": -1, "upfront": -1, "up top": -1, "vorne": -1, "vorn": -1, "hinten": 1}
"""Of seconds and silence these are the edges of the song."""
_LETS = frozenset(
    ["let", "lets", "lass", "lasst", "lassen", "leave", "give", "soll", "sollte", "should", "allow"]
)
_TAILS = frozenset(
    [
        "tail",
        "hallfahne",
        "ausklang",
        "nachhall",
        "decay",
        "out",
        "note",
        "chord",
        "ton",
        "akkord",
        "ring",
        "ringing",
        "ausklingen",
        "nachklingen",
        "verklingen",
        "ausschwingen",
        "auslaufen",
    ]
)


def begun(marks: Sequence[Mark], spots: tuple[Spot, ...]) -> Heard | None:
    """ "Let it start at 0:03", "cut all before 0:03": seconds off the start. "End at 3:20": a trim there."""
    if (
        has(marks, AIMS | {Role.CUT_OFF, Role.AMOUNT, Role.NOISES})
        or len(spots) != 1
        or spots[0].place is None
    ):
        return None
    start, end = spots[0].place
    if has(marks, {Role.REMOVE, Role.LESS, Role.PULL}) and start == 0:
        return Heard(Sort.WISH, Aim(What.TRIM_START), way=1, amount=Amount(end, "s"), placeless=True)
    if has(marks, {Role.REMOVE, Role.LESS, Role.PULL}) and end == OPEN_END:
        return Heard(Sort.WISH, Aim(What.TRIM_END), way=1)
    begins = [mark for mark in marks if Role.BEGINS in mark.also]
    if not begins:
        return None
    if not begins[0].word.startswith(("start", "begin", "anfang", "fäng", "beginn")):
        return Heard(Sort.WISH, Aim(What.TRIM_END), way=1)
    amount = Amount(start, "s")
    return Heard(Sort.WISH, Aim(What.TRIM_START), way=1, amount=amount, placeless=True)


def _edge(marks: Sequence[Mark]) -> int:
    """Which edge of the song is named: -1 the start, 1 the end, 0 neither or both."""
    named = {mark.sense.direction for mark in marks if mark.role is Role.EDGE}
    for mark in marks:
        if mark.role is Role.ORDINAL and mark.sense.ratio in (1.0, -1.0):
            named.add(-int(mark.sense.ratio))
    return named.pop() if len(named) == 1 else 0


def at_an_edge(marks: Sequence[Mark], spots: tuple[Spot, ...]) -> Heard | None:
    """What makes the song begin later or end earlier, or the other way round."""
    marks = _with_tops(marks)
    edge = _edge(marks)
    amounts = [mark.amount for mark in marks if mark.amount]
    seconds = next((amount for amount in amounts if amount.unit == "s"), None)
    things = {mark.sense.what for mark in marks if mark.role is Role.THING}
    cuts = has(marks, {Role.REMOVE, Role.LESS, Role.PULL}) or any(mark.word in _YOU_CUT for mark in marks)
    if edge and not has(marks, AIMS - {Role.FLAW, Role.CHANGE, Role.QUALITY}):
        if any(mark.word == "clipped" for mark in marks):
            return _trim(edge, -1, seconds)
        if any(mark.word.startswith("tighten") for mark in marks):
            return _trim(edge, 1, seconds)
    missing = has(marks, {Role.LACKS}) and edge and not has(marks, AIMS | {Role.QUALITY, Role.NOISES})
    if missing or (
        cuts and has(marks, {Role.TOO}) and words_of(marks) & _EARLY and not has(marks, AIMS - {Role.QUALITY})
    ):
        return _trim(edge, -1, seconds) if edge else Heard(Sort.SIZE, way=-1)
    if has(marks, {Role.CUT_OFF}) and not things & LENGTHS:
        edge = edge or 1
        return _trim(edge, -1, seconds)
    if things & FADES:
        return None
    if words_of(marks) & _ABRUPT and not has(marks, {Role.NOT}):
        ends = edge or (
            1 if any(mark.word.startswith(("end", "stop", "hör", "aufhör")) for mark in marks) else -1
        )
        return Heard(Sort.WISH, Aim(What.FADE_IN if ends < 0 else What.FADE_OUT), way=1)
    part = _EDGE_PARTS.get(spots[0].part or "") if len(spots) == 1 else None
    if part and seconds and cuts and not has(marks, AIMS):
        return replace(_trim(part, 1, seconds), placeless=True)
    if not edge:
        return None
    outside = any(mark.word.startswith(_OUTSIDE) for mark in marks if mark.role is Role.EDGE)
    if has(marks, {Role.NOISES}) or (outside and has(marks, {Role.FAULT})):
        return _of_noises(marks, edge, seconds, cuts=cuts)
    counted = any(mark.word.startswith(_COUNTS) for mark in marks if mark.role is Role.EDGE)
    if edge < 0 and counted and not cuts and words_of(marks) & _THERE and not has(marks, {Role.NOT}):
        return Heard(Sort.NAMED, Aim(What.TRIM_START))
    if seconds and cuts and not things - {What.GAP}:
        return _trim(edge, 1, seconds)
    if has(marks, AIMS - {Role.THING, Role.QUALITY, Role.CHANGE}) or things - {What.GAP}:
        return None
    if any(mark.sense.what for mark in marks if mark.role in (Role.QUALITY, Role.CHANGE)):
        return None
    tail = any(mark.word.split()[-1] in _TAILS for mark in marks if mark.role is Role.EDGE)
    if cuts and not has(marks, {Role.MORE}):
        return _trim(edge, 1, seconds)
    if things == {What.GAP} or has(marks, {Role.ROOM}) or tail:
        way = way_of(marks, degree_of(marks))
        if tail and not way and words_of(marks) & _LETS:
            way = 1
        if only_describes(marks):
            way = -degree_of(marks)  # "there is a long silence at the start"
        if not way and seconds and edge < 0:
            way = -1 if words_of(marks) & _THERE else 1
        wished = has(marks, {Role.WISH, Role.STRENGTH, Role.NEEDS}) or "would" in words_of(marks)
        if not way and edge < 0 and wished and not words_of(marks) & _THERE:
            way = 1
        if way > 0 and edge > 0 and things == {What.GAP}:
            return None
        return _trim(edge, -way, seconds) if way else None
    return None


def _of_noises(marks: Sequence[Mark], edge: int, seconds: Amount | None, *, cuts: bool) -> Heard | None:
    """What is no music, at an edge of the song: to be cut off, or told of, and cut off by what follows."""
    if has(marks, AIMS - {Role.FAULT, Role.THING} | {Role.MORE, Role.NOT}):
        return None
    if cuts or has(marks, {Role.DISLIKE, Role.TOO}):
        return _trim(edge, 1, seconds)
    return Heard(Sort.NAMED, Aim(What.TRIM_START if edge < 0 else What.TRIM_END))


def _with_tops(marks: Sequence[Mark]) -> Sequence[Mark]:
    """ "Half a second off the top": of seconds and silence the top is the start."""
    lasting = any(mark.sense.what is What.GAP or (mark.amount and mark.amount.unit == "s") for mark in marks)
    if not lasting and not has(marks, {Role.NOISES}):
        return marks
    return [
        replace(mark, sense=Sense(Role.EDGE, direction=_TOPS[mark.word])) if mark.word in _TOPS else mark
        for mark in marks
    ]


def _trim(edge: int, way: int, amount: Amount | None) -> Heard:
    what = What.TRIM_START if edge < 0 else What.TRIM_END
    return Heard(Sort.WISH, Aim(what), way=way, amount=amount)
