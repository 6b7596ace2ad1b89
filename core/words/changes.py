"""A plain change: one thing or quality or stem, one direction, perhaps an amount."""

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import zip_longest

from core.revisions import What
from core.words.amounts import BY_FREQUENCY
from core.words.senses import Amount, Mark, Role, Sense
from core.words.things import NEXT
from core.words.weighing import AIMS, IS_SO, LIGHT, blames, degree_of, has, only_describes, way_of, words_of
from core.words.wish import BANDS, FADES, LENGTHS, Aim, Heard, Sort

_OVERALL = frozenset({"overall", "everything", "insgesamt", "alles", "gesamt", "whole", "entire"})
_STRAIGHT = frozenset(
    ["up", "down", "out", "louder", "lower", "raise", "turn", "boost", "crank", "rauf", "runter"]
)
_LEAST_TARGET = 6.0
"""More dB than this are no change, but a loudness."""
_MEASURED = frozenset(
    [
        "is",
        "was",
        "measure",
        "measured",
        "measures",
        "reads",
        "registers",
        "shows",
        "currently",
        "momentan",
        "aktuell",
        "gemessen",
        "misst",
        "liegt",
        "ist",
        "war",
    ]
)
"""Words of a loudness that was measured, and is not wished for."""
_ASKED = frozenset({Role.WISH, Role.NEEDS, Role.TURN, Role.MORE, Role.LESS, Role.TO, Role.UNTIL})
_STRIKES = frozenset(["hit harder", "hits harder", "hit hard", "slam harder", "knallt", "knallen"])
"""Of a stem these are its level."""
_PACES = {"faster": -1, "schneller": -1, "too slow": -1, "slower": 1, "langsamer": 1, "too fast": 1}
"""Of a fade these are its length."""
_DROWNED = ("drown", "swallow", "lost", "buried", "verloren", "geht unter", "versink", "ertrink")
_GIVES = frozenset({"put", "give", "throw", "some", "needs", "need", "braucht", "leg"})
_ROOMS = frozenset({"room", "raum"})
_UPON = frozenset({"on", "auf", "in", "im"})
"""More room on the drums is more reverb."""
_MILDER = frozenset(["softer", "gentler", "smoother", "sanfter", "weicher"])
_SOONER = {"earlier": 1, "früher": 1, "sooner": 1, "later": -1, "später": -1}
_TIMELY = {"early": 1, "früh": 1, "soon": 1, "late": -1, "spät": -1}
"""A fade-out that begins earlier is longer."""
_BREATHES = frozenset(["breathe", "breath", "breathing", "atmen", "luft"])
_BY = frozenset({"by", "behind", "under", "underneath", "beneath", "von", "unter", "hinter"})
_AMONG = frozenset({"in", "among", "amongst", "im", "in der", "in den", "zwischen"})
_POORER = frozenset({What.VOLUME, What.WIDTH, What.TILT, What.DYNAMICS})
_LEVELS = frozenset({None, What.VOLUME, What.PRESENCE})
"""Of a stem "forward" and "in your face" are its level."""


def changed(marks: list[Mark]) -> Heard:
    """A plain change: one thing, one direction, perhaps an amount."""
    marks = _without_others(_too_mistyped(marks))
    if has(marks, {Role.HALF, Role.NOISES}):
        return Heard(Sort.UNREAD)
    amounts = [mark.amount for mark in marks if mark.amount]
    if len(amounts) > 1:
        return Heard(Sort.UNREAD)
    amount = amounts[0] if amounts else None
    strength = (
        1.0
        if has(marks, {Role.TOO})
        else next((mark.sense.ratio for mark in marks if mark.role is Role.STRENGTH), 1.0)
    )
    found = replace(_aimed(marks), amount=amount, strength=strength)
    bare = amount is not None and not amount.unit and amount.sign < 0 and amount.value > _LEAST_TARGET
    if amount and bare and has(marks, {Role.DESTINATION}) and found.aim is None:
        amount = Amount(-amount.value, "LUFS")  # "-14 for Spotify"
    if amount and amount.unit == "LUFS":
        if found.aim and found.aim.what is not What.VOLUME:
            return Heard(Sort.UNREAD)
        if words_of(marks) & _MEASURED and not has(marks, _ASKED) and "until" not in words_of(marks):
            return Heard(Sort.NAMED, Aim(What.VOLUME))  # what it is, and not what it should be
        return Heard(Sort.WISH, Aim(What.VOLUME, 0), amount=amount)
    if found.sort is Sort.NOTHING and amount:
        whole = bool(amount.sign) and bool(words_of(marks) & _OVERALL)
        found = replace(found, sort=Sort.SIZE, way=amount.sign if whole else 0, loose=whole)
    if amount and not amount.sign and found.sort is Sort.NAMED and "off" in words_of(marks):
        return replace(found, sort=Sort.WISH, way=-1, leads=False)
    if amount and amount.sign:
        if found.sort is Sort.NAMED:
            found = replace(found, sort=Sort.WISH, way=amount.sign, leads=False)
        elif found.way and found.aim and found.way * (found.aim.polarity or 1) != amount.sign:
            return Heard(Sort.UNREAD)
    return found


def _without_others(marks: list[Mark]) -> list[Mark]:
    """Of "the guitars drown the vocals" and "the vocals are buried by the guitars" what is named first."""
    for at, mark in enumerate(marks):
        between = mark.role is Role.DISLIKE or (mark.word in _BY and has(marks[:at], {Role.LACKS}))
        if between and has(marks[:at], AIMS) and has(marks[at:], AIMS):
            return marks[: at + 1]
        among = mark.word in _AMONG and has(marks[:at], {Role.LACKS}) and has(marks[:at], {Role.STEM})
        if among and has(marks[at:], {Role.STEM}) and not has(marks[at:], {Role.REVERB}):
            return marks[:at]
    return marks


def _too_mistyped(marks: list[Mark]) -> list[Mark]:
    """ "to loud" as "too loud"."""
    return [
        replace(mark, sense=Sense(Role.TOO))
        if mark.role is Role.TO and after is not None and after.role in (Role.QUALITY, Role.FLAW)
        else mark
        for mark, after in zip_longest(marks, marks[1:])
    ]


def _aimed(marks: Sequence[Mark]) -> Heard:
    """What is named and which way, without how much."""
    if has(marks, {Role.STEM, Role.REVERB}):
        of_stem = _of_a_stem(marks)
        if of_stem is not None:
            return of_stem
    if fault := next((mark for mark in marks if mark.role is Role.FAULT), None):
        assert fault.sense.what is not None
        return Heard(Sort.WISH, Aim(fault.sense.what), way=-1)
    tones = [
        mark for mark in marks if mark.role in (Role.QUALITY, Role.CHANGE, Role.FLAW) and mark.sense.what
    ]
    named = sorted(
        (mark.sense for mark in marks if mark.role is Role.THING), key=lambda thing: thing.name != NEXT
    )
    things = {thing.what: thing for thing in named}
    traits = {mark.sense.what: mark.sense for mark in marks if mark.role is Role.TRAIT}
    if (apart := things.get(What.GAP)) and apart.name == NEXT and not _between_songs(marks):
        return Heard(Sort.UNREAD)
    if len(things) > 1:
        things.pop(What.VOLUME, None)
    if len(things) > 1:
        things = {what: thing for what, thing in things.items() if thing.name == BY_FREQUENCY} or things
    if len(things) > 1 or (not things and len(traits) > 1):
        return Heard(Sort.UNREAD)
    if things:
        return _of_a_thing(marks, next(iter(things.values())), tones)
    if traits:
        return _of_a_thing(marks, next(iter(traits.values())), tones)
    if tones:
        return _of_a_tone(marks, tones)
    return _of_nothing(marks)


def _of_a_thing(marks: Sequence[Mark], thing: Sense, tones: Sequence[Mark]) -> Heard:
    """A thing named by a noun: a band named wins over the word for what is wrong with it."""
    assert thing.what is not None
    aim = Aim(thing.what, thing.direction, thing.ratio)
    leads = _leads(marks, {Role.THING, Role.TRAIT})
    if thing.what in LENGTHS:
        return _of_a_length(marks, aim, leads)
    own = [mark for mark in tones if mark.sense.what is not What.VOLUME]
    if own:
        toned = _of_a_tone(marks, own)
        if toned.sort is not Sort.WISH or toned.aim is None:
            if (
                toned.sort is Sort.NAMED
                and thing.what in BANDS
                and has(marks, {Role.LACKS, Role.NEEDS, Role.MORE})
            ):
                return Heard(Sort.WISH, aim, way=1, leads=leads)
            return Heard(Sort.NAMED, aim, leads=leads) if toned.sort is Sort.NAMED else toned
        if toned.aim.what is thing.what:
            return replace(toned, leads=leads)
        if thing.what is What.VOLUME:
            return toned
        if thing.what is What.DYNAMICS and any(mark.role is Role.FLAW for mark in own):
            return Heard(Sort.WISH, aim, way=1, leads=leads)
        if thing.what not in BANDS or toned.aim.what is What.WIDTH:
            return Heard(Sort.UNREAD)
        wanted = toned.way * toned.aim.polarity
        return Heard(Sort.WISH, aim, way=wanted * aim.polarity, leads=leads)
    way = way_of(marks, degree_of(marks))
    if not way and _some_of_it(marks):
        return Heard(Sort.WISH, aim, way=1, leads=True)
    if only_describes(marks) and blames(marks):
        return Heard(Sort.WISH, aim, way=-degree_of(marks), leads=leads)
    if only_describes(marks) or not way:
        praised = has(marks, {Role.PRAISE}) and not has(marks, {Role.EXCEPT}) and not way
        return Heard(Sort.NOTHING) if praised else Heard(Sort.NAMED, aim, leads=leads)
    return Heard(Sort.WISH, aim, way=way, leads=leads)


def _some_of_it(marks: Sequence[Mark]) -> bool:
    """ "A touch of air": a little of it, with nothing told of how it is."""
    at = next((at for at, mark in enumerate(marks) if mark.role is Role.STRENGTH), None)
    if (
        at is None
        or words_of(marks) & (IS_SO | {"there", "i", "hear"})
        or has(marks, {Role.PRAISE, Role.NOT})
    ):
        return False
    of = marks[at].word.endswith(" of") or (at + 1 < len(marks) and marks[at + 1].word == "of")
    return of and all(mark.role in LIGHT for mark in marks[:at])


def _between_songs(marks: Sequence[Mark]) -> bool:
    """Whether "before the next song" is about what is between them, and not about one of them."""
    others = [mark for mark in marks if mark.role in AIMS and mark.sense.what is not What.GAP]
    lasting = has(marks, {Role.ROOM, Role.AMOUNT, Role.MORE, Role.LESS, Role.TOO, Role.BEGINS, Role.STRENGTH})
    breathes = any(words_of([mark]) & _BREATHES for mark in others)
    gaps = sum(mark.sense.what is What.GAP for mark in marks)
    plain = all(words_of([mark]) & _BREATHES or mark.sense.what is None for mark in others)
    return plain and (lasting or breathes or gaps > 1 or bool(degree_of(marks)))


def _of_a_length(marks: Sequence[Mark], aim: Aim, leads: bool) -> Heard:
    """A fade or a gap: named, it is wanted; "a short fade" is one, "a shorter fade" is less of it."""
    way = _pace(marks) if aim.what in FADES else 0
    toned = any(mark.role in (Role.QUALITY, Role.FLAW) and mark.sense.what for mark in marks)
    if aim.what is What.GAP and toned:
        return Heard(Sort.UNREAD)
    if way:
        return Heard(Sort.WISH, aim, way=way, leads=leads)
    words = words_of(marks)
    told = bool(words & IS_SO) and not has(marks, {Role.WISH, Role.NEEDS, Role.MORE, Role.LESS, Role.ENOUGH})
    if (
        told
        and aim.what is What.GAP
        and has(marks, {Role.AMOUNT})
        and not has(marks, {Role.TOO, Role.QUALITY})
    ):
        return Heard(Sort.NAMED, aim, leads=leads)  # "there is 4 seconds of silence": how it is
    plain = has(marks, {Role.QUALITY}) and not has(marks, {Role.TOO, Role.MORE, Role.LESS, Role.ENOUGH})
    if plain and told and degree_of(marks) and not has(marks, {Role.PRAISE}):
        return Heard(Sort.WISH, aim, way=-degree_of(marks), leads=leads)
    way = way_of(marks, 0 if plain else degree_of(marks))
    if not way and has(marks, {Role.PRAISE}):
        return Heard(Sort.NOTHING)
    return Heard(Sort.WISH, aim, way=way or 1, leads=leads)


def _pace(marks: Sequence[Mark]) -> int:
    """Longer or shorter, where it is said how fast a fade is or when it begins."""
    words = words_of(marks)
    too = has(marks, {Role.TOO})
    for table, way in ((_PACES, 1), (_SOONER, 1), (_TIMELY, -1 if too else 1)):
        for mark in marks:
            if pace := table.get(mark.word):
                against = too and table is _PACES and not mark.word.startswith("too ")
                return -pace * way if against else pace * way
    return 1 if words & _MILDER and not too else 0


def _of_a_tone(marks: Sequence[Mark], tones: Sequence[Mark]) -> Heard:
    """A quality alone: louder, too bright, muddy."""
    own = [mark for mark in tones if mark.sense.what is not What.VOLUME] or list(tones)
    if len({(mark.sense.what, mark.sense.direction) for mark in own}) > 1:
        return Heard(Sort.UNREAD)
    mark = next((mark for mark in own if mark.role is Role.FLAW), own[0])
    sense = mark.sense
    assert sense.what is not None
    aim = Aim(sense.what, sense.direction, sense.ratio)
    blamed = has(marks, {Role.TOO, Role.LESS, Role.REMOVE, Role.DISLIKE, Role.PULL})
    if has(marks, {Role.MORE}) and blamed:
        return Heard(Sort.UNREAD)
    if mark.role is Role.FLAW:
        return Heard(Sort.WISH, aim, way=-1, leads=True)
    if blamed:
        return Heard(Sort.WISH, aim, way=-1, leads=True)
    if mark.role is Role.CHANGE or has(marks, {Role.MORE, Role.WISH, Role.LACKS, Role.NEEDS}):
        return Heard(Sort.WISH, aim, way=1, leads=True)
    if _regrets(marks, sense):
        return Heard(Sort.WISH, aim, way=-1, leads=True)
    if has(marks, {Role.PRAISE}):
        return Heard(Sort.NOTHING)
    return Heard(Sort.NAMED, aim, leads=True)


def _regrets(marks: Sequence[Mark], sense: Sense) -> bool:
    """Whether "it is a bit bright", "it sounds narrow": said of how it is, and not in praise."""
    poorer = sense.direction < 0 and sense.what in _POORER
    return blames(marks) or (
        poorer and bool(words_of(marks) & IS_SO) and not has(marks, {Role.PRAISE, Role.SO})
    )


def _of_a_stem(marks: Sequence[Mark]) -> Heard | None:
    """One instrument or voice: its level, place or reverb. Its tone is the song's, and None here."""
    stems = {mark.sense.name for mark in marks if mark.role is Role.STEM}
    if len(stems) > 1:
        return Heard(Sort.UNREAD)
    of = next(iter(stems), None)
    reverbs = [mark for mark in marks if mark.role is Role.REVERB]
    sides = [mark for mark in marks if mark.role is Role.SIDE]
    if reverbs:
        aim = Aim(What.REVERB, of=of, beyond=True)
        way = way_of(marks, 0) * reverbs[0].sense.direction
        if any(mark.role is Role.LACKS and mark.word.startswith(_DROWNED) for mark in marks):
            way = -1  # "the voice drowns in reverb"
        if not way and words_of(marks) & _GIVES and reverbs[0].sense.direction > 0:
            way = 1
        if not way and reverbs[0].word.endswith("er"):
            way = reverbs[0].sense.direction
        return (
            Heard(Sort.WISH, aim, way=way, leads=_leads(marks, {Role.REVERB}))
            if way
            else Heard(Sort.NAMED, aim)
        )
    rooms = words_of(marks) & _ROOMS
    if of and rooms and ("raum" in rooms or words_of(marks) & _UPON):
        way = way_of(marks, 0)
        return Heard(Sort.WISH, Aim(What.REVERB, of=of, beyond=True), way=way) if way else None
    if sides and not has(marks, {Role.FAULT, Role.THING, Role.TRAIT, Role.FLAW}):
        return Heard(Sort.WISH, Aim(What.PAN, of=of, beyond=True), way=sides[-1].sense.direction)
    if has(marks, {Role.FAULT, Role.TRAIT, Role.FLAW}):
        return None
    if any(mark.sense.what is not What.VOLUME for mark in marks if mark.role is Role.THING):
        return None
    qualities = [mark for mark in marks if mark.role in (Role.QUALITY, Role.CHANGE)]
    if any(mark.sense.what not in _LEVELS and mark.word not in _STRIKES for mark in qualities):
        return None
    degree = next((mark.sense.direction for mark in qualities), 0)
    way = way_of(marks, degree)
    aim = Aim(What.LEVEL, of=of, beyond=True)
    leads = _leads(marks, {Role.STEM})
    if only_describes(marks) and blames(marks):
        return Heard(Sort.WISH, aim, way=-degree, leads=leads)
    if not way or only_describes(marks):
        return Heard(Sort.NOTHING) if has(marks, {Role.PRAISE}) else Heard(Sort.NAMED, aim, leads=leads)
    return Heard(Sort.WISH, aim, way=way, leads=leads)


def _of_nothing(marks: Sequence[Mark]) -> Heard:
    way = way_of(marks, degree_of(marks))
    bare = not has(marks, {Role.MORE, Role.LESS, Role.TOO, Role.REMOVE, Role.PULL, Role.DISLIKE, Role.LACKS})
    if way and not (bare and not has(marks, {Role.WISH, Role.CHANGE})):
        words = words_of(marks)
        loose = bool(words & _STRAIGHT) and (
            has(marks, {Role.TURN, Role.AMOUNT}) or bool(words & {"it", "this", "everything", "es"})
        )
        return Heard(Sort.SIZE, way=way, loose=loose)
    if all(mark.role in LIGHT for mark in marks):
        if any(mark.role is Role.STRENGTH for mark in marks) and not has(marks, {Role.PRAISE, Role.CHATTER}):
            return Heard(Sort.SIZE)
        return Heard(Sort.NOTHING)
    if has(marks, {Role.DISLIKE, Role.VERSION, Role.PRAISE}):
        return Heard(Sort.NOTHING)
    return Heard(Sort.UNREAD)


def _leads(marks: Sequence[Mark], roles: Set[Role]) -> bool:
    """Whether the direction stands before the thing: "less bass and air" is two, "bass less" is one."""
    thing = next((at for at, mark in enumerate(marks) if mark.role in roles), 0)
    return has(
        marks[:thing],
        {
            Role.MORE,
            Role.LESS,
            Role.TOO,
            Role.PULL,
            Role.REMOVE,
            Role.LACKS,
            Role.NEEDS,
            Role.CHANGE,
            Role.TURN,
        },
    )
