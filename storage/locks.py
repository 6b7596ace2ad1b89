"""Having something alone until the transaction ends."""

from collections.abc import Sequence
from typing import Any

from storage.database import here, select


async def alone(subject: str) -> None:
    """Go on when no other transaction is at this subject: where no row can be locked, for there may be none.

    On SQLite a transaction that writes is alone anyway.
    """
    connection = here()
    if connection.capabilities.dialect == "postgres":
        await select(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [f"lathe/{subject}"])


async def held(sql: str, values: Sequence[Any], how: str = "UPDATE") -> list[dict[str, Any]]:
    """The rows of a query, as they stay until this transaction ends but for what it does itself.

    `how` is the lock that PostgreSQL takes (https://www.postgresql.org/docs/current/explicit-locking.html).
    """
    connection = here()
    locking = f" FOR {how}" if connection.capabilities.dialect == "postgres" else ""
    return await select(connection, sql + locking, values)
