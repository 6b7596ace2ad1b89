"""Which song of several a wish is about: "Intro: less bass", "track 2 is too harsh", "on Nightbus …"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.words.senses import Mark, Role, Sense

Titles = Sequence[tuple[str, str]]
"""(id, title) of the songs of an order, in their order."""

_BEFORE_A_NUMBER = frozenset(
    [
        "song",
        "songs",
        "track",
        "tracks",
        "lied",
        "lieder",
        "stück",
        "stücke",
        "number",
        "nummer",
        "no",
        "nr",
        "titel",
        "title",
        "tune",
        "#",
    ]
)
_BEFORE_A_TITLE = frozenset(["on", "auf", "bei", "for", "für", "song", "track", "lied"])


@dataclass(frozen=True, slots=True)
class _Title:
    song: str
    start: int
    end: int


def addressed(text: str, marks: Sequence[Mark], songs: Titles) -> list[Mark]:
    """The marks with each song that is named as one mark, its id the name of its sense."""
    if not songs:
        return list(marks)
    titles = _titles(text, songs)
    found: list[Mark] = []
    at = 0
    while at < len(marks):
        count, mark = (
            _titled(marks, at, titles, found) or _numbered(marks, at, songs, found) or (1, marks[at])
        )
        if mark.role is Role.SONG and [other.role for other in found[-2:]] == [Role.SONG, Role.AND]:
            found[-1] = replace(found[-1], sense=Sense(Role.FILLER))
        found.append(mark)
        at += count
    return found


def _titles(text: str, songs: Titles) -> list[_Title]:
    """Where titles stand in the text, the longest first where several begin at one place."""
    found = [
        _Title(id_, match.start(), match.end())
        for id_, title in songs
        if (words := title.split())
        for match in re.finditer(
            r"(?<!\w)" + r"\s+".join(map(re.escape, words)) + r"(?!\w)", text, re.IGNORECASE
        )
    ]
    return sorted(found, key=lambda title: title.start - title.end)


def _titled(
    marks: Sequence[Mark], at: int, titles: Sequence[_Title], before: Sequence[Mark]
) -> tuple[int, Mark] | None:
    """A title, where it is no ordinary word: alone before a colon or a dash, or of more than one word."""
    start = marks[at].start
    for title in titles:
        if title.start != start:
            continue
        count = sum(1 for mark in marks[at:] if mark.start < title.end)
        inside = marks[at : at + count]
        if inside[-1].end > title.end:
            continue
        after = marks[at + count].role if at + count < len(marks) else None
        apart = after in (Role.COLON, Role.COMMA) and (not before or before[-1].role in _OPENING)
        named = bool(before) and before[-1].word in _BEFORE_A_TITLE
        if apart or named or count > 1 or inside[0].role is Role.UNKNOWN:
            return count, _song(title.song, inside)
    return None


_OPENING = frozenset({Role.STOP, Role.COMMA, Role.COLON, Role.AND})


def _numbered(
    marks: Sequence[Mark], at: int, songs: Titles, before: Sequence[Mark]
) -> tuple[int, Mark] | None:
    """ "track 2", "#2", "the second track", and "2:" where a clause begins or there are several songs."""
    mark = marks[at]
    if mark.word in _BEFORE_A_NUMBER:
        number = at + 1
        if number < len(marks) and marks[number].word == ".":
            number += 1
        if number < len(marks) and (song := _nth(marks[number], songs)) is not None:
            return number + 1 - at, _song(song, marks[at : number + 1])
        return None
    ordinal = mark.also.get(Role.ORDINAL)
    if ordinal and at + 1 < len(marks) and marks[at + 1].word in _BEFORE_A_NUMBER:
        nth = len(songs) if ordinal.ratio < 0 else int(ordinal.ratio)
        return (2, _song(songs[nth - 1][0], marks[at : at + 2])) if nth <= len(songs) else None
    song = _nth(mark, songs)
    opens = at == 0 or marks[at - 1].role in _OPENING or (at == 1 and marks[0].word == "#")
    following = [other.role for other in marks[at + 1 : at + 3]]
    following = following[:1] if following[:1] == [Role.COLON] else following
    closed = following in ([Role.COLON], [Role.STOP, Role.COLON])
    opens = opens or len(songs) > 1
    if song is not None and opens and closed:
        return len(following), _song(song, marks[at : at + len(following)])
    joined = [other.role for other in before[-2:]] == [Role.SONG, Role.AND]
    return (1, _song(song, [mark])) if song is not None and joined and len(songs) > 1 else None


def _nth(mark: Mark, songs: Titles) -> str | None:
    if mark.role is not Role.FIGURE or not mark.value.is_integer() or not 0 < mark.value <= len(songs):
        return None
    return songs[int(mark.value) - 1][0]


def _song(song: str, inside: Sequence[Mark]) -> Mark:
    words = " ".join(mark.word for mark in inside)
    return Mark(Sense(Role.SONG, name=song), inside[0].start, inside[-1].end, words)
