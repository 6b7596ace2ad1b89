"""PostgreSQL: what it does when it is away, when others are faster, and when somebody stands still."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from core.ports import Outdated, Unreachable
from core.snapshot import Needs
from storage.database import open_database, select
from storage.models import PersonRow
from storage.postgres import CONNECTIONS
from storage.schema import migrate
from storage.store import TortoiseStore, open_store
from tests.databases import Postgres, past_the_store, running_postgres
from tests.storage.conftest import WEIGHTS, HandClock
from tests.storage.things import message, newcomer

pytestmark = pytest.mark.databases("postgres")

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]

SECRET = "hunter2"


async def asked(url: str) -> None:
    async with open_database(url) as database, database.reading():
        pass


# Away


async def test_nobody_there_is_said_at_once_and_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"out of service: .*socket .*failed: No such file"):
        await asked(f"postgres://ann:{SECRET}@/lathe?host={tmp_path}")


async def test_a_database_that_does_not_exist_is_named(postgres: Postgres) -> None:
    with pytest.raises(Unreachable, match='database "nowhere" does not exist'):
        await asked(postgres.url("nowhere"))


async def test_a_user_who_does_not_exist_is_named(url: str) -> None:
    with pytest.raises(Unreachable, match='role "stranger" does not exist'):
        await asked(url.replace("postgres@", "stranger@"))


async def test_who_could_not_be_reached_is_reached_as_soon_as_they_are_there(postgres: Postgres) -> None:
    async with open_database(postgres.url("later")) as database:
        with pytest.raises(Unreachable):
            async with database.reading():
                pass
        with postgres.admin() as admin:
            admin.execute("CREATE DATABASE later")
            async with database.reading():
                pass
    with postgres.admin() as admin:
        admin.execute("DROP DATABASE later WITH (FORCE)")


async def test_a_database_that_cannot_hold_every_name_is_refused(postgres: Postgres) -> None:
    with (
        postgres.database(more="ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'") as url,
        pytest.raises(Unreachable, match="SQL_ASCII and must be in UTF8"),
    ):
        await migrate(url)


async def test_a_connection_that_is_cut_fails_what_it_was_doing_and_nothing_else(
    store: TortoiseStore, url: str
) -> None:
    async with open_database(url) as database:
        with pytest.raises(Unreachable):  # noqa: PT012
            async with database.writing():
                await PersonRow.create(id="half", rev=0, data="{}")
                cut_all(url)
                await PersonRow.create(id="other half", rev=0, data="{}")
        async with database.reading():
            assert await PersonRow.all().count() == 0
    assert await store.commit(message("ann"), newcomer("ann"))
    cut_all(url)
    assert await store.person_of("terminal", "ann") is not None


def cut_all(url: str) -> None:
    with past_the_store(url) as raw:
        raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_a_crash_of_the_server_loses_nothing_and_is_waited_out_if_it_is_short() -> None:
    with running_postgres() as server:
        url = server.url("postgres")
        await migrate(url)
        async with open_store(url, HandClock(), WEIGHTS) as store:
            assert await store.commit(message("ann"), newcomer("ann"))
            server.stop()
            waiting = asyncio.create_task(store.commit(message("bob"), newcomer("bob")))
            await asyncio.sleep(0.1)
            server.start()
            assert await waiting
            assert await store.person_of("terminal", "bob") is not None
            assert await store.person_of("terminal", "ann") is not None


async def test_no_password_is_ever_logged_or_said(
    url: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    await asked(url.replace("postgres@", f"postgres:{SECRET}@"))
    with pytest.raises(Unreachable) as unreachable:
        await asked(f"postgres://ann:{SECRET}@/lathe?host={tmp_path}")
    assert SECRET not in caplog.text + str(unreachable.value) + repr(unreachable.value.__cause__)


async def test_what_libpq_is_told_reaches_it(url: str) -> None:
    async with (
        open_database(f"{url}&sslmode=disable&application_name=studio") as database,
        database.reading() as connection,
    ):
        assert await select(connection, "SHOW application_name") == [{"application_name": "studio"}]


# Faster


@pytest.mark.parametrize("default", ["serializable", "repeatable read", "read uncommitted"])
async def test_how_transactions_are_isolated_is_not_left_to_the_server(url: str, default: str) -> None:
    with past_the_store(url) as raw:
        raw.execute(f"ALTER DATABASE {Postgres.name(url)} SET default_transaction_isolation = '{default}'")
    shown = "SELECT current_setting('transaction_isolation') AS level, current_setting('TimeZone') AS zone"
    async with open_database(url) as database:
        async with database.writing() as connection:
            assert await select(connection, shown) == [{"level": "read committed", "zone": "UTC"}]
        async with database.reading() as connection:
            assert await select(connection, shown) == [{"level": "repeatable read", "zone": "UTC"}]


async def test_what_only_reads_cannot_write(url: str) -> None:
    async with open_database(url) as database:
        with pytest.raises(Exception, match="read-only transaction"):
            async with database.reading():
                await PersonRow.create(id="new", rev=0, data="{}")
        async with database.writing():
            await PersonRow.create(id="new", rev=0, data="{}")


async def test_who_waits_crosswise_is_told_to_decide_again(url: str) -> None:
    first_has_one, second_has_two = asyncio.Event(), asyncio.Event()

    async def change(mine: str, other: str, done: asyncio.Event, wait: asyncio.Event) -> None:
        async with database.writing():
            await PersonRow.filter(id=mine).update(rev=1)
            done.set()
            await wait.wait()
            await PersonRow.filter(id=other).update(rev=2)

    async with open_database(url) as database:
        async with database.writing():
            await PersonRow.bulk_create([PersonRow(id=each, rev=0, data="{}") for each in ("one", "two")])
        ends = await asyncio.gather(
            change("one", "two", first_has_one, second_has_two),
            change("two", "one", second_has_two, first_has_one),
            return_exceptions=True,
        )
    assert sorted(type(end) for end in ends if end) == [Outdated]


# Standing still


async def test_who_stands_still_in_a_transaction_holds_up_nobody_for_long(url: str) -> None:
    async with open_database(url) as here, open_database(url) as there:
        async with here.writing() as connection:
            ((limit,),) = [row.values() for row in await select(connection, "SHOW lock_timeout")]
            ((idle,),) = [
                row.values() for row in await select(connection, "SHOW idle_in_transaction_session_timeout")
            ]
        assert (idle, limit) == ("10s", "30s")
        with pytest.raises(Unreachable, match="idle-in-transaction"):  # noqa: PT012
            async with here.writing() as connection:
                await connection.execute_script("SET LOCAL idle_in_transaction_session_timeout = '50ms'")
                await PersonRow.create(id="held", rev=0, data="{}")
                async with asyncio.timeout(5), there.writing():  # waits for the key to be free again
                    await PersonRow.create(id="held", rev=1, data="{}")
                await PersonRow.all().count()
        async with here.reading():
            assert (await PersonRow.get(id="held")).rev == 1


async def test_a_long_transaction_stops_nobody_who_wants_something_else(
    store: TortoiseStore, url: str
) -> None:
    async with open_database(url) as database, database.writing():
        await PersonRow.create(id="slow", rev=0, data="{}")
        async with asyncio.timeout(5):
            assert await store.commit(message("ann"), newcomer("ann"))
            assert await store.person_of("terminal", "ann") is not None


# Connections


async def test_many_more_at_once_than_there_are_connections_are_all_served(
    store: TortoiseStore, url: str
) -> None:
    await asyncio.gather(*[store.load(Needs("terminal", external="ann")) for _ in range(8 * CONNECTIONS)])
    with past_the_store(url) as raw:
        ((held,),) = raw.execute(
            "SELECT COUNT(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'lathe'"
        )
    assert 1 <= held <= CONNECTIONS


async def test_a_cancelled_transaction_gives_its_connection_back_wherever_it_was(url: str) -> None:
    async def write(name: str) -> None:
        async with database.writing():
            await PersonRow.create(id=name, rev=0, data="{}")

    everybody = asyncio.Barrier(CONNECTIONS)

    async def hold() -> None:
        async with database.writing():
            await everybody.wait()

    async with open_database(url) as database:
        await write("first")
        for steps in range(60):
            writing = asyncio.create_task(write(f"cancelled {steps}"))
            for _ in range(steps):
                await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
        async with asyncio.timeout(4):
            await asyncio.gather(*[hold() for _ in range(CONNECTIONS)])
