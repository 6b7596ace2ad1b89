"""Verbs in two halves that stand apart: "blende das Ende früher aus", "fade the whole song in"."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.revisions import What
from core.words.senses import Mark, Role, Sense

_OUT = Sense(Role.THING, What.FADE_OUT, 1)
_IN = Sense(Role.THING, What.FADE_IN, 1)
_VERBS: tuple[tuple[str, Mapping[str, Sense]], ...] = (
    ("blende, blend, blendet, blenden", {"aus": _OUT, "ein": _IN}),
    ("fade, fades, faded, fade it, fadet", {"out": _OUT, "in": _IN, "aus": _OUT, "ein": _IN}),
    ("slow", {"down": Sense(Role.OUT_OF_REACH, name="tempo")}),
    ("speed", {"up": Sense(Role.OUT_OF_REACH, name="tempo")}),
    ("back, backed, ease, pull, roll", {"off": Sense(Role.LESS)}),
    ("geht, gehen, ging, gingen", {"unter": Sense(Role.LACKS)}),
    ("säuft, saufen", {"ab": Sense(Role.LACKS)}),
    ("dreh, drehe, dreht, drehen", {"auf": Sense(Role.MORE)}),
    ("sticht, stechen, ragt, ragen, steht, stehen", dict.fromkeys(("heraus", "raus"), Sense(Role.DISLIKE))),
    ("hört, hören", {"auf": Sense(Role.BEGINS)}),
    ("fängt, fangen", {"an": Sense(Role.BEGINS)}),
    ("hebe, heb, hebt, heben", {"an": Sense(Role.MORE), "hervor": Sense(Role.MORE)}),
    ("senke, senk, senkt", {"ab": Sense(Role.LESS)}),
)
_HALVES = {verb: halves for verbs, halves in _VERBS for verb in verbs.split(", ")}
_PARTING = frozenset({Role.COMMA, Role.STOP, Role.COLON, Role.AND})
_AFTER = frozenset(
    {Role.STRENGTH, Role.FIGURE, Role.NUMBER, Role.TIME, Role.AT, Role.UNTIL, Role.FROM, Role.LESS}
)
"""What may stand behind the second half; else "in" and "auf" are of what follows."""


def rejoined(marks: Sequence[Mark]) -> list[Mark]:
    """The marks with the meaning of such a verb at its second half, and none at its first."""
    found = list(marks)
    for at, mark in enumerate(marks):
        halves = _HALVES.get(mark.word)
        second = _second(marks, at, halves) if halves else None
        if halves is None or second is None:
            continue
        sense = halves[marks[second].word]
        found[at] = replace(mark, sense=Sense(Role.FILLER), also={})
        word = f"{mark.word} {marks[second].word}"
        found[second] = replace(marks[second], sense=sense, word=word, also={sense.role: sense})
    return found


def _second(marks: Sequence[Mark], verb: int, halves: Mapping[str, Sense]) -> int | None:
    """Where the second half of the verb stands: in the same clause, with nothing behind it that it is of."""
    for at in range(verb + 1, len(marks)):
        mark = marks[at]
        if mark.role in _PARTING or (mark.role is Role.STEM and mark.word != "bass" and _fades(halves)):
            return None
        after = marks[at + 1].role if at + 1 < len(marks) else Role.STOP
        if mark.word in halves and (after in _PARTING or after in _AFTER):
            return at
    return None


def _fades(halves: Mapping[str, Sense]) -> bool:
    """Whether it is a fade, which one stem alone cannot have."""
    return any(sense.what is not None for sense in halves.values())
