"""What is asked for by its name alone: a format, a title, a reference, a destination; the key, the tempo."""

from collections.abc import Sequence

from core.revisions import What
from core.words.senses import Mark, Role
from core.words.weighing import AIMS, WEIGHTY, compares, has, words_of
from core.words.wish import FADES, Aim, Heard, Sort

_RECORDS = frozenset(
    {
        "song",
        "songs",
        "track",
        "tracks",
        "record",
        "album",
        "single",
        "lied",
        "stück",
        "one",
        "tune",
        "ep",
        "demo",
        "albums",
    }
)
_FOR = frozenset({"for", "für", "fürs", "on", "auf", "as", "als", "ready", "tauglich"})
_BOUND_FOR = frozenset(
    [
        "needs",
        "need",
        "going",
        "goes",
        "fit",
        "fits",
        "work",
        "works",
        "geht",
        "kommt",
        "soll",
        "release",
        "released",
        "optimise",
        "optimize",
        "optimised",
        "optimized",
        "prepare",
        "prepared",
        "make",
        "must",
        "should",
        "destined",
    ]
)
_STANDARDS = frozenset(
    [
        "standard",
        "standards",
        "spec",
        "specs",
        "requirements",
        "requirement",
        "guidelines",
        "guideline",
        "compliant",
        "recommends",
        "wants",
        "allows",
        "requires",
        "demands",
        "recommended",
        "normalization",
        "conform",
        "konform",
        "level",
        "levels",
        "loudness",
        "lautstärke",
        "lautheit",
        "tauglich",
        "friendly",
        "niveau",
        "norm",
        "vorgaben",
        "vorgabe",
    ]
)
_LISTENED = frozenset(
    ["listened", "heard", "played", "sounds", "sounded", "klingt", "gehört", "checked", "tested"]
)
"""Where it was heard it need not be going."""
_DESCRIBES = frozenset(
    ["a", "an", "ein", "eine", "einen", "aus", "durch", "unter", "in", "im", "wenn", "through", "from"]
)
"""What is so "like a tin can" is described, and no record."""
_ITS_OWN = frozenset(
    [
        "our",
        "my",
        "their",
        "his",
        "her",
        "other",
        "last",
        "first",
        "previous",
        "unser",
        "unsere",
        "unserem",
        "mein",
        "meine",
        "letztes",
        "letzte",
        "letzten",
        "unsere",
        "unserer",
    ]
)
_NOTE_LETTERS = 2
"""As long is the name of a note: "change the key to D minor"."""
_POINTING = frozenset({"this", "that", "these", "dieses", "diese", "das"})


def named_apart(marks: Sequence[Mark]) -> Heard | None:
    """What is asked for by its name alone, whatever else is said: a format, a title, a reference, the key."""
    wanted = has(marks, WEIGHTY - {Role.STRENGTH, Role.AMOUNT}) or has(marks, {Role.WISH, Role.TO, Role.NOT})
    praised = has(marks, {Role.PRAISE}) and not wanted
    for role in (Role.METADATA, Role.FORMAT):
        if has(marks, {role}) and not praised:
            mark = next(mark for mark in marks if mark.role is role)
            assert mark.sense.what is not None
            return Heard(Sort.WISH, Aim(mark.sense.what, 0))
    out = next((mark for mark in marks if mark.role is Role.OUT_OF_REACH), None)
    fades = any(mark.sense.what in FADES for mark in marks)
    if out and not praised and not has(marks, {Role.KEEP}) and not (fades and out.sense.name == "tempo"):
        if any(mark.role is Role.UNKNOWN and len(mark.word) > _NOTE_LETTERS for mark in marks):
            return None
        return Heard(Sort.WISH, Aim(What.OTHER, of=out.sense.name, beyond=True), way=1)
    if (reference := _reference(marks)) is not None:
        return reference
    place = next((mark for mark in marks if mark.role is Role.DESTINATION), None)
    if place and _for_a_destination(marks):
        return Heard(Sort.WISH, Aim(What.DESTINATION, 0, of=place.sense.name))
    return None


def _for_a_destination(marks: Sequence[Mark]) -> bool:
    """ "Ready for vinyl", "as loud as Spotify wants", "this is going to the radio": what it is made for."""
    words = words_of(marks)
    if has(marks, {Role.AMOUNT, Role.LESS, Role.UNKNOWN, Role.NOT, Role.QUESTION}):
        return False
    if compares(marks) or words & _STANDARDS:
        aims = [mark for mark in marks if mark.role in AIMS and mark.sense.what is not What.VOLUME]
        return not aims and not has(marks, {Role.MORE}) and not words & _LISTENED
    if has(marks, AIMS | {Role.MORE}):
        return False
    return bool(words & _FOR) or (bool(words & _BOUND_FOR) and not words & _LISTENED)


def _reference(marks: Sequence[Mark]) -> Heard | None:
    """ "Like the reference", "like that Bowie song", "as loud as the track I sent", "more like this"."""
    wanted = Heard(Sort.WISH, Aim(What.REFERENCE, 0))
    tone = has(marks, AIMS - {Role.STEM})
    named = has(marks, {Role.REFERENCE})
    like = next((at for at, mark in enumerate(marks) if mark.role is Role.LIKE), None)
    if like is None:
        if not named:
            return None
        if any(mark.role is Role.REFERENCE and mark.word.startswith(("as ", "als ")) for mark in marks):
            return wanted
        strange = any(mark.role is Role.UNKNOWN and not mark.proper for mark in marks)
        plain = not tone and not strange and not has(marks, {Role.MORE, Role.LESS})
        return wanted if plain or compares(marks) else Heard(Sort.UNREAD)
    after = marks[like + 1 :]
    unknown = [mark for mark in after if mark.role is Role.UNKNOWN]
    record = any(mark.word not in _RECORDS for mark in unknown) and bool(words_of(after) & _RECORDS)
    described = bool(after) and after[0].word in _DESCRIBES
    somebody = not described and bool(unknown) and not tone and all(mark.proper for mark in unknown)
    own = not tone and not unknown and bool(words_of(after) & _RECORDS) and bool(words_of(after) & _ITS_OWN)
    this = bool(after) and not tone and all(mark.role is Role.FILLER for mark in after)
    return wanted if named or record or somebody or own or (this and words_of(after) & _POINTING) else None
