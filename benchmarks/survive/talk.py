"""What artists say to a service that may die at any moment, and what it answers."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Message = Mapping[str, Any]
"""One line of `lathe chat --json`."""


REST = "!wait"


@dataclass(slots=True, eq=False)
class Line:
    """Something said that waits for its answer: None when it was done, or why it was not."""

    name: str
    text: str
    answer: asyncio.Future[str | None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Talk:
    """The lines that one service hears, in order. What it has not answered is said again to its successor.

    A deed has a name of its own (`!once`), so that the house can tell that it heard it before: a platform
    that gets no answer delivers its event again in the same way.
    """

    def __init__(self) -> None:
        self.answers = 0
        self.done: list[str] = []  # the names of the deeds that were answered so
        self._answers_again = asyncio.Event()
        self._unanswered: deque[Line] = deque()
        self._ear: asyncio.StreamWriter | None = None

    def listens(self, ear: asyncio.StreamWriter) -> None:
        """A process that hears lines has started."""
        self._ear = ear
        for line in self._unanswered:
            self._speak(line)

    def gone(self, ear: asyncio.StreamWriter) -> None:
        """A process that heard lines has died."""
        if self._ear is ear:
            self._ear = None

    async def answers_again(self) -> None:
        """Return when the next answer comes."""
        self._answers_again.clear()
        await self._answers_again.wait()

    async def deed(self, name: str, speaker: str, line: str) -> str | None:
        """Do something as somebody; None when it was done, else why it was not."""
        return await self._said(Line(name, f"{speaker}\n!once {name} {line}\n"))

    async def rest(self) -> None:
        """Return when the house has come to rest."""
        await self._said(Line(REST, "!wait\n"))

    def hears(self, message: Message) -> None:
        """An answer came, if it is one. Answers come in the order of the lines; only a reason names none."""
        if "error" in message:
            self._answered(self._unanswered[0] if self._unanswered else None, str(message["error"]))
        elif name := message.get("done") or ("idle" in message and REST):
            self._answered(next((line for line in self._unanswered if line.name == name), None), None)

    async def _said(self, line: Line) -> str | None:
        self._unanswered.append(line)
        self._speak(line)
        return await line.answer

    def _speak(self, line: Line) -> None:
        if self._ear is not None and not self._ear.is_closing():
            self._ear.write(line.text.encode())

    def _answered(self, line: Line | None, reason: str | None) -> None:
        self.answers += 1
        self._answers_again.set()
        if line is not None:
            self._unanswered.remove(line)
            if reason is None and line.name != REST:
                self.done.append(line.name)
            if not line.answer.done():
                line.answer.set_result(reason)
