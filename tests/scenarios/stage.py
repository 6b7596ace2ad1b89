"""What a scenario needs of a door: people who do things there, and what they see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bots.terminal.parse import Command, Press

Answers = Sequence[str | Sequence[Path] | None]
"""What a form is filled in with, field by field: words, files, or None to leave one as it is."""

Exercised = tuple[str, str]
"""What came through a door: ("command", name), ("press", verb), ("form", name); ("menu", command) where it
came from a context menu, ("file", command) where a file came with it."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where something is said or seen: in private with somebody, or in a room.

    A room with a person is the room as that person sees it, with what nobody else there sees.
    """

    person: str | None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the house as its reader sees it now. `id` tells it from the others of its place."""

    id: str
    text: str
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Stage(Protocol):
    """A door of a running house, with its platform."""

    door: str
    forms: bool  # whether the platform has forms, or each field is asked for
    menus: bool  # whether it has context menus
    attaches: bool  # whether a file can come with a command
    patience: float  # seconds that what is seen may take to be seen
    exercised: set[Exercised]

    async def enter(self, name: str, language: str) -> None:
        """Somebody new comes to the platform."""
        ...

    async def room(self, name: str, members: Sequence[str]) -> None:
        """A room is made on the platform."""
        ...

    def external(self, name: str) -> str:
        """The platform's own id of somebody."""
        ...

    async def says(self, where: Where, text: str, files: Sequence[Path] = ()) -> None: ...

    async def commands(self, where: Where, command: Command, file: Path | None = None) -> None:
        """Say a command, with a file where the platform's commands take one."""
        ...

    async def presses(self, where: Where, press: Press, times: int = 1) -> None:
        """Press a button of the newest message that has it. NotSeen."""
        ...

    async def fills(self, where: Where, opener: Press | Command, answers: Answers) -> None:
        """Open a form and send it off, in whichever way the platform has. NotSeen."""
        ...

    async def menu(self, where: Where, label: str, file: Path) -> None:
        """Use a context menu on a message that comes with this file."""
        ...

    async def closed(self, name: str, *, closed: bool) -> None:
        """Somebody takes no private messages from now on, or takes them again."""
        ...

    def seen(self, where: Where) -> Sequence[Message]:
        """Every message of the house there, oldest first."""
        ...

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Return when something holds that is seen there, or False when it did not for so long."""
        ...


class NotSeen(AssertionError):
    """What somebody wants to press is not there; `str()` says what is."""


def has_button(label: str, wanted: int | str) -> bool:
    """Whether this is the button that somebody means by the beginning of its label."""
    return " ".join(label.casefold().split()).startswith(" ".join(str(wanted).casefold().split()))


def newest(messages: Sequence[Message], wanted: int | str) -> tuple[Message, int]:
    """The newest message with a button that somebody means, and the button's place on it. NotSeen."""
    for message in reversed(messages):
        if isinstance(wanted, int) and 1 <= wanted <= len(message.labels):
            return message, wanted - 1
        for exact in (True, False):
            for place, label in enumerate(message.labels):
                if label == wanted if exact else has_button(label, wanted):
                    return message, place
    raise NotSeen(f"there is no button {wanted!r}; there are:\n{shown(messages)}")


def shown(messages: Sequence[Message], most: int = 8) -> str:
    """The newest messages of a place, for whoever reads a failed test."""
    return (
        "\n".join(
            "  ".join(
                [
                    f"  · {' '.join(message.text.split())[:600]}",
                    *(f"[{label}]" for label in message.labels),
                    *([f"{{{', '.join(message.files)}}}"] if message.files else []),
                ]
            )
            for message in messages[-most:]
        )
        or "  · nothing"
    )
