"""Scenarios at the terminal door: everybody has a chat of their own, as the person at the keyboard has."""

import asyncio
import shlex
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bots.app import House
from bots.terminal.chat import Chat
from bots.terminal.door import NAME
from bots.terminal.parse import Command, Press
from bots.terminal.screen import Shown
from core.commands import BY_NAME
from core.messages import Action, Button
from tests.scenarios.stage import Answers, Exercised, Message, NotSeen, Where, newest


class Board:
    """A screen that keeps what is shown, by place, each message as it is now."""

    def __init__(self) -> None:
        self.places: dict[str, dict[str, Shown]] = {}
        self.sentence: str | None = None  # the last error
        self._changed = asyncio.Event()

    def show(self, message: Shown) -> None:
        place = message.place if message.place != "dm" else message.to.partition(":")[2]
        name = f"card {message.card}" if message.card else f"notice {message.notice}"
        there = self.places.setdefault(place, {})
        if name in there and not message.edit:
            raise AssertionError(f"{name} came twice")
        there[name] = message
        self._changed.set()

    def error(self, sentence: str) -> None:
        self.sentence = sentence

    def done(self, name: str) -> None:
        pass

    def idle(self, now: datetime) -> None:
        pass

    def heard(self, speaker: str, line: str) -> None:
        pass

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not holds():
                    self._changed.clear()
                    await self._changed.wait()
        return holds()


class TerminalStage:
    """The terminal door of a house, whose screen is the board."""

    door = NAME
    forms = False
    menus = False
    attaches = False
    patience = 1.0

    def __init__(self, house: House, board: Board) -> None:
        self.exercised: set[Exercised] = set()
        self._house = house
        self._board = board

    async def enter(self, name: str, language: str) -> None:
        """At the terminal nobody's language is known before they say it."""
        if language != "en":
            await self._hears(Where(name), f"/language {language}")

    async def room(self, name: str, members: Sequence[str]) -> None:
        pass

    def external(self, name: str) -> str:
        return name

    async def says(self, where: Where, text: str, files: Sequence[Path] = ()) -> None:
        drops = " ".join(f"@{shlex.quote(str(path))}" for path in files)
        await self._hears(where, f"{drops} {text}" if drops else f"\\{text}")

    async def commands(self, where: Where, command: Command, file: Path | None = None) -> None:
        brought = f' @"{file}"' if file is not None else ""
        await self._hears(where, f"/{command.name} {command.arguments}{brought}".rstrip())
        self.exercised.add(("command", command.name))
        known = BY_NAME.get(command.name)
        if known and known.form and not command.arguments and file is None:
            # A form with a file in it is not asked for step by step: the file is dropped.
            self.exercised.add(("form", known.form))

    async def presses(self, where: Where, press: Press, times: int = 1) -> None:
        button = self._button(where, press)
        await asyncio.gather(*(self._hears(where, f">{press.button}") for _ in range(times)))
        self._pressed(button)

    async def fills(self, where: Where, opener: Press | Command, answers: Answers) -> None:
        if isinstance(opener, Press):
            await self.presses(where, opener)
        else:
            await self.commands(where, opener)
        for answer in answers:
            if answer is None:
                await self._skips(where)
            elif isinstance(answer, str):
                await self.says(where, answer)
            else:
                await self.says(where, "", answer)

    async def menu(self, where: Where, label: str, file: Path) -> None:
        raise NotSeen("there are no context menus at the terminal")

    async def closed(self, name: str, *, closed: bool) -> None:
        raise NotSeen("nobody is out of reach at the terminal")

    def seen(self, where: Where) -> Sequence[Message]:
        there = self._board.places.get(self._place(where), {})
        return [
            Message(
                name,
                shown.text,
                tuple(button.label for button in shown.buttons),
                tuple(file.path.name for file in shown.files),
            )
            for name, shown in there.items()
        ]

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        return await self._board.until(holds, seconds)

    async def _hears(self, where: Where, line: str) -> None:
        assert self._house.terminal is not None
        assert where.person is not None
        chat = Chat(self._house, self._house.terminal, self._board, where.person)
        if where.room:
            await chat.hear(f"!room {where.room}")
        self._board.sentence = None
        await chat.hear(line)
        if self._board.sentence:
            raise NotSeen(self._board.sentence)

    async def _skips(self, where: Where) -> None:
        """[Leave as it is], in whichever language."""
        there = list(self._board.places[self._place(where)].values())
        skip = next(button for button in there[-1].buttons if _action(button).verb == "form-skip")
        await self.presses(where, Press(skip.label))

    def _button(self, where: Where, press: Press) -> Button:
        assert self._house.terminal is not None
        button = self._house.terminal.button(self._place(where), press.button)
        if button is None:
            newest(self.seen(where), press.button)
            raise NotSeen(f"there is no button {press.button!r}")
        return button

    def _pressed(self, button: Button) -> None:
        if button.form is not None:
            self.exercised |= {("press", "form"), ("form", button.form.partition(":")[0])}
        elif button.action is not None:
            self.exercised.add(("press", _action(button).verb))

    @staticmethod
    def _place(where: Where) -> str:
        if where.room:
            return f"room:{where.room}"
        assert where.person is not None
        return where.person


def _action(button: Button) -> Action:
    return Action.unpack(button.action or "none:none")
