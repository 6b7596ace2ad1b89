"""SQLite as a Tortoise backend whose transactions neither fail at once nor lose their lock.

Tortoise 1.1.9 begins DEFERRED, so of two processes that read and then write one fails with "database is
locked" in spite of its busy timeout; and a transaction that fails or is cancelled while it begins keeps the
connection's lock for ever. aiosqlite hands every statement to another thread. Tortoise finds this module by
the `engine` of its configuration and takes `client_class` from it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException, TransactionManagementError

from core.ports import Unreachable

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # what was acknowledged survives a power cut
    "busy_timeout": 10_000,  # ms that a writer waits for another process
    "foreign_keys": "ON",
    "journal_size_limit": 16_777_216,
}


_OUT_OF_SERVICE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
}
"""What no statement is to blame for: the file, its disk, or another process (sqlite.org/rescode.html)."""


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


class Connection(aiosqlite.Connection):
    """A connection whose statements run at once, in the loop's own thread, while it is `held`.

    A statement takes some ten microseconds, and to hand it to the connection's thread and wait for that takes
    longer, on a busy machine a hundred times as long. What may really wait is left to the thread: BEGIN for
    the lock of another process, COMMIT for the disk.
    """

    held = False

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.held:
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


class Transaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins, or only reads."""

    _connection: Connection

    def __init__(self, client: SqliteClient, *, writes: bool) -> None:
        super().__init__(client)
        self._writes = writes

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE" if self._writes else "BEGIN DEFERRED")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error
        self._connection.held = True

    async def commit(self) -> None:
        self._connection.held = not self._writes  # what only read has nothing to wait for
        try:
            await super().commit()
        finally:
            self._connection.held = False

    async def rollback(self) -> None:
        self._connection.held = False
        await super().rollback()

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
        except BaseException as error:
            self._trxlock.release()
            if away := out_of_service(error, self.connection._parent.filename):
                raise away from error
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        cause = exc_val
        try:
            await super().__aexit__(exc_type, exc_val, exc_tb)
        except Exception as error:
            cause = exc_val or error
            if out_of_service(cause, self.connection._parent.filename) is None:
                raise
        if away := out_of_service(cause, self.connection._parent.filename):
            raise away from cause


class Client(SqliteClient):
    """Tortoise's SQLite client, with transactions that lock when they begin."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self.pragmas.update(PRAGMAS)

    async def create_connection(self, with_db: bool) -> None:
        """Open the database, as Tortoise would, with a connection of our own making."""
        if self._connection is None:
            # A thread of aiosqlite's whose opening fails outlives the loop, and then says so.
            opened = await asyncio.to_thread(self._open)
            self._connection = await Connection(lambda: opened, iter_chunk_size=64)
            try:
                for pragma, value in self.pragmas.items():
                    await self._connection.execute(f"PRAGMA {pragma}={value}")
                await self._post_connect()
            except BaseException:
                await self.close()
                raise

    def _open(self) -> sqlite3.Connection:
        # Used from two threads, and never from both at once: whoever holds it has waited for the other one.
        opened = sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False)
        opened.row_factory = sqlite3.Row
        return opened

    def _in_transaction(self) -> TransactionContext:
        return Locked(Transaction(self, writes=True), self._lock)

    def reading(self) -> TransactionContext:
        """A transaction that sees one state of the database and takes no lock of other processes."""
        return Locked(Transaction(self, writes=False), self._lock)


def out_of_service(error: BaseException | None, file: str) -> Unreachable | None:
    """What an error of SQLite's says of the file, also when Tortoise has wrapped it; None if nothing."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    # The lowest byte is the kind of error, those above it say more.
    code = getattr(cause, "sqlite_errorcode", None)
    if not isinstance(cause, sqlite3.Error) or code is None or code & 0xFF not in _OUT_OF_SERVICE:
        return None
    return Unreachable(f"the database {file} is out of service: {cause}")


client_class = Client
