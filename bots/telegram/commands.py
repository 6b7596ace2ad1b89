"""The menu of commands: one for private chats, groups and those who run groups, in each language."""

from collections.abc import Iterator

import structlog
from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)
from telegram.error import TelegramError

from core.commands import COMMANDS, Command
from core.wording import Catalogues

_FIRST = "en"  # what is shown in every language that has no menu of its own

log = structlog.get_logger()


async def show_commands(bot: Bot, catalogues: Catalogues) -> None:
    """Set every menu. A hint only: rights are checked when a command comes, so a failure is only logged."""
    for language in catalogues.languages:
        say = catalogues.voice(language)
        for scope, commands in menus():
            listed = [BotCommand(command.name, say.word(command.help)) for command in commands]
            try:
                await bot.set_my_commands(listed, scope, None if language == _FIRST else language)
            except TelegramError as error:
                log.warning("commands are not shown", door="telegram", why=type(error).__name__)
                return


def menus() -> Iterator[tuple[BotCommandScope, list[Command]]]:
    """What is listed where. In a group: what takes a song of it; for those who run it, what staff may do."""
    anybody = [command for command in COMMANDS if command.needs is None]
    roomy = [command for command in anybody if command.menu is not None or command.name == "help"]
    staff = [command for command in COMMANDS if command.needs is not None]
    yield BotCommandScopeAllPrivateChats(), anybody
    yield BotCommandScopeAllGroupChats(), roomy
    yield BotCommandScopeAllChatAdministrators(), [*roomy, *staff]
