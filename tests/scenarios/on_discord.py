"""Scenarios at the Discord door: people with Discord's client in hand, before a Discord on loopback."""

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bots.terminal.parse import Command, Press
from core.commands import BY_NAME, COMMANDS
from core.messages import Action
from tests.doubles.discord.people import Deed, Person
from tests.doubles.discord.server import Discord
from tests.doubles.discord.sight import Seen
from tests.doubles.discord.state import Channel
from tests.scenarios.stage import Answers, Exercised, Message, NotSeen, Where, newest

LOCALES = {"en": "en-US"}
"""What Discord calls a language, where it is not its code."""


class DiscordStage:
    """The Discord door of a house, and the Discord that it is connected to."""

    door = "discord"
    forms = True
    menus = True
    attaches = True
    patience = 10.0

    def __init__(self, platform: Discord, heard: Callable[[str], Awaitable[None]]) -> None:
        """`heard` returns when the house has written an event down: Discord itself is not told."""
        self.exercised: set[Exercised] = set()
        self._heard = heard
        self._platform = platform
        self._people: dict[str, Person] = {}
        self._rooms: dict[str, Channel] = {}

    async def enter(self, name: str, language: str) -> None:
        self._people[name] = self._platform.person(name.lower(), LOCALES.get(language, language))

    async def room(self, name: str, members: Sequence[str]) -> None:
        first, *others = (self._people[member] for member in members)
        guild = self._platform.guild(name, first)
        for other in others:
            self._platform.join(guild, other)
        self._rooms[name] = self._platform.channel(guild, name)

    def external(self, name: str) -> str:
        return str(self._people[name].id)

    async def says(self, where: Where, text: str, files: Sequence[Path] = ()) -> None:
        person = self._person(where)
        uploads = [_upload(path) for path in files]
        if where.room:
            await person.say(self._rooms[where.room], text, uploads)
        else:
            said = await person.dm(text, uploads)
            await self._heard(f"m{said.id}")

    async def commands(self, where: Where, command: Command, file: Path | None = None) -> None:
        await self._done(await self._called(where, command, file))

    async def presses(self, where: Where, press: Press, times: int = 1) -> None:
        seen, label = self._button(where, press)
        deeds = [await self._person(where).press(seen, label) for _ in range(times)]
        for deed in deeds:
            await self._done(deed)
        self._pressed(seen.button(label).custom_id)

    async def fills(self, where: Where, opener: Press | Command, answers: Answers) -> None:
        if isinstance(opener, Press):
            seen, label = self._button(where, opener)
            deed = await self._person(where).press(seen, label)
            self._pressed(seen.button(label).custom_id)
        else:
            deed = await self._called(where, opener, None)
        await self._platform.until(lambda: deed.answered)
        form = deed.form
        if form is None:
            raise NotSeen(f"no form was opened, but: {deed.message}")
        values: dict[str, str] = {}
        files: list[tuple[str, bytes]] = []
        for field, answer in zip(form.fields, answers, strict=True):
            if isinstance(answer, str):
                chosen = next(
                    (label for label, _ in field.options if label.lower() == answer.lower()), answer
                )
                values[field.custom_id] = chosen
            elif answer is not None:
                files += map(_upload, answer)
        await self._done(await self._person(where).submit(form, values, files))
        self.exercised.add(("form", form.modal.custom_id.removeprefix("f:").partition(":")[0]))

    async def menu(self, where: Where, label: str, file: Path) -> None:
        assert where.room is not None
        person = self._person(where)
        posted = await person.say(self._rooms[where.room], "have a listen", [_upload(file)])
        await self._done(await person.menu(label, posted))
        self.exercised |= {("menu", command.name) for command in COMMANDS if command.menu == label}

    async def closed(self, name: str, *, closed: bool) -> None:
        if closed:
            self._people[name].close_dms()
        else:
            self._people[name].open_dms()

    def seen(self, where: Where) -> Sequence[Message]:
        return [
            # Discord puts a _ in the place of each space in a name.
            Message(
                str(one.id),
                plain(one.text),
                one.labels,
                tuple(file.name.replace("_", " ") for file in one.files),
            )
            for one in self._there(where)
            if not one.waiting
        ]

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        try:
            await self._platform.until(holds, seconds)
        except AssertionError:
            return holds()
        return True

    def _person(self, where: Where) -> Person:
        assert where.person is not None
        return self._people[where.person]

    def _there(self, where: Where) -> list[Seen]:
        """The bot's messages at a place, those that only this person sees among them."""
        if where.room is None:
            return self._person(where).inbox
        channel = self._rooms[where.room]
        there = [one for one in self._platform.messages(channel) if one.message.author.bot]
        if where.person is not None:
            there += [one for one in self._person(where).ephemeral if one.message.channel is channel]
        return sorted(there, key=lambda one: one.id)

    def _button(self, where: Where, press: Press) -> tuple[Seen, str]:
        message, place = newest(self.seen(where), press.button)
        seen = next(one for one in self._there(where) if str(one.id) == message.id)
        return seen, seen.labels[place]

    async def _called(self, where: Where, command: Command, file: Path | None) -> Deed:
        channel = self._rooms[where.room] if where.room else None
        upload = _upload(file) if file else None
        deed = await self._person(where).command(
            command.name, file=upload, channel=channel, options=options_of(command)
        )
        self.exercised.add(("command", command.name))
        if file is not None:
            self.exercised.add(("file", command.name))
        return deed

    async def _done(self, deed: Deed) -> None:
        """Until it is answered, and stands in the house."""
        await deed.answer()
        await self._heard(f"i{deed.interaction.id}")

    def _pressed(self, custom_id: str) -> None:
        if custom_id.startswith("a:"):
            self.exercised.add(("press", Action.unpack(custom_id.removeprefix("a:")).verb))


def _upload(path: Path) -> tuple[str, bytes]:
    return path.name, path.read_bytes()


def options_of(command: Command) -> dict[str, str]:
    """What is typed after a command, as the options that Discord asks for it."""
    names = [("choice" if "|" in argument else argument) for argument in BY_NAME[command.name].arguments]
    words = command.arguments.split(maxsplit=max(0, len(names) - 1))
    return dict(zip(names, words, strict=False))


def plain(text: str) -> str:
    """Words without Discord's markup."""
    return re.sub(r"\\(.)|\*\*|^-# ", r"\1", text, flags=re.MULTILINE)
