"""Waiting for one's turn where no row can be locked, because there may be none yet."""

from tortoise.context import require_context

from storage.database import select


async def alone(subject: str) -> None:
    """Go on when no other transaction is at this subject; it is free again when this one ends.

    On SQLite a transaction that writes is alone anyway.
    """
    connection = require_context().db()
    if connection.capabilities.dialect == "postgres":
        await select(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", [f"lathe/{subject}"])
