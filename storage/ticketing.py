"""The tables of the ticket engine: procrastinate's own schema, brought up to date with ours.

Its schema script may run once only, and its migrations are to be run in order: which of them were applied is
kept beside its tables.
"""

from pathlib import Path

from procrastinate.schema import SchemaManager
from tortoise.backends.base.client import BaseDBAsyncClient

from storage.database import select

_RECORD = "CREATE TABLE IF NOT EXISTS procrastinate_applied (name text PRIMARY KEY)"
_NOTE = "INSERT INTO procrastinate_applied SELECT unnest(?::text[])"


def _migrations() -> list[Path]:
    return sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))


async def apply(connection: BaseDBAsyncClient) -> None:
    """Apply what a PostgreSQL database lacks, within this transaction, which has the schema to itself."""
    known = _migrations()
    (there,) = await select(connection, "SELECT to_regclass('procrastinate_jobs') IS NOT NULL AS made")
    await connection.execute_script(_RECORD)
    if not there["made"]:
        await connection.execute_script(SchemaManager.get_schema())
        fresh = known
    else:
        applied = {row["name"] for row in await select(connection, "SELECT name FROM procrastinate_applied")}
        fresh = [migration for migration in known if migration.name not in applied]
        for migration in fresh:
            await connection.execute_script(migration.read_text("utf-8"))
    await select(connection, f"{_NOTE} RETURNING name", [[migration.name for migration in fresh]])
