"""House credit: money that we owe somebody already, an account of our own ledger."""

from core.money import Money
from core.tills import Charge, Settlement


class CreditTill:
    """Pays from the person's credit. The ledger is the purse: the transfer that follows is what takes it."""

    name = "credit"
    in_house = True
    partial = True

    async def take(self, charge: Charge) -> Settlement:
        return Settlement(provider_id=f"credit:{charge.id}")

    async def give_back(self, charge: Charge, amount: Money, reference: str) -> Settlement:
        return Settlement(provider_id=f"credit:{reference}")
