"""Going over the books: what the rows say twice must agree. All is read at one moment; nothing changes."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from core.ledger import of_dispute
from core.refunds import Dispute, DisputeState, Refund, RefundState
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

    `unasked` says why nobody could be asked about it, `noted` what is worth writing down elsewhere.
    """

    what: str
    count: int
    wrong: tuple[str, ...] = ()
    unasked: str = ""
    noted: str = ""

    def __str__(self) -> str:
        if self.unasked:
            return f"{'unasked':<9}{self.what:<20} {self.count}: {self.unasked}"
        state = "wrong" if self.wrong else "ok"
        more = f" and {len(self.wrong) - MOST} more" if len(self.wrong) > MOST else ""
        told = "; ".join(self.wrong[:MOST]) + more if self.wrong else f"{self.count} agree{self.noted}"
        return f"{state:<9}{self.what:<20} {told}"


@dataclass(frozen=True, slots=True)
class Books:
    """What was gone over, and what others have to go over: charges, and who names which blob."""

    audited: tuple[Audited, ...]
    charges: tuple[Charge, ...]
    refunds: tuple[Refund, ...]
    uses: Mapping[str, str]  # a blob's key: a song, version or upload that names it
    filed: Mapping[str, tuple[str, int]]  # a blob's key: its object, and when it was filed


async def audit(database: Database) -> Books:
    """Go over ledger, charges and orders."""
    async with database.reading() as connection:
        charges = tuple([read(Charge, row["data"]) async for row in _all(connection, "charges", "id")])
        refunds = tuple([read(Refund, row["data"]) async for row in _all(connection, "refunds", "id")])
        disputes = tuple([read(Dispute, row["data"]) async for row in _all(connection, "disputes", "id")])
        return Books(
            (
                await _sums(connection),
                await _balances(connection),
                await _charges(connection, charges, refunds),
                await _disputes(connection, disputes),
                Audited("orders", await _count(connection, "orders"), tuple(await mismatched(connection))),
            ),
            charges,
            refunds,
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


async def _charges(
    connection: BaseDBAsyncClient, charges: tuple[Charge, ...], refunds: tuple[Refund, ...]
) -> Audited:
    """What is said to be paid was moved, once and in full; what was given back too; nothing else was."""
    rows = await select(connection, f"SELECT ref, amount, currency FROM transfers WHERE {_OF_CHARGES}")  # noqa: S608
    paid: dict[str, tuple[int, str]] = {}
    back: Counter[tuple[str, str]] = Counter()
    for row in rows:
        kind, _, charge = row["ref"].partition(":")
        if kind == "pay":
            paid[charge] = (row["amount"], row["currency"])
        else:
            back[charge.partition(":")[0], row["currency"]] += row["amount"]
    wrong = []
    for charge in charges:
        amount = (charge.amount.amount, charge.amount.currency)
        due = amount if charge.state in _PAID else None
        if (found := paid.pop(charge.id, None)) != due:
            wrong.append(f"pay:{charge.id} is {found} and not {due}")
        due_back, found_back = _gone(charge, refunds), back.pop((charge.id, amount[1]), 0)
        if found_back != due_back:
            wrong.append(f"refund:{charge.id} is {found_back} and not {due_back}")
        if due_back > amount[0]:
            wrong.append(f"{charge.id} of {amount[0]} was given back with {due_back}")
    strangers = (*(f"pay:{charge}" for charge in paid), *(f"refund:{charge}" for charge, _ in back))
    return Audited("charges", len(charges), (*wrong, *(f"{ref} is of no charge" for ref in strangers)))


_PAID = frozenset({ChargeState.PAID, ChargeState.REFUNDING, ChargeState.REFUNDED, ChargeState.LOST})

_OF_CHARGES = "kind IN ('pay', 'refund') OR (kind = 'credit' AND ref LIKE 'credit:%')"
"""What came with a charge, or went back of it, to a till or as credit."""


def _gone(charge: Charge, refunds: tuple[Refund, ...]) -> int:
    """What of a charge is said to have gone back; before there were refunds it did so whole."""
    mine = [one for one in refunds if one.charge == charge.id]
    if not mine and charge.state is ChargeState.REFUNDED:
        return charge.amount.amount
    return sum(one.amount.amount for one in mine if one.state is RefundState.DONE)


async def _disputes(connection: BaseDBAsyncClient, disputes: tuple[Dispute, ...]) -> Audited:
    """What a dispute is about is held while it is open, and nothing afterwards."""
    rows = await select(connection, "SELECT name, balance FROM accounts WHERE name LIKE 'held:%'")
    held = {row["name"]: row["balance"] for row in rows}
    wrong = []
    for dispute in disputes:
        open_ = dispute.state is DisputeState.OPEN and dispute.held is not None
        due = dispute.held.amount if open_ and dispute.held else 0
        found = held.pop(of_dispute(dispute.id), 0)
        if found != due:
            wrong.append(f"dispute {dispute.id} holds {found} and not {due}")
    return Audited("disputes", len(disputes), (*wrong, *(f"{name} is of no dispute" for name in held)))


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
