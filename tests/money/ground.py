"""The databases that are explored: everything in one can be saved, put back and read past the store."""

import hashlib
import json
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
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

_BETWEEN = "\0"  # stands in no JSON

_DEAD = 200
"""Times that rows are put back before PostgreSQL is told to forget the dead ones, which it reads over."""


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
        # Between two calls of a process nobody else uses the writer: no thread need be waited for.
        self._writer: sqlite3.Connection = context.db()._connection._conn
        names = self._writer.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        self._tables = [str(name) for (name,) in names if not name.startswith(("sqlite_", *_OF_THE_SCHEMA))]

    async def save(self) -> Saved:
        data = bytearray(self._writer.serialize())
        data[18:20] = b"\x01\x01"  # the header's journal: what lives in memory has no write-ahead log
        return Saved(bytes(data), _digest({table: self._held(table) for table in self._tables}))

    async def restore(self, saved: Saved) -> None:
        with closing(sqlite3.connect(":memory:")) as held:
            held.deserialize(saved.data)
            held.backup(self._writer)

    async def rows(self) -> Rows:
        return {table: list(map(dict, self._held(table))) for table in self._tables}

    async def run(self, sql: str) -> None:
        self._writer.executescript(sql)

    def _held(self, table: str) -> list[sqlite3.Row]:
        return self._writer.execute(f"SELECT * FROM {table}").fetchall()


class PostgresGround:
    """A PostgreSQL database whose rows are put back with its triggers asleep, as far as they are others."""

    def __init__(self, database: Database, raw: psycopg.Connection[Any]) -> None:
        self.database = database
        self.raw = raw
        self._put_back = 0  # times since the dead rows were swept out
        found = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        self._tables = [name for (name,) in found if not name.startswith(_OF_THE_SCHEMA)]
        parts = ", ".join(
            f"(SELECT COALESCE(json_agg(each ORDER BY each::text), '[]')::text FROM {table} AS each)"
            for table in self._tables
        )
        self._read = f"SELECT {parts}"
        serial = raw.execute(
            "SELECT table_name, column_name, pg_get_serial_sequence(table_name, column_name) "
            "FROM information_schema.columns WHERE table_schema = 'public'"
        )
        # What was burned by a transaction that was rolled back is free again: equal rows, equal ids.
        newest = ", ".join(
            f"setval('{sequence}', (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table}), false)"
            for table, column, sequence in serial
            if sequence and table in self._tables
        )
        self._count_on = f"SELECT {newest}"
        raw.execute("SET session_replication_role = replica")  # once: each time all plans are forgotten

    async def save(self) -> Saved:
        data = _BETWEEN.join(self._texts()).encode()
        return Saved(data, hashlib.sha256(data).hexdigest())

    async def restore(self, saved: Saved) -> None:
        held = saved.data.decode().split(_BETWEEN)
        with self.raw.transaction(), psycopg.ClientCursor(self.raw) as cursor:
            statements = []
            for table, rows, there in zip(self._tables, held, self._texts(), strict=True):
                if rows != there:
                    put = cursor.mogrify("%s", [rows])
                    statements.append(f"DELETE FROM {table}")
                    statements.append(
                        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, {put})"
                    )
            cursor.execute(";\n".join([*statements, self._count_on]).encode())
        self._put_back += 1
        if self._put_back == _DEAD:
            self._put_back = 0
            self.raw.execute(f"VACUUM {', '.join(self._tables)}".encode())

    async def rows(self) -> Rows:
        return dict(zip(self._tables, map(json.loads, self._texts()), strict=True))

    async def run(self, sql: str) -> None:
        self.raw.execute(sql.encode())

    def _texts(self) -> tuple[str, ...]:
        """The rows of each table."""
        found: tuple[str, ...] | None = self.raw.execute(self._read.encode()).fetchone()
        assert found is not None
        return found


@asynccontextmanager
async def sqlite_ground(migrated: Path) -> AsyncIterator[SqliteGround]:
    """A ground that begins as a SQLite file whose schema is up to date; the file itself stays as it is."""
    with tempfile.TemporaryDirectory(prefix="lathe-", dir=MEMORY if MEMORY.is_dir() else None) as folder:
        file = shutil.copy(migrated, folder)
        _in_small_pages(file)
        async with open_database(f"sqlite://{file}") as database:
            async with database.reading():
                pass  # Tortoise connects when something is asked
            yield SqliteGround(database)


@asynccontextmanager
async def postgres_ground(url: str) -> AsyncIterator[PostgresGround]:
    """A ground that begins as a PostgreSQL database without rows whose schema is up to date."""
    with psycopg.connect(url, autocommit=True) as raw:
        async with open_database(url) as database:
            yield PostgresGround(database, raw)


def _in_small_pages(file: Path | str) -> None:
    """A few rows in each of many tables and indexes: in usual pages half a megabyte of nothing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        for statement in ("PRAGMA journal_mode = DELETE", "PRAGMA page_size = 512", "VACUUM"):
            raw.execute(statement)


def _digest(rows: Mapping[str, list[sqlite3.Row]]) -> str:
    canonical = [(table, sorted(repr(tuple(row)) for row in held)) for table, held in rows.items()]
    return hashlib.sha256(repr(canonical).encode()).hexdigest()
