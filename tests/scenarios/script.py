"""The language of scenarios: one conversation in one file, to be read like a chat.

    # Script (a): the first order.
    people: Anna, Ben (de), Olga (owner)     who speaks: in English unless said, as staff where said
    rooms: studio                            where others read along
    files: Midnight Drive.wav (3 s)          what can be dropped (tests.scenarios.songs)
    rules: limits.song_minutes = 1           house rules that are not the usual ones
    address: https://lathe.example           how browsers reach the house; nohow unless said
    doors: discord, telegram                 where it can be played; everywhere unless said

    Anna: @"Midnight Drive.wav" a caption    who does what, as at the terminal: text, /command, @file, >button
        new card: Midnight Drive … Checking  what is seen then
    wait                                     the house comes to rest
        card: Automatic master … [Pay $6] [Terms] {*.png}
    Anna: >>Pay                              the same button twice, at once
    Anna: >Talk to a human {Where is it?}    a form, its fields between |, a - leaves one as it is
    Anna in studio: /master {@"Other.wav" | Warm | -}
    Anna: /master @"Other.wav"               a command that a file comes with
    Anna in studio: !menu Order a master @"Other.wav"     a context menu on a message with that file
    Anna elsewhere: /link <code>             the same person at another door of the house
    Anna: !begins "Big.wav"                  on the page of her order, a file of which nothing comes
    Anna: !closes DMs                        and !opens DMs
    the till is away                         it answers nobody, until `the till is back`
    the engine dies                          whatever it begins is killed, until `the engine lives`
    advance 4d                               the clock goes on, stopping where something is due
    on discord, telegram                     what follows is for these doors; `on every door` ends it

What is seen stands below the deed, indented, and goes on in the next line after a gap:

    card:      the message that is rewritten in place, as it is now; `new card:` says which one that is
    told:      a message that came since the last deed, after the ones told before
    here:      the same, in the room in which the last speaker spoke
    never:     words that nobody there can read in any message

A name in front says who sees it, a person or a room; else it is who spoke last. In `words … [Label] [-Label]
{*.wav, *.mp3}` the words occur in this order with anything in the gaps, buttons whose labels begin so stand
there in this order, or do not where there is a minus, and the files that came are exactly these. `<name>`
stands for a word that is remembered from then on; `<Anna>` is what the house calls her door and her.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from bots.terminal.parse import Command, Drop, Press, Say, Unclear, duration, parse
from core.people import Role

FOLDER = Path(__file__).parent / "scripts"
DOORS = ("terminal", "telegram", "discord")


class Unreadable(Exception):
    """A file that is no scenario; `str()` names the file, the line and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody of the cast."""

    name: str
    language: str = "en"
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """A form that is opened by a press or a command, and filled in; None leaves a field as it is."""

    opener: Press | Command
    answers: tuple[str | Drop | None, ...]


@dataclass(frozen=True, slots=True)
class Attach:
    """A command that a file comes with."""

    command: Command
    file: str


@dataclass(frozen=True, slots=True)
class Menu:
    """An entry of the context menu of a message that somebody sent with a file."""

    label: str
    file: str


@dataclass(frozen=True, slots=True)
class Twice:
    """A button pressed twice before anything can come back."""

    press: Press


@dataclass(frozen=True, slots=True)
class Begin:
    """A file is begun on the page of an order, and nothing of it comes."""

    name: str


class Switch(StrEnum):
    CLOSES = "closes DMs"
    OPENS = "opens DMs"


Doing = Say | Command | Drop | Press | Twice | Fill | Attach | Menu | Begin | Switch


@dataclass(frozen=True, slots=True)
class Deed:
    """Somebody does something: in private, or in a room; `elsewhere`: at another door."""

    line: int
    who: str
    room: str | None
    elsewhere: bool
    doing: Doing


class Sight(StrEnum):
    CARD = "card"
    NEW_CARD = "new card"
    TOLD = "told"
    HERE = "here"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a message must be like. `files`: None where any will do."""

    words: str
    labels: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    files: tuple[str, ...] | None = None

    def reads(self, text: str, known: Mapping[str, str]) -> Mapping[str, str] | None:
        """What `<name>`s were found where a text has these words in this order; None where it has not."""
        text, at, found = " ".join(text.split()), 0, dict(known)
        for words in filter(None, map(str.strip, self.words.split("…"))):
            here = _expression(words, found).search(text, at)
            if here is None:
                return None
            found.update(here.groupdict())
            at = here.end()
        return found

    def has_buttons(self, labels: tuple[str, ...], known: Mapping[str, str]) -> bool:
        rest = iter(labels)
        return all(
            any(_begins(label, filled(wanted, known)) for label in rest) for wanted in self.labels
        ) and not any(_begins(label, unwanted) for label in labels for unwanted in self.missing)

    def has_files(self, names: tuple[str, ...]) -> bool:
        if self.files is None:
            return True
        return len(names) == len(self.files) and all(map(fnmatchcase, names, self.files))


@dataclass(frozen=True, slots=True)
class Expect:
    """Somebody sees something. `viewer`: a person or a room; None: who spoke last."""

    line: int
    viewer: str | None
    sight: Sight
    pattern: Pattern
    written: str


@dataclass(frozen=True, slots=True)
class Wait:
    line: int


@dataclass(frozen=True, slots=True)
class Advance:
    line: int
    by: timedelta


@dataclass(frozen=True, slots=True)
class Till:
    """The till that takes outside money is away from here on, or back."""

    line: int
    away: bool


@dataclass(frozen=True, slots=True)
class Engine:
    """Whatever the engine begins from here on is killed, or lives again."""

    line: int
    dies: bool


Step = Deed | Expect | Wait | Advance | Till | Engine


@dataclass(frozen=True, slots=True)
class Scenario:
    """A conversation. Each step has the doors at which it is played."""

    file: Path
    people: tuple[Actor, ...]
    rooms: tuple[str, ...]
    files: tuple[tuple[str, str], ...]  # (name, what it holds)
    rules: tuple[tuple[str, str], ...]
    doors: tuple[str, ...]
    steps: tuple[tuple[frozenset[str], Step], ...]
    address: str | None = None

    @property
    def name(self) -> str:
        return self.file.stem

    def at(self, door: str) -> Iterator[Step]:
        """The steps at one door."""
        return (step for doors, step in self.steps if door in doors)

    def actor(self, name: str) -> Actor:
        return next(actor for actor in self.people if actor.name == name)


def scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Every scenario of a folder. Unreadable."""
    return [read(file) for file in sorted(folder.glob("*.chat"))]


def read(file: Path) -> Scenario:
    """Read one scenario. Unreadable."""
    reader = _Reader(file)
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            reader.take(number, line)
        except (Unclear, _Wrong) as reason:
            raise Unreadable(f"{file.name}:{number}: {reason}") from None
    return reader.scenario


class _Wrong(ValueError):
    """A line that means nothing here."""


_NAME = r"[A-Za-z][\w-]*"
_DEED = re.compile(rf"({_NAME})(?: in ({_NAME})| (elsewhere))?: (.+)")
_SIGHT = re.compile(rf"\s+(?:({_NAME}) )??({'|'.join(reversed(Sight))}):(?: (.*))?")
_HEAD = re.compile(r"(people|rooms|files|rules|address|doors): *(.+)")
_LISTED = re.compile(r"([^,()]+?)\s*(?:\(([^)]*)\))?\s*(?:,|$)")
_FORM = re.compile(r"(.+?)\s+\{(.*)\}")
_ATTACHED = re.compile(r'/(\w+)(?: ([^@{]+?))? @"?([^"]+?)"?')
_MENU = re.compile(r'!menu (.+?) @"?([^"]+?)"?')
_BEGUN = re.compile(r'!begins "([^"]+)"')
_TARGETS = re.compile(r"\[(-?)([^\]]+)\]|\{([^}]*)\}")
_HOLE = re.compile(r"<(\w+)>")


class _Reader:
    def __init__(self, file: Path) -> None:
        self.scenario = Scenario(file, (), (), (), (), DOORS, ())
        self._doors = frozenset(DOORS)

    def take(self, number: int, line: str) -> None:
        if not line.strip() or line.startswith("#"):
            return
        if line[0].isspace():
            self._sight(number, line)
        elif head := _HEAD.fullmatch(line):
            self._head(head[1], head[2])
        else:
            self._add(self._step(number, line))

    def _head(self, key: str, value: str) -> None:
        if self.scenario.steps:
            raise _Wrong(f"{key} stand above the first deed")
        listed = [(found[1].strip(), found[2] or "") for found in _LISTED.finditer(value)]
        match key:
            case "people":
                people = tuple(_actor(name, told) for name, told in listed)
                self.scenario = replace(self.scenario, people=people)
            case "rooms":
                self.scenario = replace(self.scenario, rooms=tuple(name for name, _ in listed))
            case "files":
                self.scenario = replace(self.scenario, files=(*self.scenario.files, *listed))
            case "rules":
                rules = tuple(_rule(name) for name, _ in listed)
                self.scenario = replace(self.scenario, rules=rules)
            case "address":
                self.scenario = replace(self.scenario, address=value)
            case "doors":
                self._doors = _doors(value)
                self.scenario = replace(self.scenario, doors=tuple(d for d in DOORS if d in self._doors))

    def _step(self, number: int, line: str) -> Step | None:
        if line == "wait":
            return Wait(number)
        if line.startswith("advance "):
            return Advance(number, duration(line.removeprefix("advance ").replace(" ", "")))
        if line in ("the till is away", "the till is back"):
            return Till(number, line.endswith("away"))
        if line in ("the engine dies", "the engine lives"):
            return Engine(number, line.endswith("dies"))
        if line.startswith("on "):
            named = line.removeprefix("on ")
            self._doors = frozenset(self.scenario.doors if named == "every door" else _doors(named))
            return None
        deed = _DEED.fullmatch(line)
        if not deed:
            raise _Wrong("a line is NAME: what they do, wait, advance 4d, on DOOR, or indented what is seen")
        who, room, elsewhere, doing = deed.groups()
        if who not in {actor.name for actor in self.scenario.people}:
            raise _Wrong(f"{who} is not among the people")
        if room is not None and room not in self.scenario.rooms:
            raise _Wrong(f"{room} is not among the rooms")
        return Deed(number, who, room, elsewhere is not None, self._doing(doing))

    def _doing(self, told: str) -> Doing:
        if told.removeprefix("!") in set(Switch):
            return Switch(told.removeprefix("!"))
        if begun := _BEGUN.fullmatch(told):
            return Begin(begun[1])
        if menu := _MENU.fullmatch(told):
            return Menu(menu[1], self._known(menu[2]))
        if form := _FORM.fullmatch(told):
            opener = parse(form[1])
            if not isinstance(opener, Press | Command):
                raise _Wrong("a form is opened by a button or a command")
            return Fill(opener, tuple(self._answer(part.strip()) for part in form[2].split("|")))
        if attached := _ATTACHED.fullmatch(told):
            return Attach(Command(attached[1], attached[2] or ""), self._known(attached[3]))
        twice = told.startswith(">>")
        match parse(told[twice:]):
            case Press() as press:
                return Twice(press) if twice else press
            case Drop(paths) as drop:
                for path in paths:
                    self._known(path)
                return drop
            case (Say() | Command()) as said:
                return said
        raise _Wrong(f"{told} is nothing that anybody can do")

    def _answer(self, told: str) -> str | Drop | None:
        if told == "-":
            return None
        if told.startswith("@"):
            drop = self._doing(told)
            assert isinstance(drop, Drop)
            return drop
        return told

    def _known(self, file: str) -> str:
        if file not in {name for name, _ in self.scenario.files}:
            raise _Wrong(f"{file} is not among the files")
        return file

    def _sight(self, number: int, line: str) -> None:
        if not self.scenario.steps:
            raise _Wrong("nothing can be seen before anybody did anything")
        found = _SIGHT.fullmatch(line)
        if found:
            viewer = found[1]
            there = {actor.name for actor in self.scenario.people} | set(self.scenario.rooms)
            if viewer is not None and viewer not in there:
                raise _Wrong(f"{viewer} is neither among the people nor among the rooms")
            written = found[3] or ""
            self._add(Expect(number, viewer, Sight(found[2]), _pattern(written), written))
            return
        doors, last = self.scenario.steps[-1]
        if not isinstance(last, Expect):
            raise _Wrong(f"what is seen begins with one of {', '.join(Sight)} and a colon")
        written = f"{last.written} … {line.strip()}"
        going_on = replace(last, written=written, pattern=_pattern(written))
        self.scenario = replace(self.scenario, steps=(*self.scenario.steps[:-1], (doors, going_on)))

    def _add(self, step: Step | None) -> None:
        if step is not None:
            self.scenario = replace(self.scenario, steps=(*self.scenario.steps, (self._doors, step)))


def _actor(name: str, told: str) -> Actor:
    actor = Actor(name)
    if not re.fullmatch(_NAME, name):
        raise _Wrong(f"{name!r} is no name: letters, digits and -")
    for word in told.split():
        if word in set(Role):
            actor = replace(actor, role=Role(word))
        elif re.fullmatch(r"[a-z]{2}", word):
            actor = replace(actor, language=word)
        else:
            raise _Wrong(f"{word} is neither a language nor a role")
    return actor


def _rule(told: str) -> tuple[str, str]:
    name, equals, value = told.partition("=")
    if not equals:
        raise _Wrong("a house rule is NAME = VALUE")
    return name.strip(), value.strip()


def _doors(told: str) -> frozenset[str]:
    named = {name.strip() for name in told.split(",")}
    if unknown := named - set(DOORS):
        raise _Wrong(f"there is no door {', '.join(sorted(unknown))}; there are {', '.join(DOORS)}")
    return frozenset(named)


def _pattern(written: str) -> Pattern:
    labels, missing, files = [], [], None
    for minus, label, names in _TARGETS.findall(written):
        if label:
            (missing if minus else labels).append(label)
        else:
            files = tuple(name.strip(" …") for name in names.split(",") if name.strip())
    words = " ".join(_TARGETS.sub(" ", written).split())
    if not (words or labels or missing or files is not None):
        raise _Wrong("nothing is said about what is seen")
    return Pattern(words, tuple(labels), tuple(missing), files)


def _expression(words: str, known: Mapping[str, str]) -> re.Pattern[str]:
    """Words without gaps, with holes, as a regular expression."""
    parts, rest = [], 0
    for hole in _HOLE.finditer(words):
        parts.append(re.escape(words[rest : hole.start()]))
        name = hole[1]
        parts.append(re.escape(known[name]) if name in known else rf"(?P<{name}>[\w-]+)")
        rest = hole.end()
    return re.compile("".join([*parts, re.escape(words[rest:])]))


def filled(text: str, known: Mapping[str, str]) -> str:
    """A text that somebody types, with what is remembered in the place of its `<name>`s."""
    return _HOLE.sub(lambda hole: known.get(hole[1], hole[0]), text)


def _begins(label: str, wanted: str) -> bool:
    return " ".join(label.casefold().split()).startswith(" ".join(wanted.casefold().split()))
