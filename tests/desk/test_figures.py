"""Each figure of the house, against rows that were really played."""

from datetime import timedelta

import pytest

from core.figures import Backlog, Figures, JobClass, Mean
from core.jobs import JobKind
from core.messages import Incoming, Kind
from storage.database import open_database
from storage.figures import HELD, OPEN, RATED, UNEQUAL
from storage.jobs import ANY_ALIVE
from storage.leases import Leases
from tests.databases import EVERY, past_the_store
from tests.desk.studio import START, Studio
from tests.desk.test_first_order import bought, previewed
from tests.desk.test_money import TAKEN, gives_credit, offered
from tests.desk.test_people import at_the_desk, gives_back

pytestmark = EVERY


async def figures(studio: Studio) -> Figures:
    return await studio.store.figures()


async def test_an_empty_house_has_nothing_to_tell(studio: Studio) -> None:
    assert await figures(studio) == Figures()


async def test_a_job_waits_in_the_line_of_its_plan_since_it_was_wanted(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.passes(seconds=30)
    await studio.drops("bob", "b.wav")
    found = (await figures(studio)).queued
    assert found == {JobClass("io", "free", "fetch"): Backlog(2, START)}
    (waiting,) = found.values()
    assert waiting.age(studio.clock.now()) == 30


async def test_a_job_that_is_taken_runs_and_waits_no_more(studio: Studio) -> None:
    await bought(studio)
    assert (await figures(studio)).queued == {JobClass("cpu", "basic", "render"): Backlog(1, START)}
    await studio.takes(JobKind.RENDER)
    found = await figures(studio)
    assert (found.queued, found.running) == ({}, {("cpu", "render"): 1})


async def test_the_oldest_event_tells_how_late_the_desk_is(studio: Studio) -> None:
    for number, at in enumerate((START, START + timedelta(seconds=5))):
        heard = Incoming("terminal", f"e{number}", "ada", "ada", True, Kind.MESSAGE, at)
        await studio.store.receive(heard)
    assert (await figures(studio)).inbox == Backlog(2, START)


async def test_an_event_that_was_set_aside_is_counted(studio: Studio) -> None:
    heard = Incoming("terminal", "e", "ada", "ada", private=True, kind=Kind.MESSAGE, at=START)
    await studio.store.stumbled(heard, "broken", most=1)
    assert (await figures(studio)).aside == 1


async def test_what_was_not_shown_yet_is_late_since_it_was_wanted(studio: Studio) -> None:
    await studio.commands("ada", "start")
    studio.held = True
    await studio.drops("ada", "a.wav")
    await studio.commands("ada", "help")
    found = await figures(studio)
    assert (found.cards, found.notices) == (1, Backlog(1, START))
    studio.held = False
    await studio.relays()
    assert await figures(studio) == Figures(queued=found.queued, orders={"draft": 1})


async def test_orders_are_counted_while_they_are_open(studio: Studio) -> None:
    await previewed(studio)
    assert (await figures(studio)).orders == {"review": 1}
    await studio.presses("ada", "Approve")
    assert (await figures(studio)).orders == {"released": 1}
    await studio.delivers()
    await studio.passes(days=6)
    assert (await figures(studio)).orders == {}


@pytest.mark.databases("postgres")
async def test_whoever_has_a_lease_is_told_and_for_how_long(studio: Studio, url: str) -> None:
    async with open_database(url) as database:
        leases = Leases(database, ("desk",), "machine:/home", term=60)
        assert await leases.take() is None
        (held,) = (await figures(studio)).leases
        assert (held.name, held.holder) == ("desk", "machine:/home")
        assert 0 < held.seconds <= 60
        await leases.release()
        assert (await figures(studio)).leases == ()


async def mismatched(studio: Studio) -> int:
    return (await figures(studio)).mismatched


async def test_the_books_agree_at_every_step_of_an_order(studio: Studio) -> None:
    await studio.drops("ada", "a.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    assert await mismatched(studio) == 0
    await studio.settles()
    assert await mismatched(studio) == 0
    await studio.masters()
    assert await mismatched(studio) == 0
    await studio.presses("ada", "Approve")
    assert await mismatched(studio) == 0
    await studio.delivers()
    await studio.passes(days=6)
    assert await mismatched(studio) == 0


async def test_the_books_agree_when_the_window_ends_and_nobody_approved(studio: Studio) -> None:
    await previewed(studio)
    await studio.passes(days=6)
    assert await mismatched(studio) == 0


async def test_the_books_agree_while_money_goes_back_and_when_it_has(studio: Studio) -> None:
    await at_the_desk(studio)
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.presses("ada", "Talk to a human")
    await studio.says("ada", "the chorus is distorted")
    await gives_back(studio)
    assert await mismatched(studio) == 0
    await studio.does(JobKind.REFUND, TAKEN)
    assert await mismatched(studio) == 0


async def test_the_books_agree_when_credit_pays_a_part_and_the_till_declines(studio: Studio) -> None:
    await gives_credit(studio, "ada", 200)
    await offered(studio)
    await studio.presses("ada", "Pay")
    assert await mismatched(studio) == 0
    await studio.settles(declined="insufficient")
    assert await mismatched(studio) == 0


async def test_the_books_agree_where_files_come_before_the_money(studio: Studio) -> None:
    studio.charges("before-files")
    await offered(studio)
    await studio.presses("ada", "Make a preview - free")
    await studio.masters()
    assert await mismatched(studio) == 0
    await studio.passes(days=6)
    assert await mismatched(studio) == 0


async def test_the_books_agree_on_a_title_with_a_nul_in_it(studio: Studio) -> None:
    await studio.drops("ada", "a\0b.wav")
    await studio.checks()
    await studio.presses("ada", "Pay")
    await studio.settles()
    await studio.masters()
    await studio.presses("ada", "Approve")
    assert await mismatched(studio) == 0


async def test_an_order_released_behind_the_ledgers_back_is_a_mismatch(studio: Studio, url: str) -> None:
    await previewed(studio)
    with past_the_store(url) as raw:
        raw.execute(
            """UPDATE orders SET data = REPLACE(data, '"released_version":null', '"released_version":1')"""
        )
    assert await mismatched(studio) == 1


@pytest.mark.parametrize("state", ["completed", "cancelled", "offered"])
async def test_money_in_an_order_that_is_over_or_not_begun_is_a_mismatch(
    studio: Studio, url: str, state: str
) -> None:
    await bought(studio)
    with past_the_store(url) as raw:
        raw.execute(f"UPDATE orders SET state = '{state}'")
    assert await mismatched(studio) == 1


async def test_a_delivered_order_that_is_called_cancelled_keeps_money_that_is_not_due(
    studio: Studio, url: str
) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    with past_the_store(url) as raw:
        raw.execute("UPDATE orders SET state = 'cancelled'")
    assert await mismatched(studio) == 1


async def test_tickets_wait_and_their_first_answers_have_a_mean(studio: Studio) -> None:
    await at_the_desk(studio)
    for who, minutes in (("ada", 10), ("bob", 20)):
        await studio.commands(who, "human hello")
        await studio.passes(minutes=minutes)
        await studio.presses("olga", "Reply", place="room:desk")
        await studio.says("olga", "hello", place="room:desk")
    await studio.commands("cyd", "human hello")
    found = await figures(studio)
    assert found.talks == Backlog(1, studio.clock.now())
    assert found.first_answer == Mean(2, 900.0)


async def test_the_mean_of_what_artists_say(studio: Studio) -> None:
    for who, stars in (("ada", "5"), ("bob", "2")):
        await previewed(studio, who)
        await studio.presses(who, "Approve")
        await studio.delivers()
        await studio.presses(who, stars)
    assert (await figures(studio)).rating == Mean(2, 3.5)


MANY = 5_000


NUMBERS = {
    "sqlite": f"""(
        WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {MANY}) SELECT n FROM c
    ) AS numbers""",
    "postgres": f"generate_series(1, {MANY}) AS n",
}

COPIES = {
    ("orders", "TRUE"): {"id": "'copy-' || n", "number": f"{MANY} + n"},
    ("charges", "TRUE"): {"id": "'charge-' || n", "order": "'copy-' || n"},
    ("accounts", "name LIKE 'order:%'"): {"name": "'order:copy-' || n", "balance": "0", "moved_by": "NULL"},
    ("jobs", "state = 'done'"): {"id": "'job-' || n", "seq": f"{MANY} + n"},
}
"""A row of these tables, and what is another one's in each copy of it."""


def with_many_that_are_over(url: str, kind: str) -> None:
    """Copy past the store one finished order, its emptied account and its charge, many times."""
    with past_the_store(url) as raw:
        for (table, chosen), other in COPIES.items():
            columns = [
                column[0] for column in raw.execute(f"SELECT * FROM {table} LIMIT 1").description or ()
            ]
            values = [other.get(column, f'one."{column}"') for column in columns]
            names = ", ".join(f'"{column}"' for column in columns)
            one = f"(SELECT * FROM {table} WHERE {chosen} LIMIT 1) AS one"
            raw.execute(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(values)} FROM {one}, {NUMBERS[kind]}"
            )
        raw.execute("UPDATE books SET earned = due")
        raw.execute("ANALYZE")


def planned(url: str, kind: str, query: str) -> list[str]:
    """The steps by which a database would carry out a query."""
    with past_the_store(url) as raw:
        if kind == "sqlite":
            return [row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {query}")]
        return [row[0] for row in raw.execute(f"EXPLAIN {query}")]


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (UNEQUAL, "books_unequal"),
        (HELD, "accounts_held"),
        (OPEN, "orders_alive"),
        (RATED, "orders_rated"),
        (ANY_ALIVE, "jobs_in_line"),
        (ANY_ALIVE, "jobs_held"),
    ],
)
async def test_what_is_watched_is_found_by_an_index_among_any_number_of_orders(
    studio: Studio, url: str, database_kind: str, query: str, index: str
) -> None:
    await previewed(studio)
    await studio.presses("ada", "Approve")
    await studio.delivers()
    await studio.passes(days=6)
    with_many_that_are_over(url, database_kind)
    plan = planned(url, database_kind, query)
    assert [step for step in plan if index in step]
    assert [step for step in plan if "Seq Scan" in step or ("SCAN" in step and "INDEX" not in step)] == []
