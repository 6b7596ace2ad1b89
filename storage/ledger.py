"""Transfers into the ledger. The database applies and guards the balances (storage.guards)."""

from collections.abc import Sequence

from core.ledger import Transfer, may_overdraw
from storage.codec import dump, read
from storage.database import here, insert, select
from storage.locks import held


class Contradiction(Exception):
    """A transfer's reference was used before for another movement of money."""


async def post(transfers: Sequence[Transfer]) -> None:
    """Write transfers down, each once by its reference.

    Contradiction if a reference says something else than before. The database refuses what overdraws.
    """
    if not transfers:
        return
    await _hold_accounts(transfers)
    refs = list({transfer.ref: None for transfer in transfers})
    among = ", ".join("?" * len(refs))
    written = f"SELECT ref, data FROM transfers WHERE ref IN ({among})"  # noqa: S608
    rows = await select(here(), written, refs)
    known = {row["ref"]: read(Transfer, row["data"]) for row in rows}
    new: dict[str, Transfer] = {}
    for transfer in transfers:
        before = known.get(transfer.ref) or new.get(transfer.ref)
        if before is None:
            new[transfer.ref] = transfer
        elif _essence(before) != _essence(transfer):
            raise Contradiction(f"{transfer.ref}: {before} and {transfer}")
    for transfer in new.values():  # one by one: later ones may spend what earlier ones brought
        row = {
            "ref": transfer.ref,
            "kind": transfer.kind.value,
            "source": transfer.source,
            "target": transfer.target,
            "amount": transfer.amount.amount,
            "currency": transfer.amount.currency,
            "order": transfer.order,
            "data": dump(transfer),
        }
        await insert("transfers", [row])


async def _hold_accounts(transfers: Sequence[Transfer]) -> None:
    """Have the accounts alone, opened where need be; always in one order, so that nobody waits crosswise."""
    currencies: dict[str, str] = {}
    for transfer in transfers:
        currencies.setdefault(transfer.source, transfer.amount.currency)
        currencies.setdefault(transfer.target, transfer.amount.currency)
    names = sorted(currencies)
    among = ", ".join("?" * len(names))
    named = f"SELECT name FROM accounts WHERE name IN ({among}) ORDER BY name"  # noqa: S608
    there = {row["name"] for row in await select(here(), named, names)}
    opened = [
        {"name": name, "currency": currencies[name], "overdraw": may_overdraw(name), "balance": 0}
        for name in names
        if name not in there
    ]
    await insert("accounts", opened, "ON CONFLICT DO NOTHING")
    await held(named, names)


def _essence(transfer: Transfer) -> tuple[object, ...]:
    return transfer.kind, transfer.source, transfer.target, transfer.amount, transfer.order
