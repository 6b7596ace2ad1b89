"""What people do on Discord, handed to the house: answered within three seconds, decided in its own time."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import aiohttp
import discord
import structlog

from bots.discord import modals, reading
from bots.discord.actions import form_of
from bots.discord.answers import Answers, Handle, nod, think
from bots.discord.channels import Channels
from bots.discord.outcomes import meaning
from bots.discord.reading import NAME
from bots.doors import Front
from bots.turns import Turn, Turns
from core.commands import Command
from core.desk.forms import FORMS
from core.desk.loops.patience import patiently
from core.messages import Answer, FileRef, Incoming, Kind, Question
from core.ports import Refused, Unheard, Unreachable
from core.wording import Catalogues

PREFILLING = 1.0
"""Seconds that a form may wait for what it starts with; a modal must be the first answer, within three."""

WRITING = 1.5
"""Seconds that a deed may take to be written down before it is answered."""

OVERLAP = timedelta(minutes=1)
"""How far before somebody was last seen their messages are read again."""

MOST_MISSED = 200
"""Messages of one person that are read up on."""

PAUSES = (1.0, 5.0, 25.0)
"""Seconds after each try to read them that failed."""

_AT_ONCE = 4  # people whose messages are read up on together

log = structlog.get_logger()


class Arrivals:
    """Hands in what one house's people do. `hush` ends that."""

    def __init__(self, front: Front, catalogues: Catalogues, channels: Channels, answers: Answers) -> None:
        self._front = front
        self._catalogues = catalogues
        self._channels = channels
        self._answers = answers
        self._turns = Turns()
        self._hushed = False

    def hush(self) -> None:
        """Take nothing more in. Messages are read up on by the next process, presses fail visibly."""
        self._hushed = True

    # Messages

    async def said(self, message: discord.Message) -> None:
        """A message came, to us or to others."""
        now = self._front.clock.now()
        incoming = reading.message(message, now) or reading.reply(message, now)
        if incoming is None or incoming.person is None or self._hushed:
            return
        if incoming.private:
            self._channels.met(incoming.person, message.channel.id)
        async with self._turns.take(incoming.person) as turn:
            await turn.come()
            await self._receive(incoming)

    async def _receive(self, incoming: Incoming) -> None:
        """Write a deed down, however long the database is away."""
        await patiently(lambda: self._front.receive(incoming))

    async def read_up(self, client: discord.Client) -> None:
        """Hand in what those with an open order wrote while nobody listened. What came already comes once.

        Whatever anybody does from now on waits until it is known who they are, and then for what they wrote.
        """
        at_once = asyncio.Semaphore(_AT_ONCE)
        with self._turns.kept() as kept:
            unheard = await patiently(lambda: self._front.unheard(NAME))
            missed = [self._missed(client, one, kept.of(one.external), at_once) for one in unheard]
        await asyncio.gather(*missed)

    async def _missed(
        self, client: discord.Client, one: Unheard, turn: Turn, at_once: asyncio.Semaphore
    ) -> None:
        async with turn:
            await turn.come()
            async with at_once:
                await self._read_or_leave(client, one)

    async def _read_or_leave(self, client: discord.Client, one: Unheard) -> None:
        """Read what somebody wrote, trying again when that fails."""
        for pause in PAUSES:
            try:
                await self._read(client, one)
            except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
                log.warning("missed messages not read", why=type(error).__name__)
                if isinstance(error, discord.HTTPException) and isinstance(meaning(error), Refused):
                    return
                await asyncio.sleep(pause)
            else:
                return

    async def _read(self, client: discord.Client, one: Unheard) -> None:
        """Hand in what somebody wrote since they were last seen, and a little from before."""
        channel = await self._channels.at(client, one.address)
        async for message in channel.history(limit=MOST_MISSED, after=one.last_seen - OVERLAP):
            incoming = reading.message(message, self._front.clock.now())
            if incoming is not None and incoming.person == one.external and not self._hushed:
                await self._receive(incoming)

    # Commands, presses, forms

    async def called(
        self,
        interaction: discord.Interaction,
        command: Command,
        arguments: str,
        files: Sequence[discord.Attachment],
    ) -> None:
        """A slash command."""
        await self._called(interaction, command, arguments, reading.uploads(files))

    async def called_on(
        self, interaction: discord.Interaction, command: Command, message: discord.Message
    ) -> None:
        """A command of a context menu, with the songs of a message."""
        await self._called(interaction, command, "", reading.songs_of(message))

    async def _called(
        self, interaction: discord.Interaction, command: Command, arguments: str, files: Sequence[FileRef]
    ) -> None:
        if not self._taken(interaction):
            return
        if command.form is not None and not arguments and not files:
            await self._open(interaction, command.form, "none")
            return
        payload = {"name": command.name, "arguments": arguments}
        await self._deed(interaction, Kind.COMMAND, payload, files, answered=True)

    async def pressed(self, interaction: discord.Interaction, action: str) -> None:
        """A button that asks for an action. In private its results are messages, elsewhere an answer."""
        if self._taken(interaction):
            answered = not reading.is_private(interaction)
            await self._deed(interaction, Kind.PRESS, {"action": action}, answered=answered)

    async def form_wanted(self, interaction: discord.Interaction, form: str) -> None:
        """A button that opens a form."""
        if not self._taken(interaction):
            return
        name, _, rest = form.partition(":")
        if name in FORMS:
            await self._open(interaction, name, rest or "none")
        else:  # one that this version of the house has no more: the desk says so
            answered = not reading.is_private(interaction)
            await self._deed(interaction, Kind.PRESS, {"action": f"form.{form}"}, answered=answered)

    async def submitted(self, interaction: discord.Interaction) -> None:
        """A form came back, perhaps one that an earlier process opened."""
        data: Mapping[str, Any] = dict(interaction.data or {})
        form = form_of(str(data.get("custom_id", "")))
        if form is None or not self._taken(interaction):
            return
        name, id_ = form
        payload = {"form": name, "id": id_, "values": modals.values(data)}
        # From a button in private the results are messages; a command waits for its answer.
        answered = interaction.message is None or not reading.is_private(interaction)
        await self._deed(interaction, Kind.FORM, payload, modals.uploads(data), answered=answered)

    def _taken(self, interaction: discord.Interaction) -> bool:
        return not self._hushed and self._answers.came(interaction.id)

    async def _open(self, interaction: discord.Interaction, name: str, rest: str) -> None:
        locale = interaction.locale.value
        question = Question(
            NAME, str(interaction.user.id), "form", {"form": name, "id": rest.partition(":")[0]}, locale
        )
        try:
            async with asyncio.timeout(PREFILLING):
                answer = await self._front.ask(question)
        except (TimeoutError, Unreachable):
            answer = Answer()
        form = answer.form or FORMS[name](self._catalogues.voice(locale))
        await interaction.response.send_modal(modals.modal(form, answer.values, f"{name}:{rest}"))

    async def _deed(
        self,
        interaction: discord.Interaction,
        kind: Kind,
        payload: Mapping[str, Any],
        files: Iterable[FileRef] = (),
        *,
        answered: bool,
    ) -> None:
        """Hand the deed in, and answer within three seconds.

        It is written down before it is answered, so that no crash loses what was acknowledged; only where
        that takes too long the answer comes first. `answered`: what is said then is its answer in place.
        """
        private = reading.is_private(interaction)
        handle = Handle.of(interaction).pack() if answered else None
        now = self._front.clock.now()
        incoming = reading.deed(interaction, kind, payload, now, files=files, handle=handle)
        if private and interaction.channel_id is not None:
            self._channels.met(str(interaction.user.id), interaction.channel_id)
        written = asyncio.Event()
        async with self._turns.take(str(interaction.user.id)) as turn:
            with self._answers.first(interaction.id):
                handing_in = asyncio.ensure_future(self._hand_in(turn, incoming, written, answered=answered))
                await _either(handing_in, written, WRITING)
                thinks = think(interaction, ephemeral=not private) if answered else nod(interaction)
                in_time = await thinks
            if not in_time:
                log.warning("interaction answered too late", kind=kind.value)
                if not written.is_set():  # Discord has told them that it failed
                    handing_in.cancel()
                    return
            await _either(handing_in, written)  # the next of this person comes after it
        await handing_in
        if answered and not self._answers.is_given(interaction.id):
            await _withdraw(interaction)

    async def _hand_in(
        self, turn: Turn, incoming: Incoming, written: asyncio.Event, *, answered: bool
    ) -> None:
        await turn.come()
        if answered:
            await self._front.decide(incoming, written)
        else:
            await self._receive(incoming)
            written.set()


async def _either(work: asyncio.Future[None], event: asyncio.Event, seconds: float | None = None) -> None:
    """Wait until work is over or something has happened, but no longer than this."""
    happening = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait((work, happening), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        happening.cancel()


async def _withdraw(interaction: discord.Interaction) -> None:
    """Take back that we think: nothing is to be said here."""
    try:
        await interaction.delete_original_response()
    except discord.HTTPException as error:
        if error.status >= 500:
            raise
