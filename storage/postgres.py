"""PostgreSQL as a Tortoise backend whose transactions say how they are isolated and never lose a connection.

Tortoise 1.1.9 leaves a pooled connection behind when a transaction fails or is cancelled while it begins,
takes libpq's parameters for the pool's, writes the password into its log, and waits for its whole timeout
before it says that nobody answers, without the reason. Tortoise finds this module by the `engine` of its
configuration and takes `client_class` from it.
"""

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row
from psycopg.types.string import StrDumperUnknown
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
from tortoise.backends.psycopg.client import AsyncConnectionPool, PsycopgClient, TransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException

from core.ports import Outdated, Unreachable

CONNECTIONS = 10
"""Connections that one process holds at most; it begins with one."""

PATIENCE = 5.0
"""Seconds that a transaction waits for a connection before it says that the database does not answer."""

CLOSING = 0.5
"""Seconds that a pool which is closed has to end what it is doing, such as asking a server that is away."""

SESSION = {
    "TimeZone": "UTC",
    "idle_in_transaction_session_timeout": "10s",  # who stands still in a transaction gives its locks back
    "lock_timeout": "30s",  # longer than that, so that only what really hangs is given up
}

_GONE = ("08", "53", "57P", "25P03")
"""SQLSTATEs of a server that has gone, is full, or has ended the session (its manual, appendix A)."""

_FASTER = ("40001", "40P01")
"""SQLSTATEs of a transaction that lost against another one: it is to be decided again."""


class Text(StrDumperUnknown):
    """Text as PostgreSQL takes it: it knows no NUL, so its picture stands in the columns.

    `data` is JSON, which writes it as \\u0000 and keeps it.
    """

    def dump(self, obj: str) -> Any:
        """The bytes of a text."""
        return super().dump(obj.replace("\0", "\u2400"))


class Transaction(TransactionWrapper):
    """A transaction that may write, or one that only reads and sees one state of the database.

    What writes is READ COMMITTED, whatever the server's default: each statement sees what is committed, so
    a guard (`UPDATE … WHERE`) waits for whoever holds its row and is then asked again, and what follows a
    lock sees what that one left. In REPEATABLE READ it would fail instead.
    """

    def __init__(self, client: PsycopgClient, *, writes: bool) -> None:
        super().__init__(client)
        self._writes = writes

    async def begin(self) -> None:
        level = psycopg.IsolationLevel
        await self._connection.set_isolation_level(
            level.READ_COMMITTED if self._writes else level.REPEATABLE_READ
        )
        await self._connection.set_read_only(not self._writes)
        await super().begin()


class Pooled(TransactionContextPooled):
    """Holds one of the pool's connections for one transaction, and gives it back however that ends."""

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            await self.ensure_connection()
            await self._acquire()
        except Exception as error:
            meant = _meaning(error)
            if meant is None:
                raise
            raise meant from error
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        cause = exc_val
        try:
            await self._ended(exc_type, exc_val, exc_tb)
        except Exception as error:  # it cannot be ended: for the reason for which it failed, if it did
            cause = exc_val or error
            if _meaning(cause) is None:
                raise
        meant = _meaning(cause)
        if meant is not None:
            raise meant from cause

    async def _acquire(self) -> None:
        """Have a connection on which it has begun; if one was cut while it lay in the pool, another."""
        pool = self.client._parent._pool
        for left in reversed(range(CONNECTIONS + 1)):
            self.client._connection = connection = await pool.acquire()
            try:
                await self._begun()
            except BaseException as error:
                await pool.release(connection)
                if left and connection.closed and isinstance(error, Exception):
                    continue
                raise
            return

    async def _begun(self) -> None:
        await self.client.begin()

    async def _ended(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await super().__aexit__(exc_type, exc_val, exc_tb)


class Statement(Transaction):
    """One statement that reads, which sees one state by itself.

    A connection that was cut while it lay in the pool is not yet known to be: the next one is asked.
    """

    def __init__(self, client: PsycopgClient) -> None:
        super().__init__(client, writes=False)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> list[dict[str, Any]]:
        for _ in range(CONNECTIONS):
            try:
                return await super().execute_query_dict(query, values)
            except Exception:
                if not self._connection.closed:
                    raise
                await self._parent._pool.release(self._connection)
                self._connection = await self._parent._pool.acquire()
        return await super().execute_query_dict(query, values)


class Looking(Pooled):
    """Holds one of the pool's connections for one statement that reads."""

    async def _begun(self) -> None:
        pass

    async def _ended(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await self.client._parent._pool.release(self.client._connection)
        get_connections().reset(self.token)


class Client(PsycopgClient):
    """Tortoise's psycopg client over a pool of our own making. `parameters` are libpq's."""

    def __init__(self, parameters: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self._parameters = dict(parameters)

    async def create_connection(self, with_db: bool) -> None:
        """Open the pool. Unreachable says what is wrong with the server, or with the database there."""
        defaults = {"application_name": "lathe", "connect_timeout": str(int(PATIENCE))}
        conninfo = make_conninfo("", **{**defaults, **self._parameters, "client_encoding": "utf8"})
        # A pool tries on and on, and says only how long it did: this one asks once, and hears why.
        try:
            asked = await psycopg.AsyncConnection.connect(conninfo)
        except psycopg.Error as error:  # also for a name or a password that is not taken
            raise _out_of_service(error) from None
        encoding = asked.info.parameter_status("server_encoding")
        await asked.close()
        if encoding != "UTF8":
            raise Unreachable(
                f"the database is in {encoding} and must be in UTF8: "
                "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
            )
        pool = AsyncConnectionPool(
            conninfo,
            open=False,
            min_size=1,
            max_size=CONNECTIONS,
            kwargs={"autocommit": True, "row_factory": dict_row},
            configure=_configure,
            check=_check,
            timeout=PATIENCE,
            reconnect_timeout=PATIENCE,  # after that, whoever wants a connection has it tried again at once
        )
        await pool.open()
        self._pool = pool
        await self._post_connect()

    async def _close(self) -> None:
        if self._pool:
            pool, self._pool = self._pool, None
            await pool.close(CLOSING)

    def _in_transaction(self) -> TransactionContext:
        return Pooled(Transaction(self, writes=True), self._pool_init_lock)

    def reading(self) -> TransactionContext:
        """A transaction that sees one state of the database."""
        return Pooled(Transaction(self, writes=False), self._pool_init_lock)

    def looking(self) -> TransactionContext:
        """One statement that reads."""
        return Looking(Statement(self), self._pool_init_lock)


async def _check(connection: psycopg.AsyncConnection[Any]) -> None:
    """Ask the server whether it is there, where something has come that nobody waited for.

    So its end is known, and to ask each time would cost as much as the statement that follows.
    """
    arrived = select.poll()
    arrived.register(connection.pgconn.socket, select.POLLIN)
    if arrived.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    connection.adapters.register_dumper(str, Text)
    settings = ", ".join(f"set_config('{name}', '{value}', false)" for name, value in SESSION.items())
    await connection.execute(f"SELECT {settings}")


def sqlstate(error: BaseException | None) -> str | None:
    """The five characters by which PostgreSQL names an error, also when Tortoise has wrapped it."""
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None


def _meaning(error: BaseException | None) -> Exception | None:
    """What an error means to the house: nobody there, or somebody faster; None if neither."""
    state = sqlstate(error)
    if state is not None and state.startswith(_FASTER):
        return Outdated(str(error))
    lost = isinstance(error, psycopg.OperationalError) and state is None
    if error is not None and (lost or (state is not None and state.startswith(_GONE))):
        return _out_of_service(error)
    return None


def _out_of_service(error: BaseException) -> Unreachable:
    return Unreachable(f"the database is out of service: {str(error).strip().partition(chr(10))[0]}")


client_class = Client
