"""What passes through a door, in both directions (docs/architecture.md, "One deed")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from core.ids import derive
from core.links import Link, Pass
from core.text import Text

if TYPE_CHECKING:
    from core.page import OrderPage


class Kind(StrEnum):
    """What has happened. Those from `sent` on come from the house itself and are handled the same way."""

    MESSAGE = "message"
    COMMAND = "command"
    PRESS = "press"
    FORM = "form"
    PAYMENT = "payment"
    REMOVED = "removed"
    MOVED = "moved"
    SENT = "sent"
    OPENED = "opened"
    UPLOAD = "upload"
    JOB = "job"
    TICK = "tick"
    GRANT = "grant"


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file that somebody sent: known to its door by `ref`, its bytes not fetched yet."""

    door: str
    ref: str
    name: str
    size: int | None = None  # bytes, as the door was told
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """One deed of a person or of the house. Unique by (door, event_id).

    `person` is the door's own id of who did it; for the house's own events it is the account (`Person.id`)
    whose turn it belongs to. `payload` by kind:

    message  {"text", "complete": the drop is known to be whole}; and where it replies to a message of ours,
             {"answers": what its door calls that}
    command  {"name", "arguments"}
    press    {"action"}
    form     {"form", "id", "values": {field: value}}, with what its file fields hold in `files`; from a
             page that has filed it already, with {"stored": {"source": its blob, "sha256", "size"}}
    payment  {"state": "paid" or "refunded", "payload", "amount", "currency", "charge", "provider"}; or
             "disputed", "dispute-won", "dispute-lost" with the order in "payload" and the provider's "charge"
    removed  {"reachable": whether the door can still write to the person}
    moved    {"from", "to"}: the address of a room has changed
    sent     {"notice", "order", "refused": reason or null}
    opened   {"order", "version", "kind": "preview" or "files"}: by a private link
    upload   {"order", "upload", "state": "begun" (it is in `files`), "arrived" or "gone"}: beside the chat
    job      {"job", "attempt"} with "done": result, "failed": {"code", "details"} or "progress" and "stage"
    tick     {"order"} or {"thread"}
    grant    {"role", "door", "external"}
    """

    door: str
    event_id: str
    person: str | None
    place: str
    private: bool
    kind: Kind
    at: datetime
    payload: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileRef, ...] = ()
    reply_handle: str | None = None
    locale: str | None = None
    name: str | None = None  # what the door calls the person

    @property
    def reference(self) -> str:
        """What a person names when they ask what became of this deed."""
        return derive("aside", self.door, self.event_id)[:6].upper()


HOUSE = "house"  # the door of the house's own events
WEB = "web"  # the door of the pages: whoever comes through it is known by their account


@dataclass(frozen=True, slots=True)
class Media:
    """A blob to be shown or handed over. `kind` is audio, picture or file.

    `link`: where a person fetches it whose chat cannot carry it. `performer`: whom a player names beside it.
    """

    kind: str
    blob: str
    name: str  # the file's name as the person will see it
    title: Text
    media_type: str
    size: int
    sha256: str
    link: Link | None = None
    performer: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What a button asks for: `verb[.choice]:id[:version]`, at most 64 bytes; no price, no permission."""

    verb: str
    id: str
    version: int | None = None
    choice: str | None = None

    def pack(self) -> str:
        """The action as a button carries it; ValueError if that is too long or would be read as another."""
        head = self.verb if self.choice is None else f"{self.verb}.{self.choice}"
        packed = f"{head}:{self.id}" if self.version is None else f"{head}:{self.id}:{self.version}"
        if len(packed.encode()) > 64:
            raise ValueError(f"an action has at most 64 bytes: {packed}")
        if Action.unpack(packed) != self:
            raise ValueError(f"an action that would be read as another: {packed}")
        return packed

    @classmethod
    def unpack(cls, packed: str) -> "Action":
        """Read an action back; ValueError if it is none of ours."""
        head, _, rest = packed.partition(":")
        verb, dot, choice = head.partition(".")
        id_, colon, version = rest.partition(":")
        if not verb or not id_ or (colon and not version.isdecimal()):
            raise ValueError(f"not an action: {packed!r}")
        return cls(verb, id_, int(version) if colon else None, choice if dot else None)


LED = frozenset({"drop"})
"""Verbs of private buttons. An address may lead to them, which anybody can write: they bind nobody."""


@dataclass(frozen=True, slots=True)
class Button:
    """One of: an action, an address to open, a form to fill in (`name:id[:version]`), a private link.

    A door makes an address of a private link, and only where nobody but its reader sees it.
    """

    label: str
    action: str | None = None
    url: str | None = None
    form: str | None = None
    link: Link | Pass | None = None
    private: bool = False  # where others read, a door that cannot write first leads to its private chat

    def __post_init__(self) -> None:
        if sum(target is not None for target in (self.action, self.url, self.form, self.link)) != 1:
            raise ValueError("a button is an action, an address, a form or a private link")
        if self.private and (self.action is None or Action.unpack(self.action).verb not in LED):
            raise ValueError("an address leads to no such action")


class Audience(StrEnum):
    PERSON = "person"  # a DM, else a private link
    STAFF = "staff"  # every staff desk
    ROOM = "room"  # one room: pointers only


@dataclass(frozen=True, slots=True)
class To:
    """Whom a card or notice is for. `id`: an account (person), "" (staff), or `door|address` (room)."""

    audience: Audience
    id: str = ""

    @classmethod
    def person(cls, account: str) -> "To":
        return cls(Audience.PERSON, account)

    @classmethod
    def staff(cls) -> "To":
        return cls(Audience.STAFF)

    @classmethod
    def room(cls, door: str, address: str) -> "To":
        return cls(Audience.ROOM, f"{door}|{address}")


@dataclass(frozen=True, slots=True)
class Card:
    """Level-triggered: the state in which a message should be. One row per (key, place); edits coalesce."""

    key: str
    to: To
    text: Text
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    progress: float | None = None  # 0..1, shown as a bar
    done: bool = False  # nobody waits for it any more: a new staff desk is not shown it


@dataclass(frozen=True, slots=True)
class Notice:
    """Appended, sent once. `reply_handle` answers a press or command in place, where the door can."""

    id: str
    to: To
    text: Text
    buttons: tuple[Button, ...] = ()
    media: tuple[Media, ...] = ()
    reply_handle: str | None = None
    confirm: bool = False  # the desk wants to know when it was sent (it starts a clock)
    order: str | None = None
    secret: bool = False  # its words are wiped once it was sent
    wanted: datetime | None = field(default=None, compare=False)  # the store notes when


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form. `kind` is "text", "long", "choice" or "file"."""

    name: str
    label: str
    kind: str = "text"
    required: bool = True
    most: int = 200  # characters, or files
    choices: tuple[tuple[str, str], ...] = ()  # (value, label)


@dataclass(frozen=True, slots=True)
class Form:
    """Declared beside the commands, so that a door opens it at once. Labels are in the reader's language."""

    name: str
    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Something asked without doing anything: read-only, no inbox.

    `kind` is "form" ({"form", "id"}: what it asks and starts with), "checkout" ({"order",
    "version", "amount", "currency"}: whether this may be paid now) or "page" ({"order"}: all that its
    page shows to this person).
    """

    door: str
    person: str
    kind: str
    payload: Mapping[str, Any]
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`form` and the values it starts with; None when there is nothing to show. `refusal`: why not to pay.

    `page`: None for somebody who may not see it.
    """

    form: Form | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    refusal: str | None = None
    page: "OrderPage | None" = None
