"""A scenario played at one door: each deed done, and what is seen held against what was written down."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bots.app import House
from bots.home import Home
from bots.rooms import Rooms
from bots.stopping import cancelled
from bots.terminal.parse import Command, Drop, Press, Say
from core.ids import derive
from core.messages import HOUSE, Incoming, Kind
from core.people import account_id
from core.snapshot import Needs
from core.uploads import Heard, Upload
from tests.scenarios import songs
from tests.scenarios.script import (
    Advance,
    Attach,
    Begin,
    Deed,
    Doing,
    Engine,
    Expect,
    Fill,
    Menu,
    Scenario,
    Sight,
    Switch,
    Till,
    Twice,
    Wait,
    filled,
)
from tests.scenarios.stage import Message, NotSeen, Stage, Where, shown


class Differs(AssertionError):
    """Somebody does not see what was written down; `str()` names the line, and says what they see."""


@dataclass
class _Sights:
    """What one viewer has seen so far."""

    deed: int = 0  # messages that were there when the last deed was done
    told: int = 0  # messages up to the last one that was told
    card: str | None = None  # the id of the message that is rewritten


@dataclass(frozen=True, slots=True)
class _Viewer:
    """Who looks, at which door. One without a person is all who are in a room."""

    stage: Stage
    where: Where

    @property
    def seen(self) -> Sequence[Message]:
        return self.stage.seen(self.where)

    def __str__(self) -> str:
        return self.where.person or self.where.room or "nobody"


@dataclass
class Play:
    """One scenario at one door. `elsewhere` is the other door at which its people may speak."""

    scenario: Scenario
    stage: Stage
    elsewhere: Stage | None
    house: House
    rooms: Rooms
    home: Home
    folder: Path
    known: dict[str, str] = field(default_factory=dict)
    _sights: dict[_Viewer, _Sights] = field(default_factory=dict)
    _files: dict[str, Path] = field(default_factory=dict)
    _last: _Viewer | None = None  # who spoke, and where
    _killer: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Play it from the first line to the last. Differs, NotSeen."""
        try:
            await self._act()
        finally:
            await self._let_live()

    async def _act(self) -> None:
        await self._prepare()
        for step in self.scenario.at(self.stage.door):
            match step:
                case Deed():
                    try:
                        await self._do(step)
                    except NotSeen as reason:
                        raise Differs(f"{self._line(step.line)} {step.who}: {reason}") from None
                case Expect():
                    await self._see(step)
                case Wait():
                    await self.house.idle()
                case Advance():
                    await self.house.advance(step.by)
                case Till():
                    _take_away(self.home.purses_file, away=step.away)
                case Engine(dies=True):
                    self._killer = asyncio.create_task(_kill_runs())
                case Engine():
                    await self._let_live()
        await self.house.idle()
        self._keep_secret()

    async def _let_live(self) -> None:
        killer, self._killer = self._killer, None
        if killer is not None:
            await cancelled([killer])

    async def _prepare(self) -> None:
        names = [actor.name for actor in self.scenario.people]
        for actor in self.scenario.people:
            await self.stage.enter(actor.name, actor.language)
            if self.elsewhere is not None and self._goes_elsewhere(actor.name):
                await self.elsewhere.enter(self._name_elsewhere(actor.name), actor.language)
            external = self.stage.external(actor.name)
            self.known[actor.name] = f"{self.stage.door}:{external}"
            if actor.role is not None:
                await self.house.decide(self._grant(external, actor.role.value, actor.name))
        for room in self.scenario.rooms:
            await self.stage.room(room, names)
        for name, what in self.scenario.files:
            self._files[name] = self.folder / name
            songs.write(self._files[name], what)

    def _goes_elsewhere(self, name: str) -> bool:
        steps = self.scenario.at(self.stage.door)
        return any(isinstance(step, Deed) and step.elsewhere and step.who == name for step in steps)

    def _name_elsewhere(self, name: str) -> str:
        """At the other door they are somebody new, though they play there too."""
        return f"{name}-from-{self.stage.door}"

    def _grant(self, external: str, role: str, name: str) -> Incoming:
        door = self.stage.door
        return Incoming(
            HOUSE,
            f"grant:{self.scenario.name}:{door}:{name}",
            account_id(door, external),
            "",
            private=True,
            kind=Kind.GRANT,
            at=self.house.clock.now(),
            payload={"role": role, "door": door, "external": external, "name": name},
        )

    async def _do(self, deed: Deed) -> None:
        stage = self._stage(elsewhere=deed.elsewhere)
        where = Where(self._name_elsewhere(deed.who) if deed.elsewhere else deed.who, deed.room)
        self._last = _Viewer(stage, where)
        for viewer, sights in self._sights.items():
            sights.deed = sights.told = len(viewer.seen)
        await self._done(stage, where, deed.doing)

    async def _done(self, stage: Stage, where: Where, doing: Doing) -> None:
        match doing:
            case Say(text):
                await stage.says(where, filled(text, self.known))
            case Drop(paths, caption):
                await stage.says(where, filled(caption, self.known), self._paths(paths))
            case Command(name, arguments):
                await stage.commands(where, Command(name, filled(arguments, self.known)))
            case Press():
                await stage.presses(where, self._button(doing))
            case Twice(press):
                await stage.presses(where, self._button(press), times=2)
            case Fill(opener, answers):
                given = [self._paths(told.paths) if isinstance(told, Drop) else told for told in answers]
                opened = self._button(opener) if isinstance(opener, Press) else opener
                await stage.fills(where, opened, given)
            case Attach(Command(name, arguments), file):
                await stage.commands(where, Command(name, filled(arguments, self.known)), self._files[file])
            case Menu(label, file):
                await stage.menu(where, label, self._files[file])
            case Begin(name):
                assert where.person is not None
                await self._begin(stage.external(where.person), name)
            case Switch():
                assert where.person is not None
                await stage.closed(where.person, closed=doing is Switch.CLOSES)

    async def _begin(self, external: str, name: str) -> None:
        """Expect a file for somebody's newest order, as its page does."""
        open_ = (await self.rooms.store.load(Needs(self.stage.door, external=external))).open
        order, now = open_[0].order, self.house.clock.now()
        upload = Upload(derive(order.id, name), order.id, order.person, name, 10**9, "audio/wav", now, now)
        await self.rooms.uploads.begin(upload)
        await self.house.decide(upload.heard(Heard.BEGUN, now))

    def _button(self, press: Press) -> Press:
        return Press(filled(press.button, self.known)) if isinstance(press.button, str) else press

    def _paths(self, names: Sequence[str]) -> list[Path]:
        return [self._files[name] for name in names]

    def _stage(self, *, elsewhere: bool) -> Stage:
        if elsewhere and self.elsewhere is None:
            raise Differs(f"{self.scenario.file.name} needs a second door")
        return self.elsewhere if elsewhere and self.elsewhere is not None else self.stage

    # What is seen

    async def _see(self, expect: Expect) -> None:
        viewer = self._viewer(expect)
        sights = self._sights.setdefault(viewer, _Sights())
        if expect.sight is Sight.NEVER:
            self._see_nothing(expect, viewer)
            return
        stage = viewer.stage
        if not await stage.until(lambda: self._match(expect, viewer, sights) is not None, stage.patience):
            raise Differs(
                f"{self._line(expect.line)} {viewer} does not see\n"
                f"    {expect.sight}: {expect.written}\n  but\n{shown(viewer.seen)}"
            )
        found = self._match(expect, viewer, sights)
        assert found is not None
        known, sights.told, sights.card = found
        self.known.update(known)

    def _match(
        self, expect: Expect, viewer: _Viewer, sights: _Sights
    ) -> tuple[Mapping[str, str], int, str | None] | None:
        """What is then known, told, and the card; None where nothing there is as expected."""
        seen = viewer.seen
        match expect.sight:
            case Sight.CARD:
                cards = [(place, m) for place, m in enumerate(seen) if m.id == sights.card]
                if sights.card is None:
                    raise Differs(f"{self._line(expect.line)} `new card:` must say first which message it is")
                return next(
                    (
                        (known, sights.told, sights.card)
                        for _, message in cards
                        if (known := self._reads(expect, (message,), (message,))) is not None
                    ),
                    None,
                )
            case Sight.NEW_CARD:
                for message in reversed(seen):
                    known = self._reads(expect, (message,), (message,))
                    if known is not None and message.id != sights.card:
                        return known, sights.told, message.id
                return None
        fresh = seen[sights.deed :]
        for first in range(sights.told, len(seen)):
            for last in range(first, len(seen)):
                known = self._reads(expect, seen[first : last + 1], fresh)
                if known is not None:
                    return known, last + 1, sights.card
        return None

    def _reads(
        self, expect: Expect, messages: Sequence[Message], bringing: Sequence[Message]
    ) -> Mapping[str, str] | None:
        """Whether these messages together are as expected, with the files that those bring.

        A platform may need several messages for one: for a long text, or for each file.
        """
        labels = tuple(label for message in messages for label in message.labels)
        files = tuple(name for message in bringing for name in message.files)
        if not (expect.pattern.has_buttons(labels, self.known) and expect.pattern.has_files(files)):
            return None
        return expect.pattern.reads(" ".join(message.text for message in messages), self.known)

    def _see_nothing(self, expect: Expect, viewer: _Viewer) -> None:
        for message in viewer.seen:
            if expect.pattern.reads(message.text, self.known) is not None:
                what = f"sees what nobody should:\n{shown([message])}"
                raise Differs(f"{self._line(expect.line)} {viewer} {what}")

    def _viewer(self, expect: Expect) -> _Viewer:
        assert self._last is not None, "somebody spoke before anything is seen"
        if expect.sight is Sight.HERE:
            return self._last
        if expect.viewer is None:
            return _Viewer(self._last.stage, Where(self._last.where.person))
        if expect.viewer in self.scenario.rooms:
            return _Viewer(self.stage, Where(None, expect.viewer))
        return _Viewer(self.stage, Where(expect.viewer))

    def _keep_secret(self) -> None:
        """No file, and no name of a song, was ever shown in a room; at the staff desk names may be."""
        for room in self.scenario.rooms:
            for message in self.stage.seen(Where(None, room)):
                if message.files:
                    raise Differs(f"{self.scenario.file.name}: a file came to {room}:\n{shown([message])}")
                if room.endswith("desk"):
                    continue
                for name, _ in self.scenario.files:
                    if Path(name).stem.casefold() in message.text.casefold():
                        raise Differs(f"{self.scenario.file.name}: {room} read a title:\n{shown([message])}")

    def _line(self, number: int) -> str:
        return f"{self.scenario.file.name}:{number} at {self.stage.door}:"


async def _kill_runs() -> None:
    """Kill whatever the fork server of the engine has begun, as a machine does that is out of memory."""
    while True:
        for server in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):
                for run in server.children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        run.kill()
        await asyncio.sleep(0.01)


def _take_away(book: Path, *, away: bool) -> None:
    """Put a folder in the place of a book, so that nobody can open it; or put the book back."""
    aside = book.with_name(f"{book.name} aside")
    if away:
        book.rename(aside)
        book.mkdir()
    else:
        book.rmdir()
        aside.rename(book)
