"""A house for the tests of its Telegram door: all but engine and tills is real."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image

from bots.catalogues import load_catalogues
from bots.telegram.door import TelegramDoor
from bots.telegram.reading import NAME
from bots.telegram.webhook import Address
from bots.web.links import Links
from core.changes import Changes
from core.desk.bell import Bell
from core.desk.desk import Desk
from core.desk.inbox import Inbox
from core.desk.relay import Relay
from core.desk.scene import Ways
from core.jobs import QUEUE_OF, Job, JobKind, ended
from core.messages import HOUSE, Answer, Card, FileRef, Incoming, Kind, Media, Notice, Question, To
from core.orders import Project
from core.ports import OverLimit, Unheard, Unreachable
from core.rules import HouseRules
from core.snapshot import Needs
from core.text import Text
from storage.store import TortoiseStore, open_store
from tests.blobs import blobs_in
from tests.desk.studio import Clock, looked_into, rendered
from tests.doubles.telegram import Message, Person, Telegram


class House:
    """The front that its door sees (bots.doors.Front), and what a test asks of it."""

    def __init__(
        self, telegram: Telegram, store: TortoiseStore, home: Path, public_url: str | None, **options: Any
    ) -> None:
        self.clock = Clock()
        self.store = store
        self.away = False  # the database does not answer
        self.received: list[Incoming] = []
        home.mkdir(exist_ok=True)
        self.blobs = blobs_in(home, store.blob_keys)
        self._home = home
        self._rules = HouseRules()
        self._catalogues = load_catalogues()
        ways = Ways({NAME: ("credit", "demo")}, frozenset({"credit"}))
        self.desk = Desk(store, self._rules, self.clock, self._catalogues, ways)
        self._stir = Bell()
        self.inbox = Inbox(store, self.desk, self._decided)
        self._links = Links(b"k" * 32, public_url)
        self.door = self.door_to(telegram.token, telegram.base_url, telegram.file_url, **options)
        self.relay = Relay(store, {NAME: self.door}, self.inbox.wake)
        self._wishes = 0

    def door_to(self, token: str, url: str, file_url: str, **options: Any) -> TelegramDoor:
        """A door of this house, to any server and with any token."""
        given = {"api_url": url, "file_url": file_url, "messages": 0.0, "pace": 0.0, **options}
        rooms = (self.blobs, self._catalogues, self.clock, self._rules.zone, self._links)
        return TelegramDoor(token, *rooms, **given)

    # As its door sees it

    async def receive(self, incoming: Incoming) -> bool:
        if self.away:
            raise Unreachable("the database is away")
        self.received.append(incoming)
        return await self.inbox.put(incoming)

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        await self.inbox.decided(incoming, written)
        await self.relay.flush(incoming.door, incoming.place)

    async def ask(self, question: Question) -> Answer:
        if self.away:
            raise Unreachable("the database is away")
        return await self.desk.ask(question)

    async def unheard(self, door: str) -> Sequence[Unheard]:
        return await self.store.unheard(door)

    def _decided(self) -> None:
        self.relay.wake()
        self._stir.ring()

    # What a test does in it

    async def settled(self) -> None:
        """Return when all that came was decided and all that is to be said was said."""
        while await self.store.undone((), 1):
            await self._stir.heard(0.2)
        await self.relay.flush()

    async def took(self, kind: JobKind) -> Job:
        """The next job, which is of this kind."""
        await self.settled()
        job = await self.store.take(QUEUE_OF[kind], [NAME], "test")
        assert job is not None, f"there is no {kind} job"
        assert job.kind is kind
        return job

    async def did(self, job: Job, **result: Any) -> None:
        """A job ended well."""
        await self.ends(job, {"done": result})

    async def ends(self, job: Job, told: Mapping[str, Any]) -> None:
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
            await self.did(await self.took(JobKind.INTAKE), **{**looked_into(), "picture": told(picture)})

    async def masters(self, **sizes: int) -> None:
        """The next version is made; `sizes` of its audio in bytes."""
        files = []
        for role, kind in (("ab", "audio"), ("preview", "audio"), ("picture", "picture")):
            data = picture_of(7) if kind == "picture" else role.encode() + bytes(sizes.get(role, 100))
            ending = "png" if kind == "picture" else "mp3"
            files.append({"role": role, **told(await self.media(kind, f"{role}.{ending}", data))})
        await self.did(await self.took(JobKind.RENDER), **{**rendered(), "previews": files})

    async def media(self, kind: str, name: str, data: bytes, title: str = "") -> Media:
        """A blob with these bytes, to be shown or handed over."""
        source = self._home / "source"
        source.write_bytes(data)
        blob = await self.blobs.put(source, scope="test")
        types = {"audio": "audio/mpeg", "picture": "image/png", "file": "audio/wav"}
        return Media(kind, blob.key, name, Text((title or name,)), types[kind], blob.size, blob.sha256)

    async def tells(self, notice: Notice) -> None:
        """The house wants somebody to be told."""
        await self.wants(Changes(notices=(notice,)))
        await self.settled()

    async def draws(self, card: Card) -> None:
        """The house wants a card to be like this."""
        await self.wants(Changes(cards=(card,)))
        await self.settled()

    async def wants(self, changes: Changes) -> None:
        self._wishes += 1
        event = Incoming(HOUSE, f"test-{self._wishes}", None, "", True, Kind.TICK, self.clock.now())
        await self.store.commit(event, changes)
        self.relay.wake()

    async def grants(self, role: str, person: Person) -> None:
        told = {"role": role, "door": NAME, "external": str(person.id), "name": person.user.name}
        event = f"grant-{person.id}-{role}"
        await self.desk.handle(Incoming(HOUSE, event, None, "", True, Kind.GRANT, self.clock.now(), told))

    async def passes(self, seconds: float) -> None:
        """Time passes, and what is due is done."""
        self.clock.time += timedelta(seconds=seconds)
        for tick in await self.store.due(self.clock.time, 100):
            await self.desk.handle(tick)
        self.relay.wake()
        await self.settled()

    async def account(self, person: Person) -> To:
        known = await self.store.person_of(NAME, str(person.id))
        assert known is not None, f"the house does not know {person.user.name}"
        return To.person(known.id)

    async def project(self, person: Person) -> Project:
        """The newest open order of somebody."""
        return (await self.store.load(Needs(NAME, external=str(person.id)))).open[0]


def told(media: Media) -> Mapping[str, Any]:
    """A media as a recipe tells of it."""
    names = ("kind", "blob", "name", "media_type", "size", "sha256")
    return {name: getattr(media, name) for name in names}


def picture_of(number: int) -> bytes:
    """A picture that differs from those of other numbers."""
    data = BytesIO()
    Image.new("RGB", (640, 360), (number * 30 % 256, 90, 120)).save(data, "PNG")
    return data.getvalue()


@asynccontextmanager
async def open_house(
    telegram: Telegram,
    url: str,
    home: Path,
    *,
    public_url: str | None = "https://lathe.example",
    connected: bool = True,
    **options: Any,
) -> AsyncIterator[House]:
    """A running house; `connected`: not before its door is. `options` are those of the door."""
    async with open_store(url, Clock(), {"free": 1, "basic": 8, "business": 8}) as store:
        house = House(telegram, store, home, public_url, **options)
        loops = [asyncio.create_task(part.run()) for part in (house.inbox, house.relay)]
        running = asyncio.create_task(house.door.run(house))
        try:
            if connected:
                await until_connected(house)
            yield house
        finally:
            house.door.hush()
            house.inbox.close()
            house.relay.close()
            await asyncio.gather(*loops)
            await house.door.close()
            await running


async def until_connected(house: House) -> None:
    """Return when the door says that it is connected."""
    while True:
        try:
            await house.door.check()
        except ConnectionError:
            await asyncio.sleep(0.01)
        else:
            return


async def shown(telegram: Telegram, person: Person, words: str) -> Message:
    """The newest message to somebody that has these words, once it is there."""

    def newest() -> Message | None:
        return next((one for one in reversed(person.received) if words in one.words), None)

    found = await telegram.until(newest)
    assert found is not None
    return found


def hook_at(url: str) -> Address:
    """A webhook of this address."""
    return Address(url, "a-secret-of-ours")
