"""A house for the tests of its Discord door: real desk, rows and blobs; the test plays engine and tills."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from bots.catalogues import load_catalogues
from bots.discord.door import DiscordDoor
from bots.discord.reading import NAME
from bots.web.links import Links
from core.changes import Changes
from core.desk.bell import Bell
from core.desk.desk import Desk
from core.desk.inbox import Inbox
from core.desk.relay import Relay
from core.desk.scene import Ways
from core.jobs import QUEUE_OF, Job, JobKind, ended
from core.messages import HOUSE, Answer, Card, FileRef, Incoming, Kind, Media, Notice, Question, To
from core.ports import Unheard
from core.rules import HouseRules
from core.text import Text
from storage.store import TortoiseStore, open_store
from tests.blobs import blobs_in
from tests.desk.studio import looked_into, rendered
from tests.doubles.discord.server import Discord


class WallClock:
    """The time of day, which Discord's messages bear too, and what the test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class House:
    """The front that its door sees (bots.doors.Front), and what a test asks of it."""

    def __init__(
        self,
        discord: Discord,
        store: TortoiseStore,
        clock: WallClock,
        folder: Path,
        public_url: str | None,
        token: str,
    ) -> None:
        self.clock = clock
        self.store = store
        self._stir = Bell()
        self.blobs = blobs_in(folder, store.blob_keys)
        self._folder = folder
        catalogues = load_catalogues()
        ways = Ways({NAME: ("credit", "demo")}, frozenset({"credit"}))
        self.desk = Desk(store, HouseRules(), self.clock, catalogues, ways)
        self.inbox = Inbox(store, self.desk, self._decided)
        addresses = discord.addresses
        self.door = DiscordDoor(
            token,
            self.blobs,
            catalogues,
            self.clock,
            Links(b"k" * 32, public_url),
            api_url=addresses.api,
            gateway_url=addresses.gateway,
            cdn_hosts=[addresses.cdn.split("/")[2]],
        )
        self.relay = Relay(store, {NAME: self.door}, self.inbox.wake)
        self.opened: asyncio.Task[None]
        self.received: list[Incoming] = []

    # As its door sees it

    async def receive(self, incoming: Incoming) -> bool:
        fresh = await self.inbox.put(incoming)
        self._heard(incoming)
        return fresh

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        self._heard(incoming)
        await self.inbox.decided(incoming, written)
        await self.relay.flush(incoming.door, incoming.place)

    async def ask(self, question: Question) -> Answer:
        return await self.desk.ask(question)

    async def unheard(self, door: str) -> Sequence[Unheard]:
        return await self.store.unheard(door)

    def _decided(self) -> None:
        self.relay.wake()
        self._stir.ring()

    def _heard(self, incoming: Incoming) -> None:
        self.received.append(incoming)
        self._stir.ring()

    # What a test does in it

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
        job = await self.store.take(QUEUE_OF[kind], [NAME], "test")
        assert job is not None, f"there is no {kind} job"
        assert job.kind is kind
        return job

    async def did(self, job: Job, **result: Any) -> None:
        """A job ended well."""
        await self.desk.handle(ended(job, {"done": result}, self.clock.now()))
        self.relay.wake()
        await self.settled()

    async def fetched(self, job: Job) -> bytes:
        """What the door brings of a file."""
        file = FileRef(**job.payload["file"])
        return b"".join([chunk async for chunk in self.door.fetch(file)])

    async def offers(self) -> None:
        """The next song is fetched through the door, found good and offered."""
        job = await self.took(JobKind.FETCH)
        data = await self.fetched(job)
        await self.did(job, source="cas/x", sha256=sha256(data).hexdigest(), size=len(data))
        intake = await self.took(JobKind.INTAKE)
        picture = await self.media("picture", "waveform.png", b"PNG" + data)
        await self.did(intake, **{**looked_into(), "picture": _told(picture)})

    async def masters(self, **sizes: int) -> None:
        """The next version is made; `sizes` of its files, bytes."""
        files = [
            {"role": role, **_told(await self.media(kind, name, bytes(sizes.get(role, 100)) + role.encode()))}
            for role, kind, name in (
                ("ab", "audio", "ab.mp3"),
                ("preview", "audio", "preview.mp3"),
                ("picture", "picture", "picture.png"),
            )
        ]
        await self.did(await self.took(JobKind.RENDER), **{**rendered(), "previews": files})

    async def media(self, kind: str, name: str, data: bytes) -> Media:
        """A blob with these bytes, to be shown or handed over."""
        source = self._folder / "source"
        source.write_bytes(data)
        blob = await self.blobs.put(source, scope="test")
        return Media(kind, blob.key, name, Text((name,)), "application/x", blob.size, blob.sha256)

    async def tells(self, notice: Notice) -> None:
        """The house wants somebody to be told."""
        await self._wants(Changes(notices=(notice,)))

    async def draws(self, card: Card) -> None:
        """The house wants a card to be like this."""
        await self._wants(Changes(cards=(card,)))

    async def _wants(self, changes: Changes) -> None:
        event = f"test-{uuid4().hex}"
        at = self.clock.now()
        await self.store.commit(Incoming(HOUSE, event, None, "", True, Kind.TICK, at), changes)
        self.relay.wake()
        await self.settled()

    async def grants(self, role: str, person: str) -> None:
        told = {"role": role, "door": NAME, "external": person, "name": person}
        event = Incoming(HOUSE, f"grant-{person}", None, "", True, Kind.GRANT, self.clock.now(), told)
        await self.desk.handle(event)

    async def account(self, person: str) -> To:
        known = await self.store.person_of(NAME, person)
        assert known is not None, f"the house does not know {person}"
        return To.person(known.id)


def _told(media: Media) -> Mapping[str, Any]:
    return {
        "kind": media.kind,
        "blob": media.blob,
        "name": media.name,
        "media_type": media.media_type,
        "size": media.size,
        "sha256": media.sha256,
    }


@asynccontextmanager
async def open_house(
    discord: Discord,
    url: str,
    folder: Path,
    *,
    public_url: str | None = "https://lathe.example",
    token: str | None = None,
    connected: bool = True,
    decides: bool = True,
) -> AsyncIterator[House]:
    """A running house; `connected`: not before its door is. One that never `decides` only writes down."""
    clock = WallClock()
    async with open_store(url, clock, {"free": 1, "basic": 8, "business": 8}) as store:
        house = House(discord, store, clock, folder, public_url, token or discord.token)
        parts = (house.inbox, house.relay) if decides else ()
        loops = [asyncio.create_task(part.run()) for part in parts]
        house.opened = asyncio.create_task(house.door.run(house))
        try:
            if connected:
                await until_connected(house, discord)
            yield house
        finally:
            house.door.hush()
            house.inbox.close()
            house.relay.close()
            await asyncio.gather(*loops)
            await house.door.close()
            await house.opened


async def until_connected(house: House, discord: Discord) -> None:
    """Return when the door says that it is connected."""

    def connected() -> bool:
        return discord.gateway.connected

    await discord.until(connected)
    while True:
        try:
            await house.door.check()
        except ConnectionError:
            await asyncio.sleep(0.01)
        else:
            return
