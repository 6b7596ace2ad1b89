"""The schema comes about by migrations alone, once, whoever starts."""

# ruff: noqa: ASYNC221  other processes are what is tested

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from storage import triggers
from storage.database import APP, configuration, open_database
from storage.schema import migrate

ALL = ["0001_initial"]


async def test_a_second_migration_finds_nothing_to_do(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/lathe.db"
    assert await migrate(url) == ALL
    assert await migrate(url) == []


def test_of_two_processes_that_start_at_once_one_migrates(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys\nfrom storage.schema import migrate\n"
        "sys.stdin.readline()\nprint(asyncio.run(migrate(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, f"sqlite://{tmp_path}/lathe.db"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    outputs = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert sorted(outputs) == sorted([str(ALL), "[]", "[]", "[]"])


async def test_a_migration_that_is_killed_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    database = tmp_path / "lathe.db"
    script = (
        "import asyncio, os, sys\nfrom storage import schema, triggers\n"
        "async def die(*_): os.kill(os.getpid(), 9)\n"
        "triggers._run = die\nasyncio.run(schema.migrate(sys.argv[1]))"
    )
    killed = subprocess.run([sys.executable, "-c", script, f"sqlite://{database}"], check=False, timeout=60)
    assert killed.returncode == -9
    assert await migrate(f"sqlite://{database}") == ALL


async def test_the_models_say_nothing_that_no_migration_does(tmp_path: Path) -> None:
    config = configuration(f"sqlite://{tmp_path}/lathe.db")
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        assert await MigrationAutodetector(context.apps, config["apps"]).changes() == []


async def test_every_index_and_trigger_that_is_declared_is_there(url: str) -> None:
    """Tortoise 1.1.9 declares some of what it never creates."""
    with sqlite3.connect(url.removeprefix("sqlite://")) as database:
        found = dict(database.execute("SELECT name, tbl_name FROM sqlite_master"))
        columns = {
            (table, *[column for _, _, column in database.execute(f"PRAGMA index_info('{name}')")])
            for name, table in found.items()
        }
    assert set(triggers.FIRST["sqlite"]) <= set(found)
    for index in ("inbox_by_lane", "cards_stale", "notices_waiting", "jobs_by_turn", "orders_of_person"):
        assert index in found
    for index in (
        ("orders", "due_at"),
        ("orders", "number"),
        ("songs", "order"),
        ("songs", "sha256"),
        ("identities", "door", "external"),
        ("inbox", "door", "event_id"),
        ("transfers", "ref"),
    ):
        assert index in columns


async def test_a_migration_can_be_undone(tmp_path: Path) -> None:
    url = f"sqlite://{tmp_path}/lathe.db"
    await migrate(url)
    async with open_database(url) as database, database.writing() as connection:
        executor = MigrationExecutor(connection, configuration(url)["apps"])
        await executor.migrate([MigrationTarget(APP, "__first__")])
        left = await connection.execute_query_dict(
            "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'tortoise_%'"
        )
    assert left == []
    assert await migrate(url) == ALL


@pytest.mark.parametrize("pragma", [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
async def test_what_was_acknowledged_survives_a_power_cut(url: str, pragma: tuple[str, object]) -> None:
    name, expected = pragma
    async with open_database(url) as database, database.reading() as connection:
        ((value,),) = [tuple(row.values()) for row in await connection.execute_query_dict(f"PRAGMA {name}")]
    assert value == expected
