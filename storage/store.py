"""The store: core.ports.Store over one database. Each method is one transaction."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from tortoise.exceptions import IntegrityError

from core.changes import Changes
from core.figures import Figures
from core.jobs import Job, Queue
from core.messages import Card, Incoming
from core.people import Person
from core.ports import Clock, Outdated, Outgoing, Overdrawn, Received, Unheard
from core.snapshot import Needs, Snapshot
from storage import deadlines, deeds, figures, inbox, jobs, outbox, snapshots, triggers
from storage.blob_keys import BlobKeys
from storage.database import Database, is_duplicate, open_database


class TortoiseStore:
    """Rows of a database. `weights` are the plans' shares of the engine, `currency` is the house's own."""

    def __init__(self, database: Database, clock: Clock, weights: Mapping[str, int], currency: str) -> None:
        self._database = database
        self._clock = clock
        self._weights = dict(weights)
        self._currency = currency
        self._name = uuid.uuid4().hex  # tells what this process sends from what a dead one left
        self.blob_keys = BlobKeys(database)

    async def receive(self, incoming: Incoming) -> bool:
        """Write an event down before it is acknowledged; False if it stood there already."""
        try:
            async with self._database.writing():
                return await inbox.receive(incoming)
        except IntegrityError as error:
            if is_duplicate(error):  # two processes at once
                return False
            raise

    async def undone(self, busy: Sequence[str], limit: int) -> Sequence[Received]:
        """The oldest undone event of each lane that is not busy, oldest first."""
        async with self._database.looking() as connection:
            return await inbox.undone(connection, busy, limit)

    async def stands_undone(self, incoming: Incoming) -> bool:
        """Whether an event is written down and not decided yet."""
        async with self._database.reading():
            return bool(await inbox.undone_of(incoming.door, [incoming.event_id]))

    async def stumbled(self, incoming: Incoming, error: str, most: int) -> str | None:
        """Count a failed try; at the `most`-th set the event aside and return its reference."""
        async with self._database.writing():
            return await inbox.stumbled(incoming, error, most)

    async def load(self, needs: Needs) -> Snapshot:
        """Everything that this deed can touch, read at one time."""
        async with self._database.reading() as connection:
            return await snapshots.load(connection, needs, self._currency)

    async def commit(self, incoming: Incoming, changes: Changes) -> bool:
        """Carry out the changes and mark the event done, or raise Outdated or Overdrawn and write nothing.

        False: the event was done before, or its job's attempt is not the running one any more.
        """
        try:
            async with self._database.writing():
                return await deeds.commit(incoming, changes)
        except IntegrityError as error:
            if triggers.is_overdrawn(error):
                raise Overdrawn(str(error)) from error
            if is_duplicate(error):
                raise Outdated(str(error)) from error
            raise

    async def draw(self, order: str, rev: int, cards: Sequence[Card]) -> None:
        """Want these cards, unless the order has moved on from `rev`: progress, which is nobody's deed."""
        async with self._database.writing():
            await deeds.draw(order, rev, cards, self._clock.now())

    async def due(self, now: datetime, limit: int) -> Sequence[Incoming]:
        """A tick for each order whose time has come."""
        async with self._database.reading():
            return await deadlines.due(now, limit)

    async def next_due(self) -> datetime | None:
        """When the clock has something to do next."""
        async with self._database.looking() as connection:
            return await deadlines.next_due(connection)

    async def outgoing(self, doors: Sequence[str], limit: int) -> Sequence[Outgoing]:
        """What is to be sent now, in order: cards whose wanted state was not sent, notices that were not."""
        async with self._database.looking() as connection:
            return await outbox.outgoing(connection, doors, limit, self._name)

    async def sending(self, outgoing: Outgoing) -> bool:
        """Mark a notice as on its way; False if somebody else has it."""
        async with self._database.writing():
            return await outbox.sending(outgoing, self._name)

    async def sent(self, outgoing: Outgoing, message: str) -> None:
        """Note that it was sent and what its door calls it; the desk hears of it if it asked to."""
        async with self._database.writing():
            await outbox.sent(outgoing, message, self._clock.now())

    async def refused(self, outgoing: Outgoing, reason: str) -> None:
        """Note that the platform will not have it; the desk hears of it if it asked to."""
        async with self._database.writing():
            await outbox.refused(outgoing, reason, self._clock.now())

    async def take(self, queue: Queue, doors: Sequence[str], engine: str) -> Job | None:
        """The best queued job of a queue, now running and held by `engine`; None if there is none."""
        async with self._database.writing() as connection:
            return await jobs.take(connection, queue, doors, engine, self._weights)

    async def progress(self, job: Job, share: float, stage: str) -> bool:
        """Note how far an attempt has come; False if it is no longer the running one."""
        async with self._database.writing():
            return await jobs.progress(job, share, stage)

    async def give_back(self, job: Job, *, died: bool) -> None:
        """Queue a running job again: the attempt counts if it died, not if its process is shutting down."""
        async with self._database.writing():
            await jobs.give_back(job, died=died)

    async def recover(self, engine: str) -> int:
        """Queue again what `engine`, a dead process, left running; how many there were."""
        async with self._database.writing():
            return await jobs.recover(engine)

    async def pending(self, now: datetime) -> bool:
        """Whether an event, a job, a message or a due tick is still to be done at `now`."""
        async with self._database.reading():
            return await deadlines.pending(now)

    async def figures(self) -> Figures:
        """How the house stands, read at one time."""
        async with self._database.reading() as connection:
            return await figures.read_figures(connection)

    async def person_of(self, door: str, external: str) -> Person | None:
        """Who somebody is at a door; None if they were never met there."""
        async with self._database.looking() as connection:
            return await snapshots.person_of(connection, door, external)

    async def unheard(self, door: str) -> Sequence[Unheard]:
        """Who has an open order and was seen at this door, those seen last first."""
        async with self._database.looking() as connection:
            return await snapshots.unheard(connection, door)


@asynccontextmanager
async def open_store(
    url: str, clock: Clock, weights: Mapping[str, int], currency: str = "USD"
) -> AsyncIterator[TortoiseStore]:
    """The store at a database URL whose schema is up to date (storage.schema), until the context ends."""
    async with open_database(url) as database:
        yield TortoiseStore(database, clock, weights, currency)
