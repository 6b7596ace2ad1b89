"""Who opened what of an order, as the rows count it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from core.changes import Changes, Move
from core.links import Standing
from core.visits import EVERYTHING, PAGE, Visit
from storage.database import Database, open_database
from storage.schema import migrate
from storage.store import TortoiseStore
from storage.visits import Visits
from tests.databases import EVERY, past_the_store
from tests.storage.things import NOON, message, newcomer

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


async def test_visits_are_forgotten_by_the_hour_once_they_are_old_enough(database: Database) -> None:
    visits = Visits(database)
    for hours in (0, 1, 2):
        await visits.begun(f"order-{hours}", "ada", Standing.ARTIST, PAGE, NOON + timedelta(hours=hours))
    assert await visits.forget_before(NOON + timedelta(hours=1, minutes=59)) == 1
    assert [len(await visits.of_order(f"order-{hours}")) for hours in (0, 1, 2)] == [0, 1, 1]
    assert await visits.forget_before(NOON + timedelta(hours=1, minutes=59)) == 0


async def test_what_somebody_opened_is_forgotten_with_them_and_what_others_opened_is_not(
    database: Database, store: TortoiseStore
) -> None:
    visits = Visits(database)
    for person in ("ada", "formerly-ada", "eva"):
        await visits.begun("order", person, Standing.STAFF, PAGE, NOON)
    await store.commit(message(), Changes(forgotten=("ada", "formerly-ada")))
    assert [visit.person for visit in await visits.of_order("order")] == ["eva"]


async def test_nothing_is_counted_of_who_said_to_be_under_13(
    database: Database, store: TortoiseStore
) -> None:
    visits, changes = Visits(database), newcomer("ann")
    await store.commit(message("ann"), changes)
    person = changes.people[0].after
    await visits.begun("order", person.id, Standing.ARTIST, PAGE, NOON)
    minor = Move(person, replace(person, minor=True))
    await store.commit(message("ann"), Changes(people=(minor,), forgotten=(person.id,)))
    await visits.begun("order", person.id, Standing.ARTIST, PAGE, NOON)
    await visits.finished("order", person.id, Standing.ARTIST, PAGE, NOON)  # what was on its way
    assert await visits.of_order("order") == []


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("DELETE FROM visits WHERE person = 'ada'", "visits_of_person"),
        ("DELETE FROM visits WHERE hour < '2026'", "visits_by_hour"),
    ],
)
async def test_whose_visits_and_which_are_old_is_found_without_reading_all(
    database: Database, url: str, sql: str, index: str
) -> None:
    with past_the_store(url) as raw:
        plan = " ".join(str(row) for row in raw.execute(f"EXPLAIN QUERY PLAN {sql}"))
    assert index in plan
