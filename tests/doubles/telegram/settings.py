"""Methods about how the bot presents itself, and about chats, their members and topics."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.doubles.telegram import limits
from tests.doubles.telegram.calls import ChatId, Object, Objects
from tests.doubles.telegram.refusals import bad
from tests.doubles.telegram.state import Chat, Json, Topic, User, told
from tests.doubles.telegram.world import Methods, World

_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")

MENU: Json = {"type": "commands"}
EVERYBODY: Json = {"type": "default"}


@dataclass(frozen=True, kw_only=True)
class Scoped:
    """Whom commands are for."""

    scope: Object | None = None
    language_code: str = ""

    def key(self, world: World) -> tuple[str, str]:
        if not _LANGUAGE.fullmatch(self.language_code):
            raise bad("LANGUAGE_CODE_INVALID")
        if self.scope is not None and "chat_id" in self.scope:
            world.chat(self.scope["chat_id"])
        return scope_key(self.scope or EVERYBODY), self.language_code


@dataclass(frozen=True, kw_only=True)
class SetMyCommands(Scoped):
    commands: Objects


@dataclass(frozen=True, kw_only=True)
class GetMyCommands(Scoped):
    pass


@dataclass(frozen=True, kw_only=True)
class DeleteMyCommands(Scoped):
    pass


@dataclass(frozen=True, kw_only=True)
class SetMyName:
    name: str = ""
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class SetMyDescription:
    description: str = ""
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class SetMyShortDescription:
    short_description: str = ""
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class GetMyName:
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class GetMyDescription:
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class GetMyShortDescription:
    language_code: str = ""


@dataclass(frozen=True, kw_only=True)
class SetChatMenuButton:
    chat_id: int = 0
    menu_button: Object | None = None


@dataclass(frozen=True, kw_only=True)
class GetChatMenuButton:
    chat_id: int = 0


@dataclass(frozen=True, kw_only=True)
class GetChat:
    chat_id: ChatId


@dataclass(frozen=True, kw_only=True)
class GetChatMember:
    chat_id: ChatId
    user_id: int


@dataclass(frozen=True, kw_only=True)
class GetChatAdministrators:
    chat_id: ChatId


@dataclass(frozen=True, kw_only=True)
class CreateForumTopic:
    chat_id: ChatId
    name: str
    icon_color: int = 0
    icon_custom_emoji_id: str = ""


def scope_key(scope: Object) -> str:
    return json.dumps(scope, sort_keys=True)


def set_my_commands(world: World, call: SetMyCommands) -> bool:
    key = call.key(world)
    if len(call.commands) > limits.COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in call.commands:
        if not _COMMAND.fullmatch(command.get("command", "").removeprefix("/")):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    world.commands[key] = [
        {"command": one["command"].removeprefix("/"), "description": one["description"]}
        for one in call.commands
    ]
    return True


def get_my_commands(world: World, call: GetMyCommands) -> list[Json]:
    return world.commands.get(call.key(world), [])


def delete_my_commands(world: World, call: DeleteMyCommands) -> bool:
    world.commands.pop(call.key(world), None)
    return True


def commands_shown(world: World, person: User, chat: Chat) -> dict[str, str]:
    """Command → description as a person is shown them there, by the narrowest scope that has any.

    Source: core.telegram.org/bots/api#determining-list-of-commands.
    """
    for scope in _scopes(person, chat):
        for language in (person.language or "", ""):
            if found := world.commands.get((scope_key(scope), language)):
                return {command["command"]: command["description"] for command in found}
    return {}


def _scopes(person: User, chat: Chat) -> Iterator[Json]:
    here = {"chat_id": chat.id}
    if chat.kind == "private":
        yield {"type": "chat", **here}
        yield {"type": "all_private_chats"}
    else:
        rules = chat.standing.get(person.id) in ("administrator", "creator")
        yield {"type": "chat_member", **here, "user_id": person.id}
        if rules:
            yield {"type": "chat_administrators", **here}
        yield {"type": "chat", **here}
        if rules:
            yield {"type": "all_chat_administrators"}
        yield {"type": "all_group_chats"}
    yield EVERYBODY


def _name(world: World, what: str, language: str, text: str, most: int) -> bool:
    if len(text) > most:
        raise bad(f"BOT_{what.upper()}_TOO_LONG")
    world.names[what, language] = text
    return True


def _named(world: World, what: str, language: str) -> Json:
    default = world.me.name if what == "name" else ""
    return {what: world.names.get((what, language)) or world.names.get((what, "")) or default}


def set_my_name(world: World, call: SetMyName) -> bool:
    return _name(world, "name", call.language_code, call.name, 64)


def set_my_description(world: World, call: SetMyDescription) -> bool:
    return _name(world, "description", call.language_code, call.description, 512)


def set_my_short_description(world: World, call: SetMyShortDescription) -> bool:
    return _name(world, "short_description", call.language_code, call.short_description, 120)


def get_my_name(world: World, call: GetMyName) -> Json:
    return _named(world, "name", call.language_code)


def get_my_description(world: World, call: GetMyDescription) -> Json:
    return _named(world, "description", call.language_code)


def get_my_short_description(world: World, call: GetMyShortDescription) -> Json:
    return _named(world, "short_description", call.language_code)


def set_chat_menu_button(world: World, call: SetChatMenuButton) -> bool:
    world.menus[call.chat_id] = dict(call.menu_button or MENU)
    return True


def get_chat_menu_button(world: World, call: GetChatMenuButton) -> Json:
    return world.menus.get(call.chat_id, world.menus.get(0, MENU))


def get_chat(world: World, call: GetChat) -> Json:
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **world.chat(call.chat_id).json(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


def standing(user: User, status: str) -> Json:
    """A ChatMember."""
    person = {"status": status, "user": user.json()}
    match status:
        case "kicked":
            return {**person, "until_date": 0}
        case "creator":
            return {**person, "is_anonymous": False}
        case "administrator":
            rights = (
                "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages",
                "can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info",
                "can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories",
            )  # fmt: skip
            given = ("can_manage_chat", "can_delete_messages", "can_manage_topics")
            return {**person, **dict.fromkeys(rights, False), **dict.fromkeys(given, True)}
    return person


def get_chat_member(world: World, call: GetChatMember) -> Json:
    chat = world.writable(call.chat_id)
    user = world.me if call.user_id == world.me.id else world.people.get(call.user_id)
    if user is None:
        raise bad("invalid user_id specified")
    return standing(user, chat.standing.get(user.id, "left"))


def get_chat_administrators(world: World, call: GetChatAdministrators) -> list[Json]:
    chat = world.writable(call.chat_id)
    if chat.kind == "private":
        raise bad("there are no administrators in the private chat")
    everybody = {**world.people, world.me.id: world.me}
    return [
        standing(everybody[identity], status)
        for identity, status in chat.standing.items()
        if status in ("administrator", "creator")
    ]


def create_forum_topic(world: World, call: CreateForumTopic) -> Json:
    chat = world.writable(call.chat_id)
    if not chat.forum:
        raise bad("the chat is not a forum")
    if chat.standing.get(world.me.id) != "administrator":
        raise bad("not enough rights to create a topic")
    return begin_topic(world, chat, world.me, call.name).json()


def begin_topic(world: World, chat: Chat, by: User, name: str) -> Topic:
    """A new topic: its id is that of the message that says so."""
    message = world.post(chat, by)
    topic = Topic(message.id, name)
    chat.topics[topic.id] = topic
    message.thread = topic.id
    message.service = told(forum_topic_created={"name": name, "icon_color": topic.json()["icon_color"]})
    return topic


METHODS: Methods = {
    SetMyCommands: set_my_commands,
    GetMyCommands: get_my_commands,
    DeleteMyCommands: delete_my_commands,
    SetMyName: set_my_name,
    SetMyDescription: set_my_description,
    SetMyShortDescription: set_my_short_description,
    GetMyName: get_my_name,
    GetMyDescription: get_my_description,
    GetMyShortDescription: get_my_short_description,
    SetChatMenuButton: set_chat_menu_button,
    GetChatMenuButton: get_chat_menu_button,
    GetChat: get_chat,
    GetChatMember: get_chat_member,
    GetChatAdministrators: get_chat_administrators,
    CreateForumTopic: create_forum_topic,
}
