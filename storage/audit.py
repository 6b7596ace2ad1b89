"""Going over the books: what the rows say twice must agree. All is read at one moment; nothing changes."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.tills import Charge, ChargeState
from storage.codec import read
from storage.database import Database, select
from storage.figures import mismatched

PAGE = 1000
MOST = 5
"""Findings of one kind that are told by name; of the others it is told how many there are."""


@dataclass(frozen=True, slots=True)
class Audited:
    """One thing that was gone over: how many there were of it, and what does not agree.

    `unasked` says why nobody could be asked about it.
    """

    what: str
    count: int
    wrong: tuple[str, ...] = ()
    unasked: str = ""

    def __str__(self) -> str:
        if self.unasked:
            return f"{'unasked':<9}{self.what:<20} {self.count}: {self.unasked}"
        state = "wrong" if self.wrong else "ok"
        more = f" and {len(self.wrong) - MOST} more" if len(self.wrong) > MOST else ""
        told = "; ".join(self.wrong[:MOST]) + more if self.wrong else f"{self.count} agree"
        return f"{state:<9}{self.what:<20} {told}"


@dataclass(frozen=True, slots=True)
class Books:
    """What was gone over, and what others have to go over: charges, and who names which blob."""

    audited: tuple[Audited, ...]
    charges: tuple[Charge, ...]
    uses: Mapping[str, str]  # a blob's key: a song, version or upload that names it
    filed: Mapping[str, tuple[str, int]]  # a blob's key: its object, and when it was filed


async def audit(database: Database) -> Books:
    """Go over ledger, charges and orders."""
    async with database.reading() as connection:
        charges = tuple([read(Charge, row["data"]) async for row in _all(connection, "charges", "id")])
        return Books(
            (
                await _sums(connection),
                await _balances(connection),
                await _charges(connection, charges),
                Audited("orders", await _count(connection, "orders"), tuple(await mismatched(connection))),
            ),
            charges,
            {row["key"]: row["holder"] async for row in _all(connection, "blob_uses", "id")},
            {
                row["key"]: (row["object"], row["created"])
                async for row in _all(connection, "blob_keys", "key")
            },
        )


async def _sums(connection: BaseDBAsyncClient) -> Audited:
    """All money comes from somewhere: the balances of a currency are nothing together."""
    rows = await select(connection, "SELECT currency, SUM(balance) AS total FROM accounts GROUP BY currency")
    wrong = tuple(f"{row['currency']}: {row['total']} too much" for row in rows if row["total"])
    return Audited("currencies", len(rows), wrong)


async def _balances(connection: BaseDBAsyncClient) -> Audited:
    """Each balance is what was moved there less what was moved away, all of it in one currency."""
    rows = await select(
        connection,
        """
        SELECT accounts.name AS name, balance - COALESCE(moved, 0) AS off FROM accounts
        LEFT JOIN (
            SELECT name, currency, SUM(amount) AS moved FROM (
                SELECT target AS name, currency, amount FROM transfers
                UNION ALL SELECT source, currency, -amount FROM transfers
            ) AS sides GROUP BY name, currency
        ) AS sums ON sums.name = accounts.name AND sums.currency = accounts.currency
        WHERE balance <> COALESCE(moved, 0)""",
    )
    transfers = await _count(connection, "transfers")
    return Audited("transfers", transfers, tuple(f"{row['name']} is off by {row['off']}" for row in rows))


async def _charges(connection: BaseDBAsyncClient, charges: tuple[Charge, ...]) -> Audited:
    """What is said to be paid was moved, once and in full; what was given back too; nothing else was."""
    rows = await select(
        connection, "SELECT ref, amount, currency FROM transfers WHERE kind IN ('pay', 'refund')"
    )
    moved = {row["ref"]: (row["amount"], row["currency"]) for row in rows}
    wrong = []
    for charge in charges:
        amount = (charge.amount.amount, charge.amount.currency)
        paid = charge.state in (ChargeState.PAID, ChargeState.REFUNDING, ChargeState.REFUNDED)
        expected = {
            f"pay:{charge.id}": amount if paid else None,
            f"refund:{charge.id}": amount if charge.state is ChargeState.REFUNDED else None,
        }
        wrong += [
            f"{ref} is {moved.get(ref)} and not {what}"
            for ref, what in expected.items()
            if moved.get(ref) != what
        ]
        for ref in expected:
            moved.pop(ref, None)
    return Audited("charges", len(charges), (*wrong, *(f"{ref} is of no charge" for ref in moved)))


async def _count(connection: BaseDBAsyncClient, table: str) -> int:
    (row,) = await select(connection, f"SELECT COUNT(*) AS n FROM {table}")  # noqa: S608
    return int(row["n"])


async def _all(connection: BaseDBAsyncClient, table: str, key: str) -> AsyncIterator[dict[str, Any]]:
    after: Any = 0 if key == "id" and table == "blob_uses" else ""
    while rows := await select(
        connection,
        f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key} LIMIT {PAGE}",  # noqa: S608
        [after],
    ):
        for row in rows:
            yield row
        after = rows[-1][key]
