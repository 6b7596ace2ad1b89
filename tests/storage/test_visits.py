"""Who opened what of an order, as the rows count it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from core.links import Standing
from core.visits import EVERYTHING, PAGE, Visit
from storage.database import Database, open_database
from storage.schema import migrate
from storage.visits import Visits
from tests.databases import EVERY, past_the_store
from tests.storage.things import NOON

pytestmark = EVERY


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    await migrate(url)
    async with open_database(url) as opened:
        yield opened


async def test_what_was_opened_is_counted_and_the_newest_comes_first(database: Database) -> None:
    visits = Visits(database)
    for minutes in (0, 50, 100):
        await visits.begun("order", "ada", Standing.ARTIST, PAGE, NOON + timedelta(minutes=minutes))
    later = NOON + timedelta(hours=3)
    await visits.begun("order", "ada", Standing.ARTIST, EVERYTHING, later)
    await visits.finished("order", "ada", Standing.ARTIST, EVERYTHING, later + timedelta(minutes=5))
    await visits.begun("other", "bob", Standing.ARTIST, PAGE, NOON)
    assert await visits.of_order("order") == [
        Visit("ada", Standing.ARTIST, EVERYTHING, 1, 1, later + timedelta(minutes=5)),
        Visit("ada", Standing.ARTIST, PAGE, 3, 0, NOON + timedelta(minutes=100)),
    ]


async def test_who_came_as_what_is_told_apart(database: Database) -> None:
    visits = Visits(database)
    await visits.begun("order", "ada", Standing.ARTIST, PAGE, NOON)
    await visits.begun("order", "eva", Standing.STAFF, PAGE, NOON)
    found = {(visit.person, visit.standing) for visit in await visits.of_order("order")}
    assert found == {("ada", Standing.ARTIST), ("eva", Standing.STAFF)}


async def test_an_hour_of_visits_is_one_row(database: Database, url: str) -> None:
    visits = Visits(database)
    for second in range(60):
        await visits.begun("order", "ada", Standing.ARTIST, PAGE, NOON + timedelta(seconds=second))
    with past_the_store(url) as raw:
        assert raw.execute("SELECT begun FROM visits").fetchall() == [(60,)]
