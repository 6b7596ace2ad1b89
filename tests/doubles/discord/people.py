"""People: what they do in Discord's client, and what they see in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from tests.doubles.discord import commands, wire
from tests.doubles.discord.cdn import Cdn, Upload
from tests.doubles.discord.components import SELECTS, Type, texts, walked
from tests.doubles.discord.interactions import Interactions
from tests.doubles.discord.messages import Messages, visible
from tests.doubles.discord.state import (
    Attachment,
    Channel,
    Flag,
    Interaction,
    Json,
    Kind,
    Message,
    Modal,
    Place,
    Reply,
    User,
    World,
)

T = TypeVar("T")
File = Upload | tuple[str, bytes | Path]

_OPTION_SUB, _OPTION_GROUP, _OPTION_USER, _OPTION_CHANNEL, _OPTION_ATTACHMENT = 1, 2, 6, 7, 11
_LINK = 5  # style of a button


class Until(Protocol):
    """Waits for something to become true: `Discord.until`."""

    def __call__(self, predicate: Callable[[], T], seconds: float = ...) -> Awaitable[T]: ...


@dataclass(frozen=True)
class Button:
    """A button as she sees it; `custom_id` is empty for a link."""

    label: str
    custom_id: str
    url: str = ""
    disabled: bool = False


@dataclass(frozen=True)
class Select:
    """A select as she sees it; `options` are (label, value)."""

    custom_id: str
    placeholder: str
    options: tuple[tuple[str, str], ...]
    type: int


@dataclass(frozen=True)
class SeenFile:
    """A file as she sees it: its name, type and bytes."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class Seen:
    """A message as it stood when she looked: `text` is its words, those of components and embeds too.

    `waiting`: the bot is thinking. `pinged`: whom it called by name. `message` is the message itself.
    """

    id: int
    author: str
    text: str
    buttons: tuple[Button, ...]
    selects: tuple[Select, ...]
    files: tuple[SeenFile, ...]
    ephemeral: bool
    waiting: bool
    edits: int
    pinged: tuple[str, ...]
    nonce: str | None
    message: Message

    @property
    def labels(self) -> tuple[str, ...]:
        """What stands on its buttons, links too."""
        return tuple(one.label for one in self.buttons)

    @property
    def links(self) -> Mapping[str, str]:
        """Its link buttons: label -> address."""
        return {one.label: one.url for one in self.buttons if one.url}

    def button(self, label: str) -> Button:
        for one in self.buttons:
            if one.label == label:
                return one
        raise LookupError(f"no button {label!r}; there are: {', '.join(self.labels) or 'none'}")


@dataclass(frozen=True)
class Field:
    """A field of a form as she sees it; `options` are (label, value), for what is chosen from."""

    label: str
    description: str
    custom_id: str
    type: Type
    required: bool
    value: str
    options: tuple[tuple[str, str], ...]
    body: Json


@dataclass(frozen=True)
class Form:
    """A modal that stands open before her."""

    title: str
    fields: tuple[Field, ...]
    text: str
    modal: Modal

    def field(self, name: str) -> Field:
        """The field of this label or custom id."""
        for one in self.fields:
            if name in (one.label, one.custom_id):
                return one
        raise LookupError(f"no field {name!r}; there are: {', '.join(one.label for one in self.fields)}")


def seen(message: Message) -> Seen:
    """A message as a reader sees it now."""
    parts = [message.content] if message.content else []
    for embed in message.embeds:
        parts += [text for text in (embed.get("title"), embed.get("description")) if text]
        parts += [f"{field['name']}: {field['value']}" for field in embed.get("fields") or ()]
    parts += texts(message.components)
    every = list(walked(message.components))
    return Seen(
        id=message.id,
        author=message.author.name,
        text="\n".join(parts),
        buttons=tuple(_button(one) for one in every if one["type"] == Type.BUTTON),
        selects=tuple(_select(one) for one in every if one["type"] in SELECTS),
        files=tuple(_file(one) for one in visible(message)),
        ephemeral=bool(message.flags & Flag.EPHEMERAL),
        waiting=bool(message.flags & Flag.LOADING),
        edits=message.edits,
        pinged=tuple(one.name for one in message.mentions),
        nonce=None if message.nonce is None else str(message.nonce),
        message=message,
    )


def _button(one: Json) -> Button:
    emoji = (one.get("emoji") or {}).get("name") or ""
    label = one.get("label") or emoji
    return Button(label, one.get("custom_id", ""), one.get("url", ""), bool(one.get("disabled")))


def _select(one: Json) -> Select:
    return Select(one["custom_id"], one.get("placeholder") or "", _options(one), one["type"])


def _options(one: Json) -> tuple[tuple[str, str], ...]:
    return tuple((each["label"], each["value"]) for each in one.get("options") or ())


def _file(one: Attachment) -> SeenFile:
    data = one.data.read_bytes() if isinstance(one.data, Path) else one.data
    return SeenFile(one.name, one.content_type, data)


def opened(modal: Modal) -> Form:
    """A modal as she sees it."""
    fields = tuple(
        _field(one, top if top["type"] == Type.LABEL else one)
        for top in modal.components
        for one in walked([top])
        if "custom_id" in one
    )
    return Form(modal.title, fields, "\n".join(texts(modal.components)), modal)


def _field(one: Json, label: Json) -> Field:
    chosen = [each["value"] for each in one.get("options") or () if each.get("default")]
    value = one.get("value") or ", ".join(chosen)
    required = one.get("required", True) is not False
    kind = Type(one["type"])
    return Field(
        label.get("label") or "",
        label.get("description") or "",
        one["custom_id"],
        kind,
        required,
        value,
        _options(one),
        one,
    )


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

    async def answer(self, seconds: float = 10) -> Seen | None:
        """Wait until the bot has said all it had to say here: a promise is not an answer.

        Returns the answer's message; None where it was a form, or nothing but a silent acknowledgement.
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
        uploads = [self._upload(one, channel) for one in files]
        answered = None if reply_to is None else reply_to.message
        return seen(self._messages.said(self.user, channel, text, uploads, answered))

    async def voice(self, data: bytes, seconds: float) -> Seen:
        """Speak into the bot's DM; `data` is Ogg Opus."""
        upload = Upload("voice-message.ogg", data, media_type="audio/ogg", seconds=seconds)
        return await self.dm(files=[upload])

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
        resolved: dict[str, Json] = {}
        written = self._options(found.body.get("options") or [], rest, given, file, resolved, place)
        data: Json = {
            "id": str(found.id),
            "name": found.body["name"],
            "type": commands.CHAT,
            "options": written,
        }
        if resolved:
            data["resolved"] = resolved
        full = " ".join([found.body["name"], *rest])
        return self._deed(self._interactions.start(Kind.COMMAND, self.user, place, data, name=full))

    async def complete(
        self, name: str, option: str, typed: str, channel: Channel | None = None, **given: Any
    ) -> Deed:
        """Type into an option that completes itself; `Deed.choices` says what was offered."""
        place = channel or self.dm_channel
        first, *rest = name.split()
        found = self._offered(commands.CHAT, first, place)
        resolved: dict[str, Json] = {}
        top = found.body.get("options") or []
        written = self._options(top, rest, {**given, option: typed}, None, resolved, place, typing=option)
        data = {"id": str(found.id), "name": found.body["name"], "type": commands.CHAT, "options": written}
        return self._deed(self._interactions.start(Kind.AUTOCOMPLETE, self.user, place, data, name=name))

    async def menu(self, name: str, target: "Seen | Person", channel: Channel | None = None) -> Deed:
        """Call a context menu's command on a message or a person."""
        if isinstance(target, Seen):
            place = target.message.channel
            found = self._offered(commands.ON_MESSAGE, name, place)
            body = wire.message(target.message, self._cdn.url)
            resolved = {"messages": {str(target.id): body}}
        else:
            place = channel or self.dm_channel
            found = self._offered(commands.ON_USER, name, place)
            resolved = self._resolved_user(target.user, place)
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
                values = [_value(one.options, label) for label in labels]
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
        resolved: dict[str, Json] = {}
        data: Json = {"custom_id": form.modal.custom_id, "components": []}
        for number, top in enumerate(form.modal.components, 1):
            numbered = {"type": top["type"], "id": top.get("id") or number}
            if top["type"] == Type.LABEL:
                field = form.field(top["component"]["custom_id"])
                inner = self._entered(field, entered, given, resolved, by.channel)
                data["components"].append({**numbered, "component": {**inner, "id": 100 + number}})
            elif top["type"] == Type.ROW:
                inside = [form.field(one["custom_id"]) for one in top["components"]]
                filled = [self._entered(one, entered, given, resolved, by.channel) for one in inside]
                data["components"].append({**numbered, "components": filled})
            else:
                data["components"].append(numbered)
        if resolved:
            data["resolved"] = resolved
        self._world.modals.remove(form.modal)
        started = self._interactions.start(
            Kind.MODAL, self.user, by.channel, data, message=by.message, trigger=by
        )
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
        if channel.place is Place.PRIVATE_THREAD and self.id not in channel.members:
            raise LookupError(f"{self.name} is not in the private thread {channel.name}")

    def _offered(self, kind: int, name: str, channel: Channel) -> Any:
        self._present(channel)
        there = commands.offered(self._world, channel, self.user.installed)
        return commands.called(there, kind, name, self.user.locale)

    def _upload(self, file: File, channel: Channel) -> Upload:
        upload = file if isinstance(file, Upload) else Upload(*file)
        limit = max(self.user.upload_limit, channel.guild.file_limit if channel.guild else 0)
        if upload.length > limit:
            raise ValueError(f"{upload.name} has {upload.length} bytes, over {self.name}'s limit of {limit}")
        return upload

    def _attached(self, file: File, resolved: dict[str, Json], channel: Channel) -> str:
        attachment = self._cdn.keep(self._upload(file, channel), channel.id, ephemeral=True)
        written = wire.attachment(attachment, self._cdn.url)
        resolved.setdefault("attachments", {})[str(attachment.id)] = written
        return str(attachment.id)

    def _resolved_user(self, one: User, channel: Channel) -> dict[str, Json]:
        resolved: dict[str, Json] = {"users": {str(one.id): wire.user(one)}}
        home = channel.guild
        if home is not None and one.id in home.members:
            member = wire.member(home.members[one.id], permissions=True)
            del member["user"]
            resolved["members"] = {str(one.id): member}
        return resolved

    def _options(
        self,
        declared: Sequence[Json],
        path: Sequence[str],
        given: Mapping[str, Any],
        file: File | None,
        resolved: dict[str, Json],
        channel: Channel,
        *,
        typing: str = "",
    ) -> list[Json]:
        if path:
            inner = commands.option(declared, path[0])
            below = self._options(
                inner.get("options") or [], path[1:], given, file, resolved, channel, typing=typing
            )
            return [{"name": inner["name"], "type": inner["type"], "options": below}]
        if any(one["type"] in (_OPTION_SUB, _OPTION_GROUP) for one in declared):
            raise LookupError(f"one of: {', '.join(one['name'] for one in declared)}")
        wanted = {commands.option(declared, name)["name"]: value for name, value in given.items()}
        if file is not None:
            slots = [one["name"] for one in declared if one["type"] == _OPTION_ATTACHMENT]
            if not slots:
                raise LookupError("this command takes no file")
            wanted[slots[0]] = file
        missing = [one["name"] for one in declared if one.get("required") and one["name"] not in wanted]
        if missing and not typing:
            raise ValueError(f"required: {', '.join(missing)}")
        written = []
        for one in declared:
            if one["name"] in wanted:
                value = wanted[one["name"]]
                option = self._option(one, value, resolved, channel, free=one["name"] == typing)
                written.append(option | ({"focused": True} if one["name"] == typing else {}))
        return written

    def _option(
        self, declared: Json, value: Any, resolved: dict[str, Json], channel: Channel, *, free: bool
    ) -> Json:
        kind = declared["type"]
        if kind == _OPTION_ATTACHMENT:
            value = self._attached(value, resolved, channel)
        elif kind == _OPTION_USER:
            for key, one in self._resolved_user(value.user, channel).items():
                resolved.setdefault(key, {}).update(one)
            value = str(value.id)
        elif kind == _OPTION_CHANNEL:
            permissions = {"permissions": "0"}
            resolved.setdefault("channels", {})[str(value.id)] = {**wire.channel(value), **permissions}
            value = str(value.id)
        elif not free:
            value = _chosen(declared, value)
            commands.checked(declared, value)
        return {"name": declared["name"], "type": kind, "value": value}

    def _component(self, message: Seen, data: Json) -> Deed:
        here = message.message
        if here.deleted:
            raise LookupError("the message is gone")
        self._present(here.channel)
        return self._deed(
            self._interactions.start(Kind.COMPONENT, self.user, here.channel, data, message=here)
        )

    def _entered(
        self,
        field: Field,
        entered: Mapping[str, Any],
        files: Mapping[str, Sequence[File]],
        resolved: dict[str, Json],
        channel: Channel,
    ) -> Json:
        about = field.body
        written: Json = {"type": int(field.type), "custom_id": field.custom_id}
        value = entered.get(field.custom_id)
        if field.type is Type.TEXT_INPUT:
            text = field.value if value is None else str(value)
            least, most = about.get("min_length") or int(field.required), about.get("max_length") or 4000
            if (text or field.required) and not least <= len(text) <= most:
                raise ValueError(f"{field.label}: {len(text)} characters, not {least} to {most}")
            return {**written, "value": text}
        if field.type is Type.CHECKBOX:
            return {**written, "value": bool(about.get("default") if value is None else value)}
        if field.type is Type.FILE_UPLOAD:
            chosen = [self._attached(one, resolved, channel) for one in files.get(field.custom_id, ())]
        else:
            labels = [value] if isinstance(value, str) else list(value or ())
            chosen = [_value(field.options, label) for label in labels] or [
                each["value"] for each in about.get("options") or () if each.get("default")
            ]
        least = about.get("min_values") if field.required else 0
        least = 1 if least is None else least
        most = about.get("max_values") or (len(field.options) if field.type is Type.CHECKBOX_GROUP else 1)
        if (chosen or field.required) and not least <= len(chosen) <= most:
            raise ValueError(f"{field.label}: {len(chosen)} chosen, not {least} to {most}")
        if field.type is Type.RADIO_GROUP:
            return {**written, "value": chosen[0] if chosen else None}
        return {**written, "values": chosen}


def _chosen(declared: Json, value: Any) -> Any:
    """A choice is entered by what it is called, or by its value."""
    for one in declared.get("choices") or ():
        if value in (one["name"], *(one.get("name_localizations") or {}).values()):
            return one["value"]
    return value


def _value(options: Sequence[tuple[str, str]], label: str) -> str:
    for name, value in options:
        if label in (name, value):
            return value
    raise LookupError(f"no option {label!r}; there are: {', '.join(name for name, _ in options)}")
