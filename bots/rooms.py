"""What every process of a house opens: rows, audio, words, a scratch folder, and an engine over them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bots.catalogues import load_catalogues
from bots.clock import FollowedClock, ManualClock, WallClock
from bots.home import Hold, Home
from bots.meters import LoopLag, Meters
from bots.papers import Papers
from bots.secret import house_secret
from bots.settings import Settings
from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill
from bots.web import stamps
from bots.web.door import WebDoor
from bots.web.fetching import LinkDoor
from bots.web.health import Check
from bots.web.links import USE, Links
from bots.web.metrics import Metrics, Sources
from bots.web.outside import Outside
from bots.web.refusals import Refusals
from core.desk.desk import Desk
from core.desk.scene import Ways
from core.jobs import Job, Queue
from core.messages import Incoming
from core.ports import Engine, Origin, Report, Sound
from core.rules import HouseRules
from core.tills import Till
from core.wording import Catalogues
from core.work.recipes import Recipes
from storage.address import POSTGRES, kind_of
from storage.blobs import SealedBlobs
from storage.database import Database, open_database
from storage.objects import Objects, open_objects, try_out
from storage.queue.distributed import Distributed
from storage.queue.embedded import Embedded
from storage.schema import migrate
from storage.store import TortoiseStore
from storage.uploads import Uploads

DOORS = ("discord", "telegram", "terminal", "web")
"""Every door that is built. A card offers the ways to pay of the door it goes to, whoever draws it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Premises:
    """What a process of the house is started in; `hold` is None where it does not have the home to itself."""

    settings: Settings
    home: Home
    clock: WallClock | ManualClock | FollowedClock
    rules: HouseRules
    hold: Hold | None = None

    @property
    def shared(self) -> bool:
        """Whether other processes may serve the same database."""
        return kind_of(self.settings.database) == POSTGRES


@dataclass(frozen=True, slots=True)
class Rooms:
    """What is open in every process of a house."""

    premises: Premises
    database: Database
    store: TortoiseStore
    objects: Objects
    blobs: SealedBlobs
    catalogues: Catalogues
    uploads: Uploads
    links: Links
    stamping: bytes  # the key for forms of pages
    scratch: Path

    @property
    def refusals(self) -> Refusals:
        """What the web door answers whom it shows nothing."""
        return Refusals(self.catalogues, self.premises.rules.house.name)

    def desk(self, tills: Mapping[str, Till]) -> Desk:
        """The desk: the same decisions in whichever process they are made."""
        settings, rules = self.premises.settings, self.premises.rules
        ways = Ways(
            {door: settings.tills_of(door) for door in DOORS},
            frozenset(till.name for till in tills.values() if till.in_house),
            frozenset(till.name for till in tills.values() if not till.partial),
            pages=settings.public_url is not None,
        )
        return Desk(self.store, rules, self.premises.clock, self.catalogues, ways)

    def origins(self, outside: Outside | None = None) -> Mapping[str, Origin]:
        """Where files come from beside the chats, by door. `outside`: what a link may lead to."""
        return {
            LinkDoor.name: LinkDoor(self.premises.rules.limits.file_bytes, outside),
            WebDoor.name: WebDoor(self.uploads, self.blobs),
        }

    def recipes(self, sound: Sound, origins: Mapping[str, Origin], tills: Mapping[str, Till]) -> Recipes:
        """How each kind of job is done in this process."""
        rules = self.premises.rules
        return Recipes(
            self.blobs, sound, origins, tills, rules, self.catalogues, self.scratch, papers=Papers()
        )

    def checks(self) -> dict[str, Check]:
        """What every process needs to work, each with a check that raises when it is not there."""

        async def database() -> None:
            await self.store.next_due()

        async def blobs() -> None:
            await try_out(self.objects)

        return {"database": database, "blobs": blobs}

    def metrics(self, meters: Meters, lag: LoopLag) -> Metrics:
        """The page of figures, with those of this process and of its loop."""
        premises = self.premises
        failures = self.objects.failures
        return Metrics(Sources(meters, lag, self.store.figures, premises.clock.now, self._disks, failures))

    def _disks(self) -> dict[str, int]:
        audio = self.objects.free()
        return {"home": self.premises.home.free()} | ({} if audio is None else {"audio": audio})

    def engine(self, work: "Work", slots: Mapping[Queue, int], doors: tuple[str, ...] = ()) -> Engine:
        """What takes and runs jobs: on PostgreSQL beside other processes, on SQLite alone."""
        if self.premises.shared:
            return Distributed(
                self.premises.settings.database,
                self.database,
                self.store,
                work.perform,
                work.heard,
                clock=self.premises.clock,
                slots=slots,
                doors=doors,
                died=work.died,
            )
        return Embedded(
            self.store,
            work.perform,
            work.heard,
            clock=self.premises.clock,
            slots=slots,
            doors=doors,
            died=work.died,
        )


class Work:
    """Jobs done in this process, and what the desk makes of their ends. `after` is called when it has."""

    def __init__(self, recipes: Recipes, desk: Desk, meters: Meters, after: Callable[[], None]) -> None:
        self._recipes = recipes
        self._desk = desk
        self._meters = meters
        self._after = after
        self.died = meters.died

    async def perform(self, job: Job, report: Report) -> Mapping[str, Any]:
        """Do a job; what the desk needs to know."""
        log.info("job begins", kind=job.kind.value)
        with self._meters.job(job):
            result = await self._recipes.perform(job, report)
        log.info("job done", kind=job.kind.value)
        return result

    async def heard(self, incoming: Incoming) -> None:
        """A job ended or moved on. This is decided at once: a crash must not find it done and unknown."""
        await self._desk.handle(incoming)
        self._after()


def open_tills(home: Home) -> Mapping[str, Till]:
    """The ways to pay that are built, by name."""
    return {till.name: till for till in (DemoTill(home.purses_file), CreditTill())}


@asynccontextmanager
async def open_rooms(premises: Premises) -> AsyncIterator[Rooms]:
    """Open them, with the database up to date, until the context ends."""
    settings, rules = premises.settings, premises.rules
    catalogues = load_catalogues()
    await migrate(settings.database)
    objects = open_objects(settings.blobs)
    async with AsyncExitStack() as stack:
        scratch = stack.enter_context(premises.home.scratch())
        database = await stack.enter_async_context(open_database(settings.database))
        store = TortoiseStore(database, premises.clock, rules.queue.weight.model_dump(), rules.currency)
        with premises.home.starting():  # of two that start at once in a new home one makes the key
            secret = await house_secret(settings.secret_key, premises.home.secret_file, store.blob_keys)
        blobs = SealedBlobs(objects, store.blob_keys, secret, scratch)
        links = Links(secret.derived(USE), settings.public_url)
        yield Rooms(
            premises,
            database,
            store,
            objects,
            blobs,
            catalogues,
            Uploads(database),
            links,
            secret.derived(stamps.USE),
            scratch,
        )
