"""What one process commits, the others hear of; what is not committed, nobody does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from core.changes import Changes, Move
from core.messages import To
from core.ports import Outdated
from storage.store import TortoiseStore
from storage.wakeups import Subject, listen
from tests.databases import past_the_store
from tests.storage.things import account, message, newcomer, notice, order

pytestmark = pytest.mark.databases("postgres")

PATIENCE = 60

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]


class Ear:
    """What was heard, by its subjects."""

    def __init__(self) -> None:
        self.heard: list[Subject] = []
        self._news = asyncio.Event()

    def hear(self, subject: Subject) -> None:
        self.heard.append(subject)
        self._news.set()

    async def until(self, *subjects: Subject) -> None:
        async with asyncio.timeout(PATIENCE):
            while not set(subjects) <= set(self.heard):
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[Ear]:
    """Somebody who listens, and has heard all there is to hear at first."""
    ear = Ear()
    task = asyncio.create_task(listen(url, ear.hear))
    try:
        await ear.until(*Subject)
        ear.heard.clear()
        yield ear
    finally:
        task.cancel()


async def test_an_event_wakes_the_inbox_of_others(url: str, store: TortoiseStore) -> None:
    async with listening(url) as ear:
        await store.receive(message("ann"))
        await ear.until(Subject.INBOX)
    assert set(ear.heard) == {Subject.INBOX}


async def test_what_is_wanted_wakes_the_relay_and_a_moved_order_the_sweep(
    url: str, store: TortoiseStore
) -> None:
    told = notice("n", To.person(account("ann")))
    async with listening(url) as ear:
        await store.commit(message("ann"), Changes(notices=(told,), orders=(Move(None, order()),)))
        await ear.until(Subject.OUTBOX, Subject.CLOCK)
    assert set(ear.heard) == {Subject.OUTBOX, Subject.CLOCK}


async def test_cancelled_jobs_wake_who_may_run_them(url: str, store: TortoiseStore) -> None:
    async with listening(url) as ear:
        await store.commit(message("ann"), Changes(cancel_jobs_of=("order-1",)))
        await ear.until(Subject.JOBS)


async def test_what_fails_to_be_committed_wakes_nobody(url: str, store: TortoiseStore) -> None:
    stale = Move(order("nobody", rev=7), order("nobody", rev=8))
    told = notice("n", To.person(account("ann")))
    async with listening(url) as ear:
        with pytest.raises(Outdated):
            await store.commit(message("ann"), Changes(notices=(told,), orders=(stale,)))
        await store.receive(message("bob"))
        await ear.until(Subject.INBOX)
    assert set(ear.heard) == {Subject.INBOX}


async def test_a_cut_connection_is_made_again_and_everything_may_have_been_missed(
    url: str, store: TortoiseStore
) -> None:
    async with listening(url) as ear:
        with past_the_store(url) as raw:
            raw.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN lathe'")
        await ear.until(*Subject)
        assert await store.commit(message("ann"), newcomer("ann"))


async def test_what_a_cut_connection_would_have_said_is_said_on_another(
    url: str, store: TortoiseStore
) -> None:
    async with listening(url) as ear:
        await store.receive(message("ann"))
        await ear.until(Subject.INBOX)
        ear.heard.clear()
        with past_the_store(url) as raw:
            raw.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_notify%'"
            )
        await store.receive(message("bob"))
        await ear.until(Subject.INBOX)


async def test_what_was_committed_last_is_said_before_a_store_closes(url: str, another: Another) -> None:
    async with listening(url) as ear:
        async with another() as store:
            await store.receive(message("ann"))
        await ear.until(Subject.INBOX)
