"""People: what they do in Discord's client, and what they see in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from tests.doubles.discord import commands, wire
from tests.doubles.discord.cdn import Cdn, Upload
from tests.doubles.discord.components import Type
from tests.doubles.discord.entering import Entering, File, picked, upload
from tests.doubles.discord.interactions import Interactions
from tests.doubles.discord.messages import Messages
from tests.doubles.discord.sight import Form, Seen, opened, seen
from tests.doubles.discord.state import (
    Channel,
    Command,
    Interaction,
    Json,
    Kind,
    Place,
    Reply,
    User,
    World,
)

T = TypeVar("T")


class Until(Protocol):
    """Waits for something to become true: `Discord.until`."""

    def __call__(self, predicate: Callable[[], T], seconds: float = ...) -> Awaitable[T]: ...


class Deed:
    """What a person did and the bot is to answer."""

    def __init__(
        self, interaction: Interaction, until: Until, overdue: Callable[[Interaction], bool]
    ) -> None:
        self.interaction = interaction
        self._until = until
        self._overdue = overdue

    @property
    def answered(self) -> bool:
        """Has it a first answer?"""
        return self.interaction.reply is not None

    @property
    def failed(self) -> bool:
        """Does she read that the application did not respond?"""
        return self._overdue(self.interaction)

    @property
    def deferred(self) -> bool:
        """Was the first answer only a promise?"""
        return self.interaction.reply in (Reply.DEFERRED_MESSAGE, Reply.DEFERRED_UPDATE)

    @property
    def message(self) -> Seen | None:
        """The answer as it stands now: a message of its own or the one whose button was pressed."""
        original = self.interaction.original
        return None if original is None or original.deleted else seen(original)

    @property
    def form(self) -> Form | None:
        """The form it opened."""
        return None if self.interaction.modal is None else opened(self.interaction.modal)

    @property
    def choices(self) -> list[str]:
        """The names an autocompletion offered."""
        return [one["name"] for one in self.interaction.choices or ()]

    async def answer(self, seconds: float = 30) -> Seen | None:
        """Wait until the bot has said all it had to say here: a promise is not an answer.

        Returns the answer's message, or the one whose button it was; None where it was a form or choices.
        """
        await self._until(lambda: self.answered and not (self.message and self.message.waiting), seconds)
        return self.message


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody with Discord's client in hand. Made by `Discord.person`."""

    user: User
    _world: World
    _cdn: Cdn
    _messages: Messages
    _interactions: Interactions
    _until: Until

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def name(self) -> str:
        return self.user.name

    # What she sees

    @property
    def dm_channel(self) -> Channel:
        return self._world.dm(self.user)

    @property
    def chat(self) -> list[Seen]:
        """All of her DM with the bot, her own words too, as it stands now."""
        return [seen(one) for _, one in sorted(self.dm_channel.messages.items())]

    @property
    def inbox(self) -> list[Seen]:
        """What the bot has written in her DM, as it stands now; not what only she can see."""
        return [one for one in self.chat if one.message.author.bot]

    @property
    def ephemeral(self) -> list[Seen]:
        """What only she can see, wherever it was."""
        return [seen(one) for one in self._world.ephemeral if one.seen_by is self.user]

    @property
    def modals(self) -> list[Form]:
        """The forms that stand open before her."""
        return [opened(one) for one in self._world.modals if one.by.user is self.user]

    # What she does

    def close_dms(self) -> None:
        """Take no more messages from this bot: 50007."""
        self.user.closed = True

    def open_dms(self) -> None:
        self.user.closed = False

    async def dm(self, text: str = "", files: Sequence[File] = (), reply_to: Seen | None = None) -> Seen:
        """Write to the bot. Raises `ValueError` for a file Discord's client would not take from her."""
        return await self.say(self.dm_channel, text, files, reply_to)

    async def say(
        self, channel: Channel, text: str = "", files: Sequence[File] = (), reply_to: Seen | None = None
    ) -> Seen:
        """Write into a channel."""
        self._present(channel)
        uploads = [upload(one, self.user, channel) for one in files]
        answered = None if reply_to is None else reply_to.message
        return seen(self._messages.said(self.user, channel, text, uploads, answered))

    async def voice(self, data: bytes, seconds: float) -> Seen:
        """Speak into the bot's DM; `data` is Ogg Opus."""
        spoken = Upload("voice-message.ogg", data, media_type="audio/ogg", seconds=seconds)
        return await self.dm(files=[spoken])

    async def edit(self, message: Seen, text: str) -> None:
        """Change her own words."""
        assert message.message.author is self.user, "she can change her own messages only"
        self._messages.reword(message.message, text)

    async def delete(self, message: Seen) -> None:
        """Take back her own words."""
        assert message.message.author is self.user, "she can delete her own messages only"
        self._messages.delete(message.message)

    async def command(
        self,
        name: str,
        file: File | None = None,
        channel: Channel | None = None,
        options: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Deed:
        """Call a slash command by its path ("order show"), in her DM with the bot or in a channel.

        Its options by name; `file` goes to its first attachment option. Raises `LookupError` for what Discord
        does not offer her there and `ValueError` for what it would not let her enter.
        """
        place = channel or self.dm_channel
        first, *rest = name.split()
        found = self._offered(commands.CHAT, first, place)
        given = {**(options or {}), **more}
        given = {key: one.user if isinstance(one, Person) else one for key, one in given.items()}
        entering = Entering(self._cdn, self.user, place)
        written = entering.options(found.body.get("options") or [], rest, given, file)
        data: Json = {"id": str(found.id), "name": found.body["name"], "type": commands.CHAT}
        data |= {"options": written, "resolved": entering.resolved}
        full = " ".join([found.body["name"], *rest])
        return self._deed(self._interactions.start(Kind.COMMAND, self.user, place, data, name=full))

    async def complete(
        self, name: str, option: str, typed: str, channel: Channel | None = None, **given: Any
    ) -> Deed:
        """Type into an option that completes itself; `Deed.choices` says what was offered."""
        place = channel or self.dm_channel
        first, *rest = name.split()
        found = self._offered(commands.CHAT, first, place)
        entering = Entering(self._cdn, self.user, place)
        top = found.body.get("options") or []
        written = entering.options(top, rest, {**given, option: typed}, typing=option)
        data = {"id": str(found.id), "name": found.body["name"], "type": commands.CHAT, "options": written}
        return self._deed(self._interactions.start(Kind.AUTOCOMPLETE, self.user, place, data, name=name))

    async def menu(self, name: str, target: "Seen | Person", channel: Channel | None = None) -> Deed:
        """Call a context menu's command on a message or a person."""
        if isinstance(target, Seen):
            place = target.message.channel
            found = self._offered(commands.ON_MESSAGE, name, place)
            body = wire.message(target.message, self._cdn.url)
            resolved: dict[str, Json] = {"messages": {str(target.id): body}}
        else:
            place = channel or self.dm_channel
            found = self._offered(commands.ON_USER, name, place)
            entering = Entering(self._cdn, self.user, place)
            entering.user(target.user)
            resolved = entering.resolved
        data = {
            "id": str(found.id),
            "name": found.body["name"],
            "type": found.body["type"],
            "target_id": str(target.id),
            "resolved": resolved,
        }
        full = found.body["name"]
        return self._deed(self._interactions.start(Kind.COMMAND, self.user, place, data, name=full))

    async def press(self, message: Seen, label: str) -> Deed:
        """Press a button of a message as she saw it; it may be stale, as when she clicks twice.

        Raises `LookupError` when there was none of this label, `ValueError` when it was greyed out or a link.
        """
        button = message.button(label)
        if button.disabled or button.url:
            raise ValueError(f"{label!r} is {'greyed out' if button.disabled else 'a link'}")
        data = {"custom_id": button.custom_id, "component_type": int(Type.BUTTON)}
        return self._component(message, data)

    async def choose(self, message: Seen, select: str, *labels: str) -> Deed:
        """Choose from a select, found by its placeholder or custom id, the options of these labels."""
        for one in message.selects:
            if select in (one.placeholder, one.custom_id):
                values = [picked(one.options, label) for label in labels]
                data = {"custom_id": one.custom_id, "component_type": one.type, "values": values}
                return self._component(message, data)
        raise LookupError(f"no select {select!r}")

    async def submit(
        self,
        form: Form,
        values: Mapping[str, Any] | None = None,
        files: Sequence[File] | Mapping[str, Sequence[File]] = (),
    ) -> Deed:
        """Fill in a form and send it off: values by label or custom id, an option by its label.

        `files` go to its only file field, or by label. Raises `ValueError` for what Discord would not send.
        """
        by = form.modal.by
        if form.modal not in self._world.modals:
            raise ValueError(f"{form.title!r} stands open no more")
        entered = {form.field(name).custom_id: value for name, value in (values or {}).items()}
        if not isinstance(files, Mapping):
            uploads = [one for one in form.fields if one.type is Type.FILE_UPLOAD]
            files = {uploads[0].custom_id: files} if files else {}
        given = {form.field(name).custom_id: some for name, some in files.items()}
        entering = Entering(self._cdn, self.user, by.channel)
        written = entering.form(form, entered, given)
        data = {"custom_id": form.modal.custom_id, "components": written, "resolved": entering.resolved}
        self._world.modals.remove(form.modal)
        start = self._interactions.start
        started = start(Kind.MODAL, self.user, by.channel, data, message=by.message, trigger=by)
        return self._deed(started)

    async def dismiss(self, form: Form) -> None:
        """Close a form; nobody hears of it."""
        self._world.modals.remove(form.modal)

    # How

    def _deed(self, interaction: Interaction) -> Deed:
        def overdue(one: Interaction) -> bool:
            return one.reply is None and self._world.clock() - one.opened_at > self._world.limits.first_answer

        return Deed(interaction, self._until, overdue)

    def _present(self, channel: Channel) -> None:
        home = channel.guild
        if channel.recipient not in (None, self.user) or (home is not None and self.id not in home.members):
            raise LookupError(f"{self.name} is not in {channel.name or 'this DM'}")
        if channel.place in (Place.PRIVATE_THREAD, Place.GROUP) and self.id not in channel.members:
            raise LookupError(f"{self.name} is not in {channel.name}")

    def _offered(self, kind: int, name: str, channel: Channel) -> Command:
        self._present(channel)
        there = commands.offered(self._world, channel, self.user.installed)
        return commands.called(there, kind, name, self.user.locale)

    def _component(self, message: Seen, data: Json) -> Deed:
        here = message.message
        if here.deleted:
            raise LookupError("the message is gone")
        self._present(here.channel)
        started = self._interactions.start(Kind.COMPONENT, self.user, here.channel, data, message=here)
        return self._deed(started)
