"""All rows of a database as files, seen at one moment while others go on writing; and back again.

SQLite is copied by its own online backup. PostgreSQL's tables are copied by COPY in one transaction that sees
one state (its manual, "COPY"), which needs no client programs and no more than the right to read.
Tickets and leases are left out: they belong to processes, and are made again from the rows.
"""

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.sql import SQL, Identifier
from tortoise.migrations.executor import MigrationTarget

from core.ports import DiskFull, Unreachable
from storage.address import SQLITE, kind_of, parameters
from storage.database import APP, open_database
from storage.destroyed import Destroyed
from storage.schema import executor, migrate
from storage.sqlite import out_of_service

FILE = "lathe.sqlite3"
FIRST = "0005_blob_keys"
"""The migration from which on rows say which audio they need."""

VISITS = "0010_visits"
"""The migration from which on there are visits."""

PIECE = 1 << 20
"""Bytes that are read of a table's file at a time."""

_TABLES = """
    SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables
    USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
    AND table_name NOT LIKE 'procrastinate%' AND table_name NOT IN ('tortoise_migrations', 'leases')
    ORDER BY table_name, ordinal_position"""
_APPLIED = f"SELECT name FROM tortoise_migrations WHERE app = '{APP}' ORDER BY id"  # noqa: S608
_BLOBS = "SELECT object, created FROM blob_keys ORDER BY object"
_ROWS = ("people", "orders", "inbox", "accounts", "blob_keys")
"""Tables of which one at least has a row as soon as anything has happened."""


class NotEmpty(Exception):
    """The database has rows, which would be lost; `str()` says where."""


class Unknown(Exception):
    """The rows are of a kind that this database or this version cannot take in; `str()` says why."""


@dataclass(frozen=True, slots=True)
class Dump:
    """What was written down: the state of the schema, the columns of each table (PostgreSQL), the objects."""

    kind: str
    migrations: Sequence[str]
    tables: Mapping[str, Sequence[str]]
    objects: Mapping[str, int]  # name: when its blob was filed, seconds since 1970


async def dump(url: str, folder: Path) -> Dump:
    """Write all rows of the database at a URL into files in a folder. Unreachable, or Unknown if too old."""
    if kind_of(url) == SQLITE:
        return await asyncio.to_thread(_dump_sqlite, Path(url.removeprefix("sqlite://")), folder / FILE)
    async with await _connected(url) as connection:
        await connection.set_isolation_level(psycopg.IsolationLevel.REPEATABLE_READ)
        await connection.set_read_only(True)
        async with connection.transaction():
            tables: dict[str, list[str]] = {}
            for table, column in await _rows(connection, _TABLES):
                tables.setdefault(table, []).append(column)
            for table, columns in tables.items():
                with (folder / f"{table}.copy").open("wb") as file:
                    async with connection.cursor().copy(_copy(table, columns, "TO STDOUT")) as copy:
                        async for piece in copy:
                            await asyncio.to_thread(file.write, piece)
            migrations = _checked([name for (name,) in await _rows(connection, _APPLIED)])
            objects = {name: int(created) for name, created in await _rows(connection, _BLOBS)}
    return Dump("postgres", migrations, tables, objects)


async def load(url: str, folder: Path, dumped: Dump, destroyed: Sequence[Destroyed]) -> None:
    """Bring rows into a database without any, all or nothing, and its schema up to date.

    What was `destroyed` since is destroyed again before anybody sees it. NotEmpty if the database has rows;
    Unknown if it cannot take these in.
    """
    if dumped.kind != kind_of(url):
        raise Unknown(f"this backup is of a {dumped.kind} database and cannot go into a {kind_of(url)} one")
    await check_empty(url)
    if dumped.kind == SQLITE:
        target = Path(url.removeprefix("sqlite://"))
        await asyncio.to_thread(_load_sqlite, folder / FILE, target, dumped, destroyed)
    else:
        await _to(url, dumped.migrations)
        await _load_postgres(url, folder, dumped, destroyed)
    await migrate(url)


async def check_empty(url: str) -> None:
    """NotEmpty if a database has rows."""
    if kind_of(url) == SQLITE:
        file = Path(url.removeprefix("sqlite://"))
        if await asyncio.to_thread(_has_rows, file):
            raise NotEmpty(str(file))
        return
    async with await _connected(url) as connection:
        for table in _ROWS:
            ((there,),) = await _rows(connection, "SELECT to_regclass(%s) IS NOT NULL", [table])
            if there and await _rows(connection, SQL("SELECT 1 FROM {} LIMIT 1").format(Identifier(table))):
                raise NotEmpty(f"the table {table}")


def _dump_sqlite(source: Path, target: Path) -> Dump:
    if not source.exists():
        raise Unreachable(f"there is no database at {source}")
    with _answering(source), closing(_readonly(source)) as rows, closing(sqlite3.connect(target)) as copy:
        rows.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
        migrations = _checked([name for (name,) in copy.execute(_APPLIED)])
        objects = dict(copy.execute(_BLOBS).fetchall())
    return Dump(SQLITE, migrations, {}, objects)


def _checked(migrations: list[str]) -> list[str]:
    if FIRST not in migrations:
        raise Unknown("the database is older than this Lathe: run ./lathe migrate first")
    return migrations


def _load_sqlite(source: Path, target: Path, dumped: Dump, destroyed: Sequence[Destroyed]) -> None:
    arriving = target.with_name(f"{target.name}.arriving")
    arriving.unlink(missing_ok=True)
    with _answering(source), closing(_readonly(source)) as rows, closing(sqlite3.connect(arriving)) as copy:
        rows.backup(copy)
        for sql, values in _again(dumped, destroyed):
            copy.execute(sql, values)
        copy.commit()
    for beside in (f"{target.name}-wal", f"{target.name}-shm"):  # of the empty database that gives way
        target.with_name(beside).unlink(missing_ok=True)
    arriving.replace(target)


@contextmanager
def _answering(file: Path) -> Iterator[None]:
    """Say in the words of the house what is wrong with a file of SQLite's, or with the disk of its copy."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFull(f"there is no room for a copy of {file}") from error
        if away := out_of_service(error, str(file)):
            raise away from error
        raise


def _readonly(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=10)


def _has_rows(file: Path) -> bool:
    if not file.exists():
        return False
    with _answering(file), closing(_readonly(file)) as rows:
        there = {name for (name,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return any(rows.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in there & {*_ROWS})  # noqa: S608


async def _to(url: str, migrations: Sequence[str]) -> None:
    """Bring an empty database to the state of the schema that the rows are in, and no further."""
    async with open_database(url) as database, database.writing() as connection:
        steps = await executor(connection, url)
        await steps.loader.build_graph()
        known = {key.name for key in steps.loader.disk_migrations}
        if newer := [name for name in migrations if name not in known]:
            raise Unknown(f"this backup was taken by a newer Lathe, which knows {newer[0]}")
        applied = [key.name for key in await steps.recorder.applied_migrations()]
        if set(applied) - set(migrations):
            raise Unknown("the database is newer than the backup: make an empty one, without ./lathe migrate")
        await steps.migrate([MigrationTarget(APP, migrations[-1])])


async def _load_postgres(url: str, folder: Path, dumped: Dump, destroyed: Sequence[Destroyed]) -> None:
    async with await _connected(url) as connection, connection.transaction():
        for table, columns in dumped.tables.items():
            name = Identifier(table)
            # What the triggers would work out stands in the rows already.
            await connection.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
            await connection.execute(SQL("DELETE FROM {}").format(name))  # what migrations have put there
            async with connection.cursor().copy(_copy(table, columns, "FROM STDIN")) as copy:
                with (folder / f"{table}.copy").open("rb") as file:
                    while piece := await asyncio.to_thread(file.read, PIECE):
                        await copy.write(piece)
            await connection.execute(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))
            for column in columns:
                sequence = "SELECT pg_get_serial_sequence(quote_ident(%s), %s)"
                if (await _rows(connection, sequence, [table, column]))[0][0]:
                    await connection.execute(
                        SQL(
                            "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), m) FROM "
                            "(SELECT MAX({}) AS m FROM {}) AS newest WHERE m IS NOT NULL"
                        ).format(Identifier(column), name),
                        [table, column],
                    )
        for sql, values in _again(dumped, destroyed):
            await connection.execute(sql.replace("?", "%s"), values)


def _again(dumped: Dump, destroyed: Sequence[Destroyed]) -> Iterator[tuple[str, Sequence[Any]]]:
    """What destroys again what was destroyed, in the tables that the rows have."""
    for one in destroyed:
        yield from one.statements(visits=VISITS in dumped.migrations)


def _copy(table: str, columns: Sequence[str], direction: str) -> Any:
    listed = SQL(", ").join(map(Identifier, columns))
    return SQL("COPY {} ({}) " + direction).format(Identifier(table), listed)


async def _connected(url: str) -> psycopg.AsyncConnection[Any]:
    try:
        return await psycopg.AsyncConnection.connect(
            make_conninfo("", **{"connect_timeout": "5", **parameters(url), "client_encoding": "utf8"}),
            autocommit=True,
        )
    except psycopg.Error as error:
        told = str(error).strip().partition("\n")[0]
        raise Unreachable(f"the database is out of service: {told}") from None


async def _rows(connection: psycopg.AsyncConnection[Any], sql: Any, values: Sequence[Any] = ()) -> list[Any]:
    return await (await connection.execute(sql, values or None)).fetchall()
