"""What a Bot API knows: people, chats, topics, messages, and how each is told to a bot as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.doubles.telegram.changes import Changes

Json = dict[str, Any]
Entities = tuple[Mapping[str, Any], ...]
ChatKind = Literal["private", "group", "supergroup"]
FileKind = Literal["audio", "document", "voice", "photo"]


def told(**values: object) -> Json:
    """A JSON object without what is not there."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


@dataclass(frozen=True)
class User:
    id: int
    name: str
    username: str | None = None
    language: str | None = None
    bot: bool = False

    def json(self) -> Json:
        return told(
            id=self.id,
            is_bot=self.bot,
            first_name=self.name,
            username=self.username,
            language_code=self.language,
        )


@dataclass(frozen=True)
class Topic:
    id: int
    name: str

    def json(self) -> Json:
        return {"message_thread_id": self.id, "name": self.name, "icon_color": 7322096}


@dataclass(frozen=True, repr=False)
class StoredFile:
    """Bytes that lie at the server. The same bytes have the same `unique_id`; bots differ in `id`."""

    id: str
    unique_id: str
    name: str
    media_type: str
    data: bytes

    @property
    def size(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"StoredFile({self.name!r}, {self.size} bytes)"

    def json(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}


@dataclass(frozen=True)
class Picture:
    """A JPEG or PNG and its size in pixels."""

    file: StoredFile
    width: int
    height: int

    def json(self) -> Json:
        return {**self.file.json(), "width": self.width, "height": self.height}


@dataclass(frozen=True)
class Attachment:
    """A file of a message; `duration` in seconds."""

    kind: FileKind
    file: StoredFile
    duration: int = 0
    title: str | None = None
    performer: str | None = None
    thumbnail: Picture | None = None
    picture: Picture | None = None

    @property
    def name(self) -> str:
        return self.file.name

    @property
    def data(self) -> bytes:
        return self.file.data

    @property
    def size(self) -> int:
        return self.file.size

    def json(self) -> Json | list[Json]:
        if self.picture is not None:
            return [self.picture.json()]
        common = {**self.file.json(), "mime_type": self.file.media_type}
        if self.kind == "voice":
            return {**common, "duration": self.duration}
        named = {**common, "file_name": self.file.name}
        if self.thumbnail is not None:
            named["thumbnail"] = self.thumbnail.json()
        if self.kind == "document":
            return named
        return told(**named, duration=self.duration, title=self.title, performer=self.performer)


@dataclass(frozen=True)
class Button:
    """An inline button: `data` comes back on a press, `url` is opened, `pay` pays the message's invoice."""

    label: str
    data: str | None = None
    url: str | None = None
    web_app: str | None = None
    pay: bool = False

    def json(self) -> Json:
        return told(
            text=self.label,
            callback_data=self.data,
            url=self.url,
            web_app={"url": self.web_app} if self.web_app else None,
            pay=self.pay or None,
        )


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Invoice:
    """What is asked for; `amount` in minor units, or in Stars where the currency is XTR."""

    title: str
    description: str
    payload: str
    currency: str
    amount: int
    start: str = ""

    def json(self) -> Json:
        return {
            "title": self.title,
            "description": self.description,
            "start_parameter": self.start,
            "currency": self.currency,
            "total_amount": self.amount,
        }


@dataclass
class Message:
    """A message as it is seen now. `service` is what a message without words tells: a payment, a move."""

    id: int
    chat: "Chat"
    sender: User
    date: int
    thread: int | None = None
    text: str = ""
    entities: Entities = ()
    caption: str = ""
    caption_entities: Entities = ()
    attachment: Attachment | None = None
    rows: Rows = ()
    album: str | None = None
    answers: "Message | None" = None
    invoice: Invoice | None = None
    service: Mapping[str, Any] = field(default_factory=dict)
    edited: int | None = None
    edits: int = 0

    @property
    def words(self) -> str:
        """Its text, or the caption of its file."""
        return self.caption if self.attachment else self.text

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons."""
        return [button.label for row in self.rows for button in row]

    @property
    def links(self) -> list[str]:
        """Where its buttons and its words lead."""
        marks = (*self.entities, *self.caption_entities)
        pressed = [button.url for row in self.rows for button in row if button.url]
        return pressed + [mark["url"] for mark in marks if "url" in mark]

    def button(self, label: str) -> Button:
        """The button with this label; LookupError if it has none."""
        for row in self.rows:
            for button in row:
                if button.label == label:
                    return button
        raise LookupError(f"no button {label!r} in {self.buttons}")

    def parts(self, kind: str) -> list[str]:
        """The pieces of its words that are marked so: bold, italic, text_link …"""
        raw = self.words.encode("utf-16-le")
        marks = self.caption_entities if self.attachment else self.entities
        return [
            raw[2 * mark["offset"] : 2 * (mark["offset"] + mark["length"])].decode("utf-16-le")
            for mark in marks
            if mark["type"] == kind
        ]

    def seen(self) -> "Message":
        """The message as it is now, which later edits do not change: for a press that comes late."""
        return replace(self)

    def json(self, *, deep: bool = True) -> Json:
        """The message as a bot is told it; the message it answers only if `deep`."""
        kind = self.attachment.kind if self.attachment else "document"
        body = told(
            message_id=self.id,
            message_thread_id=self.thread,
            is_topic_message=(self.thread is not None) or None,
            date=self.date,
            edit_date=self.edited,
            chat=self.chat.json(),
            media_group_id=self.album,
            text=self.text or None,
            entities=self.entities and list(self.entities),
            caption=self.caption or None,
            caption_entities=self.caption_entities and list(self.caption_entities),
            invoice=self.invoice and self.invoice.json(),
            reply_to_message=self.answers.json(deep=False) if deep and self.answers else None,
            reply_markup={"inline_keyboard": [[button.json() for button in row] for row in self.rows]}
            if self.rows
            else None,
            **{kind: self.attachment.json() if self.attachment else None},
        )
        return {**body, "from": self.sender.json(), **self.service}


@dataclass
class Chat:
    """A conversation; a private one has the person's id.

    The bot may write once it is `known`, and until it is `shut`, which says why it may not.
    """

    id: int
    kind: ChatKind
    title: str
    person: User | None = None
    forum: bool = False
    known: bool = True
    shut: str | None = None
    moved: int | None = None
    topics: dict[int, Topic] = field(default_factory=dict)
    standing: dict[int, str] = field(default_factory=dict)  # user id → member, administrator, creator …
    history: dict[int, Message] = field(default_factory=dict)
    last: int = 1  # the message that says it was made
    changes: Changes = field(default_factory=Changes)

    @property
    def messages(self) -> list[Message]:
        """What stands in it now, oldest first."""
        return list(self.history.values())

    def json(self) -> Json:
        if self.person is not None:
            return told(
                id=self.id, type=self.kind, first_name=self.person.name, username=self.person.username
            )
        return told(id=self.id, type=self.kind, title=self.title, is_forum=self.forum or None)
