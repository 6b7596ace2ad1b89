"""The commands of the house as Discord's: slash commands with options, and context menus on messages."""

import inspect
import re
from collections.abc import Sequence
from typing import Any, Literal, Protocol

import discord
import structlog
from discord import app_commands
from discord.app_commands import locale_str

from bots.discord.reading import NAME
from core.commands import COMMANDS, Command
from core.desk.staffing.staff import NOBODY
from core.people import Role
from core.wording import Catalogues
from dsp.presets import presets

FILE = "file"
"""The option that takes a song."""

_FORMATS = "WAV, AIFF, FLAC, MP3, M4A, OGG or Opus"
_CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
_INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
_STAFF = discord.Permissions(manage_guild=True)
_MENTION = re.compile(r"<@!?(\d+)>")

log = structlog.get_logger()


class Calls(Protocol):
    """Who is told of a command."""

    async def called(
        self,
        interaction: discord.Interaction,
        command: Command,
        arguments: str,
        files: Sequence[discord.Attachment],
    ) -> None: ...

    async def called_on(
        self, interaction: discord.Interaction, command: Command, message: discord.Message
    ) -> None: ...


class CommandTree(app_commands.CommandTree[discord.Client]):
    """The commands of one connection, in every place and for every install that Discord has."""

    def __init__(self, client: discord.Client, calls: Calls, catalogues: Catalogues) -> None:
        super().__init__(client, allowed_contexts=_CONTEXTS, allowed_installs=_INSTALLS)
        for command in COMMANDS:
            self.add_command(_slash(command, calls, catalogues))
            if command.menu is not None:
                self.add_command(_menu(command, command.menu, calls))

    async def on_error(
        self, interaction: discord.Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        log.error("command not handled", exc_info=error)


class Words(app_commands.Translator):
    """Helps and labels in the languages of the house. What is typed has one name everywhere."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def translate(
        self,
        string: locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        voice = self._catalogues.voice(locale.value)
        translated = voice.sentences.get(string.message) if string.extras.get("said") else None
        return translated if isinstance(translated, str) else None


def _said(sentence: str) -> locale_str:
    """A sentence of the catalogue."""
    return locale_str(sentence, said=True)


def _slash(command: Command, calls: Calls, catalogues: Catalogues) -> app_commands.Command[Any, ..., None]:
    options = [_option(command, argument, catalogues) for argument in command.arguments]
    names = [option.name for option in options]
    if command.file:
        options.append(_parameter(FILE, discord.Attachment | None, None))

    async def call(interaction: discord.Interaction, **given: Any) -> None:
        file = given.get(FILE) if command.file else None
        said = [_typed(str(given[name])) for name in names if given.get(name) is not None]
        await calls.called(interaction, command, " ".join(said), [file] if file else [])

    this = inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_ONLY, annotation=discord.Interaction)
    required_first = sorted(options, key=lambda option: option.default is None)
    # What the library reads of a function is its signature; mypy knows none that is put in its place.
    call.__signature__ = inspect.Signature([this, *required_first])  # type: ignore[attr-defined]
    described = {
        **dict(zip(names, command.arguments, strict=True)),
        **({FILE: _FORMATS} if command.file else {}),
    }
    made: app_commands.Command[Any, ..., None] = app_commands.Command(
        name=command.name,
        description=_said(command.help),
        callback=app_commands.describe(**described)(call) if described else call,
    )
    if command.needs is not None:
        made.default_permissions = _STAFF  # a hint: who may is decided at the desk
    return made


def _menu(command: Command, label: str, calls: Calls) -> app_commands.ContextMenu:
    async def call(interaction: discord.Interaction, message: discord.Message) -> None:
        await calls.called_on(interaction, command, message)

    return app_commands.ContextMenu(name=_said(label), callback=call)


def _option(command: Command, argument: str, catalogues: Catalogues) -> inspect.Parameter:
    """One of some words where they are known, and then one must be chosen, unless the desk lists them or
    opens a form without; else free text or nothing.
    """
    if "|" in argument:
        words = _one_of(argument.split("|"))
        return _parameter("choice", words | None, None) if command.form else _parameter("choice", words)
    match command.name, argument:
        case "language", "code":
            return _parameter(argument, _one_of(catalogues.languages))
        case "grant", "role":
            return _parameter(argument, _one_of([*(role.value for role in Role), NOBODY]) | None, None)
        case "staff", "here":
            return _parameter(argument, _one_of([argument]))
        case "for", "where":
            return _parameter(argument, _one_of(tuple(presets())) | None, None)
    return _parameter(argument, str | None, None)


def _one_of(words: Sequence[str]) -> Any:
    return Literal[tuple(words)]


def _parameter(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=default)


def _typed(words: str) -> str:
    """What was typed, with a mention of somebody as the house names people."""
    return _MENTION.sub(rf"{NAME}:\1", words)
