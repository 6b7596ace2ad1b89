"""The ledger: double entry, append-only, every transfer with a unique reference.

Accounts are named for whose money they hold: `till:NAME` (a provider; may be overdrawn, it stands for the
outside), `order:ID` (paid, not yet earned), `income`, `credit:PERSON` (what we owe somebody), `goodwill` (the
house's own purse), `held:DISPUTE` (what a dispute is about), `deposit:AGREEMENT` (paid before it is used).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.money import Money
from core.refunds import Dispute, Refund, RefundTo
from core.tills import Charge


class TransferKind(StrEnum):
    PAY = "pay"
    EARN = "earn"
    REFUND = "refund"
    CREDIT = "credit"
    HOLD = "hold"  # into a dispute's account, and out of it
    DEPOSIT = "deposit"


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


def of_dispute(dispute: str) -> str:
    return f"held:{dispute}"


def of_deposit(agreement: str) -> str:
    return f"deposit:{agreement}"


def holder(account: str) -> str | None:
    """Whose credit a ledger account holds; None if it holds something else."""
    head, _, person = account.partition(":")
    return person if head == "credit" else None


def may_overdraw(account: str) -> bool:
    """Accounts that stand for the outside or for the house's own purse go below zero; all others may not."""
    return account.startswith("till:") or account == GOODWILL


def purse(charge: Charge, person: str, *, in_house: bool) -> str:
    """The account that a charge draws on: a deposit, the credit of a person, or the provider's till."""
    if charge.agreement is not None:
        return of_deposit(charge.agreement)
    return of_credit(person) if in_house else of_till(charge.till)


def moved(account: str, transfers: Iterable[Transfer]) -> int:
    """By how many minor units some transfers change what an account holds."""
    return sum(
        each.amount.amount * ((each.target == account) - (each.source == account)) for each in transfers
    )


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


def partly_back(part: Refund, charge: Charge, *, owner: str, in_house: bool, at: datetime) -> Transfer:
    """The transfer of a refund that is not simply a whole charge: part of one, or one that becomes credit.

    It is the house's goodwill, unless the order ended with it.
    """
    credit = part.to is RefundTo.CREDIT
    return Transfer(
        f"{'credit' if credit else 'refund'}:{charge.id}:{part.id}",
        TransferKind.CREDIT if credit else TransferKind.REFUND,
        of_order(charge.order) if part.whole else GOODWILL,
        of_credit(owner) if credit else purse(charge, owner, in_house=in_house),
        part.amount,
        at,
        charge.order,
        part.reason,
    )


def restored(charge: Charge, amount: Money, at: datetime) -> Transfer:
    """What goodwill gave back of a charge comes back to it when the order ends."""
    ref, source = f"restore:{charge.id}", of_order(charge.order)
    return Transfer(ref, TransferKind.CREDIT, source, GOODWILL, amount, at, charge.order)


def hold(dispute: Dispute, amount: Money, source: str, at: datetime) -> Transfer:
    """Money of a disputed charge is kept where no refund finds it. # B66"""
    ref = f"hold:{dispute.id}" if dispute.held is None else f"hold:{dispute.id}:{dispute.held.amount}"
    return Transfer(ref, TransferKind.HOLD, source, of_dispute(dispute.id), amount, at, dispute.order)


def release(dispute: Dispute, amount: Money, source: str, at: datetime) -> Transfer:
    """A dispute that was won: the money is where it was. # C12"""
    ref = f"release:{dispute.id}"
    return Transfer(ref, TransferKind.HOLD, of_dispute(dispute.id), source, amount, at, dispute.order)


def lost(dispute: Dispute, amount: Money, till: str, at: datetime) -> Transfer:
    """A dispute that was lost: the provider has paid the money back. # C12"""
    ref = f"lost:{dispute.id}"
    return Transfer(ref, TransferKind.HOLD, of_dispute(dispute.id), of_till(till), amount, at, dispute.order)


def taken(decision: str, person: str, amount: Money, order: str, at: datetime) -> Transfer:
    """Credit is taken from somebody, by a decision of the staff."""
    return Transfer(f"take:{decision}", TransferKind.CREDIT, of_credit(person), GOODWILL, amount, at, order)


def earning(order: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that makes an order's money ours, when its files are released."""
    return Transfer(f"earn:{order}", TransferKind.EARN, of_order(order), INCOME, amount, at, order)


def unearning(order: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that undoes an earning, before the money goes back to the artist."""
    return Transfer(f"unearn:{order}", TransferKind.EARN, INCOME, of_order(order), amount, at, order)


def fee_earned(order: str, quote: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that makes the money of a paid revision ours, when its version is delivered."""
    return Transfer(f"earn:quote:{quote}", TransferKind.EARN, of_order(order), INCOME, amount, at, order)


def fees_unearned(order: str, amount: Money, at: datetime) -> Transfer:
    """The transfer that undoes every fee earned with an order, before its money goes back."""
    return Transfer(f"unearn:fees:{order}", TransferKind.EARN, INCOME, of_order(order), amount, at, order)


def deposit_paid(agreement: str, payment: str, source: str, amount: Money, at: datetime) -> Transfer:
    """Money for an agreement, from a till or from credit, before any order of it is made.

    `payment` names what was paid; `source` is the account of the till or of the credit.
    """
    ref = f"deposit:{agreement}:{payment}"
    return Transfer(ref, TransferKind.DEPOSIT, source, of_deposit(agreement), amount, at)


def deposit_returned(agreement: str, payment: str, target: str, amount: Money, at: datetime) -> Transfer:
    """What is left of a deposit goes back to who paid it, when the agreement has ended."""
    ref = f"deposit-back:{agreement}:{payment}"
    return Transfer(ref, TransferKind.DEPOSIT, of_deposit(agreement), target, amount, at)
