"""What the words of a clause weigh together: more or less, blame or mere description."""

from collections.abc import Sequence, Set

from core.revisions import What
from core.words.senses import Mark, Role

LIGHT = frozenset(
    {
        Role.ADDED, Role.AMOUNT, Role.AND, Role.AT, Role.BECAUSE, Role.BEGINS, Role.BETWEEN, Role.CHATTER,
        Role.DESTINATION, Role.ENOUGH, Role.FILLER, Role.FROM, Role.KEEP, Role.LIKE, Role.NEEDS,
        Role.NUMBER, Role.ORDINAL, Role.PRAISE, Role.QUESTION, Role.ROOM, Role.SAYS, Role.SIDE, Role.SIGN,
        Role.SO, Role.STRENGTH, Role.TO, Role.TURN, Role.UNTIL, Role.WISH,
    }
)  # fmt: skip
"""What says nothing of a change by itself."""
WEIGHTY = frozenset(
    {
        Role.AMOUNT, Role.CHANGE, Role.CUT_OFF, Role.DISLIKE, Role.FAULT, Role.FLAW, Role.KEEP, Role.LACKS,
        Role.LESS, Role.MORE, Role.NEEDS, Role.NOISES, Role.PULL, Role.QUALITY, Role.REMOVE, Role.REVERB,
        Role.STEM, Role.STRENGTH, Role.THING, Role.TOO, Role.TRAIT,
    }
)  # fmt: skip
AIMS = frozenset(
    {Role.THING, Role.TRAIT, Role.QUALITY, Role.CHANGE, Role.FLAW, Role.STEM, Role.REVERB, Role.FAULT}
)
"""What a wish can be about."""
IS_SO = frozenset(
    {
        "is", "are", "was", "sounds", "sound", "feels", "feel", "seems", "comes", "came",
        "ist", "sind", "klingt", "klingen", "wirkt",
    }
)  # fmt: skip
"""Words by which somebody tells how something is, and not how it should be."""


def has(marks: Sequence[Mark], roles: Set[Role]) -> bool:
    """Whether any of the marks does one of these."""
    return not roles.isdisjoint([mark.sense.role for mark in marks])


def words_of(marks: Sequence[Mark]) -> set[str]:
    return {word for mark in marks for word in mark.word.split()}


def compares(marks: Sequence[Mark]) -> bool:
    """ "As loud as …": a comparison."""
    return sum(mark.role is Role.SO for mark in marks) > 1 and not has(
        marks, {Role.MORE, Role.LESS, Role.CHANGE}
    )


def degree_of(marks: Sequence[Mark]) -> int:
    """Which way a quality points that is no tone of its own: long, strong, loud."""
    for mark in marks:
        if mark.role in (Role.QUALITY, Role.CHANGE) and mark.sense.what in (None, What.VOLUME):
            return mark.sense.direction
    return 0


def way_of(marks: Sequence[Mark], degree: int) -> int:
    """1 more, -1 less, 0 neither or both; `degree` of the word that more or less is of."""
    more = has(marks, {Role.MORE, Role.LACKS}) or _needed(marks)
    less = has(marks, {Role.LESS, Role.REMOVE, Role.TOO, Role.DISLIKE}) or (
        has(marks, {Role.PULL}) and not more
    )
    if has(marks, {Role.MORE}) and less:
        return 0
    if less:
        return -(degree or 1)
    return degree or 1 if more or degree else 0


def _needed(marks: Sequence[Mark]) -> bool:
    """Whether something stands after "needs": what stands before it is where."""
    return any(
        mark.role is Role.NEEDS and has(marks[at + 1 :], AIMS | {Role.AMOUNT})
        for at, mark in enumerate(marks)
    )


def only_describes(marks: Sequence[Mark]) -> bool:
    """Whether a bare "loud", "strong" stands beside a thing with nobody wishing it so."""
    changes = has(
        marks,
        {
            Role.CHANGE,
            Role.MORE,
            Role.LESS,
            Role.TOO,
            Role.REMOVE,
            Role.PULL,
            Role.LACKS,
            Role.NEEDS,
            Role.WISH,
            Role.DISLIKE,
        },
    )
    return not changes and has(marks, {Role.QUALITY})


def blames(marks: Sequence[Mark]) -> bool:
    """Whether something "is a bit" so: politely, too much so."""
    mild = any(mark.role is Role.STRENGTH and mark.sense.ratio < 1 for mark in marks)
    return mild and bool(words_of(marks) & IS_SO) and not has(marks, {Role.PRAISE, Role.SO})
