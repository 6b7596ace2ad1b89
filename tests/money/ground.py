"""The databases that are explored: everything in one can be saved, put back and read past the store."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import psycopg
from tortoise.context import TortoiseContext

from storage.database import Database, open_database
from tests.databases import MEMORY

Rows = Mapping[str, list[dict[str, Any]]]
"""The rows of each table."""

_OF_THE_SCHEMA = ("tortoise_migrations", "procrastinate_")


@dataclass(frozen=True, slots=True)
class Saved:
    """All that a database holds. Two that hold the same rows have the same digest."""

    data: bytes
    digest: str


class Ground(Protocol):
    """A database under exploration."""

    database: Database

    async def save(self) -> Saved: ...

    async def restore(self, saved: Saved) -> None: ...

    async def rows(self) -> Rows: ...

    async def run(self, sql: str) -> None:
        """Run statements past the store: so that a rule which the database keeps can be taken away."""
        ...


class SqliteGround:
    """A SQLite database behind the real connections of a real store: one writes, one reads."""

    def __init__(self, database: Database) -> None:
        self.database = database
        context: TortoiseContext = database._context
        self._writer = context.db()._connection  # aiosqlite: a thread in which all is done that may wait

    async def save(self) -> Saved:
        data = bytearray(await self._writer._execute(self._writer._conn.serialize))
        data[18:20] = b"\x01\x01"  # the header's journal: what lives in memory has no write-ahead log
        return Saved(bytes(data), _digest(_rows_of(bytes(data))))

    async def restore(self, saved: Saved) -> None:
        with _opened(saved.data) as held:
            await self._writer._execute(held.backup, self._writer._conn)

    async def rows(self) -> Rows:
        return _rows_of((await self.save()).data)

    async def run(self, sql: str) -> None:
        await self._writer._execute(self._writer._conn.executescript, sql)


class PostgresGround:
    """A PostgreSQL database whose rows are put back with its triggers asleep."""

    def __init__(self, database: Database, raw: psycopg.Connection[Any]) -> None:
        self.database = database
        self.raw = raw
        found = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        self._tables = [name for (name,) in found if not name.startswith(_OF_THE_SCHEMA)]
        serial = raw.execute(
            "SELECT table_name, column_name, pg_get_serial_sequence(table_name, column_name) "
            "FROM information_schema.columns WHERE table_schema = 'public'"
        )
        self._serial = [row for row in serial if row[0] in self._tables and row[2]]
        parts = ", ".join(
            f"'{table}', (SELECT COALESCE(json_agg(each ORDER BY each::text), '[]') FROM {table} AS each)"
            for table in self._tables
        )
        self._read = f"SELECT json_build_object({parts})::text"

    async def save(self) -> Saved:
        found = self.raw.execute(self._read).fetchone()
        assert found is not None
        data = found[0].encode()
        return Saved(data, _digest(json.loads(data)))

    async def restore(self, saved: Saved) -> None:
        held: Rows = json.loads(saved.data)
        with self.raw.transaction(), psycopg.ClientCursor(self.raw) as cursor:
            statements = ["SET LOCAL session_replication_role = replica"]
            for table in self._tables:
                statements.append(f"DELETE FROM {table}")
                if held[table]:
                    rows = cursor.mogrify("%s", [json.dumps(held[table])])
                    put = f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {rows})"
                    statements.append(put)
            for table, column, sequence in self._serial:
                # What was burned by a transaction that was rolled back is free again: equal rows, equal ids.
                newest = max((row[column] for row in held[table]), default=0)
                statements.append(f"SELECT setval('{sequence}', {newest + 1}, false)")
            cursor.execute(";\n".join(statements).encode())

    async def rows(self) -> Rows:
        rows: Rows = json.loads((await self.save()).data)
        return rows

    async def run(self, sql: str) -> None:
        self.raw.execute(sql.encode())


@asynccontextmanager
async def sqlite_ground(migrated: Path) -> AsyncIterator[SqliteGround]:
    """A ground that begins as a SQLite file whose schema is up to date; the file itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="lathe-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        async with open_database(f"sqlite://{shutil.copy(migrated, folder)}") as database:
            async with database.reading():
                pass  # Tortoise connects when something is asked
            yield SqliteGround(database)


@asynccontextmanager
async def postgres_ground(url: str) -> AsyncIterator[PostgresGround]:
    """A ground that begins as a PostgreSQL database without rows whose schema is up to date."""
    with psycopg.connect(url, autocommit=True) as raw:
        async with open_database(url) as database:
            yield PostgresGround(database, raw)


def _rows_of(data: bytes) -> Rows:
    with _opened(data) as raw:
        tables = [
            str(name)
            for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            if not name.startswith(("sqlite_", *_OF_THE_SCHEMA))
        ]
        raw.row_factory = sqlite3.Row
        return {table: [dict(row) for row in raw.execute(f"SELECT * FROM {table}")] for table in tables}


@contextmanager
def _opened(data: bytes) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", check_same_thread=False)) as raw:
        raw.deserialize(data)
        yield raw


def _digest(rows: Rows) -> str:
    canonical = {table: sorted(map(repr, held)) for table, held in sorted(rows.items())}
    return hashlib.sha256(repr(canonical).encode()).hexdigest()
