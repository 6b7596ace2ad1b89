"""What people see of messages and forms in Discord's client."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.doubles.discord.components import SELECTS, Type, texts, walked
from tests.doubles.discord.messages import visible
from tests.doubles.discord.state import Attachment, Flag, Json, Message, Modal


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
