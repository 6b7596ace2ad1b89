"""The traps of the ORM and of its databases that the house has stepped into before."""

# ruff: noqa: ASYNC220  other processes are what is tested

import ast
import asyncio
import contextvars
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from tortoise.exceptions import OperationalError

import storage
from core.changes import Changes
from core.snapshot import Needs
from storage.database import Database, insert, open_database, select
from storage.models import PersonRow
from storage.schema import migrate
from storage.sqlite import statements
from storage.store import TortoiseStore
from tests.databases import EVERY
from tests.storage.things import message, newcomer

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]

READ_THEN_WRITE = """
import asyncio, sys
from storage.database import open_database
from storage.models import PersonRow

async def main():
    async with open_database(sys.argv[1]) as database:
        for _ in range(100):
            async with database.writing():
                row = await PersonRow.get(id="counter")
                while not await PersonRow.filter(id="counter", rev=row.rev).update(rev=row.rev + 1):
                    row = await PersonRow.get(id="counter")

asyncio.run(main())
"""


async def test_a_task_of_a_fresh_context_reaches_the_store(store: TortoiseStore) -> None:
    asking = asyncio.create_task(store.load(Needs("terminal")), context=contextvars.Context())
    assert (await asking).next_number == 1000


async def test_two_stores_in_one_process_do_not_mix(store: TortoiseStore, another: Another) -> None:
    async with another() as other:
        await store.commit(message("ann"), newcomer("ann"))
        assert await other.person_of("terminal", "ann") is not None
        await other.commit(message("bob"), newcomer("bob"))
    assert await store.person_of("terminal", "bob") is not None


async def test_processes_that_read_and_then_write_under_a_guard_lose_nothing_and_never_fail(url: str) -> None:
    async with open_database(url) as database, database.writing():
        await PersonRow.create(id="counter", rev=0, data="{}")
    processes = [subprocess.Popen([sys.executable, "-c", READ_THEN_WRITE, url]) for _ in range(3)]
    codes = [await asyncio.to_thread(process.wait, 120) for process in processes]
    assert codes == [0, 0, 0]
    async with open_database(url) as database, database.reading():
        assert (await PersonRow.get(id="counter")).rev == 300


async def test_a_reader_sees_one_state_while_somebody_writes(url: str) -> None:
    async with open_database(url) as here, open_database(url) as there:
        async with here.reading():
            assert await PersonRow.all().count() == 0
            async with there.writing():
                await PersonRow.create(id="new", rev=0, data="{}")
            assert await PersonRow.all().count() == 0
        async with here.reading():
            assert await PersonRow.all().count() == 1


async def test_a_transaction_that_raises_writes_nothing(url: str) -> None:
    async with open_database(url) as database:
        with pytest.raises(LookupError):  # noqa: PT012
            async with database.writing():
                await PersonRow.create(id="new", rev=0, data="{}")
                raise LookupError
        async with database.reading():
            assert await PersonRow.all().count() == 0


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_transaction_gives_its_lock_back_wherever_it_was(url: str, steps: int) -> None:
    async def write(name: str) -> None:
        async with database.writing():
            await PersonRow.create(id=name, rev=0, data="{}")

    async with open_database(url) as database:
        writing = asyncio.create_task(write("cancelled"))
        for _ in range(steps):
            await asyncio.sleep(0.0005)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        async with asyncio.timeout(5):
            await write("next")
        async with database.reading():
            assert await PersonRow.filter(id="next").exists()


@pytest.mark.databases("sqlite")
async def test_a_transaction_that_was_cancelled_while_it_waited_to_begin_does_not_begin_later(
    url: str,
) -> None:
    async with open_database(url) as here, open_database(url) as there:

        async def write() -> None:
            async with here.writing():
                raise AssertionError("it was cancelled before")

        async with there.writing():
            waiting = asyncio.create_task(write())
            await asyncio.sleep(0.1)
            waiting.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for each in (there, here):
            async with asyncio.timeout(5), each.writing():
                await PersonRow.all().count()


@pytest.mark.databases("sqlite")
async def test_a_transaction_that_cannot_begin_gives_its_lock_back(url: str) -> None:
    async with open_database(url) as here, open_database(url) as there:
        async with there.writing():
            async with here.reading() as connection:
                await connection.execute_query("PRAGMA busy_timeout = 20")
            for _ in range(2):
                with pytest.raises(Exception, match="locked"):
                    async with here.writing():
                        raise AssertionError("there is one writer")
        async with asyncio.timeout(5), here.writing():
            await PersonRow.create(id="new", rev=0, data="{}")


@pytest.mark.databases("sqlite")
async def test_a_script_stays_inside_its_transaction(url: str) -> None:
    async with open_database(url) as database:
        with pytest.raises(OperationalError):
            async with database.writing() as connection:
                await connection.execute_script(
                    "CREATE TABLE a (x); CREATE TABLE b (x); CREATE TABLE nonsense;"
                )
        async with database.reading() as connection:
            found = await connection.execute_query_dict(
                "SELECT 1 FROM sqlite_master WHERE name IN ('a', 'b')"
            )
    assert found == []


def test_a_script_is_cut_between_statements_and_not_within_a_trigger() -> None:
    trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT ';'; END;"
    assert list(statements(f"SELECT 1; ;\n{trigger}\nSELECT 2")) == ["SELECT 1;", trigger, "SELECT 2;"]


async def test_an_empty_deed_is_a_deed(store: TortoiseStore) -> None:
    event = message()
    assert await store.commit(event, Changes())
    assert not await store.commit(event, Changes())


def test_nothing_is_locked_and_then_read_by_value_because_that_would_lose_the_lock() -> None:
    """Tortoise 1.1.9 drops FOR UPDATE from `select_for_update().values()` and `.values_list()`."""
    calls = [
        node
        for file in Path(storage.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("values", "values_list")
    ]
    assert calls
    assert not [call for call in calls if "select_for_update" in ast.unparse(call.value)]


async def _writes(database: Database, name: str, *, fails: bool = False) -> None:
    async with database.writing():
        await insert("people", [{"id": name, "rev": 0, "data": "{}"}])
        if fails:
            raise LookupError(name)


async def _people(database: Database) -> set[str]:
    async with database.reading() as connection:
        return {row["id"] for row in await select(connection, "SELECT id FROM people")}


async def test_of_writers_at_one_time_who_fails_is_undone_alone(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database:
        ended = await asyncio.gather(
            *(_writes(database, f"p{n}", fails=n == 2) for n in range(5)), return_exceptions=True
        )
        assert [type(end) for end in ended if end] == [LookupError]
        assert await _people(database) == {"p0", "p1", "p3", "p4"}


async def test_who_is_cancelled_while_others_wait_takes_nobody_along(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database:
        writers = [asyncio.create_task(_writes(database, f"p{n}")) for n in range(5)]
        await asyncio.sleep(0)
        writers[0].cancel()
        writers[2].cancel()
        await asyncio.gather(*writers, return_exceptions=True)
        assert {"p1", "p3", "p4"} <= await _people(database)


@pytest.mark.databases("sqlite")
async def test_writers_who_wait_share_one_commit_and_nobody_hears_of_it_before(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database:
        heard: list[str] = []
        client = database._context.db()
        await _writes(database, "first")
        client._connection._conn.set_trace_callback(heard.append)
        told = [asyncio.create_task(_writes(database, f"p{n}")) for n in range(4)]
        for task in told:
            task.add_done_callback(lambda _: heard.append("told"))
        await asyncio.gather(*told)
        await asyncio.sleep(0)
    ends = [line for line in heard if line in ("COMMIT", "told")]
    assert ends == ["COMMIT", "told", "told", "told", "told"]


@pytest.mark.databases("sqlite")
async def test_what_is_not_committed_is_not_read(url: str) -> None:
    await migrate(url)
    async with open_database(url) as database:
        async with database.writing():
            await insert("people", [{"id": "p", "rev": 0, "data": "{}"}])
            assert await asyncio.create_task(_people(database), context=contextvars.Context()) == set()
        assert await _people(database) == {"p"}
