"""Scenarios at the Discord door before SimCord: a Discord that others wrote, as a second judge of our client.

SimCord runs in this process and without sockets: the real client is attached to it where the door would have
connected it, and files are handed over where the door would have fetched them. Everything else is the door's.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord.builders import UserHandle

from bots.discord.client import Client
from bots.discord.door import DiscordDoor
from bots.discord.files import Source
from bots.terminal.parse import Command, Press
from core.commands import COMMANDS
from core.messages import Action, FileRef
from core.ports import Outgoing, Refused
from tests.doubles.discord.components import Type, texts, walked
from tests.scenarios.on_discord import options_of, plain
from tests.scenarios.stage import Answers, Exercised, Message, NotSeen, Where, newest


class SimulatedDoor(DiscordDoor):
    """The Discord door; `simulated` is the Discord that it is connected to, once it is."""

    simulated: simcord.Env

    async def _connected(self, client: Client) -> None:
        async with simcord.run(client, check_errors=False) as self.simulated:
            self.there.set()
            await self._closing.wait()

    def __init__(self, *rooms: Any) -> None:
        super().__init__("a token", *rooms)
        self.there = asyncio.Event()

    async def send_card(self, outgoing: Outgoing) -> str:
        with self.simulated.time_context():
            return await super().send_card(outgoing)

    async def send_notice(self, outgoing: Outgoing) -> str:
        with self.simulated.time_context():
            return await super().send_notice(outgoing)

    async def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        data = self.simulated.backend.cdn.get(Source.unpack(file.ref).url)
        if data is None:
            raise Refused("there is no such file")
        yield data


class SimCordStage:
    """The door and its people, before SimCord. All of them speak English: it knows no other locale."""

    door = "discord"
    forms = True
    menus = True
    attaches = True
    patience = 10.0

    def __init__(self, simulated: simcord.Env) -> None:
        self.exercised: set[Exercised] = set()
        self._simulated = simulated
        self._home = simulated.create_guild()
        rights = discord.Permissions(manage_guild=True)  # without them nobody is shown the staff's commands
        self._role = self._home.create_role("trusted", permissions=rights)
        self._people: dict[str, simcord.MemberActor] = {}
        self._rooms: dict[str, simcord.ChannelHandle] = {}

    async def enter(self, name: str, language: str) -> None:
        user = self._simulated.create_user(name.lower(), global_name=name)
        self._people[name] = self._home.add_member(user, roles=[self._role])

    async def room(self, name: str, members: Sequence[str]) -> None:
        self._rooms[name] = self._home.create_text_channel(name)

    def external(self, name: str) -> str:
        return str(self._people[name].id)

    async def says(self, where: Where, text: str, files: Sequence[Path] = ()) -> None:
        user = self._person(where).user
        uploads = [_upload(path) for path in files]
        stored = self._simulated.backend.store_attachments(user.dm_channel.id, uploads)
        await user.send_dm(text, attachments=stored)

    async def commands(self, where: Where, command: Command, file: Path | None = None) -> None:
        given: dict[str, Any] = dict(options_of(command))
        if file is not None:
            given["file"] = _upload(file)
        await self._called(where, command, given)

    async def presses(self, where: Where, press: Press, times: int = 1) -> None:
        message, custom_id = self._button(where, press)
        for _ in range(times):
            await self._client(where).click(message, custom_id=custom_id)
        self.exercised.add(("press", Action.unpack(custom_id.removeprefix("a:")).verb))

    async def fills(self, where: Where, opener: Press | Command, answers: Answers) -> None:
        client = self._client(where)
        if isinstance(opener, Press):
            message, custom_id = self._button(where, opener)
            shown = await client.click(message, custom_id=custom_id)
        else:
            shown = await self._called(where, opener, {})
        if shown.modal is None:
            raise NotSeen(f"no form was opened, but: {shown}")
        fields = [one["component"] for one in shown.modal["components"]]
        values = {
            field["custom_id"]: field["value"] if answer is None else _entered(field, answer)
            for field, answer in zip(fields, answers, strict=True)
            if answer is not None or "value" in field
        }
        await client.submit_modal(shown, values)

    async def menu(self, where: Where, label: str, file: Path) -> None:
        assert where.room is not None
        person, channel = self._person(where), self._rooms[where.room]
        posted = await person.send(channel, "have a listen", attachments=[_upload(file)])
        await person.context_menu(channel, label, posted)
        self.exercised |= {("menu", command.name) for command in COMMANDS if command.menu == label}

    async def closed(self, name: str, *, closed: bool) -> None:
        raise NotSeen("SimCord's people cannot close their messages")

    def seen(self, where: Where) -> Sequence[Message]:
        return [
            Message(
                str(one.id),
                plain("\n".join([one.content, *texts(self._components(one))]).strip()),
                tuple(button["label"] for button in self._buttons(one)),
                tuple(file.filename.replace("_", " ") for file in one.attachments),
            )
            for one in self._there(where)
        ]

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                while not holds():  # noqa: ASYNC110  # SimCord tells nobody of a change
                    await asyncio.sleep(0.02)
        except TimeoutError:
            return holds()
        return True

    def _person(self, where: Where) -> simcord.MemberActor:
        assert where.person is not None
        return self._people[where.person]

    def _client(self, where: Where) -> simcord.MemberActor | UserHandle:
        """Somebody as a member of the server, or in private."""
        person = self._person(where)
        return person if where.room else person.user

    def _there(self, where: Where) -> list[discord.Message]:
        """The bot's messages at a place, those that only this person sees among them."""
        channel = self._rooms[where.room] if where.room else self._person(where).user.dm_channel
        there = channel.history(viewer=self._person(where) if where.person and where.room else None)
        return [one for one in there if one.author.bot and not one.flags.loading]

    def _components(self, message: discord.Message) -> list[dict[str, Any]]:
        return self._simulated.backend.get_message(message.channel.id, message.id).components

    def _buttons(self, message: discord.Message) -> list[dict[str, Any]]:
        return [one for one in walked(self._components(message)) if one["type"] == Type.BUTTON]

    def _button(self, where: Where, press: Press) -> tuple[discord.Message, str]:
        found, place = newest(self.seen(where), press.button)
        message = next(one for one in self._there(where) if str(one.id) == found.id)
        return message, self._buttons(message)[place]["custom_id"]

    async def _called(self, where: Where, command: Command, given: dict[str, Any]) -> Any:
        person = self._person(where)
        self.exercised.add(("command", command.name))
        if where.room:
            return await person.slash(self._rooms[where.room], command.name, **given)
        return await person.user.slash(command.name, **given)


def _upload(path: Path) -> tuple[str, bytes]:
    return path.name, path.read_bytes()


def _entered(field: dict[str, Any], answer: str | Sequence[Path]) -> Any:
    """An answer as the field takes it: words, the value of a choice, or files."""
    if not isinstance(answer, str):
        return [_upload(path) for path in answer]
    chosen = [one["value"] for one in field.get("options") or () if one["label"].lower() == answer.lower()]
    return chosen or answer
