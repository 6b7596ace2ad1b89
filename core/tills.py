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
    REFUNDED = "refunded"


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
    rev: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a till answered: paid (`provider_id`), or declined (`declined`: a code the desk words)."""

    provider_id: str | None = None
    declined: str | None = None


class Till(Protocol):
    """One provider's money. Both deeds are idempotent by the charge's id: asked again, the same answer."""

    name: str
    in_house: bool  # its money is an account of our own ledger

    async def take(self, charge: Charge) -> Settlement:
        """Take the charge's amount from its person."""
        ...

    async def give_back(self, charge: Charge) -> Settlement:
        """Give all of a paid charge back."""
        ...
