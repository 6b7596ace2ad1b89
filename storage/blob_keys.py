"""The rows of the blobs: the key of each, wrapped, and the object that it opens.

A blob is there when its row is. Its object has a name of its own, so that one that is being removed and one
that is being filed with the same content never meet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from storage.database import Database, select
from storage.models import BlobKeyRow, BlobUseRow, SecretRow

PAGE = 500
"""Rows that are looked at in one transaction."""


@dataclass(frozen=True, slots=True)
class Filed:
    """One blob as its row says. `wrapped` is its data key, unreadable without the secret of the house."""

    key: str
    scope: str
    object: str
    wrapped: str
    size: int


class BlobKeys:
    """Times are seconds since 1970, of the wall clock. Each method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, key: str) -> Filed | None:
        """What is filed under a key."""
        async with self._database.reading():
            row = await BlobKeyRow.filter(key=key).first()
        return Filed(row.key, row.scope, row.object, row.wrapped, row.size) if row else None

    async def file(self, blob: Filed, now: int) -> Filed:
        """File a blob unless its content is filed already; what is filed from now on, seen just now."""
        async with self._database.writing() as connection:
            (row,) = await select(
                connection,
                """
                INSERT INTO blob_keys (key, scope, object, wrapped, size, created, seen)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET seen = excluded.seen
                RETURNING object, wrapped, size""",
                [blob.key, blob.scope, blob.object, blob.wrapped, blob.size, now, now],
            )
        return Filed(blob.key, blob.scope, row["object"], row["wrapped"], row["size"])

    async def exchange(self, old: Filed, new: Filed) -> bool:
        """File the same content in another object; False if it does not lie in the old one any more."""
        async with self._database.writing():
            there = BlobKeyRow.filter(key=old.key, object=old.object)
            return bool(await there.update(object=new.object, wrapped=new.wrapped, size=new.size))

    async def forget(self, key: str) -> str | None:
        """Destroy the key of a blob; the object that nobody can read any more."""
        async with self._database.writing() as connection:
            rows = await select(connection, "DELETE FROM blob_keys WHERE key = ? RETURNING object", [key])
        return rows[0]["object"] if rows else None

    async def forget_scope(self, scope: str) -> list[str]:
        """Destroy the keys of all blobs of a scope; their objects."""
        async with self._database.writing() as connection:
            rows = await select(connection, "DELETE FROM blob_keys WHERE scope = ? RETURNING object", [scope])
        return [row["object"] for row in rows]

    async def page(self, after: str, before: int) -> tuple[list[str], str | None]:
        """Of the next rows after a key, those that were not seen since `before` and that nobody uses.

        With them the key to go on after; None at the end.
        """
        async with self._database.reading():
            rows = await BlobKeyRow.filter(key__gt=after).order_by("key").limit(PAGE).values("key", "seen")
            old = [row["key"] for row in rows if row["seen"] < before]
            uses = await BlobUseRow.filter(key__in=old).values("key") if old else []
        used = {use["key"] for use in uses}
        return [key for key in old if key not in used], rows[-1]["key"] if len(rows) == PAGE else None

    async def forget_unused(self, key: str, before: int) -> str | None:
        """Destroy the key of a blob if it was not seen since `before` and nothing names it; its object.

        One statement, so that it sees one state: what hands a blob on (an event to a song, a version to a
        notice) does so in one commit, and either side of that names it.
        """
        named = [f"%{key}%"] * len(_NAMING)
        async with self._database.writing() as connection:
            rows = await select(connection, _FORGET_UNUSED, [key, before, *named])
        return rows[0]["object"] if rows else None

    async def known(self, objects: Collection[str]) -> set[str]:
        """Those of the objects that a row names."""
        async with self._database.reading():
            rows = await BlobKeyRow.filter(object__in=list(objects)).values("object")
        return {row["object"] for row in rows}

    async def proof(self) -> str | None:
        """What only the secret of this house can unwrap; None before a secret was chosen."""
        async with self._database.reading():
            row = await SecretRow.filter(name=_WRAPPING).first()
        return row.proof if row else None

    async def prove(self, proof: str) -> str:
        """Leave a proof unless there is one; the one that holds."""
        async with self._database.writing():
            await SecretRow.bulk_create([SecretRow(name=_WRAPPING, proof=proof)], ignore_conflicts=True)
            return (await SecretRow.get(name=_WRAPPING)).proof


_WRAPPING = "blob keys"

_NAMING: Sequence[str] = (
    "jobs WHERE state IN ('queued', 'running')",
    "inbox WHERE state = 'undone'",
    "notices WHERE state IN ('wanted', 'sending')",
    "cards WHERE stale",
)
"""What is still to be done, and may name blobs in its `data`; each has an index for the few rows it means."""

_FORGET_UNUSED = " ".join(
    (
        "DELETE FROM blob_keys WHERE key = ? AND seen < ?",
        "AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.key = blob_keys.key)",
        *(f"AND NOT EXISTS (SELECT 1 FROM {rows} AND data LIKE ?)" for rows in _NAMING),  # noqa: S608
        "RETURNING object",
    )
)
