"""The schema comes about by migrations alone, once, whoever starts, and also on a database full of rows."""

# ruff: noqa: ASYNC221  other processes are what is tested

import json
import subprocess
import sys
from collections.abc import Iterable

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationTarget
from tortoise.migrations.operations import AddField

from core.changes import Changes, Move
from core.consent import Consent, ConsentKind
from core.links import Standing
from core.messages import HOUSE, To
from core.snapshot import Needs
from core.threads import Entry, Thread, ThreadState
from core.uploads import Upload
from core.visits import PAGE
from storage import books, guards, models, ticketing
from storage.database import APP, configuration, open_database
from storage.schema import executor, migrate
from storage.store import open_store
from storage.uploads import Uploads
from storage.visits import Visits
from tests.databases import EVERY, Refused, past_the_store
from tests.storage.conftest import WEIGHTS, HandClock
from tests.storage.things import NOON, account, card, job, message, newcomer, notice, order, pay, song

pytestmark = EVERY

ALL = [
    "0001_initial",
    "0002_moved_once",
    "0003_books",
    "0004_leases",
    "0005_blob_keys",
    "0006_lines",
    "0007_one_account",
    "0008_alive",
    "0009_uploads",
    "0010_visits",
    "0011_visits_forgotten",
    "0012_desk",
    "0013_bulk",
    "0014_refunds",
    "0015_replies",
    "0016_audit",
    "0017_members",
    "0018_tickets",
    "0019_accepted",
    "0020_deadlines",
]

TABLES = {
    "sqlite": """
        SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'tortoise_%'""",
    "postgres": """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname !~ 'tortoise|procrastinate'
        UNION SELECT proname FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proname !~ 'procrastinate'""",
}

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgres": """
        SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname !~ 'procrastinate'""",
}

INDEXED = {
    "sqlite": """
        SELECT m.name, m.tbl_name, (SELECT group_concat(name) FROM pragma_index_info(m.name))
        FROM sqlite_master AS m WHERE type = 'index'""",
    "postgres": """
        SELECT index.relname, of.relname, (
            SELECT string_agg(a.attname, ',' ORDER BY k.place)
            FROM unnest(i.indkey) WITH ORDINALITY AS k(num, place)
            JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.num)
        FROM pg_index AS i
        JOIN pg_class AS index ON index.oid = i.indexrelid
        JOIN pg_class AS of ON of.oid = i.indrelid
        WHERE index.relnamespace = 'public'::regnamespace""",
}

AMOUNTS = {
    "sqlite": "SELECT lower(type) FROM pragma_table_info('{table}') WHERE name = '{column}'",
    "postgres": """
        SELECT data_type FROM information_schema.columns
        WHERE table_name = '{table}' AND column_name = '{column}'""",
}


async def test_a_second_migration_finds_nothing_to_do(bare_url: str) -> None:
    assert await migrate(bare_url) == ALL
    assert await migrate(bare_url) == []


def test_of_many_processes_that_start_at_once_one_migrates(bare_url: str) -> None:
    script = (
        "import asyncio, sys\nfrom storage.schema import migrate\n"
        "sys.stdin.readline()\nprint(asyncio.run(migrate(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, bare_url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
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


async def test_a_migration_that_is_killed_half_way_leaves_nothing_behind(bare_url: str) -> None:
    script = (
        "import asyncio, os, sys\nfrom storage import schema, triggers\n"
        "async def die(*_): os.kill(os.getpid(), 9)\n"
        "triggers._run = die\nasyncio.run(schema.migrate(sys.argv[1]))"
    )
    killed = subprocess.run([sys.executable, "-c", script, bare_url], check=False, timeout=60)
    assert killed.returncode == -9
    assert await migrate(bare_url) == ALL


async def to(url: str, name: str) -> None:
    """Bring a database to a migration, forwards or backwards."""
    async with open_database(url) as database, database.writing() as connection:
        await (await executor(connection, url)).migrate([MigrationTarget(APP, name)])
        if connection.capabilities.dialect == "postgres":
            await ticketing.apply(connection)


async def populate(url: str) -> None:
    """Somebody, their order, their money, what was said, what they opened, and what is still to be done."""
    ann = To.person(account("ann"))
    entry = Entry("entry", "thread", account("ann"), "Ann", False, "hello", NOON)
    changes = Changes(
        people=newcomer("ann").people,
        identities=newcomer("ann").identities,
        orders=(Move(None, order()),),
        songs=(Move(None, song("song-1", "order-1")),),
        threads=(Move(None, Thread("thread", account("ann"), ThreadState.WAITING, NOON, entries=(entry,))),),
        consents=(Consent("c", account("ann"), ConsentKind.TERMS, "1", "ff", "en", "terminal", "e", NOON),),
        transfers=(pay("pay:1", "order-1", 600),),
        jobs=(job("job-1", order="order-1"),),
        cards=(card("order:order-1", ann),),
        notices=(notice("n", ann),),
    )
    async with open_store(url, HandClock(), WEIGHTS) as store:
        assert await store.commit(message("ann"), changes)
    async with open_database(url) as database:
        await Visits(database).begun("order-1", account("ann"), Standing.ARTIST, PAGE, NOON)
        upload = Upload("up", "order-1", account("ann"), "big.wav", 20, "audio/wav", NOON, NOON)
        assert await Uploads(database).begin(upload)


async def test_what_an_order_held_is_named_by_its_song_and_its_version_from_then_on(bare_url: str) -> None:
    await to(bare_url, "0004_leases")
    picture, file = ({"blob": f"cas/{name}", "name": name} for name in ("picture", "file"))
    song = {"source": "cas/source", "pcm": None, "picture": picture}
    version = {"master": "cas/master", "previews": [picture], "files": [file]}
    with past_the_store(bare_url) as raw:
        raw.execute(
            f"""INSERT INTO songs (id, "order", place, state, rev, data)
            VALUES ('song-1', 'order-1', 1, 'ready', 0, '{json.dumps(song)}')"""
        )
        raw.execute(
            f"""INSERT INTO versions (id, "order", song, number, state, rev, data)
            VALUES ('version-1', 'order-1', 'song-1', 1, 'ready', 0, '{json.dumps(version)}')"""
        )
        raw.execute("""INSERT INTO blobs (key, "order") VALUES ('cas/source', 'order-1')""")
    await migrate(bare_url)
    with past_the_store(bare_url) as raw:
        named = list(raw.execute("SELECT holder, key FROM blob_uses ORDER BY holder, key"))
    assert named == [
        ("song-1", "cas/picture"),
        ("song-1", "cas/source"),
        ("version-1", "cas/file"),
        ("version-1", "cas/master"),
        ("version-1", "cas/picture"),
    ]


async def test_a_database_full_of_rows_is_brought_up_to_date_from_every_earlier_state(url: str) -> None:
    await populate(url)
    for since in reversed(ALL[:-1]):
        await to(url, since)  # the store writes today's rows: what came since is taken back
    for name in ALL[1:]:
        await to(url, name)
    await _is_whole(url)


@pytest.mark.parametrize("since", [ALL[0], "0011_visits_forgotten"])
async def test_a_database_full_of_rows_is_brought_up_to_date_in_one_go(url: str, since: str) -> None:
    await populate(url)
    await to(url, since)
    assert await migrate(url) == ALL[ALL.index(since) + 1 :]
    await _is_whole(url)


async def _is_whole(url: str) -> None:
    """What `populate` wrote is read as it was, and the books are kept as before."""
    async with open_store(url, HandClock(), WEIGHTS) as store:
        snapshot = await store.load(Needs(HOUSE, order="order-1", thread="thread"))
        assert snapshot.project is not None
        assert (snapshot.project.order, len(snapshot.project.songs)) == (order(), 1)
        assert snapshot.thread is not None
        assert len(await store.outgoing(["terminal"], 10)) == 2
        assert await store.commit(message("ann"), Changes(transfers=(pay("pay:2", "order-1", 100),)))
    with past_the_store(url) as raw, pytest.raises(Refused, match="unbalanced"):
        raw.execute("UPDATE accounts SET balance = balance + 600, moved_by = 1 WHERE name = 'order:order-1'")


async def test_the_models_say_nothing_that_no_migration_does(bare_url: str) -> None:
    config = configuration(bare_url)
    async with TortoiseContext() as context:
        await context.init(config=config)
        assert context.apps is not None
        assert await MigrationAutodetector(context.apps, config["apps"]).changes() == []


async def test_every_index_that_is_declared_is_there(url: str, database_kind: str) -> None:
    """Tortoise 1.1.9 declares some of what it never creates."""
    with past_the_store(url) as raw:
        found = list(raw.execute(INDEXED[database_kind]))
    names = {name for name, _, _ in found}
    columns = {(table, *(of or "").split(",")) for _, table, of in found}
    for row in _rows():
        meta = row._meta
        assert {index.name for index in meta.indexes} <= names, row
        wanted: Iterable[tuple[str, ...]] = (
            *meta.unique_together,
            *(
                (name,)
                for name, field in meta.fields_map.items()
                if (field.index or field.unique) and not field.pk
            ),
        )
        assert {(meta.db_table, *fields) for fields in wanted} <= columns, row


async def test_every_trigger_that_is_declared_is_there(url: str, database_kind: str) -> None:
    with past_the_store(url) as raw:
        found = {name for (name,) in raw.execute(TRIGGERS[database_kind])}
    assert found == {
        *guards.FIRST[database_kind],
        *guards.ONCE[database_kind],
        *books.BOOKS[database_kind],
        *guards.REFUNDS[database_kind],
        *guards.AUDIT[database_kind],
    }


def test_no_model_declares_a_check_because_none_would_be_made() -> None:
    assert not [row for row in _rows() if row._meta.constraints]


async def test_no_migration_adds_a_column_in_a_way_that_fails_on_rows_or_loses_its_index(url: str) -> None:
    """A default is not written into the column, which cannot be NOT NULL then; an index is not made."""
    async with open_database(url) as database, database.writing() as connection:
        loader = (await executor(connection, url)).loader
        await loader.build_graph()
    added = [
        operation.field
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, AddField)
    ]
    assert all(field.null and not field.index for field in added)


@pytest.mark.parametrize(("table", "column"), [("transfers", "amount"), ("accounts", "balance")])
def test_money_is_kept_in_whole_numbers(url: str, database_kind: str, table: str, column: str) -> None:
    with past_the_store(url) as raw:
        ((type_,),) = raw.execute(AMOUNTS[database_kind].format(table=table, column=column))
    assert type_ == "bigint"


async def test_a_migration_can_be_undone(url: str, database_kind: str) -> None:
    await to(url, "__first__")
    with past_the_store(url) as raw:
        assert list(raw.execute(TABLES[database_kind])) == []
    assert await migrate(url) == ALL


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("pragma", [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
async def test_what_was_acknowledged_survives_a_power_cut(url: str, pragma: tuple[str, object]) -> None:
    name, expected = pragma
    async with open_database(url) as database, database.reading() as connection:
        ((value,),) = [tuple(row.values()) for row in await connection.execute_query_dict(f"PRAGMA {name}")]
    assert value == expected


def _rows() -> list[type[models.Model]]:
    return [row for row in vars(models).values() if isinstance(row, type) and row.__name__.endswith("Row")]
