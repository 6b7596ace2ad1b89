"""A house with the order of an artist in it, and who comes to its page with which pass."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from bots.clock import ManualClock, open_clock
from bots.gateways import hooks, open_gateways
from bots.home import Home
from bots.meters import LoopLag, Meters
from bots.pages import Beside, Pages, pages
from bots.rooms import Premises, Rooms, open_rooms
from bots.settings import Settings
from bots.web.health import Health, serving
from bots.web.metrics import Metrics
from bots.web.routes import PATH
from core.access import page_of
from core.changes import Changes, Move
from core.desk.desk import Desk
from core.links import Standing
from core.members import Member, MemberState
from core.messages import Answer as Told
from core.messages import FileRef, Incoming, Media, Question
from core.orders import Order, OrderState, Project
from core.people import Identity, Person, Role
from core.rules import HouseRules
from core.snapshot import Needs
from core.songs import Song, SongState, Version, VersionState
from core.text import Text, Title
from core.visits import Visit
from storage.visits import Visits
from tests.bots.web.browsing import Answer
from tests.core.samples import START, an_order
from tests.storage.things import message

MUSIC = bytes(range(256)) * 10_000  # of several frames as it lies sealed
PNG = b"\x89PNG"
PUBLIC = "https://studio.example"
ANALYSIS = {"duration": 184.5, "rate": 44100, "bits": 24, "lufs": -17.2, "true_peak": -1.4, "lra": 6.2}
MEASURED = {"lufs": -14.0, "true_peak": -1.0, "lra": 5.1, "reached": True}


@dataclass
class Front:
    """The house as its pages see it: what is written down is decided at once."""

    rooms: Rooms
    desk: Desk
    deeds: list[Incoming] = field(default_factory=list)

    async def receive(self, incoming: Incoming) -> bool:
        fresh = await self.rooms.store.receive(incoming)
        if fresh:
            self.deeds.append(incoming)
            await self.desk.handle(incoming)
        return fresh

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        await self.receive(incoming)
        if written is not None:
            written.set()

    async def ask(self, question: Question) -> Told:
        return await self.desk.ask(question)


@dataclass
class Studio:
    """The web door, and the order of ada's behind it. `files` are its deliverables, once released."""

    rooms: Rooms
    front: Front
    pages: Pages
    health: Health
    metrics: Metrics
    http: aiohttp.ClientSession
    base: str
    order: Order
    clip: Media
    picture: Media
    files: tuple[Media, ...]

    def shown(self, **parts: Any) -> str:
        """The token of a pass for the order's artist, or one that is otherwise."""
        premises = self.rooms.premises
        page = page_of(self.order, premises.clock.now(), premises.rules)
        return self.rooms.links.pass_token(replace(page, **parts))

    def advance(self, by: timedelta) -> None:
        """Time passes."""
        clock = self.rooms.premises.clock
        assert isinstance(clock, ManualClock)
        clock.advance(clock.now() + by)

    async def speaks(self, language: str, zone: str) -> None:
        """What the artist reads, and where they are."""
        person = (await self.rooms.store.load(Needs("web", account="ada"))).actor
        assert person is not None
        after = replace(person, locale=language, zone=zone)
        await self.rooms.store.commit(message(), Changes(people=(Move(person, after),)))

    async def of_song(self, **parts: Any) -> None:
        """The song of the order is another one from now on."""
        (song,) = (await self.project()).songs
        await self.rooms.store.commit(message(), Changes(songs=(Move(song, replace(song, **parts)),)))

    @property
    def member(self) -> str:
        """The token of somebody whom the order's artist has let in."""
        return self.shown(person="mia", standing=Standing.MEMBER)

    @property
    def staff(self) -> str:
        """The token of somebody of the staff."""
        return self.shown(person="eva", standing=Standing.STAFF)

    @property
    def engineer(self) -> str:
        """The same who is an engineer."""
        return self.shown(person="eva", standing=Standing.STAFF, role=Role.ENGINEER)

    async def ask(
        self,
        way: str = "",
        method: str = "GET",
        *,
        token: str | None = None,
        data: Mapping[str, str] | bytes | None = None,
        **headers: str,
    ) -> Answer:
        address = f"{self.base}{PATH}/{self.shown() if token is None else token}{way}"
        return await self.fetch(address, method, data=data, **headers)

    async def follow(self, href: str | None) -> Answer:
        """What a link of the page leads to."""
        return await self.fetch(urljoin(f"{self.base}{PATH}/{self.shown()}", str(href)))

    async def fetch(self, address: str, method: str = "GET", *, data: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(
            method, URL(address, encoded=True), data=data, headers=named, allow_redirects=False
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def press(self, action: str, stamp: str | None = None, **headers: str) -> Answer:
        """Press a button of the page as it is drawn now, or as it was when it had this stamp."""
        token = self.shown()
        stamp = stamp or (await self.ask(token=token)).page.stamp
        return await self.ask(
            "/press", "POST", token=token, data={"stamp": stamp, "action": action}, **headers
        )

    async def fill(self, form: str, **values: str) -> Answer:
        token = self.shown()
        stamp = (await self.ask(token=token)).page.stamp
        data = {"stamp": stamp, "form": form} | {f"v.{name}": value for name, value in values.items()}
        return await self.ask("/form", "POST", token=token, data=data)

    async def project(self) -> Project:
        project = (await self.rooms.store.load(Needs("web", order=self.order.id))).project
        assert project is not None
        return project

    async def moved(self, **parts: Any) -> None:
        """The order is another one from now on."""
        before = (await self.project()).order
        self.order = replace(before, **parts)
        await self.rooms.store.commit(message(), Changes(orders=(Move(before, self.order),)))

    async def released(self) -> None:
        """The artist has approved, and the files are made."""
        (version,) = (await self.project()).versions
        made = replace(version, files=self.files)
        await self.rooms.store.commit(message(), Changes(versions=(Move(version, made),)))
        await self.approved()

    async def approved(self) -> None:
        """The artist has approved."""
        now = self.rooms.premises.clock.now()
        await self.moved(
            state=OrderState.RELEASED,
            released_version=1,
            approved_at=now,
            kept_until=now + timedelta(days=28),
        )

    async def visits(self) -> Sequence[Visit]:
        """What was opened of the order."""
        return await Visits(self.rooms.database).of_order(self.order.id)


async def filed(rooms: Rooms, folder: Path, kind: str, name: str, content: bytes, told: Text) -> Media:
    source = folder / "source"
    source.write_bytes(content)
    blob = await rooms.blobs.put(source, scope="ada")
    types = {"audio": "audio/mp4", "picture": "image/png", "file": "application/octet-stream"}
    return Media(kind, blob.key, name, told, types[kind], blob.size, blob.sha256)


@asynccontextmanager
async def open_orders(
    folder: Path,
    *,
    public_url: str | None = PUBLIC,
    port: int = 0,
    decides: bool = True,
    patience: float = 8.0,
    hook: str | None = None,
) -> AsyncIterator[Studio]:
    """A house with an order of ada's that has one version; eva is of the staff, bob an artist, mia a member.

    Unless it `decides`, it only writes down what is done; `patience`: seconds for which a page waits for it.
    `hook`: the secret by which Telegram proves itself, if it calls this house.
    """
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        home=folder / "home",
        public_url=public_url,
        tills="demo,credit",
        telegram_token="1:token" if hook else None,
        telegram_webhook_secret=hook,
    )
    home = Home(settings.folder)
    home.make()
    clock = open_clock(home.clock_file, kind="manual", now=START)
    async with open_rooms(Premises(settings, home, clock, HouseRules())) as rooms:
        people = (
            Person("ada", "Ada", START, locale="en"),
            Person("bob", "Bob", START),
            Person("eva", "Eva", START, role=Role.SUPPORT),
            Person("mia", "Mia", START),
        )
        identities = tuple(Identity("terminal", one.id, one.id, one.id) for one in people)
        order = an_order(
            OrderState.REVIEW,
            version=1,
            paid_at=START,
            deadline=START + timedelta(days=5),
            first_sent=START,
        )
        other = replace(order, id="order2", number=1043, person="bob")
        title = Title("Midnight Drive")
        clip = await filed(rooms, folder, "audio", "preview.m4a", MUSIC, Text((title, ": the whole master")))
        picture = await filed(rooms, folder, "picture", "x.png", PNG, Text((title, ": before and after")))
        files = (
            await filed(rooms, folder, "file", "Midnight Drive.wav", MUSIC[::-1], Text((title, ".wav"))),
            await filed(rooms, folder, "file", "Midnight Drive.mp3", MUSIC[:70_001], Text((title, ".mp3"))),
        )
        song = Song(
            "song1",
            order.id,
            1,
            "Midnight Drive",
            SongState.READY,
            FileRef("terminal", "x", "Midnight Drive.wav"),
            analysis=ANALYSIS,
        )
        version = Version(
            "v1",
            order.id,
            song.id,
            1,
            VersionState.SENT,
            {"target_lufs": -14.0, "ceiling_dbtp": -1.0},
            "1",
            measured=MEASURED,
            previews=(clip, picture),
            sent_at=START,
        )
        await rooms.store.commit(
            message(),
            Changes(
                people=tuple(Move(None, one) for one in people),
                identities=identities,
                orders=(Move(None, order), Move(None, other)),
                songs=(Move(None, song),),
                versions=(Move(None, version),),
                members=(Move(None, Member("m1", order.id, "mia", MemberState.IN, START)),),
            ),
        )
        front = Front(rooms, rooms.desk({}))
        house = front if decides else Beside(rooms, front.desk)
        health = Health()
        async with serving(health, "127.0.0.1", port) as (host, had), aiohttp.ClientSession() as http:
            metrics = rooms.metrics(Meters(), LoopLag())
            opened = pages(rooms, house, front.desk.moved_on, patience)
            routes = {**opened.routes, **hooks(open_gateways(rooms))}
            with health.open({}, metrics, routes, rooms.refusals):
                base = f"http://{host}:{had}"
                yield Studio(rooms, front, opened, health, metrics, http, base, order, clip, picture, files)


def words(text: str) -> str:
    """A page's text without its gaps."""
    return re.sub(r"\s+", " ", text)
