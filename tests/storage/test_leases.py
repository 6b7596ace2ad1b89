"""A lease has one owner, by the database's clock, whoever sleeps, dies or lets go."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.ports import LeaseLost
from storage.database import Database, open_database
from storage.leases import Leases
from tests.databases import past_the_store

pytestmark = pytest.mark.databases("postgres")

NAMES = ("desk", "terminal")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as opened:
        yield opened


def run_out(url: str) -> None:
    """Let the term of every lease be over."""
    with past_the_store(url) as raw:
        raw.execute("UPDATE leases SET until = clock_timestamp() - interval '1 second'")


async def test_what_one_has_no_other_gets_and_is_told_whose_it_is(database: Database) -> None:
    here, there = Leases(database, NAMES, "here"), Leases(database, NAMES, "there")
    assert await here.take() is None
    assert await there.take() == "here"


async def test_of_several_leases_one_that_is_taken_leaves_the_others_free(database: Database) -> None:
    assert await Leases(database, ("terminal",), "here").take() is None
    assert await Leases(database, NAMES, "there").take() == "here"
    assert await Leases(database, ("desk",), "elsewhere").take() is None


async def test_of_many_at_once_one_gets_it(database: Database) -> None:
    leases = [Leases(database, NAMES, f"house {n}") for n in range(8)]
    taken = await asyncio.gather(*[lease.take() for lease in leases])
    assert sum(other is None for other in taken) == 1


async def test_what_was_released_is_free_at_once(database: Database) -> None:
    here, there = Leases(database, NAMES, "here"), Leases(database, NAMES, "there")
    await here.take()
    await here.release()
    assert await there.take() is None


async def test_what_was_not_renewed_in_time_is_free(database: Database, url: str) -> None:
    here, there = Leases(database, NAMES, "here"), Leases(database, NAMES, "there")
    await here.take()
    run_out(url)
    assert await there.take() is None


async def test_the_next_process_of_one_home_need_not_wait(database: Database) -> None:
    assert await Leases(database, NAMES, "here").take() is None
    assert await Leases(database, NAMES, "here").take() is None


async def test_whose_lease_was_taken_over_hears_of_it_and_is_never_sure_again(
    database: Database, url: str
) -> None:
    here = Leases(database, NAMES, "here", term=0.1)
    await here.take()
    run_out(url)
    await Leases(database, NAMES, "there").take()
    with pytest.raises(LeaseLost, match="there took over"):
        await here.hold()
    with pytest.raises(LeaseLost):
        await here.sure()


async def test_who_waits_to_be_sure_does_not_wait_for_one_who_renews_no_more(
    database: Database, url: str
) -> None:
    here = Leases(database, NAMES, "here", term=0.1)
    holding = asyncio.create_task(here.hold())  # before they were taken: nothing of it is ever sure
    waiting = asyncio.create_task(here.sure())
    await asyncio.sleep(0)
    holding.cancel()
    with pytest.raises(LeaseLost, match="not renewed any more"):
        await asyncio.wait_for(waiting, 30)


async def test_who_overslept_while_nobody_took_it_goes_on(database: Database, url: str) -> None:
    here = Leases(database, NAMES, "here", term=0.1)
    await here.take()
    run_out(url)
    await asyncio.sleep(0.15)
    holding = asyncio.create_task(here.hold())
    await here.sure()
    holding.cancel()
