"""People and groups, as a test lets them act and as they see what the bot does."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qs, urlparse

from tests.doubles.telegram import limits
from tests.doubles.telegram.markup import units
from tests.doubles.telegram.settings import begin_topic, commands_shown, standing
from tests.doubles.telegram.state import (
    Attachment,
    Chat,
    Entities,
    FileKind,
    Json,
    Message,
    Topic,
    User,
)
from tests.doubles.telegram.world import FIRST_SUPERGROUP, Checkout, Payment, Popup, Press, World

_COMMAND = re.compile(r"(?<!\S)/(\w{1,64})(?:@(\w+))?")


@dataclass(frozen=True)
class Piece:
    """One file of an album."""

    kind: FileKind
    name: str
    data: bytes
    caption: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a payment ended: `charge` if it was paid, else what the person was shown."""

    charge: str | None = None
    shown: str = ""

    @property
    def paid(self) -> bool:
        return self.charge is not None


class Person:
    """Somebody with the app in their hand. Deeds happen at once; nothing waits for the bot but `pays`."""

    def __init__(self, world: World, user: User) -> None:
        self.user = user
        self._world = world
        self.chat = Chat(user.id, "private", user.name, person=user, known=False)
        world.people[user.id] = user
        world.chats[user.id] = self.chat

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def messages(self) -> list[Message]:
        """The private chat as it is now, oldest first; what was deleted is gone."""
        return self.chat.messages

    @property
    def received(self) -> list[Message]:
        """What the bot said there."""
        return [message for message in self.messages if message.sender == self._world.me]

    @property
    def popups(self) -> list[Popup]:
        """What presses were answered with, oldest first."""
        presses = self._world.presses.values()
        return [press.popup for press in presses if press.person.id == self.id and press.popup is not None]

    async def sees(self, predicate: Callable[[Message], object], seconds: float = 10.0) -> Message:
        """The newest message of the bot's for which it is true, as soon as there is one."""
        return await sees(self.chat, self._world.me, predicate, seconds)

    def commands(self, chat: "Group | None" = None) -> dict[str, str]:
        """Command → description in the menu that the app shows, in the person's language."""
        return commands_shown(self._world, self.user, chat.chat if chat else self.chat)

    def speaks(self, language: str | None) -> None:
        """Set the app to another language; None: the app does not say."""
        self.user = replace(self.user, language=language)
        self._world.people[self.id] = self.user

    async def says(
        self,
        text: str,
        chat: "Group | None" = None,
        thread: Topic | None = None,
        *,
        answers: Message | None = None,
    ) -> Message:
        """Write a message, to the bot or into a group, there into a topic, as an answer to another one."""
        return self._post(chat, thread, answers, text=text, entities=self._commands_in(text))

    async def starts(self, payload: str = "") -> Message:
        """Open the bot, through a deep link if there is a payload."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", payload):
            raise ValueError(f"no deep link carries {payload!r}")
        return await self.says(f"/start {payload}".strip())

    async def opens(self, url: str) -> Message:
        """Follow a link https://t.me/BOT?start=PAYLOAD to the bot; ValueError if it leads elsewhere."""
        link = urlparse(url)
        if (link.netloc, link.path) != ("t.me", f"/{self._world.me.username}"):
            raise ValueError(f"{url} does not lead to the bot")
        return await self.starts(*parse_qs(link.query).get("start", []))

    async def sends(
        self,
        kind: FileKind,
        name: str,
        data: bytes,
        caption: str = "",
        chat: "Group | None" = None,
        thread: Topic | None = None,
        *,
        answers: Message | None = None,
        album: str | None = None,
        media_type: str | None = None,
        **more: Any,
    ) -> Message:
        """Send a file; `more` are duration, title and performer; `album` joins one that was sent."""
        file = self._world.files.keep(name, data, media_type)
        return self._post(
            chat,
            thread,
            answers,
            attachment=Attachment(kind, file, **more),
            caption=caption,
            caption_entities=self._commands_in(caption),
            album=album,
        )

    async def album(
        self, pieces: Sequence[Piece], chat: "Group | None" = None, thread: Topic | None = None
    ) -> list[Message]:
        """Send files together: one message and one update for each, with one media_group_id."""
        if len(pieces) not in limits.ALBUM or (
            len({piece.kind for piece in pieces}) > 1 and any(piece.kind != "photo" for piece in pieces)
        ):
            raise ValueError("an album has 2 to 10 files of one kind")
        album = str(13_600_000_000 + next(self._world.numbers))
        return [
            await self.sends(piece.kind, piece.name, piece.data, piece.caption, chat, thread, album=album)
            for piece in pieces
        ]

    async def edits(self, message: Message, text: str) -> None:
        """Change a message of her own."""
        if message.sender.id != self.id:
            raise ValueError("it is somebody else's message")
        entities = self._commands_in(text)
        if message.attachment:
            self._world.edited(message, caption=text, caption_entities=entities)
        else:
            self._world.edited(message, text=text, entities=entities)
        self._tell(message, "edited_message")

    async def press(self, message: Message, label: str) -> Press:
        """Press a button that sends data; give an earlier `message.seen()` to press what has gone since."""
        button = message.button(label)
        if button.data is None:
            raise ValueError(f"{label!r} sends nothing to the bot; it opens {button.url or button.web_app}")
        world = self._world
        press = Press(
            str(4_400_000_000 + next(world.numbers)), self.user, message, button.data, world.clock()
        )
        world.presses[press.id] = press
        now = message.chat.history.get(message.id)
        body: Json = {
            "id": press.id,
            "from": self.user.json(),
            "chat_instance": str(abs(message.chat.id)),
            "data": button.data,
            "message": now.json()
            if now
            else {"chat": message.chat.json(), "message_id": message.id, "date": 0},
        }
        world.updates.add("callback_query", body, self.id)
        return press

    async def pays(self, what: Message | str) -> Outcome:
        """Pay an invoice, as a message or a link; returns once the bot said yes or no, or was too slow."""
        world = self._world
        invoice = world.links[what] if isinstance(what, str) else what.invoice
        if invoice is None:
            raise ValueError("there is no invoice in it")
        checkout = Checkout(str(5_500_000_000 + next(world.numbers)), self.user, invoice)
        world.checkouts[checkout.id] = checkout
        money = {
            "currency": invoice.currency,
            "total_amount": invoice.amount,
            "invoice_payload": invoice.payload,
        }
        world.updates.add(
            "pre_checkout_query", {"id": checkout.id, "from": self.user.json(), **money}, self.id
        )
        try:
            await world.changes.until(lambda: checkout.refusal is not None, world.times.checkout)
        except TimeoutError:
            return Outcome(shown="BOT_PRECHECKOUT_TIMEOUT")
        finally:
            checkout.over = True
        if checkout.refusal:
            return Outcome(shown=checkout.refusal)
        charge = f"stx{next(world.numbers):06}{checkout.id}"
        world.payments[charge] = Payment(charge, self.user, invoice, world.date())
        if isinstance(what, Message):
            what.rows = tuple(tuple(button for button in row if not button.pay) for row in what.rows)
        paid = {"telegram_payment_charge_id": charge, "provider_payment_charge_id": f"prov{charge}"}
        self._post(None, None, None, service={"successful_payment": {**money, **paid}})
        return Outcome(charge)

    async def blocks(self) -> None:
        """Block the bot: it cannot write any more."""
        self.chat.shut = "bot was blocked by the user"
        self._member("member", "kicked")

    async def unblocks(self) -> None:
        """Let the bot write again."""
        self.chat.shut = None
        self._member("kicked", "member")

    def _member(self, old: str, new: str) -> None:
        self._world.updates.add(
            "my_chat_member", membership(self._world, self.chat, self.user, old, new), self.chat.id
        )

    def _post(
        self, group: "Group | None", thread: Topic | None, answers: Message | None, **content: Any
    ) -> Message:
        if group is None:
            if self.chat.shut:
                raise ValueError(f"{self.user.name} has blocked the bot and cannot write to it")
            self.chat.known = True
        chat = group.chat if group else self.chat
        chat.standing.setdefault(self.id, "member")
        message = self._world.post(chat, self.user, thread.id if thread else None, answers=answers, **content)
        self._tell(message, "message")
        return message

    def _tell(self, message: Message, kind: Literal["message", "edited_message"]) -> None:
        if message.chat.person or self._for_the_bot(message):
            self._world.tell(message, kind)

    def _for_the_bot(self, message: Message) -> bool:
        """Whether a bot in privacy mode is told: it rules the group, is answered, or is given a command.

        Source: core.telegram.org/bots/features#privacy-mode.
        """
        me = self._world.me
        if message.chat.standing.get(me.id) in ("administrator", "creator"):
            return True
        if message.answers is not None and message.answers.sender == me:
            return True
        words = message.words
        called = [bot or me.username for _, bot in _COMMAND.findall(words)]
        return me.username in called or f"@{me.username}" in words

    def _commands_in(self, text: str) -> Entities:
        return tuple(
            {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
            for found in _COMMAND.finditer(text)
        )


class Group:
    """A group in which people talk; the bot is in it unless it was removed."""

    def __init__(self, world: World, chat: Chat, *, rules: bool) -> None:
        self.chat = chat
        self._world = world
        world.chats[chat.id] = chat
        chat.standing[world.me.id] = "administrator" if rules else "member"

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def messages(self) -> list[Message]:
        """What stands in it now, oldest first."""
        return self.chat.messages

    @property
    def received(self) -> list[Message]:
        """What the bot said there."""
        return [message for message in self.messages if message.sender == self._world.me]

    async def sees(self, predicate: Callable[[Message], object], seconds: float = 10.0) -> Message:
        """The newest message of the bot's for which it is true, as soon as there is one."""
        return await sees(self.chat, self._world.me, predicate, seconds)

    async def topic(self, name: str, by: Person) -> Topic:
        """Open a topic of a forum."""
        if not self.chat.forum:
            raise ValueError("this group has no topics")
        topic = begin_topic(self._world, self.chat, by.user, name)
        self._world.tell(self.chat.history[topic.id])
        return topic

    async def loses_topic(self, topic: Topic) -> None:
        """Delete a topic with all that was said there. The bot is not told."""
        del self.chat.topics[topic.id]
        for message in self.messages:
            if message.thread == topic.id:
                del self.chat.history[message.id]
        self._world.changed(self.chat)

    def owned_by(self, person: Person) -> None:
        """Make somebody its owner."""
        self.chat.standing[person.id] = "creator"

    async def upgrades(self, by: Person) -> None:
        """Become a supergroup, with another id; this object goes on as that."""
        old = self.chat
        new = Chat(
            FIRST_SUPERGROUP - next(self._world.numbers), "supergroup", old.title, standing=old.standing
        )
        self._world.chats[new.id] = new
        there = self._world.post(old, by.user, service={"migrate_to_chat_id": new.id})
        here = self._world.post(new, by.user, service={"migrate_from_chat_id": old.id})
        old.moved, self.chat = new.id, new
        self._world.tell(there)
        self._world.tell(here)

    async def adds_bot(self, by: Person, *, rules: bool = False) -> None:
        """Take the bot in (again), as one who rules or as a member."""
        self.chat.shut = None
        self._stand(by, "administrator" if rules else "member")

    async def removes_bot(self, by: Person) -> None:
        """Throw the bot out."""
        self.chat.shut = f"bot was kicked from the {self.chat.kind} chat"
        self._stand(by, "kicked")

    def _stand(self, by: Person, status: str) -> None:
        me = self._world.me.id
        old = self.chat.standing.get(me, "left")
        self.chat.standing[me] = status
        self._world.updates.add(
            "my_chat_member", membership(self._world, self.chat, by.user, old, status), self.chat.id
        )


async def sees(chat: Chat, bot: User, predicate: Callable[[Message], object], seconds: float) -> Message:
    """The newest message of the bot's in a chat for which it is true; AssertionError if none is in time."""

    def found() -> Message | None:
        mine = (message for message in reversed(chat.history.values()) if message.sender == bot)
        return next((message for message in mine if predicate(message)), None)

    try:
        message = await chat.changes.until(found, seconds)
    except TimeoutError:
        said = "".join(f"\n  {message.words!r} {message.buttons}" for message in chat.messages[-5:])
        raise AssertionError(f"{chat.title} did not see it within {seconds} s; last there:{said}") from None
    assert message is not None
    return message


def membership(world: World, chat: Chat, by: User, old: str, new: str) -> Json:
    """A ChatMemberUpdated about the bot."""
    return {
        "chat": chat.json(),
        "from": by.json(),
        "date": world.date(),
        "old_chat_member": standing(world.me, old),
        "new_chat_member": standing(world.me, new),
    }
