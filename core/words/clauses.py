"""Sentences and clauses: where one wish ends and the next begins."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from core.words.senses import Mark, Role, Sense


class Link(StrEnum):
    """How a clause hangs on the one before it."""

    SENTENCE = "sentence"  # not at all: a sentence begins
    COMMA = "comma"
    COLON = "colon"
    AND = "and"


@dataclass(frozen=True, slots=True)
class Clause:
    """The marks of one clause. `start` and `end` are where its words stand in the text."""

    marks: tuple[Mark, ...]
    link: Link

    @property
    def start(self) -> int:
        return self.marks[0].start

    @property
    def end(self) -> int:
        return self.marks[-1].end


_PARTING = {Role.COMMA: Link.COMMA, Role.COLON: Link.COLON, Role.AND: Link.AND, Role.STOP: Link.SENTENCE}
_RANK = (Link.AND, Link.COMMA, Link.COLON, Link.SENTENCE)


def clauses(marks: Sequence[Mark]) -> list[Clause]:
    """The clauses of a text in their order.

    "between this song and the next" is not parted at its "and"; a song and a colon begin a new sentence.
    """
    found: list[Clause] = []
    link, held, between = Link.SENTENCE, list[Mark](), False
    numbered = list(_enumerated(marks))
    for at, mark in enumerate(numbered):
        after = numbered[at + 1].role if at + 1 < len(numbered) else None
        if mark.role is Role.SONG and after is Role.COLON and any(_says(other) for other in held):
            found.append(Clause(tuple(held), link))
            held, link, between = [], Link.SENTENCE, False
        parting = _PARTING.get(mark.role)
        if mark.role is Role.AND and between:
            held.append(replace(mark, sense=Sense(Role.FILLER)))
            between = False
            continue
        if mark.role is Role.BETWEEN or mark.word.endswith(("between", "zwischen")):
            between = True
        if parting is None and mark.role is not Role.BOUND:
            held.append(mark)
            continue
        if held:
            found.append(Clause(tuple(held), link))
            held, link, between = [], Link.AND, False
        if parting is None:
            held.append(mark)
            link = max(link, Link.AND, key=_RANK.index)
        else:
            link = max(link, parting, key=_RANK.index)
    if held:
        found.append(Clause(tuple(held), link))
    return found


def _says(mark: Mark) -> bool:
    return mark.role not in (Role.SONG, Role.FILLER)


def _enumerated(marks: Sequence[Mark]) -> Iterator[Mark]:
    """The numbers of a list ("1) louder 2) wider", "1. louder") are sentences of their own."""
    expected, closing = 0.0, False
    for at, mark in enumerate(marks):
        if closing:
            closing = False
            yield replace(mark, sense=Sense(Role.STOP))
            continue
        after = marks[at + 1] if at + 1 < len(marks) else None
        opens = at == 0 or marks[at - 1].role is Role.STOP or marks[at - 1].word == "("
        numbers = mark.amount is not None and not mark.amount.unit and not mark.amount.sign
        value = mark.amount.value if mark.amount else 0.0
        if numbers and after and after.word in (")", ".") and (opens or 1 < value == expected):
            expected, closing = value + 1, True
            yield Mark(Sense(Role.STOP), mark.start, mark.start)
            yield replace(mark, sense=Sense(Role.FILLER), amount=None)
        else:
            yield mark
