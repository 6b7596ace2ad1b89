"""Scenarios at the Telegram door: people with Telegram's app in hand, before a Bot API on loopback."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from bots.terminal.parse import Command, Press
from core.commands import BY_NAME
from core.messages import Action
from tests.doubles import telegram
from tests.scenarios.stage import Answers, Exercised, Message, NotSeen, Where, newest


class TelegramStage:
    """The Telegram door of a house, and the platform that it is connected to."""

    door = "telegram"
    forms = False
    menus = False
    attaches = False
    patience = 10.0

    def __init__(self, platform: telegram.Telegram) -> None:
        self.exercised: set[Exercised] = set()
        self._platform = platform
        self._people: dict[str, telegram.Person] = {}
        self._rooms: dict[str, telegram.Group] = {}

    async def enter(self, name: str, language: str) -> None:
        self._people[name] = self._platform.person(name, language)

    async def room(self, name: str, members: Sequence[str]) -> None:
        self._rooms[name] = self._platform.group(name)

    def external(self, name: str) -> str:
        return str(self._people[name].id)

    async def says(self, where: Where, text: str, files: Sequence[Path] = ()) -> None:
        await self._says(where, text, files, None)

    async def _says(
        self, where: Where, text: str, files: Sequence[Path], answers: telegram.Message | None
    ) -> None:
        person, room = self._person(where), self._room(where)
        if answers is not None and len(files) == 1:
            await person.sends("document", files[0].name, files[0].read_bytes(), text, room, answers=answers)
        elif not files:
            await person.says(text, room)
        elif len(files) == 1:
            await person.sends("document", files[0].name, files[0].read_bytes(), text, room)
        else:
            captions = [text, *("" for _ in files[1:])]
            await person.album(
                [
                    telegram.Piece("document", path.name, path.read_bytes(), caption)
                    for path, caption in zip(files, captions, strict=True)
                ],
                room,
            )
        await self._platform.settled()

    async def commands(self, where: Where, command: Command, file: Path | None = None) -> None:
        if file is not None:
            raise NotSeen("no file comes with a command on Telegram")
        await self._person(where).says(f"/{command.name} {command.arguments}".rstrip(), self._room(where))
        await self._platform.settled()
        self.exercised.add(("command", command.name))
        known = BY_NAME.get(command.name)
        if known and known.form and not command.arguments:
            # A form with a file in it is not asked for step by step: the file is dropped.
            self.exercised.add(("form", known.form))

    async def presses(self, where: Where, press: Press, times: int = 1) -> None:
        message, place = newest(self.seen(where), press.button)
        there = next(one for one in self._there(where) if str(one.id) == message.id)
        await self._press(where, there.seen(), there.buttons[place], times)

    async def _press(self, where: Where, message: telegram.Message, label: str, times: int = 1) -> None:
        if (led := message.button(label).url) is not None:
            await self._person(where).opens(led)
            await self._platform.settled()
            verb, _, _ = parse_qs(urlparse(led).query)["start"][0].partition("-")
            self.exercised.add(("press", verb))
            return
        presses = [await self._person(where).press(message, label) for _ in range(times)]
        await self._platform.until(lambda: all(press.popup is not None for press in presses))
        await self._platform.settled()
        action = Action.unpack(presses[0].data)
        self.exercised.add(("press", action.verb))
        if action.verb == "form":
            self.exercised.add(("form", action.choice or ""))

    async def fills(self, where: Where, opener: Press | Command, answers: Answers) -> None:
        for number, answer in enumerate(answers):
            before = len(self._there(where))
            if number == 0:
                await (
                    self.presses(where, opener) if isinstance(opener, Press) else self.commands(where, opener)
                )
            await self._platform.until(lambda before=before: len(self._there(where)) > before)
            if answer is None:
                await self._skips(where)
                continue
            # In a group the bot hears only what answers it.
            asked = self._there(where)[-1] if where.room else None
            if isinstance(answer, str):
                await self._person(where).says(answer, self._room(where), answers=asked)
                await self._platform.settled()
            else:
                await self._says(where, "", answer, asked)

    async def menu(self, where: Where, label: str, file: Path) -> None:
        raise NotSeen("there are no context menus on Telegram")

    async def closed(self, name: str, *, closed: bool) -> None:
        if closed:
            await self._people[name].blocks()
        else:
            await self._people[name].unblocks()
        await self._platform.settled()

    def seen(self, where: Where) -> Sequence[Message]:
        return [
            Message(
                str(one.id),
                one.words,
                tuple(one.buttons),
                _names(one),
            )
            for one in self._there(where)
        ]

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        with suppress(AssertionError):
            await self._platform.until(holds, seconds)
        return holds()

    async def _skips(self, where: Where) -> None:
        """[Leave as it is], in whichever language."""
        message = self._there(where)[-1]
        labels = [
            button.label
            for row in message.rows
            for button in row
            if button.data and Action.unpack(button.data).verb == "form-skip"
        ]
        await self._press(where, message, labels[0])

    def _person(self, where: Where) -> telegram.Person:
        assert where.person is not None
        return self._people[where.person]

    def _room(self, where: Where) -> telegram.Group | None:
        return self._rooms[where.room] if where.room else None

    def _there(self, where: Where) -> list[telegram.Message]:
        """The bot's messages at a place."""
        room = self._room(where)
        return room.received if room else self._person(where).received


def _names(message: telegram.Message) -> tuple[str, ...]:
    """What its file is called. Nobody sees how a photo was called."""
    if message.attachment is None:
        return ()
    return ("photo.png",) if message.attachment.kind == "photo" else (message.attachment.name,)
