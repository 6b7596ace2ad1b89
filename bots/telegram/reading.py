"""Updates as deeds. Pure: what is read depends on the update alone, who we are, and the time."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.commands import BY_NAME
from core.messages import LED, FileRef, Incoming, Kind

NAME = "telegram"

_ID = re.compile("[0-9a-z]{1,40}")

WANTED = ("message", "callback_query", "pre_checkout_query", "my_chat_member")
"""The kinds of update that we ask for. What somebody edits is not among them: a deed is done once."""

_SONGS = ("audio", "document", "voice")
_OTHERS = (
    "photo", "video", "video_note", "sticker", "animation", "contact", "location", "venue", "poll", "dice",
    "story",
)  # fmt: skip
_ENDINGS = {
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-m4a": ".m4a",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
}

Json = Mapping[str, Any]


class Unreadable(ValueError):
    """An update that is not as the Bot API says."""


@dataclass(frozen=True, slots=True)
class Myself:
    """The bot, as the platform knows it."""

    id: int
    username: str


def number(update: Json) -> int:
    """The update's id. Unreadable if it has none."""
    found = update.get("update_id")
    if not isinstance(found, int):
        raise Unreadable("an update without an id")
    return found


def read(update: Json, me: Myself, at: datetime) -> Incoming | None:
    """The deed that an update tells of; None if it is none of ours. Unreadable.

    A checkout is no deed: it is asked about, and answered at once (bots.telegram.checkout).
    """
    try:
        event = f"u{number(update)}"
        if (message := update.get("message")) is not None:
            return _message(message, event, me, at)
        if (press := update.get("callback_query")) is not None:
            return _press(press, event, at)
        if (member := update.get("my_chat_member")) is not None:
            return _membership(member, event, at)
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise Unreadable(f"{type(error).__name__} in an update") from None
    return None


def _message(message: Json, event: str, me: Myself, at: datetime) -> Incoming | None:
    if (new := message.get("migrate_to_chat_id")) is not None:
        return moved(str(message["chat"]["id"]), str(new), at)
    if (old := message.get("migrate_from_chat_id")) is not None:
        return moved(str(old), str(message["chat"]["id"]), at)
    sender = message.get("from")
    if sender is None or sender.get("is_bot"):
        return None
    for name, state in (("successful_payment", "paid"), ("refunded_payment", "refunded")):
        if (payment := message.get(name)) is not None:
            return _deed(message, event, at, Kind.PAYMENT, _payment(payment, state))
    text = _clean(message.get("text") or message.get("caption") or "")
    private = message["chat"]["type"] == "private"
    files = _files(message)
    command = _command(message, _clean(_naming(message)), me, private=private)
    if command is not None:
        name, arguments = command
        if name == "start" and private and (action := _led(arguments)) is not None:
            return _deed(message, event, at, Kind.PRESS, {"action": action})
        takes = name in BY_NAME and BY_NAME[name].file
        if takes or "text" in message:
            given = (files or _files(message.get("reply_to_message") or {})) if takes else ()
            asked = {"name": name, "arguments": arguments}
            return _deed(message, event, at, Kind.COMMAND, asked, given)
    if not (text or files or any(name in message for name in _OTHERS)):
        return None  # a service message: somebody joined, a topic was opened
    if not private and not _is_for(message, text, me):
        return None
    if not private and command is None and text.startswith("/"):
        return None  # another bot's command
    told: dict[str, Any] = {"text": text, "complete": "media_group_id" not in message}
    answered = message.get("reply_to_message") or {}
    if (answered.get("from") or {}).get("id") == me.id:
        told["answers"] = str(answered["message_id"])
    return _deed(message, event, at, Kind.MESSAGE, told, files)


def _led(payload: str) -> str | None:
    """The action of a private button whose address somebody followed; None for any other deep link."""
    verb, dash, id_ = payload.strip().partition("-")
    return f"{verb}:{id_}" if dash and verb in LED and _ID.fullmatch(id_) else None


def _press(press: Json, event: str, at: datetime) -> Incoming | None:
    if "data" not in press or press["from"].get("is_bot"):
        return None
    told = {"action": _clean(press["data"])}
    message = press.get("message") or {"chat": {"id": press["from"]["id"], "type": "private"}}
    return _deed({**message, "from": press["from"]}, event, at, Kind.PRESS, told)


def _membership(member: Json, event: str, at: datetime) -> Incoming | None:
    """Somebody blocked the bot, or let it write again. In groups it shows when we write there."""
    if member["chat"]["type"] != "private":
        return None
    told = {"reachable": member["new_chat_member"]["status"] not in ("kicked", "left")}
    return _deed(member, event, at, Kind.REMOVED, told)


def moved(old: str, new: str, at: datetime) -> Incoming:
    """A group has another id. It is told on both sides and by refusals too; all of them are one event."""
    told = {"from": old, "to": new}
    return Incoming(NAME, f"moved:{old}:{new}", None, new, False, Kind.MOVED, at, told)


def _deed(
    message: Json,
    event: str,
    at: datetime,
    kind: Kind,
    told: Mapping[str, Any],
    files: tuple[FileRef, ...] = (),
) -> Incoming:
    chat, sender = message["chat"], message["from"]
    private = chat["type"] == "private"
    place = str(chat["id"])
    if not private and message.get("is_topic_message") and "message_thread_id" in message:
        place = f"{place}/{message['message_thread_id']}"
    said = kind in (Kind.COMMAND, Kind.MESSAGE) and not private
    name = _clean(" ".join(filter(None, (sender.get("first_name"), sender.get("last_name")))))
    return Incoming(
        NAME,
        event,
        str(sender["id"]),
        place,
        private,
        kind,
        at,
        told,
        files,
        reply_handle=str(message["message_id"]) if said else None,
        locale=sender.get("language_code"),
        name=name or sender.get("username"),
    )


def _command(message: Json, text: str, me: Myself, *, private: bool) -> tuple[str, str] | None:
    """The command that a message is, with its arguments; None for words and for other bots' commands."""
    entities = message.get("entities") or message.get("caption_entities") or ()
    if not any(one["type"] == "bot_command" and one["offset"] == 0 for one in entities):
        return None
    word, *rest = text.split(maxsplit=1)
    name, at, whose = word.removeprefix("/").partition("@")
    if at and whose.lower() != me.username.lower():
        return None
    if not private and not at and name.lower() not in BY_NAME:
        return None
    return name.lower(), rest[0] if rest else ""


def _naming(message: Json) -> str:
    """What a message says, with people who are mentioned and have no username as the house names people.

    Of a mention by username the platform does not tell whose it is. Offsets count UTF-16 units.
    """
    words = message.get("text") or message.get("caption") or ""
    raw = words.encode("utf-16-le", "surrogatepass")
    marks = message.get("entities") or message.get("caption_entities") or ()
    for one in sorted(marks, key=lambda mark: -int(mark["offset"])):
        if one["type"] == "text_mention":
            start = 2 * int(one["offset"])
            named = f"{NAME}:{one['user']['id']}".encode("utf-16-le")
            raw = raw[:start] + named + raw[start + 2 * int(one["length"]) :]
    return raw.decode("utf-16-le", "surrogatepass")


def _is_for(message: Json, text: str, me: Myself) -> bool:
    """Whether something said in a group is said to us: an answer to our message, or with our name."""
    answered = message.get("reply_to_message") or {}
    return (answered.get("from") or {}).get("id") == me.id or f"@{me.username}".lower() in text.lower()


def _files(message: Json) -> tuple[FileRef, ...]:
    """Files as songs may come. What they are is told by their content later, not by their kind."""
    if "animation" in message:
        return ()
    return tuple(_file(kind, message[kind]) for kind in _SONGS if message.get(kind))


def _file(kind: str, file: Json) -> FileRef:
    media_type = file.get("mime_type")
    name = _clean(file.get("file_name") or file.get("title") or kind)
    if not file.get("file_name"):
        name += _ENDINGS.get(media_type or "", "")
    return FileRef(NAME, str(file["file_id"]), name, file.get("file_size"), media_type)


def _payment(payment: Json, state: str) -> Mapping[str, Any]:
    return {
        "state": state,
        "payload": _clean(payment["invoice_payload"]),  # as the invoice named it: `order:version`
        "amount": int(payment["total_amount"]),
        "currency": payment["currency"],
        "charge": payment["telegram_payment_charge_id"],
        "provider": payment.get("provider_payment_charge_id"),
    }


def _clean(words: str) -> str:
    """Words without halves of characters, which JSON can hold and nothing else can."""
    return words.encode("utf-8", "replace").decode()
