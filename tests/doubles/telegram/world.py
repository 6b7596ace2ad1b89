"""The state of one Bot API and what changes it; HTTP comes in through server.py, people through people.py."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from tests.doubles.botapi_judge import Judge
from tests.doubles.telegram.calls import Object
from tests.doubles.telegram.changes import Changes
from tests.doubles.telegram.files import Files
from tests.doubles.telegram.limits import Times
from tests.doubles.telegram.refusals import bad, forbidden
from tests.doubles.telegram.state import Chat, Invoice, Json, Message, User
from tests.doubles.telegram.updates import Update, Updates
from tests.doubles.telegram.webhook import Webhook

FIRST_PERSON = 7_200_000_001  # ids have more than 32 bits
FIRST_GROUP = -4_200_000_001
FIRST_SUPERGROUP = -1_002_200_000_001
BOT = User(1_000_001, "Lathe", "lathe_test_bot", bot=True)


@dataclass(frozen=True)
class Popup:
    """What a person is shown when a press is answered: a line at the top, or a box to close if `alert`."""

    text: str
    alert: bool = False
    url: str = ""


@dataclass
class Press:
    """A button pressed; `popup` is there once the bot answered."""

    id: str
    person: User
    message: Message
    data: str
    at: float
    popup: Popup | None = None


@dataclass
class Checkout:
    """A payment that waits for the bot's word: `refusal` is None before, "" for yes."""

    id: str
    person: User
    invoice: Invoice
    refusal: str | None = None
    over: bool = False


@dataclass
class Payment:
    """Stars (or other money) that went from a person to the bot."""

    charge: str
    person: User
    invoice: Invoice
    at: int
    refunded: bool = False


@dataclass
class World:
    """Everything there is. `complaints` are what the bot, or this double, did that the platform would not."""

    times: Times
    folder: Path | None
    judge: Judge | None
    complaints: list[str] = field(default_factory=list)
    me: User = BOT
    people: dict[int, User] = field(default_factory=dict)
    chats: dict[int, Chat] = field(default_factory=dict)
    presses: dict[str, Press] = field(default_factory=dict)
    checkouts: dict[str, Checkout] = field(default_factory=dict)
    payments: dict[str, Payment] = field(default_factory=dict)
    links: dict[str, Invoice] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    menus: dict[int, Json] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.changes = Changes()
        self.files = Files(self.folder)
        self.updates = Updates(self.changes, self._judge)
        self.webhook = Webhook(self.updates, self.changes, self.times)
        self.numbers = count(1)
        self._message_ids = count(101)

    def _judge(self, update: Update) -> None:
        if self.judge is not None:
            self.complaints += self.judge.thing("Update", update.json())

    @staticmethod
    def date() -> int:
        return int(time.time())

    @staticmethod
    def clock() -> float:
        return asyncio.get_running_loop().time()

    def chat(self, identity: int | str) -> Chat:
        """The chat; Refusal if there is none or it has moved."""
        chat = self.chats.get(identity) if isinstance(identity, int) else None
        if chat is None:
            raise bad("chat not found")
        if chat.moved is not None:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved)
        return chat

    def writable(self, identity: int | str, thread: int | None = None) -> Chat:
        """The chat, if the bot may write there and the topic exists."""
        chat = self.chat(identity)
        if chat.shut is not None:
            raise forbidden(chat.shut)
        if not chat.known:
            raise forbidden("bot can't initiate conversation with a user")
        if thread is not None and thread not in chat.topics:  # nor is 1, the general topic, to be named
            raise bad("message thread not found")
        return chat

    def post(self, chat: Chat, sender: User, thread: int | None = None, **content: Any) -> Message:
        """Put a message into a chat. A supergroup counts its messages, all other chats share one count."""
        chat.last = chat.last + 1 if chat.kind == "supergroup" else next(self._message_ids)
        message = Message(chat.last, chat, sender, self.date(), thread, **content)
        chat.history[message.id] = message
        self.changed(chat)
        return message

    def changed(self, chat: Chat) -> None:
        """Let all look again who wait for something in this chat, or for anything."""
        chat.changes.happened()
        self.changes.happened()

    def tell(self, message: Message, kind: str = "message") -> None:
        """Let the bot know of a message."""
        self.updates.add(kind, message.json(), message.chat.id)

    def edited(self, message: Message, **content: Any) -> None:
        """Change a message."""
        for name, value in content.items():
            setattr(message, name, value)
        message.edits += 1
        message.edited = self.date()
        self.changed(message.chat)

    def answered(self, chat: Chat, parameters: Object | None) -> Message | None:
        """The message that reply_parameters name."""
        if parameters is None:
            return None
        found = chat.history.get(parameters.get("message_id", 0))
        if found is None and not parameters.get("allow_sending_without_reply"):
            raise bad("message to be replied not found")
        return found


Handler = Callable[[World, Any], Any]
"""Carries out a call, given as its dataclass, and returns the `result`, or something to await for it."""

Methods = Mapping[type[Any], Handler]
