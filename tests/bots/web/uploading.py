"""The door to an order's page in a studio, and what a browser sends to it."""

import base64
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bots.web.admission import Admission
from bots.web.door import WebDoor
from bots.web.links import Links
from bots.web.receiving import Receiving
from bots.web.routes import PATH, OrderDoor
from bots.web.stamps import Stamps
from bots.web.tus import BYTES, Tus
from bots.web.upload import UploadForm
from core.access import page_of
from core.changes import Changes, Move
from core.messages import Incoming
from core.orders import Order, Project
from core.rules import HouseRules
from core.snapshot import Needs
from core.songs import Song
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.secret import SecretKey
from storage.uploads import Uploads
from tests.blobs import blobs_in
from tests.bots.web.browsing import Answer, served
from tests.desk.studio import START, Studio, open_studio
from tests.storage.things import message, newcomer
from tests.storage.things import order as an_order

TUS = {"Tus-Resumable": "1.0.0"}
MUSIC = bytes(range(256)) * 4096  # a megabyte


@dataclass
class Page:
    """The page of the order that ada is putting together."""

    studio: Studio
    uploads: Uploads
    blobs: SealedBlobs
    receiving: Receiving
    stamps: Stamps
    http: aiohttp.ClientSession
    base: str
    links: Links
    order: Order
    free: list[int] = field(default_factory=list)  # what the disk says, if it has an end
    drawn: list[str] = field(default_factory=list)  # whose progress was shown

    @property
    def token(self) -> str:
        return self.links.pass_token(page_of(self.order, self.studio.clock.now(), self.studio.rules))

    @property
    def files(self) -> str:
        return f"{self.base}{PATH}/{self.token}/uploads"

    async def ask(
        self, method: str, address: str, data: object = None, tus: Mapping[str, str] = TUS, **headers: str
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.http.request(
            method, address, data=data, headers={**tus, **named}, allow_redirects=False
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def begin(self, size: int = len(MUSIC), name: str = "01 - Intro.wav", **headers: str) -> Answer:
        about = told(filename=name, filetype="audio/wav")
        return await self.ask("POST", self.files, Upload_Length=str(size), Upload_Metadata=about, **headers)

    async def begun(self, size: int = len(MUSIC), name: str = "01 - Intro.wav") -> str:
        """The address of a file that is expected."""
        answer = await self.begin(size, name)
        assert answer.status == 201, answer.text
        return f"{self.files.removesuffix('uploads')}{answer.headers['Location']}"

    async def patch(self, address: str, at: int, data: object, **headers: str) -> Answer:
        return await self.ask("PATCH", address, data, Content_Type=BYTES, Upload_Offset=str(at), **headers)

    async def head(self, address: str) -> Answer:
        return await self.ask("HEAD", address)

    async def occupied(self, address: str) -> None:
        """Return when somebody is bringing the bytes of a file."""
        while (await self.patch(address, 10**9, b"")).status != 423:
            pass

    async def project(self) -> Project:
        project = (await self.studio.store.load(Needs("web", order=self.order.id))).project
        assert project is not None
        return project

    async def songs(self) -> list[Song]:
        return list((await self.project()).songs)

    async def fetched(self, id_: str) -> bytes:
        """A file as the house puts it together."""
        upload = await self.uploads.find(id_)
        assert upload is not None
        return b"".join([some async for some in WebDoor(self.uploads, self.blobs).fetch(upload.file)])


def told(**about: str) -> str:
    """An Upload-Metadata."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items())


def agreed(data: bytes, algorithm: str = "sha256") -> str:
    """An Upload-Checksum."""
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


@asynccontextmanager
async def open_page(
    url: str, folder: Path, rules: HouseRules | None = None, *, again: bool = False
) -> AsyncIterator[Page]:
    """A studio whose desk decides at once what is written down, with an order of ada's that has no song.

    `again`: another process has had it before, and it is as that one left it.
    """
    async with open_studio(url, rules) as studio, open_database(url) as database:
        uploads, blobs = Uploads(database), blobs_in(folder, BlobKeys(database), SecretKey(b"b" * 32))
        links, stamps = Links(b"k" * 32, None), Stamps(b"s" * 32)
        order = an_order(name="ada", service="automatic", settled=True, created=START, last_file=START)
        if again:
            await studio.relays()
        else:
            await studio.store.commit(message("ada"), newcomer("ada") + Changes(orders=(Move(None, order),)))
        free: list[int] = []
        drawn: list[str] = []

        async def receive(incoming: Incoming) -> bool:
            fresh = await studio.store.receive(incoming)
            await studio.relays()
            return fresh

        async def moved(order: str) -> None:
            drawn.append(order)

        receiving = Receiving(
            studio.store, uploads, blobs, studio.rules, studio.clock, receive, moved,
            lambda: free[0] if free else None,
        )  # fmt: skip
        form = UploadForm(receiving, stamps, "Lathe")
        door = OrderDoor(
            Admission(links, studio.store, studio.catalogues, studio.rules, studio.clock),
            (*form.routes, *Tus(receiving).routes),
        )
        async with served({PATH: door.answer}) as (base, http):
            yield Page(studio, uploads, blobs, receiving, stamps, http, base, links, order, free, drawn)
