"""What was done is to be undone: all of it, one thing of it, or half."""

from collections.abc import Sequence

from core.revisions import What
from core.words.senses import Mark, Role
from core.words.weighing import AIMS, has, words_of
from core.words.wish import Aim, Heard, Sort

_BETTER = frozenset(
    [
        "better",
        "best",
        "preferred",
        "prefer",
        "rather",
        "lieber",
        "besser",
        "back",
        "zurück",
        "was",
        "loved",
        "nicer",
    ]
)


def undone(marks: Sequence[Mark]) -> Heard | None:
    """ "undo the bass", "put it back", "the previous version was better", "half of it back"."""
    words = words_of(marks)
    plain, added = has(marks, {Role.UNDO}), has(marks, {Role.ADDED})
    half = has(marks, {Role.HALF}) or any(
        Role.HALF in mark.also and mark.role is not Role.HALF for mark in marks
    )
    pulled = not half and has(marks, {Role.MORE, Role.LESS, Role.PULL})
    back = has(marks, {Role.BACK}) and not pulled and not has(marks, {Role.AMOUNT})
    older = has(marks, {Role.VERSION}) and (back or bool(words & _BETTER) or plain)
    taken = added and (half or back or has(marks, {Role.REMOVE, Role.PULL, Role.LESS}))
    if not (plain or older or taken or (back and (half or has(marks, {Role.TURN, Role.WISH, Role.PRAISE})))):
        return None
    if has(marks, {Role.AMOUNT}):
        return None
    named = _aims_of(marks)
    if len(named) > 1:
        return Heard(Sort.UNREAD)
    return Heard(Sort.UNDO, named[0] if named else None, half=half)


def _aims_of(marks: Sequence[Mark]) -> list[Aim]:
    """The things that are named, each once, whatever is said of them."""
    found = {}
    for mark in marks:
        if mark.role in AIMS and mark.sense.what is not None:
            stem = mark.sense.name if mark.role is Role.STEM else None
            found[mark.sense.what, stem] = Aim(mark.sense.what, of=stem)
    if len(found) > 1:
        found.pop((What.VOLUME, None), None)
    return list(found.values())
