"""The connection of one store, found again from any task: Tortoise itself keeps it in a context variable."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext, _current_context
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from storage import sqlite

APP = "lathe"


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for a database URL (`sqlite:///absolute/path` or `sqlite://relative/path`)."""
    connection = expand_db_url(url)
    if connection["engine"] == "tortoise.backends.sqlite":
        connection["engine"] = sqlite.__name__
    # Tortoise caches each model's SQL by the connection's name: two kinds of database must not share one.
    name = url.partition(":")[0]
    app = {"models": ["storage.models"], "migrations": "storage.migrations", "default_connection": name}
    return {"connections": {name: connection}, "apps": {APP: app}}


class Database:
    """One open database. All that touches rows happens inside `reading` or `writing`."""

    def __init__(self, context: TortoiseContext) -> None:
        self._context = context

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[BaseDBAsyncClient]:
        """One transaction that may write; on SQLite it holds the only writer's lock from its beginning."""
        with _current(self._context):
            async with in_transaction() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[BaseDBAsyncClient]:
        """One transaction that only reads."""
        with _current(self._context):
            client = self._context.db()
            transaction = client.reading() if isinstance(client, sqlite.Client) else in_transaction()
            async with transaction as connection:
                yield connection


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
    try:
        yield Database(context)
    finally:
        with _current(context):
            await context.close_connections()


async def select(connection: BaseDBAsyncClient, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The rows of a query; `?` stands for a value on every database."""
    if connection.capabilities.dialect == "postgres":
        sql = sql.replace("?", "%s")
    return await connection.execute_query_dict(sql, list(values))


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a row was refused because its key is taken."""
    cause = error.args[0] if error.args else None
    taken = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
    return getattr(cause, "sqlite_errorname", "") in taken
