"""A house for the tests of one door: real desk, rows and blobs; the test plays engine, tills and sweep."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar
from uuid import uuid4
from zoneinfo import ZoneInfo

from PIL import Image

from bots.catalogues import load_catalogues
from bots.doors import Gateway
from bots.web.links import Links
from core.changes import Changes
from core.desk.desk import Desk
from core.desk.loops.bell import Bell
from core.desk.loops.inbox import Inbox
from core.desk.loops.relay import Relay
from core.desk.scene import Ways
from core.jobs import QUEUE_OF, Job, JobKind, ended
from core.messages import HOUSE, Answer, Card, FileRef, Incoming, Kind, Media, Notice, Question, To
from core.orders import Project
from core.ports import OverLimit, Unheard, Unreachable
from core.rules import HouseRules
from core.snapshot import Needs
from core.text import Text
from core.wording import Catalogues
from storage.blobs import SealedBlobs
from storage.store import TortoiseStore, open_store
from tests.blobs import blobs_in
from tests.desk.studio import looked_into, rendered

PUBLIC_URL = "https://lathe.example"


class Clock:
    """The time of day, which the platforms' messages bear too, and what the test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Someone(Protocol):
    """A person at a platform."""

    @property
    def id(self) -> int: ...


@dataclass(frozen=True)
class Fittings:
    """What the house gives its door."""

    blobs: SealedBlobs
    catalogues: Catalogues
    clock: Clock
    zone: ZoneInfo
    links: Links


GatewayT = TypeVar("GatewayT", bound=Gateway)


class House(Generic[GatewayT]):
    """The front that its door sees (bots.doors.Front), and what a test asks of it."""

    def __init__(
        self,
        store: TortoiseStore,
        clock: Clock,
        folder: Path,
        public_url: str | None,
        made: Callable[[Fittings], GatewayT],
    ) -> None:
        self.clock = clock
        self.store = store
        self.away = False  # the database does not answer
        self._stalled: asyncio.Event | None = None
        self.received: list[Incoming] = []
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._stir = Bell()
        rules, catalogues = HouseRules(), load_catalogues()
        self.blobs = blobs_in(folder, store.blob_keys)
        self.fittings = Fittings(self.blobs, catalogues, clock, rules.zone, Links(b"k" * 32, public_url))
        self.door = made(self.fittings)
        ways = Ways({self.door.name: ("credit", "demo")}, frozenset({"credit"}))
        self.desk = Desk(store, rules, clock, catalogues, ways)
        self.inbox = Inbox(store, self.desk, self._decided)
        self.relay = Relay(store, {self.door.name: self.door}, self.inbox.wake)
        self.opened: asyncio.Task[None]

    # As its door sees it

    async def receive(self, incoming: Incoming) -> bool:
        await self._database()
        fresh = await self.inbox.put(incoming)
        self._heard(incoming)
        return fresh

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        await self._stall()
        self._heard(incoming)
        await self.inbox.decided(incoming, written)
        await self.relay.flush(incoming.door, incoming.place)

    async def ask(self, question: Question) -> Answer:
        await self._database()
        return await self.desk.ask(question)

    async def unheard(self, door: str) -> Sequence[Unheard]:
        await self._database()
        return await self.store.unheard(door)

    async def _database(self) -> None:
        """Return when the database has come to it. Unreachable."""
        await self._stall()
        if self.away:
            raise Unreachable("the database is away")

    async def _stall(self) -> None:
        stalled, self._stalled = self._stalled, None
        if stalled is not None:
            await stalled.wait()

    def _decided(self) -> None:
        self.relay.wake()
        self._stir.ring()

    def _heard(self, incoming: Incoming) -> None:
        self.received.append(incoming)
        self._stir.ring()

    # What a test does in it

    def stalls(self) -> asyncio.Event:
        """What its door wants next takes until this is set; what it wants after that does not."""
        self._stalled = asyncio.Event()
        return self._stalled

    async def hears(self, count: int) -> None:
        """Return when its door has handed in so many deeds."""
        while len(self.received) < count:
            await self._stir.heard(0.5)

    async def wrote_down(self, count: int) -> None:
        """Return when so many deeds stand in the rows undone."""
        while len(await self.store.undone((), count)) < count:
            await self._stir.heard(0.5)

    async def settled(self) -> None:
        """Return when all that came was decided and all that is to be said was said."""
        while await self.store.undone((), 1):
            await self._stir.heard(0.5)
        await self.relay.flush()

    async def took(self, kind: JobKind) -> Job:
        """The next job, which is of this kind."""
        await self.settled()
        job = await self.store.take(QUEUE_OF[kind], [self.door.name], "test")
        assert job is not None, f"there is no {kind} job"
        assert job.kind is kind
        return job

    async def did(self, job: Job, **result: Any) -> None:
        """A job ended well."""
        await self.ends(job, {"done": result})

    async def ends(self, job: Job, told: Mapping[str, Any]) -> None:
        """A job ended, and told this."""
        await self.desk.handle(ended(job, told, self.clock.now()))
        self.relay.wake()
        await self.settled()

    async def fetched(self, job: Job) -> bytes:
        """What the door brings of a file."""
        file = FileRef(**job.payload["file"])
        return b"".join([piece async for piece in self.door.fetch(file)])

    async def offers(self, songs: int = 1) -> None:
        """The next songs are fetched through the door, found good and offered."""
        for _ in range(songs):
            job = await self.took(JobKind.FETCH)
            try:
                data = await self.fetched(job)
            except OverLimit as over:
                code, details = "too-large-for-chat", {"megabytes": over.most // 10**6}
                await self.ends(job, {"failed": {"code": code, "details": details}})
                return
            await self.did(job, source="cas/x", sha256=sha256(data).hexdigest(), size=len(data))
        for number in range(songs):
            picture = await self.media("picture", f"waveform {number}.png", picture_of(number))
            await self.did(await self.took(JobKind.INTAKE), **{**looked_into(), "picture": _told(picture)})

    async def masters(self, **sizes: int) -> None:
        """The next version is made; `sizes` of its audio in bytes."""
        files = []
        for role, kind in (("ab", "audio"), ("preview", "audio"), ("picture", "picture")):
            data = picture_of(7) if kind == "picture" else role.encode() + bytes(sizes.get(role, 100))
            ending = "png" if kind == "picture" else "mp3"
            files.append({"role": role, **_told(await self.media(kind, f"{role}.{ending}", data))})
        await self.did(await self.took(JobKind.RENDER), **{**rendered(), "previews": files})

    async def media(self, kind: str, name: str, data: bytes, title: str = "") -> Media:
        """A blob with these bytes, to be shown or handed over."""
        source = self._folder / "source"
        source.write_bytes(data)
        blob = await self.blobs.put(source, scope="test")
        types = {"audio": "audio/mpeg", "picture": "image/png", "file": "audio/wav"}
        return Media(kind, blob.key, name, Text((title or name,)), types[kind], blob.size, blob.sha256)

    async def tells(self, notice: Notice) -> None:
        """The house wants somebody to be told."""
        await self._wants(Changes(notices=(notice,)))

    async def draws(self, card: Card) -> None:
        """The house wants a card to be like this."""
        await self._wants(Changes(cards=(card,)))

    async def _wants(self, changes: Changes) -> None:
        event = f"test-{uuid4().hex}"
        await self.store.commit(Incoming(HOUSE, event, None, "", True, Kind.TICK, self.clock.now()), changes)
        self.relay.wake()
        await self.settled()

    async def grants(self, role: str, person: Someone) -> None:
        """Somebody gets a role, as `lathe grant` gives it."""
        external = str(person.id)
        told = {"role": role, "door": self.door.name, "external": external, "name": external}
        event = f"grant-{external}-{role}"
        await self.desk.handle(Incoming(HOUSE, event, None, "", True, Kind.GRANT, self.clock.now(), told))

    async def passes(self, seconds: float) -> None:
        """Time passes, and what is due is done."""
        self.clock.ahead += timedelta(seconds=seconds)
        for tick in await self.store.due(self.clock.now(), 100):
            await self.desk.handle(tick)
        self.relay.wake()
        await self.settled()

    async def account(self, person: Someone) -> To:
        """Somebody whom the house knows, as it writes to them."""
        known = await self.store.person_of(self.door.name, str(person.id))
        assert known is not None, f"the house does not know {person.id}"
        return To.person(known.id)

    async def project(self, person: Someone) -> Project:
        """The newest open order of somebody."""
        return (await self.store.load(Needs(self.door.name, external=str(person.id)))).open[0]


def _told(media: Media) -> Mapping[str, Any]:
    """A media as a recipe tells of it."""
    names = ("kind", "blob", "name", "media_type", "size", "sha256")
    return {name: getattr(media, name) for name in names}


def picture_of(number: int) -> bytes:
    """A picture that differs from those of other numbers."""
    data = BytesIO()
    Image.new("RGB", (640, 360), (number * 30 % 256, 90, 120)).save(data, "PNG")
    return data.getvalue()


@asynccontextmanager
async def opened(
    made: Callable[[Fittings], GatewayT],
    url: str,
    folder: Path,
    *,
    public_url: str | None = PUBLIC_URL,
    decides: bool = True,
) -> AsyncIterator[House[GatewayT]]:
    """A running house whose door connects. One that never `decides` only writes down."""
    clock = Clock()
    async with open_store(url, clock, {"free": 1, "basic": 8, "business": 8}) as store:
        house = House(store, clock, folder, public_url, made)
        parts = (house.inbox, house.relay) if decides else ()
        loops = [asyncio.create_task(part.run()) for part in parts]
        house.opened = asyncio.create_task(house.door.run(house))
        try:
            yield house
        finally:
            house.door.hush()
            house.inbox.close()
            house.relay.close()
            await asyncio.gather(*loops)
            await house.door.close()
            await house.opened


async def until_connected(gateway: Gateway) -> None:
    """Return when a door says that it is connected."""
    while True:
        try:
            await gateway.check()
        except ConnectionError:
            await asyncio.sleep(0.01)
        else:
            return
