"""Money: whole minor units and a currency; two currencies never meet."""

import re
from dataclasses import dataclass

# Minor digits where they are not two (ISO 4217; XTR is Telegram's Star).
_MINOR_DIGITS = {
    "XTR": 0,
    "JPY": 0,
    "KRW": 0,
    "CLP": 0,
    "VND": 0,
    "ISK": 0,
    "HUF": 2,
    "KWD": 3,
    "BHD": 3,
    "TND": 3,
}


def minor_digits(currency: str) -> int:
    """How many decimal digits the minor unit of a currency has."""
    return _MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents) of one currency."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int):
            raise TypeError(f"money is whole minor units, not {self.amount!r}")
        if len(self.currency) != 3 or not self.currency.isupper():
            raise ValueError(f"a currency is three capital letters, not {self.currency!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    def less_percent(self, percent: int) -> "Money":
        """The amount after a discount, rounded down to a whole minor unit in the customer's favour."""
        return Money(self.amount * (100 - percent) // 100, self.currency)

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise ValueError(f"cannot put {other.currency} and {self.currency} together")
        return other.amount


_SAID = re.compile(
    r"(?P<before>[A-Z]{3} ?|[$€£¥] ?)?(?P<whole>\d{1,9})(?:[.,](?P<minor>\d{1,3}))?"
    r"(?P<after> ?[A-Z]{3}| ?[$€£¥])?"
)
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


def said(words: str, currency: str) -> Money | None:
    """An amount as somebody writes it: `40`, `$40`, `40.50`, `40,5 EUR`; None for anything else.

    Another currency than the house's, or more digits than it has, is nothing that is understood.
    """
    found = _SAID.fullmatch(words.strip())
    if found is None:
        return None
    for mark in (found["before"], found["after"]):
        if mark and _SIGNS.get(mark.strip(), mark.strip()) != currency:
            return None
    digits, minor = minor_digits(currency), found["minor"] or ""
    if len(minor) > digits:
        return None
    return Money(int(found["whole"]) * 10**digits + int(minor.ljust(digits, "0") or 0), currency)
