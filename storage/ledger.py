"""Transfers into the ledger. The database applies and guards the balances (storage.triggers)."""

from collections.abc import Sequence

from core.ledger import Transfer, may_overdraw, of_credit
from core.money import Money
from storage.codec import dump, read
from storage.models import AccountRow, TransferRow


class Contradiction(Exception):
    """A transfer's reference was used before for another movement of money."""


async def post(transfers: Sequence[Transfer]) -> None:
    """Write transfers down, each once by its reference.

    Contradiction if a reference says something else than before. The database refuses what overdraws.
    """
    if not transfers:
        return
    await _hold_accounts(transfers)
    rows = await TransferRow.filter(ref__in=[transfer.ref for transfer in transfers])
    known = {row.ref: read(Transfer, row.data) for row in rows}
    new: dict[str, Transfer] = {}
    for transfer in transfers:
        before = known.get(transfer.ref) or new.get(transfer.ref)
        if before is None:
            new[transfer.ref] = transfer
        elif _essence(before) != _essence(transfer):
            raise Contradiction(f"{transfer.ref}: {before} and {transfer}")
    for transfer in new.values():  # one by one: later ones may spend what earlier ones brought
        await TransferRow.create(
            ref=transfer.ref,
            kind=transfer.kind.value,
            source=transfer.source,
            target=transfer.target,
            amount=transfer.amount.amount,
            currency=transfer.amount.currency,
            order=transfer.order,
            data=dump(transfer),
        )


async def balance(person: str) -> Money | None:
    """The credit of a person; None if they never had any."""
    row = await AccountRow.get_or_none(name=of_credit(person))
    return Money(row.balance, row.currency) if row else None


async def _hold_accounts(transfers: Sequence[Transfer]) -> None:
    """Have the accounts alone, opened where need be; always in one order, so that nobody waits crosswise."""
    currencies: dict[str, str] = {}
    for transfer in transfers:
        currencies.setdefault(transfer.source, transfer.amount.currency)
        currencies.setdefault(transfer.target, transfer.amount.currency)
    there = {row.name for row in await AccountRow.filter(name__in=list(currencies))}
    await AccountRow.bulk_create(
        [
            AccountRow(name=name, currency=currency, overdraw=may_overdraw(name), balance=0)
            for name, currency in sorted(currencies.items())
            if name not in there
        ],
        ignore_conflicts=True,
    )
    await AccountRow.filter(name__in=list(currencies)).order_by("name").select_for_update()


def _essence(transfer: Transfer) -> tuple[object, ...]:
    return transfer.kind, transfer.source, transfer.target, transfer.amount, transfer.order
