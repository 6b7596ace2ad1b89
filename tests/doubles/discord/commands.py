"""Registered commands: what may be registered, and what a person finds of it where she is."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.doubles.discord.refusals import invalid
from tests.doubles.discord.state import Channel, Command, Json, Place, World

CHAT, ON_USER, ON_MESSAGE = 1, 2, 3  # types of commands
SUBCOMMAND, GROUP = 1, 2  # types of options
_MOST = {CHAT: 100, ON_USER: 15, ON_MESSAGE: 15}
_NAME = re.compile(r"[-_'\w]{1,32}")
_LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
_SERVER_ONLY, _ANYWHERE = [0], [0, 1, 2]


def registered(world: World, sent: Sequence[Json], guild_id: int | None) -> list[Command]:
    """Put these commands in the place of those that were there; one that keeps its name keeps its id."""
    counts = Counter(one.get("type") or CHAT for one in sent)
    for kind, count in counts.items():
        if count > _MOST[kind]:
            raise invalid("commands", f"Maximum number of application commands reached ({_MOST[kind]})")
    names = [(one.get("type") or CHAT, one["name"]) for one in sent]
    if len(set(names)) < len(names):
        raise invalid("name", "Application command names must be unique")
    for one in sent:
        _check(one)
    before = {(one.body["type"], one.body["name"]): one.id for one in world.commands.get(guild_id, [])}
    kept = []
    for one, key in zip(sent, names, strict=True):
        number = before.get(key) or world.ids.next()
        kept.append(Command(number, guild_id, _body(world, one, number, guild_id)))
    world.commands[guild_id] = kept
    world.changed()
    return kept


def _body(world: World, sent: Json, number: int, guild_id: int | None) -> Json:
    given = {key: value for key, value in sent.items() if value is not None and key != "id"}
    body = {
        "type": CHAT,
        "description": "",
        "default_member_permissions": None,
        "dm_permission": True,
        "contexts": None,
        "integration_types": [0],
        "nsfw": False,
        **given,
        "id": str(number),
        "application_id": str(world.application_id),
        "version": str(world.ids.next()),
    }
    if body["default_member_permissions"] is not None:
        body["default_member_permissions"] = str(body["default_member_permissions"])
    return body if guild_id is None else {**body, "guild_id": str(guild_id)}


def _check(command: Json) -> None:
    kind = command.get("type") or CHAT
    options = command.get("options") or []
    if kind == CHAT:
        _named(command)
        _check_options(options)
    elif options or command.get("description"):
        raise invalid("description", "Context menu commands cannot have description or options")
    elif not 1 <= len(command["name"]) <= 32:
        raise invalid("name", "Must be between 1 and 32 in length.")
    if len(_words(command)) > 8000:
        raise invalid("name", "Application command is too large, over 8000 characters")
    for key in ("name_localizations", "description_localizations"):
        if unknown := set(command.get(key) or ()) - _LOCALES:
            raise invalid(key, f"Unknown locales: {', '.join(sorted(unknown))}")


def _named(one: Json) -> None:
    names = [one["name"], *(one.get("name_localizations") or {}).values()]
    for name in names:
        if not _NAME.fullmatch(name) or name != name.lower():
            raise invalid("name", f"Command name is invalid: {name}")
    descriptions = [one.get("description") or "", *(one.get("description_localizations") or {}).values()]
    if not all(1 <= len(text) <= 100 for text in descriptions):
        raise invalid("description", f"Must be between 1 and 100 in length, for {one['name']}.")


def _check_options(options: Sequence[Json]) -> None:
    if len(options) > 25:
        raise invalid("options", "Must be 25 or fewer in length.")
    needed = [bool(one.get("required")) for one in options]
    if needed != sorted(needed, reverse=True):
        raise invalid("options", "Required options must be placed before non-required options")
    if len({one["name"] for one in options}) < len(options):
        raise invalid("options", "Option name already exists")
    for one in options:
        _named(one)
        if len(one.get("choices") or ()) > 25:
            raise invalid("options", "Must be 25 or fewer in length.")
        if one.get("choices") and one.get("autocomplete"):
            raise invalid("options", "An option has choices or autocomplete")
        _check_options(one.get("options") or [])


def _words(command: Json) -> str:
    """What counts towards the size of a command: names, descriptions and values."""
    said = [command["name"], command.get("description") or ""]
    for option in command.get("options") or ():
        said.append(_words(option))
        said += [str(one["name"]) + str(one["value"]) for one in option.get("choices") or ()]
    return "".join(said)


def offered(world: World, channel: Channel, installed: bool) -> list[Command]:
    """The commands a person is offered in a place."""
    home = channel.guild
    everywhere = world.commands.get(None, [])
    here = world.commands.get(home.id, []) if home is not None and home.has_bot else []
    found = []
    for command in [*here, *everywhere]:
        body = command.body
        contexts = body["contexts"] or (_ANYWHERE if body["dm_permission"] else _SERVER_ONLY)
        types = body["integration_types"]
        by_guild = home is not None and home.has_bot and 0 in types
        by_person = installed and 1 in types
        in_dm = channel.place is Place.DM and 1 in contexts
        in_group = channel.place is Place.GROUP and 2 in contexts and by_person
        if (
            in_group
            or (in_dm and (by_person or 0 in types))
            or (home is not None and 0 in contexts and (by_guild or by_person))
        ):
            found.append(command)
    return found


def called(commands: Sequence[Command], kind: int, name: str, locale: str) -> Command:
    """The command that is shown under this name to a reader of this language.

    Raises `LookupError`, with what is there, when there is none.
    """
    for command in commands:
        names = (command.body["name"], (command.body.get("name_localizations") or {}).get(locale))
        if command.body["type"] == kind and name in names:
            return command
    there = ", ".join(sorted(one.body["name"] for one in commands)) or "none"
    raise LookupError(f"no command {name!r} is offered here; there are: {there}")


def option(options: Sequence[Json], name: str) -> Json:
    """The declared option of this name; `_` stands for `-` too."""
    for one in options:
        if one["name"] in (name, name.replace("_", "-")):
            return one
    raise LookupError(f"no option {name!r}; there are: {', '.join(one['name'] for one in options) or 'none'}")


def checked(declared: Json, value: Any) -> None:
    """Raises `ValueError` for a value that Discord's client would not let a person send."""
    choices = [one["value"] for one in declared.get("choices") or ()]
    if choices and value not in choices:
        raise ValueError(f"{declared['name']} is one of {choices}, not {value!r}")
    size, word = (len(value), "length") if isinstance(value, str) else (value, "value")
    least, most = declared.get(f"min_{word}"), declared.get(f"max_{word}")
    if (least is not None and size < least) or (most is not None and size > most):
        raise ValueError(f"{declared['name']}: its {word} of {size} is not {least} to {most}")
