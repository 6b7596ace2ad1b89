"""The connection of one store, found again from any task: Tortoise itself keeps it in a context variable."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any, Protocol, cast

from tortoise.backends.base.client import BaseDBAsyncClient, TransactionContext
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, _current_context, require_context
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from storage.address import POSTGRES, kind_of, parameters
from storage.wakeups import Crier, gathered

APP = "lathe"

UNIQUE_VIOLATION = "23505"
"""SQLSTATE of a key that is taken."""

MOST_ROWS = 500
"""Rows that one statement writes down; a statement has room for 32,766 values on SQLite."""


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a database URL. BadAddress if that cannot be used (storage.address)."""
    # Tortoise caches each model's SQL by the connection's name: two kinds of database must not share one, and
    # as a model remembers one name, a process has databases of one kind open at a time.
    name = kind_of(url)
    if name == POSTGRES:
        credentials = {"parameters": dict(parameters(url))}
    else:
        credentials = expand_db_url(url)["credentials"]
    connection = {"engine": f"storage.{name}", "credentials": credentials}
    app = {"models": ["storage.models"], "migrations": "storage.migrations", "default_connection": name}
    return {"connections": {name: connection}, "apps": {APP: app}}


class Backend(Protocol):
    """What storage.sqlite and storage.postgres add to Tortoise's clients."""

    def reading(self) -> TransactionContext:
        """A transaction that sees one state of the database and changes nothing."""
        ...

    def looking(self) -> TransactionContext:
        """Room for one statement that reads: PostgreSQL need not be told where it begins and ends."""
        ...


class Database:
    """One open database. All that touches rows happens inside `looking`, `reading` or `writing`.

    `crier` tells other processes what was committed; None where there are none.
    """

    def __init__(self, context: TortoiseContext, crier: Crier | None) -> None:
        self._context = context
        self._crier = crier

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[BaseDBAsyncClient]:
        """One transaction that may write.

        On SQLite it holds the only writer's lock from its beginning. On PostgreSQL others write beside it:
        what it read may be old by the time it writes, so it guards (`UPDATE … WHERE`) or locks.
        Unreachable if the database does not answer, Outdated if others were faster.
        """
        with _current(self._context), gathered() as rung:
            async with in_transaction() as connection:
                yield connection
        if self._crier is not None:
            self._crier.say(rung)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[BaseDBAsyncClient]:
        """One transaction that only reads, and sees one state. Unreachable if nobody answers."""
        with _current(self._context):
            async with self._backend.reading() as connection:
                yield connection

    @asynccontextmanager
    async def looking(self) -> AsyncIterator[BaseDBAsyncClient]:
        """One statement that only reads. Unreachable if nobody answers."""
        with _current(self._context):
            async with self._backend.looking() as connection:
                yield connection

    @property
    def _backend(self) -> Backend:
        return cast(Backend, self._context.db())


@contextmanager
def _current(context: TortoiseContext) -> Iterator[None]:
    # Tortoise's own `with context` remembers one task at a time, and a task of a fresh context has none.
    token = _current_context.set(context)
    try:
        yield
    finally:
        _current_context.reset(token)


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """The database at a URL until the context ends. storage.schema brings it up to date."""
    context = TortoiseContext()
    with _current(context):
        await context.init(config=configuration(url))
    crier = Crier(url) if kind_of(url) == POSTGRES else None
    try:
        yield Database(context, crier)
    finally:
        if crier is not None:
            await crier.close()
        with _current(context):
            await context.close_connections()


async def select(connection: BaseDBAsyncClient, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query; `?` stands for a value on every database."""
    return await connection.execute_query_dict(_worded(sql, connection), list(values))


def _worded(sql: str, connection: BaseDBAsyncClient) -> str:
    """A statement as its database takes it: for psycopg a value is %s, and any other % is written twice."""
    if connection.capabilities.dialect == "postgres":
        return sql.replace("%", "%%").replace("?", "%s")
    return sql


def moment(value: datetime | str) -> datetime:
    """A moment as a query gave it, which on SQLite is text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def here() -> BaseDBAsyncClient:
    """The transaction that is open."""
    return require_context().db()


async def change(sql: str, values: Sequence[Any]) -> int:
    """Carry out a statement in the transaction that is open; how many rows it changed."""
    connection = here()
    changed, _ = await connection.execute_query(_worded(sql, connection), list(values))
    return changed


async def insert(table: str, rows: Sequence[Mapping[str, Any]], otherwise: str = "") -> None:
    """Write rows down, all with the columns of the first; `otherwise` is what ON CONFLICT does."""
    for first in range(0, len(rows), MOST_ROWS):
        some = rows[first : first + MOST_ROWS]
        columns = ", ".join(f'"{column}"' for column in some[0])
        marks = ", ".join([f"({', '.join('?' * len(some[0]))})"] * len(some))
        sql = f'INSERT INTO "{table}" ({columns}) VALUES {marks} {otherwise}'  # noqa: S608
        await change(sql, [value for row in some for value in row.values()])


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a row was refused because its key is taken."""
    cause = error.args[0] if error.args else None
    taken = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", UNIQUE_VIOLATION}
    return getattr(cause, "sqlite_errorname", None) in taken or getattr(cause, "sqlstate", None) in taken
