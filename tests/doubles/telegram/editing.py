"""Methods that change what stands in a chat, and the answer to a press."""

from dataclasses import dataclass
from typing import Any

from tests.doubles.telegram import limits
from tests.doubles.telegram.calls import ChatId, Object, Objects
from tests.doubles.telegram.refusals import bad
from tests.doubles.telegram.sending import buttons, captioned, described, texted
from tests.doubles.telegram.state import Json, Message
from tests.doubles.telegram.world import Methods, Popup, World

UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass(frozen=True, kw_only=True)
class Editing:
    """What every method that edits can be told. Without `reply_markup` the buttons go."""

    chat_id: ChatId
    message_id: int
    reply_markup: Object | None = None

    def found(self, world: World) -> Message:
        """The message, if the bot may change it; not where it may not write (the platform does not say)."""
        message = world.writable(self.chat_id).history.get(self.message_id)
        if message is None:
            raise bad("message to edit not found")
        if message.sender != world.me or message.service:
            raise bad("message can't be edited")
        return message

    def change(self, world: World, message: Message, **content: Any) -> Json:
        content = {"rows": buttons(self.reply_markup), **content}
        if all(getattr(message, name) == value for name, value in content.items()):
            raise bad(UNCHANGED)
        world.edited(message, **content)
        return message.json()


@dataclass(frozen=True, kw_only=True)
class EditMessageText(Editing):
    text: str
    parse_mode: str = ""
    entities: Objects = ()
    link_preview_options: Object | None = None


@dataclass(frozen=True, kw_only=True)
class EditMessageCaption(Editing):
    caption: str = ""
    parse_mode: str = ""
    caption_entities: Objects = ()
    show_caption_above_media: bool = False


@dataclass(frozen=True, kw_only=True)
class EditMessageMedia(Editing):
    media: Object


@dataclass(frozen=True, kw_only=True)
class EditMessageReplyMarkup(Editing):
    pass


@dataclass(frozen=True, kw_only=True)
class DeleteMessage:
    chat_id: ChatId
    message_id: int


@dataclass(frozen=True, kw_only=True)
class AnswerCallbackQuery:
    callback_query_id: str
    text: str = ""
    show_alert: bool = False
    url: str = ""
    cache_time: int = 0


def edit_message_text(world: World, call: EditMessageText) -> Json:
    message = call.found(world)
    if message.attachment or message.invoice:
        raise bad("there is no text in the message to edit")
    text, entities = texted(call.text, call.parse_mode, tuple(call.entities))
    return call.change(world, message, text=text, entities=entities)


def edit_message_caption(world: World, call: EditMessageCaption) -> Json:
    message = call.found(world)
    if not message.attachment:
        raise bad("there is no caption in the message to edit")
    caption, entities = captioned(call.caption, call.parse_mode, tuple(call.caption_entities))
    return call.change(world, message, caption=caption, caption_entities=entities)


def edit_message_media(world: World, call: EditMessageMedia) -> Json:
    message = call.found(world)
    if message.invoice:
        raise bad("message can't be edited")
    media = call.media
    marks = tuple(media.get("caption_entities", ()))
    caption, entities = captioned(media.get("caption", ""), media.get("parse_mode", ""), marks)
    file = described(world, media)
    return call.change(
        world, message, attachment=file, caption=caption, caption_entities=entities, text="", entities=()
    )


def edit_message_reply_markup(world: World, call: EditMessageReplyMarkup) -> Json:
    return call.change(world, call.found(world))


def delete_message(world: World, call: DeleteMessage) -> bool:
    chat = world.chat(call.chat_id)
    message = chat.history.get(call.message_id)
    if message is None:
        raise bad("message to delete not found")
    rights = chat.kind == "private" or chat.standing.get(world.me.id) == "administrator"
    if message.sender != world.me and not rights:
        raise bad("message can't be deleted")
    del chat.history[message.id]
    world.changed(chat)
    return True


def answer_callback_query(world: World, call: AnswerCallbackQuery) -> bool:
    """Each press is answered once; whether the platform takes a second answer, it does not say."""
    press = world.presses.get(call.callback_query_id)
    if press is None or press.popup is not None or world.clock() - press.at > world.times.callback:
        raise bad(TOO_OLD)
    if len(call.text) > limits.CALLBACK_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    press.popup = Popup(call.text, call.show_alert, call.url)
    return True


METHODS: Methods = {
    EditMessageText: edit_message_text,
    EditMessageCaption: edit_message_caption,
    EditMessageMedia: edit_message_media,
    EditMessageReplyMarkup: edit_message_reply_markup,
    DeleteMessage: delete_message,
    AnswerCallbackQuery: answer_callback_query,
}
