"""A studio for the benches: the real inbox, desk, store, relay, sweep and runner, without sound and network.

Its engine answers at once with figures as a real one would, its till takes every charge, and its door notes
when each message came.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bots.catalogues import load_catalogues
from core.desk.desk import Desk
from core.desk.loops.bell import Bell
from core.desk.loops.inbox import Inbox
from core.desk.loops.relay import Relay
from core.desk.loops.sweep import Sweep
from core.desk.scene import Ways
from core.ids import derive
from core.jobs import Job, JobKind, Queue
from core.messages import HOUSE, FileRef, Incoming, Kind
from core.ports import Outgoing, Refused, Report, Store
from core.rules import HouseRules
from dsp.profile import CENTRES
from storage.queue.embedded import Embedded
from storage.store import open_store

DOOR = "terminal"
SLOTS = {Queue.IO: 2, Queue.CPU: 2}

Noted = Callable[[Outgoing], None]
Answered = Callable[[Job], None]


class ShiftedClock:
    """The machine's time, put back by as much as it is told, and put on by hand."""

    def __init__(self, back: timedelta = timedelta()) -> None:
        self._shift = -back

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift

    def advance(self, by: timedelta) -> None:
        self._shift += by


class NotingDoor:
    """A door whose platform takes every message at once; `noted` hears of each."""

    name = DOOR

    def __init__(self, noted: Noted) -> None:
        self._noted = noted

    async def send_card(self, outgoing: Outgoing) -> str:
        self._noted(outgoing)
        return f"m{outgoing.row}"

    async def send_notice(self, outgoing: Outgoing) -> str:
        self._noted(outgoing)
        return f"m{outgoing.row}"

    def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        raise Refused(f"{file.name} is not read by this engine")


class Studio:
    """The loops of a house over one store. `answered` hears when the engine is done with a job."""

    def __init__(
        self, store: Store, clock: ShiftedClock, rules: HouseRules, noted: Noted, answered: Answered
    ) -> None:
        ways = Ways({DOOR: ("demo",)}, frozenset())
        self.store, self.clock = store, clock
        self.desk = Desk(store, rules, clock, load_catalogues(), ways)
        self.inbox = Inbox(store, self.desk, self._decided)
        self._answered = answered
        self._stir = Bell()
        self._relay = Relay(store, {DOOR: NotingDoor(noted)}, self._told)
        self._sweep = Sweep(store, self.inbox, clock)
        self._engine = Embedded(store, self._perform, self._heard, clock=clock, slots=SLOTS, doors=(DOOR,))

    async def run(self) -> None:
        """The loops, until `close`."""
        async with asyncio.TaskGroup() as loops:
            for part in (self.inbox, self._relay, self._sweep, self._engine):
                loops.create_task(part.run())

    async def close(self) -> None:
        self._sweep.close()
        await self._engine.drain(10)
        self.inbox.close()
        self._relay.close()

    def wake(self) -> None:
        """Look at the clock's dates again: somebody has changed them."""
        self._sweep.wake()

    async def idle(self) -> None:
        """Return when nothing is left that is due by the clock."""
        self.wake()
        while await self.store.pending(self.clock.now()):
            await self._stir.heard(0.1)

    async def passes(self, span: timedelta) -> None:
        """Time passes, stopping wherever something is due."""
        goal = self.clock.now() + span
        while (due := await self.store.next_due()) is not None and due <= goal:
            self.clock.advance(due - self.clock.now())
            await self.idle()
        self.clock.advance(goal - self.clock.now())

    async def _perform(self, job: Job, report: Report) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        self._answered(job)
        return outcome_of(job)

    async def _heard(self, incoming: Incoming) -> None:
        await self.desk.handle(incoming)
        self._decided()

    def _decided(self) -> None:
        self._relay.wake()
        self._sweep.wake()
        self._engine.wake()
        self._stir.ring()

    def _told(self) -> None:
        self.inbox.wake()
        self._stir.ring()


@asynccontextmanager
async def open_studio(
    url: str,
    clock: ShiftedClock,
    *,
    noted: Noted = lambda outgoing: None,
    answered: Answered = lambda job: None,
    around: Callable[[Store], Store] = lambda store: store,
) -> AsyncIterator[Studio]:
    """A working studio on a database whose schema is up to date. `around` may wrap its store."""
    rules = HouseRules()
    async with open_store(url, clock, rules.queue.weight.model_dump(), rules.currency) as store:
        studio = Studio(around(store), clock, rules, noted, answered)
        running = asyncio.create_task(studio.run())
        try:
            yield studio
        finally:
            await studio.close()
            await running


def deed(
    who: str, kind: Kind, payload: Mapping[str, Any], at: datetime, *, files: Sequence[FileRef] = ()
) -> Incoming:
    """What somebody does in private at the door; a new event each time."""
    event = f"{who}:{time.monotonic_ns():x}"
    return Incoming(
        DOOR,
        event,
        who,
        who,
        private=True,
        kind=kind,
        at=at,
        payload=payload,
        files=tuple(files),
        locale="en",
        name=who,
    )


def drop(who: str, at: datetime) -> Incoming:
    """One song, dropped whole."""
    file = FileRef(DOOR, f"music/{who}/midnight drive.wav", "midnight drive.wav", 42_000_000)
    return deed(who, Kind.MESSAGE, {"text": "", "complete": True}, at, files=(file,))


def says(who: str, text: str, at: datetime) -> Incoming:
    return deed(who, Kind.MESSAGE, {"text": text, "complete": True}, at)


def press(who: str, action: str, at: datetime) -> Incoming:
    return deed(who, Kind.PRESS, {"action": action}, at)


def command(who: str, line: str, at: datetime) -> Incoming:
    name, _, arguments = line.partition(" ")
    return deed(who, Kind.COMMAND, {"name": name, "arguments": arguments}, at)


def owner(who: str, at: datetime) -> Incoming:
    """The house makes somebody its owner."""
    told = {"role": "owner", "door": DOOR, "external": who, "name": who}
    return Incoming(HOUSE, f"grant:{who}", None, "", private=True, kind=Kind.GRANT, at=at, payload=told)


def outcome_of(job: Job) -> Mapping[str, Any]:
    """What the engine or a till answers: a song of four minutes, mastered to its target."""

    def blob(role: str) -> str:
        return f"cas/{job.person}/{role}/{derive(job.id, role) * 4}"

    def media(kind: str, name: str) -> dict[str, Any]:
        sha256 = (derive(job.id, name) * 6)[:64]
        return {"kind": kind, "blob": blob(name), "name": name, "media_type": "audio/wav", "size": 42_000_000,
                "sha256": sha256}  # fmt: skip

    match job.kind:
        case JobKind.FETCH:
            sha256 = (derive(job.id, "source") * 6)[:64]
            return {"source": blob("source"), "sha256": sha256, "size": 42_000_000}
        case JobKind.INTAKE:
            figures = {
                "duration": 238.0,
                "rate": 44100,
                "bits": 24,
                "lufs": -19.2,
                "true_peak": -5.8,
                "lra": 6.1,
            }
            return {
                "pcm": blob("pcm"),
                "analysis": figures,
                "advice": [],
                "picture": media("picture", "wave.png"),
            }
        case JobKind.REFERENCE:
            bands = [-30.0] * len(CENTRES)
            return {"profile": {"mid": bands, "side": bands, "lufs": -10.0, "lra": 5.0, "plr": 9.0}}
        case JobKind.RENDER:
            measured = {"lufs": -14.0, "true_peak": -1.0, "lra": 5.0, "reached": True, "why": None}
            roles = (
                ("ab", "audio", "ab.mp3"),
                ("preview", "audio", "song.mp3"),
                ("picture", "picture", "was.png"),
            )
            previews = [{"role": role, **media(kind, name)} for role, kind, name in roles]
            master = {"blob": blob("master"), "sha256": (derive(job.id) * 6)[:64], "size": 42_000_000}
            return {"master": master, "measured": measured, "previews": previews}
        case JobKind.DELIVER:
            return {"files": [media("file", name) for name in ("song.wav", "song.mp3", "song 24.wav")]}
        case JobKind.ALBUM:
            return {"picture": media("picture", "levels.png")}
        case JobKind.CHARGE | JobKind.REFUND:
            return {"provider_id": f"demo-{job.id}", "declined": None}
        case JobKind.HANDIN | JobKind.UNPACK | JobKind.PAPER:
            raise LookupError(f"nobody orders by hand, in zips or in bulk here: {job.kind}")
        case JobKind.SHRED:
            return {}
