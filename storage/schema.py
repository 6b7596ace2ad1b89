"""Bringing a database's schema up to date, and saying whether it is."""

import pkgutil

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder

from core.ports import Unreachable
from storage import migrations, ticketing
from storage.address import file_of, shown
from storage.database import APP, configuration, open_database, select
from storage.locks import alone


class Older(Exception):
    """The database is not up to date; `str()` says what to do."""


class Bare(Older):
    """The database has no tables at all."""


class Newer(Exception):
    """The database was brought up to date by a later version; `str()` says so."""


class Recorder(MigrationRecorder):
    """Tortoise's record of what was applied, with placeholders that psycopg understands."""

    def _placeholder(self, pos: int) -> str:
        return "%s" if self._dialect == "postgres" else super()._placeholder(pos)


async def executor(connection: BaseDBAsyncClient, url: str) -> MigrationExecutor:
    """What applies and undoes migrations on a connection to the database at a URL."""
    made = MigrationExecutor(connection, configuration(url)["apps"])
    made.recorder = made.loader.recorder = Recorder(connection)
    # Tortoise asks for the record before it makes it, and on PostgreSQL a failed question ends a transaction.
    await made.recorder.ensure_schema(made._schema_editor(atomic=False))
    return made


async def migrate(url: str) -> list[str]:
    """Apply what the database at a URL lacks, all or nothing; the names of what was applied of our own.

    On PostgreSQL that goes for the tables of the ticket engine too.
    Idempotent. Of two processes that start at once the second waits for the first and finds nothing to do.
    """
    async with open_database(url) as database, database.writing() as connection:
        if connection.capabilities.dialect == "postgres":
            # A long migration is waited for, and one on a busy machine is not taken for one that hangs.
            await connection.execute_script(
                "SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = '2min'"
            )
        await alone("schema")
        applied: list[str] = []

        def note(event: str, _app: str, name: str) -> None:
            if event == "apply_done":
                applied.append(name)

        await (await executor(connection, url)).migrate(progress=note)
        if connection.capabilities.dialect == "postgres":
            await ticketing.apply(connection)
    return applied


async def check(url: str) -> None:
    """Return if the schema of the database at a URL is that of this version; nothing is made or changed.

    Else Older, Bare or Newer; Unreachable if there is no database.
    """
    file = file_of(url)
    if file is not None and not file.exists():
        raise Unreachable(f"there is no database at {file}: is another home meant (--home, LATHE_HOME)?")
    async with open_database(url) as database, database.reading() as connection:
        applied = await _applied(connection)
    known = {module.name for module in pkgutil.iter_modules(migrations.__path__)}
    if newer := sorted(applied - known):
        raise Newer(f"{shown(url)} was brought up to date by a newer Lathe ({newer[-1]}): use that one")
    if not applied:
        raise Bare(f"{shown(url)} has no tables yet: the first start makes them, or ./lathe migrate")
    if known - applied:
        raise Older(f"{shown(url)} is older than this Lathe: ./lathe migrate brings it up to date")


async def _applied(connection: BaseDBAsyncClient) -> set[str]:
    if connection.capabilities.dialect == "postgres":
        there = "SELECT to_regclass('tortoise_migrations') AS name"
    else:
        there = "SELECT MAX(name) AS name FROM sqlite_master WHERE name = 'tortoise_migrations'"
    ((found,),) = [row.values() for row in await select(connection, there)]
    if found is None:
        return set()
    rows = await select(connection, "SELECT name FROM tortoise_migrations WHERE app = ?", [APP])
    return {row["name"] for row in rows}
