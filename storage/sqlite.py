"""SQLite as a Tortoise backend whose transactions neither fail at once nor lose their lock.

Tortoise 1.1.9 begins DEFERRED, so of two processes that read and then write one fails with "database is
locked" in spite of its busy timeout; and a transaction that fails or is cancelled while it begins keeps the
connection's lock for ever. Tortoise finds this module by the `engine` of its configuration and takes
`client_class` from it.
"""

import asyncio
import sqlite3
from collections.abc import Iterator
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # what was acknowledged survives a power cut
    "busy_timeout": 10_000,  # ms that a writer waits for another process
    "foreign_keys": "ON",
    "journal_size_limit": 16_777_216,
}


def statements(script: str) -> Iterator[str]:
    """The single statements of a script; a trigger's body stays whole."""
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            if statement.strip(" \t\r\n;"):
                yield statement.strip()
            statement = ""
    if statement.strip(" \t\r\n;"):
        yield statement.strip()


class Transaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins, or only reads."""

    def __init__(self, connection: SqliteClient, begin: str) -> None:
        super().__init__(connection)
        self._begin = begin

    async def begin(self) -> None:
        try:
            await self._connection.execute(self._begin)
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error

    async def execute_script(self, query: str) -> None:
        """Run a script inside the transaction; sqlite3's own executescript would commit it first."""
        for statement in statements(query):
            await self.execute_query(statement)


class Locked(SqliteTransactionContext):
    """Holds the connection's lock for one transaction, and gives it back however that ends."""

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            try:
                await self.connection.begin()
            except asyncio.CancelledError:
                # The thread of the connection may have begun by now, and does things in order.
                await self.connection.rollback()
                raise
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]


class Client(SqliteClient):
    """Tortoise's SQLite client, with transactions that lock when they begin."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self.pragmas.update(PRAGMAS)

    def _in_transaction(self) -> TransactionContext:
        return Locked(Transaction(self, "BEGIN IMMEDIATE"), self._lock)

    def reading(self) -> TransactionContext:
        """A transaction that sees one state of the database and takes no lock of other processes."""
        return Locked(Transaction(self, "BEGIN DEFERRED"), self._lock)


client_class = Client
