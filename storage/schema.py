"""Bringing a database's schema up to date."""

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.migrations.executor import MigrationExecutor
from tortoise.migrations.recorder import MigrationRecorder

from storage import ticketing
from storage.database import configuration, open_database
from storage.locks import alone


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
