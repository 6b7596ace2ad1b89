"""One clause: what it says, by itself."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from core.revisions import What
from core.words.apart import named_apart
from core.words.changes import changed
from core.words.clauses import Clause
from core.words.edges import at_an_edge, begun
from core.words.senses import Mark, Role, Sense, Spot
from core.words.undoing import undone
from core.words.weighing import AIMS, IS_SO, WEIGHTY, blames, compares, has, words_of
from core.words.wish import LENGTHS, NAMED_APART, TRIMS, Aim, Heard, Sort

_INSTEAD = frozenset({"instead of", "rather than", "statt", "anstatt", "anstelle von"})
_SHARES = frozenset("%*<>=^×÷±")
_FEELS = frozenset(
    ["hates", "hate", "hated", "loves", "love", "loved", "likes", "like", "liked", "dislikes", "mag", "liebt"]
)
"""Who does so is somebody, and no stem."""
_LIMITS = frozenset(
    ["than", "exceed", "above", "over", "als", "über", "überschreiten", "hotter", "beyond", "past"]
)
_ASKING = frozenset(
    ["can", "will", "do", "does", "did", "is", "are", "was", "would", "should", "could", "one"]
)
_PLURALS = frozenset({"they", "them", "those", "die", "sie"})
_OF_THE_MIX = frozenset({Role.THING, Role.STEM, Role.REVERB})
_LEAVES = frozenset({"leave", "leaves", "leaving", "lass", "lasst"})
_PRONOUNS = frozenset(
    ["it", "that", "this", "them", "those", "they", "es", "das", "sie", "ihn", "die", "again"]
)


def heard(clause: Clause) -> Heard:
    """What a clause says; a reason ("because …") adds nothing to the wish that stands before it."""
    if clause.marks[0].word in _INSTEAD:
        return Heard(Sort.UNREAD)
    reason = next((at for at, mark in enumerate(clause.marks) if at and mark.role is Role.BECAUSE), None)
    if reason is not None:
        before = heard(replace(clause, marks=clause.marks[:reason]))
        if before.sort in (Sort.WISH, Sort.UNDO):
            return before
    marks = without_asides(clause.marks)
    if (target := _bounded(marks)) is not None:
        return target
    marks = _uncompared(marks)
    if _compares_songs(marks):
        return Heard(Sort.UNREAD)
    songs = tuple(mark.sense.name for mark in marks if mark.role is Role.SONG)
    if len(songs) > 1 and any(mark.word.endswith(("between", "zwischen")) for mark in marks):
        songs = songs[:1]  # a gap is after the first of them
    marks = [mark for mark in marks if mark.role is not Role.SONG]
    spots, marks = _spots(marks)
    if not spots:
        spots, marks = _opening_seconds(marks)
    first = next((mark.role for mark in clause.marks if mark.role in WEIGHTY or mark.spot), None)
    opens = first is Role.PLACE
    found = _compared(marks, spots) or _said(marks, spots)
    if found.placeless:
        return replace(found, songs=songs)
    if found.sort is Sort.NOTHING and spots and not has(marks, {Role.PRAISE}):
        found = Heard(Sort.PLACE)
    elif spots and any(spot == Spot() for spot in spots):
        found = Heard(Sort.UNREAD)
    if clause.marks[0].word == "which" and found.aim and found.aim.what is What.VOLUME and not found.amount:
        found = Heard(Sort.SIZE, way=found.way * found.aim.polarity)  # of what was named before
    regrets = has(marks, {Role.TOO, Role.LACKS, Role.FLAW, Role.DISLIKE}) or blames(marks)
    pronoun = bool(words_of(marks) & _PRONOUNS) and not has(marks, {Role.THING, Role.TRAIT, Role.STEM})
    unknown = [mark for mark in marks if mark.role is Role.UNKNOWN]
    return replace(
        found,
        name=0 < len(marks) == len(unknown) <= 2 and all(mark.proper for mark in unknown),
        spots=found.spots or spots,
        songs=songs,
        opens_with_place=opens,
        regrets=regrets,
        pronoun=pronoun,
        plural=pronoun and bool(words_of(marks) & _PLURALS),
    )


def _bounded(marks: Sequence[Mark]) -> Heard | None:
    """ "No louder than -13 LUFS", "it must not exceed -16 LUFS": a target, however it is bounded."""
    targets = [mark.amount for mark in marks if mark.amount and mark.amount.unit == "LUFS"]
    if len(targets) != 1 or not has(marks, {Role.NOT}) or not words_of(marks) & _LIMITS:
        return None
    return Heard(Sort.WISH, Aim(What.VOLUME, 0), amount=targets[0])


def _compares_songs(marks: Sequence[Mark]) -> bool:
    """ "As loud as Nightbus", "all but Nightbus": which songs are meant is more than their names say."""
    named = [at for at, mark in enumerate(marks) if mark.role is Role.SONG]
    if not named:
        return False
    return has(marks[: named[-1]], {Role.LIKE, Role.EXCEPT}) or has(marks[named[0] : named[-1]], {Role.SO})


def without_asides(marks: Sequence[Mark]) -> list[Mark]:
    """Without "on my …" and what follows it up to the next word of weight; nobody who "thinks" is a stem."""
    kept: list[Mark] = []
    aside = False
    for number, mark in enumerate(marks):
        after = next((other.role for other in marks[number + 1 :] if other.role is not Role.FILLER), None)
        if mark.role is Role.ASIDE:
            aside = True
            continue
        if aside and mark.role in (Role.UNKNOWN, Role.FILLER, Role.CHATTER, Role.DESTINATION):
            continue
        aside = False
        verb = next((other.word for other in marks[number + 1 :] if other.role is not Role.FILLER), "")
        if mark.role is Role.STEM and (after is Role.SAYS or verb in _FEELS):
            continue
        kept.append(mark)
    return kept


def _uncompared(marks: list[Mark]) -> list[Mark]:
    """Without "than in the verse"; what it is to be louder than must be known."""
    at = next((at for at, mark in enumerate(marks) if mark.role is Role.THAN), None)
    if at is None or not at:
        return marks
    # "it is quieter than …": how it is, and not how it should be
    complains = bool(words_of([mark for mark in marks[:at] if "possible" not in mark.word]) & IS_SO)
    if complains or has(marks[at:], {Role.REFERENCE, Role.UNKNOWN, Role.SONG}):
        return [*marks[:at], replace(marks[at], sense=Sense(Role.UNKNOWN))]
    return marks[:at]


def _spots(marks: Sequence[Mark]) -> tuple[tuple[Spot, ...], list[Mark]]:
    """The places, times before parts, and the marks without them."""
    spots = [mark.spot for mark in marks if mark.spot is not None]
    rest = [mark for mark in marks if mark.spot is None]
    times = [spot for spot in spots if spot.part is None]
    return tuple(times or spots), rest


def _opening_seconds(marks: list[Mark]) -> tuple[tuple[Spot, ...], list[Mark]]:
    """ "in the first 10 seconds", of which nothing is to be cut away."""
    for at, mark in enumerate(marks[:-1]):
        amount = marks[at + 1].amount
        if mark.role is Role.ORDINAL and mark.sense.ratio == 1.0 and amount and amount.unit == "s":
            aims = [other for other in marks if other.role in AIMS and other.sense.what is not What.GAP]
            if aims and all(aim.sense.what not in LENGTHS for aim in aims):
                return (Spot((0.0, amount.value)),), marks[:at] + marks[at + 2 :]
    return (), marks


def _compared(marks: Sequence[Mark], spots: tuple[Spot, ...]) -> Heard | None:
    """What stands after "compared to …", if it is a wish by itself."""
    if not marks or marks[0].role is not Role.BECAUSE or not marks[0].word.startswith("compared"):
        return None
    rests = (_said(list(marks[at:]), spots) for at in range(2, len(marks)))
    return next((rest for rest in rests if rest.sort is Sort.WISH and _plain(rest)), None)


def _plain(heard: Heard) -> bool:
    return heard.aim is not None and heard.aim.what not in NAMED_APART


def _said(marks: list[Mark], spots: tuple[Spot, ...]) -> Heard:
    shares = any(mark.role is Role.SIGN and mark.word in _SHARES for mark in marks)
    if shares and not has(marks, {Role.OUT_OF_REACH}):
        return Heard(Sort.UNREAD)
    named = named_apart(marks)
    if named is not None:
        return named
    unread = has(marks, {Role.UNKNOWN, Role.UNIT})
    if _asks(marks):
        return Heard(Sort.UNREAD)
    first = next((mark.role for mark in marks if mark.role not in (Role.FILLER, Role.WISH)), None)
    if has(marks, {Role.BOUND}) or first is Role.KEEP or _left_alone(marks):
        return Heard(Sort.BOUND)
    if unread:
        praised = has(marks, {Role.PRAISE}) and not has(marks, WEIGHTY | {Role.WISH, Role.UNDO, Role.VERSION})
        return Heard(Sort.NOTHING if praised else Sort.UNREAD)
    marks = _with_negations(marks)
    if has(marks, {Role.NOT}):
        return _negated(marks)
    if has(marks, {Role.KEEP}):
        return Heard(Sort.BOUND)
    return undone(marks) or begun(marks, spots) or at_an_edge(marks, spots) or _at_a_named_edge(marks)


def _left_alone(marks: Sequence[Mark]) -> bool:
    """ "But leave the bass", "lass den Bass": nothing is said of it that its neighbour could go on with."""
    of_the_mix = [mark for mark in marks if mark.role in _OF_THE_MIX and mark.sense.what not in LENGTHS]
    others = [mark for mark in marks if mark not in of_the_mix]
    return bool(
        of_the_mix
        and words_of(others) & _LEAVES
        and all(mark.role in (Role.FILLER, Role.WISH, Role.CHATTER) for mark in others)
    )


def _at_a_named_edge(marks: list[Mark]) -> Heard:
    """A change; at the start of a song it is in its intro, at the end in its outro."""
    found = changed(marks)
    edge = next((mark for mark in marks if mark.role is Role.EDGE), None)
    if found.sort is not Sort.WISH or found.aim is None or edge is None or found.aim.what in LENGTHS | TRIMS:
        return found
    return replace(found, spots=(Spot(part="intro" if edge.sense.direction < 0 else "outro"),))


def _asks(marks: Sequence[Mark]) -> bool:
    """Whether it is a question for an answer, not for a change: "how long …", and not "how about …"."""
    first = next((at for at, mark in enumerate(marks) if mark.role not in (Role.FILLER, Role.CHATTER)), None)
    if first is None or marks[first].role is not Role.QUESTION:
        return False
    after = marks[first + 1].word if first + 1 < len(marks) else ""
    if marks[first].word in ("when", "which"):
        return after.split(" ")[0] in _ASKING
    return not after.startswith(("about", "if", "we", "wäre"))


def _with_negations(marks: list[Mark]) -> list[Mark]:
    """ "not so" and "not as" as too, "not … enough" and "not as loud as before" as more."""
    kept: list[Mark] = []
    enough = has(marks, {Role.ENOUGH}) and has(marks, {Role.NOT})
    compared = compares(marks)
    for mark, after in zip_longest(marks, marks[1:]):
        if enough and mark.role in (Role.NOT, Role.ENOUGH):
            if mark.role is Role.ENOUGH:
                kept.append(replace(mark, sense=Sense(Role.MORE)))
            continue
        so_hard = mark.role is Role.SO and after is not None and after.role in (Role.QUALITY, Role.FLAW)
        if so_hard and has(kept, {Role.NOT}) and kept[-1].role is not Role.NOT:
            kept = [
                *(other for other in kept if other.role is not Role.NOT),
                replace(mark, sense=Sense(Role.TOO)),
            ]
            continue
        if mark.role is Role.SO and kept and kept[-1].role is Role.NOT:
            kept[-1] = replace(mark, sense=Sense(Role.MORE if compared else Role.TOO))
            continue
        kept.append(mark)
    return kept


def _negated(marks: Sequence[Mark]) -> Heard:
    """ "not louder", "no more bass": a bound; "no fade" alone is a wish; "not sure" is neither."""
    things = {mark.sense.what for mark in marks if mark.role is Role.THING}
    if (
        len(things) == 1
        and things <= LENGTHS
        and not has(marks, WEIGHTY - {Role.THING, Role.STRENGTH, Role.LACKS, Role.NEEDS})
    ):
        (what,) = things
        assert what is not None
        return Heard(Sort.WISH, Aim(what), way=-1)
    if has(marks, WEIGHTY | {Role.SIDE, Role.OUT_OF_REACH}):
        return Heard(Sort.BOUND)
    return Heard(Sort.NOTHING) if has(marks, {Role.PRAISE, Role.CHATTER}) else Heard(Sort.UNREAD)
