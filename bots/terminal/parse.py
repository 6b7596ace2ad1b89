"""The line language of the terminal door: what one typed line asks for.

text                        a message (a leading `\\` makes any line text)
/command args [@path …]     a command; one that takes files takes them from here
@path [@path …] [caption]   files, paths with spaces in quotes; one line is one complete drop
>label, >number             a press of a button, by the beginning of its label or by its number
!as NAME, !staff NAME [ROLE], !room NAME, !dm     who speaks, and where
!once ID line               a deed that happens once, however often it is said; answered with its ID
!wait, !advance 5d3h        let the house come to rest, move its clock
# …                         a comment
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from core.commands import BY_NAME
from core.people import Role


class Unclear(ValueError):
    """A line that means nothing here; `str()` says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Say:
    text: str


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    arguments: str = ""
    paths: tuple[str, ...] = ()  # files that come with it


@dataclass(frozen=True, slots=True)
class Drop:
    """Files with a caption: one complete drop."""

    paths: tuple[str, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """A button by its number (from 1) or by the beginning of its label."""

    button: int | str


@dataclass(frozen=True, slots=True)
class SpeakAs:
    name: str


@dataclass(frozen=True, slots=True)
class SpeakAsStaff:
    name: str
    role: Role | None  # None: the one they hold; owner, if none


@dataclass(frozen=True, slots=True)
class EnterRoom:
    name: str


@dataclass(frozen=True, slots=True)
class LeaveRoom:
    """Back to the direct messages."""


@dataclass(frozen=True, slots=True)
class Wait:
    pass


@dataclass(frozen=True, slots=True)
class Advance:
    by: timedelta


Deed = Say | Command | Drop | Press


@dataclass(frozen=True, slots=True)
class Once:
    """A deed that whoever says it has named, to say it again when no answer came."""

    name: str
    deed: Deed


Line = Deed | Once | SpeakAs | SpeakAsStaff | EnterRoom | LeaveRoom | Wait | Advance

_NAME = re.compile(r"\w[\w.-]{0,63}")
_A_NAME = "one word of letters, digits, - . _ (at most 64)"
_COMMAND = re.compile(r"/([A-Za-z][A-Za-z0-9_-]{0,31})(?:\s+(.*))?", re.DOTALL)
_FILES = re.compile(r"(?<!\S)[\"']?@")
_DIRECTIVE = re.compile(r"!([a-z]+)(?:\s+(.*))?", re.DOTALL)
_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_FURTHEST = timedelta(days=36500)


def parse(line: str) -> Line | None:
    """What a line asks for; None for an empty one and for a comment. Raises Unclear."""
    line = line.strip()
    if not line or line.startswith("#"):
        return None
    if line.startswith("\\"):
        return Say(line[1:])
    if line.startswith("/"):
        return _command(line)
    if line.startswith(("@", '"@', "'@")):
        return _drop(line)
    if line.startswith(">"):
        return _press(line[1:].strip())
    if line.startswith("!"):
        return _directive(line)
    return Say(line)


def _command(line: str) -> Command:
    found = _COMMAND.fullmatch(line)
    if not found:
        raise Unclear("a command is a name after the slash, such as /help")
    name, arguments = found.group(1).lower(), (found.group(2) or "").strip()
    declared = BY_NAME.get(name)
    files = _FILES.search(arguments) if declared and declared.file else None
    if files is None:
        return Command(name, arguments)
    drop = _drop(arguments[files.start() :])
    return Command(name, f"{arguments[: files.start()]}{drop.caption}".strip(), drop.paths)


def _drop(line: str) -> Drop:
    paths: list[str] = []
    rest = line
    while rest.startswith(("@", '"@', "'@")):
        word, rest = _word(rest)
        path = word.removeprefix("@")
        if not path:
            raise Unclear("there is no path after the @")
        paths.append(path)
    return Drop(tuple(paths), rest.removeprefix("\\"))


def _word(text: str) -> tuple[str, str]:
    """The first word, quotes and backslashes read as a shell reads them, and what stands after it."""
    word: list[str] = []
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'" and at + 1 < len(text) and (not quote or text[at + 1] in '"\\'):
            at += 1
            word.append(text[at])
        elif quote:
            if char == quote:
                quote = ""
            else:
                word.append(char)
        elif char in "\"'":
            quote = char
        elif char.isspace():
            break
        else:
            word.append(char)
        at += 1
    if quote:
        raise Unclear(f"a quote ({quote}) is not closed")
    return "".join(word), text[at:].lstrip()


def _press(label: str) -> Press:
    if not label:
        raise Unclear("which button? >2 presses the second one, >pay the one whose label begins so")
    return Press(int(label) if label.isascii() and label.isdigit() else label)


def _directive(line: str) -> Line:
    found = _DIRECTIVE.fullmatch(line)
    name, words = (found.group(1), (found.group(2) or "").split()) if found else ("", [])
    if found and name == "once":
        return _once(found.group(2) or "")
    match name, words:
        case "as", [who]:
            return SpeakAs(_named(who))
        case "staff", [who]:
            return SpeakAsStaff(_named(who), None)
        case "staff", [who, role]:
            return SpeakAsStaff(_named(who), _role(role))
        case "room", [room]:
            return EnterRoom(_named(room))
        case "dm", []:
            return LeaveRoom()
        case "wait", []:
            return Wait()
        case "advance", [_, *_]:
            return Advance(duration("".join(words)))
        case "as", _:
            raise Unclear(f"say who speaks: !as NAME, {_A_NAME}")
        case "staff", _:
            raise Unclear(f"say who speaks: !staff NAME [ROLE], the name {_A_NAME}")
        case "room", _:
            raise Unclear(f"say which room: !room NAME, {_A_NAME}")
        case "advance", _:
            raise Unclear("say how far: !advance 5d3h")
        case ("dm" | "wait") as alone, _:
            raise Unclear(f"!{alone} stands alone")
    raise Unclear(
        "there are !as, !staff, !room, !dm, !once, !wait, !advance; a \\ in front makes it a message"
    )


def _once(words: str) -> Once:
    name, _, line = words.partition(" ")
    match parse(line):
        case (Say() | Command() | Drop() | Press()) as deed if name:
            return Once(_named(name), deed)
    raise Unclear("!once ID takes a message, a command, files or a press")


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Unclear(f"{name!r} is no name: a name is {_A_NAME}, not beginning with - or .")
    return name


def _role(role: str) -> Role:
    try:
        return Role(role.lower())
    except ValueError:
        raise Unclear(f"{role!r} is no role; there are {', '.join(Role)}") from None


def duration(text: str) -> timedelta:
    """A length of time such as `5d3h`, `90m`, `1w`. Raises Unclear."""
    counts = re.findall(r"(\d{1,9})([wdhms])", text)
    if not counts or "".join(count + unit for count, unit in counts) != text:
        raise Unclear(f"{text!r} is no length of time; write 5d3h, 90m or 1w")
    try:
        span = sum((int(count) * _UNITS[unit] for count, unit in counts), timedelta())
    except OverflowError:
        span = timedelta.max
    if span > _FURTHEST:
        raise Unclear(f"{text} is more than a hundred years")
    return span
