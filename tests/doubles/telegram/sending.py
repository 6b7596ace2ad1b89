"""Methods that put messages into chats."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.doubles.telegram import limits
from tests.doubles.telegram.calls import ChatId, Media, Object, Objects
from tests.doubles.telegram.markup import parse, units
from tests.doubles.telegram.refusals import bad
from tests.doubles.telegram.state import Attachment, Button, Entities, FileKind, Json, Message, Rows
from tests.doubles.telegram.world import Methods, World

PLAYABLE = (".mp3", ".m4a")  # "Your audio must be in the .MP3 or .M4A format"


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What every method that sends can be told."""

    chat_id: ChatId
    message_thread_id: int | None = None
    disable_notification: bool = False
    protect_content: bool = False
    allow_paid_broadcast: bool = False
    message_effect_id: str = ""
    reply_parameters: Object | None = None
    reply_markup: Object | None = None

    def post(self, world: World, **content: Any) -> Message:
        """Put a message of the bot's there."""
        chat = world.writable(self.chat_id, self.message_thread_id)
        return world.post(
            chat,
            world.me,
            self.message_thread_id,
            rows=buttons(self.reply_markup),
            answers=world.answered(chat, self.reply_parameters),
            **content,
        )


@dataclass(frozen=True, kw_only=True)
class Captioned(Sending):
    """What every method that sends a file can be told."""

    caption: str = ""
    parse_mode: str = ""
    caption_entities: Objects = ()

    def post_file(self, world: World, attachment: Attachment) -> Json:
        caption, entities = captioned(self.caption, self.parse_mode, tuple(self.caption_entities))
        sent = self.post(world, attachment=attachment, caption=caption, caption_entities=entities)
        return sent.json()


@dataclass(frozen=True, kw_only=True)
class SendMessage(Sending):
    text: str
    parse_mode: str = ""
    entities: Objects = ()
    link_preview_options: Object | None = None


@dataclass(frozen=True, kw_only=True)
class SendAudio(Captioned):
    audio: Media
    duration: int = 0
    performer: str | None = None
    title: str | None = None
    thumbnail: Media | None = None


@dataclass(frozen=True, kw_only=True)
class SendDocument(Captioned):
    document: Media
    thumbnail: Media | None = None
    disable_content_type_detection: bool = False


@dataclass(frozen=True, kw_only=True)
class SendVoice(Captioned):
    voice: Media
    duration: int = 0


@dataclass(frozen=True, kw_only=True)
class SendPhoto(Captioned):
    photo: Media
    show_caption_above_media: bool = False
    has_spoiler: bool = False


@dataclass(frozen=True, kw_only=True)
class SendMediaGroup(Sending):
    media: Objects


@dataclass(frozen=True, kw_only=True)
class SendChatAction:
    chat_id: ChatId
    action: str
    message_thread_id: int | None = None


def buttons(markup: Object | None) -> Rows:
    """The inline buttons of a reply_markup; Refusal if the platform would not have them."""
    if markup is None:
        return ()
    rows = tuple(tuple(_button(described) for described in row) for row in markup.get("inline_keyboard", ()))
    return tuple(row for row in rows if row)


def _button(described: Mapping[str, Any]) -> Button:
    if not described.get("text", "").strip():
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = described.get("callback_data")
    web_app = described.get("web_app", {}).get("url")
    button = Button(described["text"], data, described.get("url"), web_app, bool(described.get("pay")))
    if sum(map(bool, (data is not None, button.url, web_app, button.pay))) != 1:
        raise bad("can't parse inline keyboard button: exactly one optional field must be used")
    if data is not None and not 1 <= len(data.encode()) <= limits.CALLBACK_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if button.url and not button.url.startswith(("http://", "https://", "tg://")):
        raise bad(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    if web_app and not web_app.startswith("https://"):
        raise bad(f"inline keyboard button Web App URL '{web_app}' is invalid: Only HTTPS links are allowed")
    return button


def texted(text: str, mode: str, entities: Entities) -> tuple[str, Entities]:
    """Text of a message and its entities; Refusal if it is empty or too long."""
    plain, marks = parse(text, mode, entities)
    if not plain:
        raise bad("message text is empty")
    if units(plain) > limits.TEXT:
        raise bad("message is too long")
    return plain, marks[: limits.ENTITIES]


def captioned(text: str, mode: str, entities: Entities) -> tuple[str, Entities]:
    """A caption and its entities; Refusal if it is too long."""
    plain, marks = parse(text, mode, entities)
    if units(plain) > limits.CAPTION:
        raise bad("message caption is too long")
    return plain, marks[: limits.ENTITIES]


def attached(world: World, kind: FileKind, media: Media, **more: Any) -> Attachment:
    """A file to be sent."""
    if kind == "photo":
        picture = world.files.picture(media)
        return Attachment("photo", picture.file, picture=picture)
    file = world.files.sent(media)
    if not file.data:
        raise bad("file must be non-empty")
    if kind == "audio" and not file.name.lower().endswith(PLAYABLE):
        world.complaints.append(f"sent as audio, but neither MP3 nor M4A: {file.name}")
    thumbnail = world.files.thumbnail(more.pop("thumbnail", None))
    return Attachment(kind, file, thumbnail=thumbnail, **more)


def described(world: World, media: Object) -> Attachment:
    """The file of an InputMedia."""
    kind = media.get("type")
    if kind not in ("audio", "document", "photo"):
        raise bad(f"can't parse InputMedia: type {kind!r} is unsupported")
    known = {
        "audio": ("duration", "title", "performer", "thumbnail"),
        "document": ("thumbnail",),
        "photo": (),
    }
    return attached(
        world, kind, media.get("media", ""), **{name: media[name] for name in known[kind] if name in media}
    )


def send_message(world: World, call: SendMessage) -> Json:
    text, entities = texted(call.text, call.parse_mode, tuple(call.entities))
    return call.post(world, text=text, entities=entities).json()


def send_audio(world: World, call: SendAudio) -> Json:
    world.writable(call.chat_id, call.message_thread_id)
    more = {"duration": call.duration, "title": call.title, "performer": call.performer}
    return call.post_file(world, attached(world, "audio", call.audio, thumbnail=call.thumbnail, **more))


def send_document(world: World, call: SendDocument) -> Json:
    world.writable(call.chat_id, call.message_thread_id)
    return call.post_file(world, attached(world, "document", call.document, thumbnail=call.thumbnail))


def send_voice(world: World, call: SendVoice) -> Json:
    world.writable(call.chat_id, call.message_thread_id)
    return call.post_file(world, attached(world, "voice", call.voice, duration=call.duration))


def send_photo(world: World, call: SendPhoto) -> Json:
    world.writable(call.chat_id, call.message_thread_id)
    return call.post_file(world, attached(world, "photo", call.photo))


def send_media_group(world: World, call: SendMediaGroup) -> list[Json]:
    world.writable(call.chat_id, call.message_thread_id)
    if not call.media:
        raise bad("there are no messages to send")
    if len(call.media) not in limits.ALBUM:
        raise bad("can't send an album of fewer than 2 or more than 10 messages")
    kinds = {media.get("type") for media in call.media}
    for alone in ("audio", "document"):
        if alone in kinds and len(kinds) > 1:
            raise bad(f"{alone} can't be mixed with other media types")
    contents = [
        (
            described(world, media),
            *captioned(
                media.get("caption", ""),
                media.get("parse_mode", ""),
                tuple(media.get("caption_entities", ())),
            ),
        )
        for media in call.media
    ]
    album = str(13_500_000_000 + next(world.numbers))
    return [
        call.post(world, attachment=file, caption=caption, caption_entities=entities, album=album).json()
        for file, caption, entities in contents
    ]


def send_chat_action(world: World, call: SendChatAction) -> bool:
    world.writable(call.chat_id, call.message_thread_id)
    return True


METHODS: Methods = {
    SendMessage: send_message,
    SendAudio: send_audio,
    SendDocument: send_document,
    SendVoice: send_voice,
    SendPhoto: send_photo,
    SendMediaGroup: send_media_group,
    SendChatAction: send_chat_action,
}
