"""Refunds, and disputes: money that goes back, and money that somebody else decides about (B65, B66, C12)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from math import ceil

from core.money import Money
from core.tills import Charge, ChargeState


class RefundTo(StrEnum):
    METHOD = "method"  # the way it came
    CREDIT = "credit"  # with the house (A25)


class RefundState(StrEnum):
    SENDING = "sending"  # a till is being asked
    DONE = "done"
    FAILED = "failed"  # the till will not; a person must look


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that goes back for an order. Its id is the key under which a till may be asked for it again.

    `charge`: the charge it comes off, also where it goes to credit. `whole`: the order ended with it, and it
    comes out of the order's own account; any other is the house's goodwill, for the order stays paid.
    """

    id: str
    order: str
    state: RefundState
    to: RefundTo
    amount: Money
    reason: str
    asked_by: str | None  # an account; None: the house rules themselves
    approved_by: str | None
    at: datetime
    charge: str
    whole: bool = False
    name: str = ""  # of who asked
    rev: int = 0


class DisputeState(StrEnum):
    OPEN = "open"
    WON = "won"  # closed without payout: the clock state returns, staff decide
    LOST = "lost"  # the provider paid the money back


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute that somebody opened with their provider about a charge. Its money is held until it ends.

    `held` lies in the account of the dispute and came from `source`; None where there was nothing to hold.
    """

    id: str
    order: str
    charge: str
    state: DisputeState
    opened: datetime
    closed: datetime | None = None
    held: Money | None = None
    source: str | None = None
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a charge on its way back. `instead`: as credit, for its till gives back no part."""

    charge: Charge
    to: RefundTo
    amount: Money
    instead: bool = False


def disputed(charge: Charge, disputes: Iterable[Dispute]) -> bool:
    """Whether its provider decides about a charge at this moment. # B66"""
    return any(one.charge == charge.id and one.state is DisputeState.OPEN for one in disputes)


def any_open(disputes: Iterable[Dispute]) -> bool:
    """Whether any dispute is open: then nothing of the order goes back, in any way. # C12"""
    return any(one.state is DisputeState.OPEN for one in disputes)


def returned(charge: Charge, refunds: Iterable[Refund]) -> Money:
    """What of a charge has gone back, or is going: each refund that did not fail."""
    amounts = (
        refund.amount.amount
        for refund in refunds
        if refund.charge == charge.id and refund.state is not RefundState.FAILED
    )
    return Money(sum(amounts), charge.amount.currency)


def left(charge: Charge, refunds: Iterable[Refund]) -> Money:
    """What of a charge was paid and has not gone back yet."""
    if charge.state is not ChargeState.PAID:
        return Money(0, charge.amount.currency)
    return charge.amount - returned(charge, refunds)


def parts(
    charges: Sequence[Charge],
    refunds: Sequence[Refund],
    amount: Money,
    to: RefundTo,
    *,
    in_house: Collection[str],
    whole_only: Collection[str] = (),
) -> tuple[Part, ...]:
    """An amount taken apart into what comes off each charge. ValueError if there is less left.

    On the way it came: first what outside money paid, then what credit paid (C10); a till that gives back
    nothing but a whole charge gives that, and less than it becomes credit. To credit: first what credit paid.
    """
    credit_last = to is RefundTo.METHOD
    ordered = sorted(charges, key=lambda charge: (charge.till in in_house) is credit_last)
    found: list[Part] = []
    rest = amount
    for charge in ordered:
        part = min(left(charge, refunds), rest)
        if not part:
            continue
        short = to is RefundTo.METHOD and charge.till in whole_only and part != charge.amount
        found.append(Part(charge, RefundTo.CREDIT if short else to, part, instead=short))
        rest -= part
    if rest:
        raise ValueError(f"there is {rest} less left than is to go back")
    return tuple(found)


def share(price: Money, songs: int, of: int) -> Money:
    """What some songs of an order cost, its discount in it, rounded up in the customer's favour. # R7"""
    return Money(ceil(Fraction(price.amount * songs, of)), price.currency)
