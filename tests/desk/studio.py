"""A studio for tests: the real desk over the real store; the test plays people, engine, tills and clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.catalogues import load_catalogues
from core.desk.desk import Desk
from core.desk.scene import Ways
from core.desk.shown.reading import plainly
from core.jobs import QUEUE_OF, Job, JobKind, Queue, ended
from core.messages import HOUSE, WEB, Button, FileRef, Incoming, Kind
from core.orders import Project
from core.ports import Outgoing
from core.rules import HouseRules
from core.snapshot import Needs
from core.sources import DOOR as LINK
from core.wording import Catalogues
from storage.store import TortoiseStore, open_store

DOORS = ("terminal", "discord", "telegram")
START = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


@dataclass
class Shown:
    """A message as its receiver sees it last."""

    to: str
    text: str
    buttons: tuple[Button, ...]
    media: tuple[Any, ...]
    key: str | None
    notice: str | None
    message: str = ""  # what its door calls it

    def button(self, label: str) -> Button:
        found = [button for button in self.buttons if button.label.lower().startswith(label.lower())]
        assert found, f"no button {label!r} among {[button.label for button in self.buttons]}\n{self.text}"
        return found[0]

    def has(self, label: str) -> bool:
        return any(button.label.lower().startswith(label.lower()) for button in self.buttons)


class Studio:
    """Deeds as short words; what was sent as lists."""

    def __init__(self, store: TortoiseStore, rules: HouseRules, clock: Clock, catalogues: Catalogues) -> None:
        ways = Ways(dict.fromkeys(DOORS, ("credit", "demo")), frozenset({"credit"}))
        self.store, self.rules, self.clock, self.catalogues, self._ways = (
            store,
            rules,
            clock,
            catalogues,
            ways,
        )
        self.desk = Desk(store, rules, clock, catalogues, ways)
        self.cards: dict[tuple[str, str], Shown] = {}
        self.notices: list[Shown] = []
        self.held = False  # the relay is busy: what is to be sent waits
        self.refusing: set[str] = set()  # who has closed their DMs
        self._count = 0

    def charges(self, when: str) -> None:
        """The house changes when it wants its money."""
        self.goes_by(self.rules.model_copy(update={"charge": when}))

    def opens_pages(self) -> None:
        """Browsers reach the house from now on."""
        self._ways = replace(self._ways, pages=True)
        self.goes_by(self.rules)

    def gives_back_whole_charges_only(self, till: str) -> None:
        """A till is one that gives back no part of a charge."""
        self._ways = replace(self._ways, whole_only=frozenset({till}))
        self.goes_by(self.rules)

    def prices(self, amount: int) -> None:
        """The house changes what a song costs, in cents."""
        line = self.rules.service.automatic.model_copy(update={"price": amount})
        services = self.rules.service.model_copy(update={"automatic": line})
        self.goes_by(self.rules.model_copy(update={"service": services}))

    def gives_up_its_styles(self) -> None:
        """The house has no styles of its own any more."""
        self.goes_by(self.rules.model_copy(update={"styles": {}}))

    def goes_by(self, rules: HouseRules) -> None:
        """The house has other rules from now on."""
        self.rules = rules
        self.desk = Desk(self.store, rules, self.clock, self.catalogues, self._ways)

    # People

    async def says(
        self,
        who: str,
        text: str = "",
        *files: str,
        complete: bool = True,
        place: str = "dm",
        size: int = 1000,
        answers: Shown | None = None,
    ) -> None:
        references = tuple(FileRef(door_of(who), f"/music/{name}", name, size) for name in files)
        told = {"text": text, "complete": complete, **({"answers": answers.message} if answers else {})}
        await self._deed(who, Kind.MESSAGE, told, place, references)

    async def drops(self, who: str, *files: str, complete: bool = True, size: int = 1000) -> None:
        await self.says(who, "", *files, complete=complete, size=size)

    async def commands(self, who: str, line: str, place: str = "dm") -> None:
        name, _, arguments = line.partition(" ")
        await self._deed(who, Kind.COMMAND, {"name": name, "arguments": arguments}, place)

    async def presses(self, who: str, label: str, *, on: Shown | None = None, place: str = "dm") -> None:
        """Press a button by the beginning of its label, on a message or on the newest that has it."""
        address = who if place == "dm" else place
        shown = [on] if on else [*self.cards.values(), *self.notices]
        mine = [s for s in shown if s.to == address and s.has(label)]
        assert mine, f"{address} sees no button {label!r}"
        button = mine[-1].button(label)
        action = button.action or f"form.{button.form}"
        await self._deed(who, Kind.PRESS, {"action": action}, place)

    async def presses_raw(self, who: str, action: str, place: str = "dm") -> None:
        await self._deed(who, Kind.PRESS, {"action": action}, place)

    async def meets(self, who: str, kind: Kind, payload: Mapping[str, Any], locale: str | None) -> None:
        """A deed as its platform tells it, with the language the platform names."""
        await self._deed(who, kind, payload, locale=locale)

    async def grants(self, role: str, who: str) -> None:
        told = {"role": role, "door": door_of(who), "external": who, "name": who}
        await self._house(Kind.GRANT, told)

    # The engine and the tills

    async def takes(self, kind: JobKind) -> Job:
        doors = (*DOORS, WEB, LINK)
        job = await self.store.take(QUEUE_OF[kind], doors, "engine")
        if job is None and kind is JobKind.FETCH:
            job = await self.store.take(Queue.LINK, doors, "engine")
        assert job is not None, f"there is no {kind} job to take"
        assert job.kind is kind, f"the next job is {job.kind}, not {kind}"
        return job

    async def does(self, kind: JobKind, result: Mapping[str, Any]) -> Job:
        """The next job is of this kind and ends well."""
        job = await self.takes(kind)
        await self.ends(job, {"done": dict(result)})
        return job

    async def fails(self, kind: JobKind, code: str, **details: Any) -> Job:
        job = await self.takes(kind)
        await self.ends(job, {"failed": {"code": code, "details": details}})
        return job

    async def ends(self, job: Job, told: Mapping[str, Any]) -> None:
        await self.desk.handle(ended(job, told, self.clock.now()))
        await self.relays()

    async def checks(self, songs: int = 1, **analysis: Any) -> None:
        """The next songs are fetched and looked into."""
        for number in range(songs):
            await self.does(
                JobKind.FETCH, {"source": "cas/x", "sha256": f"{self._count}-{number}", "size": 1000}
            )
        for _ in range(songs):
            await self.does(JobKind.INTAKE, looked_into(**analysis))

    async def masters(self, songs: int = 1, **measured: Any) -> None:
        for _ in range(songs):
            await self.does(JobKind.RENDER, rendered(**measured))
        if songs > 1:
            await self.does(JobKind.ALBUM, {"picture": media("picture", "levels.png")})

    async def delivers(self, songs: int = 1) -> None:
        for _ in range(songs):
            await self.does(
                JobKind.DELIVER, {"files": [media("file", "song.wav"), media("file", "song.mp3")]}
            )

    async def settles(self, **answer: Any) -> None:
        await self.does(JobKind.CHARGE, answer or {"provider_id": f"demo-{self._count}", "declined": None})

    async def idle(self) -> bool:
        """Whether nothing is left to do now."""
        return not await self.store.pending(self.clock.now())

    # Time

    async def passes(self, **span: float) -> None:
        """Time passes, stopping at every due time on the way."""
        target = self.clock.time + timedelta(**span)
        while (due := await self.store.next_due()) is not None and due <= target:
            self.clock.time = max(due, self.clock.time)
            for tick in await self.store.due(self.clock.time, 100):
                await self.desk.handle(tick)
            await self.relays()
        self.clock.time = target

    # What can be seen

    async def relays(self) -> None:
        """Everything that is to be sent is sent, and what the desk wanted to know about it is told."""
        while not self.held:
            outgoing = await self.store.outgoing(DOORS, 100)
            for message in outgoing:
                await self._sends(message)
            undone = await self.store.undone([], 100)
            for received in undone:
                await self.desk.handle(received.incoming)
            if not outgoing and not undone:
                break

    async def _sends(self, message: Outgoing) -> None:
        thing = message.card or message.notice
        assert thing is not None
        if message.reach.address in self.refusing:
            await self.store.refused(message, "closed")
            return
        say = self.catalogues.voice(message.reach.locale)
        text = plainly(thing.text, thing.to, say, self.clock.now(), self.rules.zone)
        shown = Shown(
            message.reach.address,
            text,
            thing.buttons,
            thing.media,
            message.card.key if message.card else None,
            message.notice.id if message.notice else None,
            f"m{message.row}",
        )
        if message.card:
            key = (message.reach.address, message.card.key)
            self.cards.pop(key, None)
            self.cards[key] = shown
        else:
            await self.store.sending(message)
            self.notices.append(shown)
        await self.store.sent(message, f"m{message.row}")

    def card(self, who: str, key: str = "order:") -> Shown:
        """The newest card of somebody whose key begins so."""
        found = [
            shown for (to, _), shown in self.cards.items() if to == who and (shown.key or "").startswith(key)
        ]
        assert found, f"{who} sees no card {key!r}"
        return found[-1]

    def told(self, who: str) -> list[str]:
        return [shown.text for shown in self.notices if shown.to == who]

    def last(self, who: str) -> Shown:
        found = [shown for shown in self.notices if shown.to == who]
        assert found, f"{who} was told nothing"
        return found[-1]

    async def project(self, who: str) -> Project:
        """The newest open order of somebody, else the last one named on their card."""
        snapshot = await self.store.load(Needs(door_of(who), external=who))
        if snapshot.open:
            return snapshot.open[0]
        order = (self.card(who).key or "").removeprefix("order:")
        project = (await self.store.load(Needs(door_of(who), external=who, order=order))).project
        assert project is not None
        return project

    async def credit(self, who: str) -> int:
        balance = (await self.store.load(Needs(door_of(who), external=who))).balance
        return balance.amount if balance else 0

    async def _deed(
        self,
        who: str,
        kind: Kind,
        payload: Mapping[str, Any],
        place: str = "dm",
        files: tuple[FileRef, ...] = (),
        locale: str | None = "en",
    ) -> None:
        self._count += 1
        incoming = Incoming(
            door_of(who),
            f"event-{self._count}",
            who,
            who if place == "dm" else place,
            private=place == "dm",
            kind=kind,
            at=self.clock.now(),
            payload=payload,
            files=files,
            locale=locale,
            name=who,
        )
        await self.store.receive(incoming)
        await self.desk.handle(incoming)
        await self.relays()

    async def _house(self, kind: Kind, payload: Mapping[str, Any]) -> None:
        self._count += 1
        event = f"house-{self._count}"
        await self.desk.handle(
            Incoming(HOUSE, event, None, "", private=True, kind=kind, at=self.clock.now(), payload=payload)
        )


def door_of(who: str) -> str:
    """The door somebody comes through: "telegram:ada" through Telegram, "ada" at the terminal."""
    door, colon, _ = who.partition(":")
    return door if colon else "terminal"


def media(kind: str, name: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "blob": f"cas/{name}",
        "name": name,
        "media_type": "x/y",
        "size": 10,
        "sha256": "ab" * 32,
    }


def looked_into(**analysis: Any) -> dict[str, Any]:
    """What the engine answers for a clean mix, unless told otherwise."""
    advice = analysis.pop("advice", [])
    figures = {
        "duration": 238.0,
        "rate": 44100,
        "bits": 24,
        "lufs": -19.2,
        "true_peak": -5.8,
        "lra": 6.1,
        "spectrum_mid": [[100.0, -30.0], [1000.0, -34.0]],
        "spectrum_side": [[100.0, -60.0], [1000.0, -46.0]],
    } | analysis
    return {
        "pcm": "cas/pcm",
        "analysis": figures,
        "advice": advice,
        "picture": media("picture", "waveform.png"),
    }


def rendered(**measured: Any) -> dict[str, Any]:
    figures = {"lufs": -14.0, "true_peak": -1.0, "lra": 5.0, "reached": True, "why": None} | measured
    previews = [
        {"role": "ab", **media("audio", "ab.mp3")},
        {"role": "preview", **media("audio", "preview.mp3")},
        {"role": "picture", **media("picture", "picture.png")},
    ]
    return {
        "master": {"blob": "cas/master", "sha256": "cd" * 32, "size": 10},
        "measured": figures,
        "previews": previews,
    }


@asynccontextmanager
async def open_studio(url: str, rules: HouseRules | None = None) -> AsyncIterator[Studio]:
    clock = Clock()
    async with open_store(url, clock, {"free": 1, "basic": 8, "business": 8}) as store:
        yield Studio(store, rules or HouseRules(), clock, load_catalogues())
