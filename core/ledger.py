"""The ledger: double entry, append-only, every transfer with a unique reference.

Accounts are named for whose money they hold: `till:NAME` (a provider; may be overdrawn, it stands for the
outside), `order:ID` (paid, not yet earned), `income`, `credit:PERSON` (what we owe somebody).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.money import Money
from core.tills import Charge


class TransferKind(StrEnum):
    PAY = "pay"
    EARN = "earn"
    REFUND = "refund"
    CREDIT = "credit"


INCOME = "income"
GOODWILL = "goodwill"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement of money from one account to another; `ref` makes it happen once."""

    ref: str
    kind: TransferKind
    source: str
    target: str
    amount: Money
    at: datetime
    order: str | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        if self.amount.amount <= 0:
            raise ValueError("a transfer moves a positive amount")


def of_till(name: str) -> str:
    return f"till:{name}"


def of_order(order: str) -> str:
    return f"order:{order}"


def of_credit(person: str) -> str:
    return f"credit:{person}"


def holder(account: str) -> str | None:
    """Whose credit a ledger account holds; None if it holds something else."""
    head, _, person = account.partition(":")
    return person if head == "credit" else None


def may_overdraw(account: str) -> bool:
    """Accounts that stand for the outside or for the house's own purse go below zero; all others may not."""
    return account.startswith("till:") or account == GOODWILL


def purse(charge: Charge, person: str, *, in_house: bool) -> str:
    """The account that a charge draws on: the credit of a person, or the provider's till."""
    return of_credit(person) if in_house else of_till(charge.till)


def payment(charge: Charge, *, in_house: bool, at: datetime) -> Transfer:
    """The transfer of a charge that was paid."""
    return Transfer(
        f"pay:{charge.id}",
        TransferKind.PAY,
        purse(charge, charge.person, in_house=in_house),
        of_order(charge.order),
        charge.amount,
        at,
        charge.order,
    )


def refund(charge: Charge, *, owner: str, in_house: bool, at: datetime) -> Transfer:
    """The transfer of a charge that was given back whole: credit to whoever owns the order by now."""
    return Transfer(
        f"refund:{charge.id}",
        TransferKind.REFUND,
        of_order(charge.order),
        purse(charge, owner, in_house=in_house),
        charge.amount,
        at,
        charge.order,
    )


def earning(order: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that makes an order's money ours, when its files are released."""
    return Transfer(f"earn:{order}", TransferKind.EARN, of_order(order), INCOME, amount, at, order)


def unearning(order: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that undoes an earning, before the money goes back to the artist."""
    return Transfer(f"unearn:{order}", TransferKind.EARN, INCOME, of_order(order), amount, at, order)
