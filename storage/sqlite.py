"""SQLite as a Tortoise backend whose transactions neither fail at once nor lose their lock.

Tortoise 1.1.9 begins DEFERRED, so of two processes that read and then write one fails with "database is
locked" in spite of its busy timeout; and a transaction that fails or is cancelled while it begins keeps the
connection's lock for ever. aiosqlite hands every statement to another thread. Tortoise finds this module by
the `engine` of its configuration and takes `client_class` from it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient, SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException

from core.ports import Unreachable

PRAGMAS = {
    "journal_mode": "WAL",
    "synchronous": "FULL",  # what was acknowledged survives a power cut
    "busy_timeout": 10_000,  # ms that a writer waits for another process
    "foreign_keys": "ON",
    "journal_size_limit": 16_777_216,
}


UNDONE = "the database has undone what was being written: its disk is full or fails"

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
    """What runs between the beginning and the end of a transaction, on one of the client's connections."""

    _connection: Connection

    async def execute_script(self, query: str) -> None:
        """Run a script inside the transaction; sqlite3's own executescript would commit it first."""
        for statement in statements(query):
            await self.execute_query(statement)


class Reading(SqliteTransactionContext):
    """Sees one state of the database, and neither takes a lock of other processes nor waits for a commit."""

    def __init__(self, client: "Client") -> None:
        super().__init__(Transaction(client), client.reader_lock)
        self._client = client

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            reader = await self._client.reader()
            self.connection._connection = reader
            await reader.execute("BEGIN DEFERRED")
        except BaseException as error:
            self._trxlock.release()
            if away := out_of_service(error, self._client.filename):
                raise away from error
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await self.connection._connection.rollback()  # nothing was written
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()
        if away := out_of_service(exc_val, self._client.filename):
            raise away from exc_val


class Writing(SqliteTransactionContext):
    """A writer's part of a group: whoever waits when the first one begins shares its COMMIT.

    So a slow disk is waited for once and not once for each. A part that fails is undone by itself, up to its
    savepoint. None is told how it ended, well or badly, before what it may have read is on the disk.
    """

    def __init__(self, client: "Client") -> None:
        super().__init__(Transaction(client), client._lock)
        self._client = client

    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            self._group = await self._client.join()
            self.connection._connection.held = True
            await self.connection._connection.execute("SAVEPOINT part")
        except BaseException as error:
            self._leave()
            if away := out_of_service(error, self._client.filename):
                raise away from error
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        cause = exc_val
        try:
            try:
                if exc_val is not None:
                    await self.connection._connection.execute("ROLLBACK TO part")
                await self.connection._connection.execute("RELEASE part")
            finally:
                get_connections().reset(self.token)
                self._leave()
            if exc_val is None or isinstance(exc_val, Exception):
                await asyncio.shield(self._group)
        except Exception as error:
            # A full disk or a failing one undoes the whole group, and with it the savepoint.
            cause = exc_val if out_of_service(exc_val, self._client.filename) else error
            if out_of_service(cause, self._client.filename) is None:
                raise
        if away := out_of_service(cause, self._client.filename):
            raise away from cause

    def _leave(self) -> None:
        if self.connection._connection:
            self.connection._connection.held = False
        self._trxlock.release()


class Client(SqliteClient):
    """Tortoise's SQLite client, with transactions that lock when they begin."""

    def __init__(self, file_path: str, **options: Any) -> None:
        super().__init__(file_path, **options)
        self.pragmas.update(PRAGMAS)
        self._opening = asyncio.Lock()
        self.reader_lock = asyncio.Lock()
        self._reader: Connection | None = None
        self._group: asyncio.Future[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Open the database with two connections of our own making: one writes, one only reads."""
        async with self._opening:
            if self._connection is not None:
                return
            writer = await self._opened(self.pragmas)
            try:
                self._reader = await self._opened({**self.pragmas, "query_only": "ON"})
            except BaseException:
                await writer.close()
                raise
            self._reader.held = True  # it waits for nobody: all of its statements run in the loop
            self._connection = writer
            await self._post_connect()

    async def _opened(self, pragmas: Mapping[str, Any]) -> Connection:
        # A thread of aiosqlite's whose opening fails outlives the loop, and then says so.
        opened = await asyncio.to_thread(self._open)
        connection = cast(Connection, await Connection(lambda: opened, iter_chunk_size=64))
        try:
            for pragma, value in pragmas.items():
                await connection.execute(f"PRAGMA {pragma}={value}")
        except BaseException:
            await connection.close()
            raise
        return connection

    async def reader(self) -> Connection:
        """The connection that only reads."""
        if self._reader is None:
            await self.create_connection(with_db=True)
        return cast(Connection, self._reader)

    async def close(self) -> None:
        """Close both connections."""
        if self._ending is not None:
            await asyncio.wait([self._ending])
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.held = False
            await reader.close()
        await super().close()

    async def join(self) -> "asyncio.Future[None]":
        """The group whose turn it is, begun if there is none; whoever joins has the lock."""
        connection = cast(Connection, self._connection)
        if self._group is None:
            try:
                await connection.execute("BEGIN IMMEDIATE")
            except asyncio.CancelledError:
                # The thread of the connection may have begun by now, and does things in order.
                await connection.rollback()
                raise
            self._group = asyncio.get_running_loop().create_future()
            # It stands in line for the lock behind those who wait now: they are the group.
            self._ending = asyncio.create_task(self._end(self._group))
        elif not connection.in_transaction:
            raise Unreachable(UNDONE)
        return self._group

    async def _end(self, group: "asyncio.Future[None]") -> None:
        connection = cast(Connection, self._connection)
        async with self._lock:
            self._group = None
            try:
                if not connection.in_transaction:
                    raise Unreachable(UNDONE)
                await connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:
                    await connection.rollback()
                group.set_exception(error)
                group.exception()  # nobody may be left to ask for it
            else:
                group.set_result(None)

    def _open(self) -> sqlite3.Connection:
        # Used from two threads, and never from both at once: whoever holds it has waited for the other one.
        opened = sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False)
        opened.row_factory = sqlite3.Row
        return opened

    def _in_transaction(self) -> TransactionContext:
        return Writing(self)

    def reading(self) -> TransactionContext:
        """A transaction that sees one state of the database and takes no lock of other processes."""
        return Reading(self)

    def looking(self) -> TransactionContext:
        """One statement that reads."""
        return Reading(self)


def out_of_service(error: BaseException | None, file: str) -> Unreachable | None:
    """What an error of SQLite's says of the file, also when Tortoise has wrapped it; None if nothing."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    # The lowest byte is the kind of error, those above it say more.
    code = getattr(cause, "sqlite_errorcode", None)
    if not isinstance(cause, sqlite3.Error) or code is None or code & 0xFF not in _OUT_OF_SERVICE:
        return None
    return Unreachable(f"the database {file} is out of service: {cause}")


client_class = Client
