"""Ways to pay: what the house asks of a till, and the money that passes through one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.money import Money


class ChargeState(StrEnum):
    REQUESTED = "requested"
    PAID = "paid"
    DECLINED = "declined"
    REFUNDING = "refunding"
    REFUNDED = "refunded"  # nothing of it is ours any more
    LOST = "lost"  # its provider paid it back after a dispute


@dataclass(frozen=True, slots=True)
class Charge:
    """Money asked of one till for one order. Its id is the key under which a till may be asked again."""

    id: str
    order: str
    person: str
    till: str
    amount: Money
    state: ChargeState
    at: datetime
    provider_id: str | None = None
    quote: str | None = None  # what it pays for, if that is not the order itself
    agreement: str | None = None  # out of whose deposit it is paid, if its till is that
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a till answered: paid (`provider_id`), or declined (`declined`: a code the desk words)."""

    provider_id: str | None = None
    declined: str | None = None


class Till(Protocol):
    """One provider's money. Both deeds are idempotent: asked again under the same id, the same answer."""

    name: str
    in_house: bool  # its money is an account of our own ledger
    partial: bool  # it can give part of a charge back; one that cannot gives back the whole or nothing

    async def take(self, charge: Charge) -> Settlement:
        """Take the charge's amount from its person."""
        ...

    async def give_back(self, charge: Charge, amount: Money, reference: str) -> Settlement:
        """Give an amount of a paid charge back, once for each reference."""
        ...
