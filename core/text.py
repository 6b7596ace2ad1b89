"""What is said, before it is known to whom and where: words with the parts that a door must render itself.

A moment is shown in the reader's zone (natively where the platform can), and a title never leaves a private
place: both are marked parts, so that no door, log or room can let one slip through (B62).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, UTC. Of a `record`, which is read long after it was written, its distance is told only
    where the platform keeps that up.
    """

    at: datetime
    record: bool = False


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a song, an order or a file; `secret` when its order is confidential."""

    title: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that matter more than those around them."""

    strong: str


Part = str | Moment | Title | Strong


@dataclass(frozen=True, slots=True)
class Text:
    """A run of parts; plain strings carry no markup, so nothing needs escaping before a door renders it."""

    parts: tuple[Part, ...] = ()

    def __add__(self, other: "Text | Part") -> "Text":
        return Text(self.parts + (other.parts if isinstance(other, Text) else (other,)))

    def __bool__(self) -> bool:
        return bool(self.parts)

    def __iter__(self) -> Iterator[Part]:
        return iter(self.parts)

    def plain(self, *, moment: Callable[[Moment], str], title: Callable[[Title], str]) -> str:
        """The words as one string, with moments and titles as the given functions put them."""
        return "".join(_plain(part, moment, title) for part in self.parts)


def _plain(part: Part, moment: Callable[[Moment], str], title: Callable[[Title], str]) -> str:
    match part:
        case str():
            return part
        case Moment():
            return moment(part)
        case Title():
            return title(part)
        case Strong():
            return part.strong


def joined(texts: "list[Text] | tuple[Text, ...]", between: str = "\n") -> Text:
    """Several texts as one, with a string between them; empty ones leave no gap."""
    parts: list[Part] = []
    for text in texts:
        if not text:
            continue
        if parts:
            parts.append(between)
        parts.extend(text.parts)
    return Text(tuple(parts))


def lines(text: Text) -> list[Text]:
    """A text taken apart where its lines end; the ends themselves are gone."""
    found: list[list[Part]] = [[]]
    for part in text.parts:
        if not isinstance(part, str):
            found[-1].append(part)
            continue
        first, *others = part.split("\n")
        found[-1].append(first)
        found.extend([other] for other in others)
    return [Text(tuple(part for part in line if part != "")) for line in found]
