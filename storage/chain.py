"""The audit trail (core.audit): rows that are only ever appended, each bound to the one before it.

A row's hash is SHA-256 over the hash before it and its own `data`, the text that is stored: who (an account),
when, by which role, what, about which order, and a seal. The seal is SHA-256 over `sealed`, which holds a
name, the words that were said, and a salt. So somebody can be forgotten, by taking `sealed` away, and the
chain still holds; what is left cannot be guessed at, for the salt went with it. The database itself refuses
any other change (storage.guards).
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.audit import Entry
from storage.codec import dump, read
from storage.database import here, insert, select
from storage.locks import alone

BEGINNING = "0" * 64
"""What stands for the hash before the first entry."""

PAGE = 1000
SALT = 16  # random bytes

_SEALED = ("name", "details")


@dataclass(frozen=True, slots=True)
class Chain:
    """The whole chain, gone over: how many entries, the hash of the last, and where it is broken first."""

    length: int
    head: str
    broken: str | None = None


async def append(entries: Sequence[Entry]) -> None:
    """Append entries, in order. The last thing that a transaction does: all others wait for its end."""
    if not entries:
        return
    await alone("audit")
    newest = await select(here(), "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq, hash_ = (newest[0]["seq"], newest[0]["hash"]) if newest else (0, BEGINNING)
    rows = []
    for entry in entries:
        seq += 1
        told = json.loads(dump(entry))
        sealed = _text({**{key: told.pop(key) for key in _SEALED}, "salt": secrets.token_hex(SALT)})
        data = _text({**told, "seq": seq, "seal": _hash(sealed)})
        hash_ = _hash(hash_ + data)
        rows.append(
            {
                "seq": seq,
                "id": entry.id,
                "order": entry.order,
                "by": entry.by,
                "hash": hash_,
                "data": data,
                "sealed": sealed,
            }
        )
    await insert("audit", rows)


async def newest(connection: BaseDBAsyncClient, most: int, order: str | None) -> tuple[Entry, ...]:
    """The newest entries, of one order or of all, newest first."""
    asked, values = ('WHERE "order" = ?', [order]) if order else ("", [])
    sql = f"SELECT data, sealed FROM audit {asked} ORDER BY seq DESC LIMIT ?"  # noqa: S608
    return tuple([_entry(row) for row in await select(connection, sql, [*values, most])])


async def verified(connection: BaseDBAsyncClient) -> Chain:
    """Go over every link, from the first on, up to the first that is broken."""
    length, hash_ = 0, BEGINNING
    while rows := await select(
        connection, "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?", [length, PAGE]
    ):
        for row in rows:
            if wrong := _wrong(row, length + 1, hash_):
                return Chain(length, hash_, f"entry {length + 1}: {wrong}")
            length, hash_ = row["seq"], row["hash"]
    return Chain(length, hash_)


def _wrong(row: dict[str, Any], seq: int, before: str) -> str | None:
    """What is wrong with a row that ought to be the link after `before`; None if nothing is."""
    if row["seq"] != seq:
        return f"it is missing; the next one is {row['seq']}"
    if row["hash"] != _hash(before + row["data"]):
        return "its hash is not that of what it says and of the entry before it"
    told = json.loads(row["data"])
    if any(row[column] != told[column] for column in ("seq", "id", "order", "by")):
        return "its columns are not what it says"
    if row["sealed"] is not None and _hash(row["sealed"]) != told["seal"]:
        return "its name or its words are not those that were sealed"
    return None


def _entry(row: dict[str, Any]) -> Entry:
    told = json.loads(row["data"])
    known = json.loads(row["sealed"]) if row["sealed"] else {}
    return read(Entry, _text({**told, **{key: known.get(key, "") for key in _SEALED}}))


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
