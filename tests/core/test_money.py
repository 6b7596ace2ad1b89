"""Money: whole minor units of one currency."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.money import Money, minor_digits

CENTS = st.integers(-(10**12), 10**12)


def usd(cents: int) -> Money:
    return Money(cents, "USD")


@given(CENTS, CENTS)
def test_what_is_put_together_can_be_taken_apart(one: int, other: int) -> None:
    assert usd(one) + usd(other) - usd(other) == usd(one)
    assert usd(one) + -usd(one) == usd(0)


@given(CENTS, CENTS)
def test_amounts_of_one_currency_are_ordered(one: int, other: int) -> None:
    assert (usd(one) < usd(other)) is (one < other)
    assert (usd(one) <= usd(other)) is (one <= other)


@pytest.mark.parametrize(
    "mix", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a <= b]
)
def test_two_currencies_never_meet(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(ValueError, match="together"):
        mix(Money(600, "USD"), Money(600, "XTR"))


@pytest.mark.parametrize("amount", [6.0, "600", None])
def test_there_are_no_fractions_of_a_minor_unit(amount: object) -> None:
    with pytest.raises(TypeError):
        Money(amount, "USD")  # type: ignore[arg-type]


def test_a_share_of_a_song_cannot_be_multiplied_in() -> None:
    with pytest.raises(TypeError):
        usd(600) * 0.5  # type: ignore[operator]


@pytest.mark.parametrize("currency", ["usd", "US", "DOLLAR", ""])
def test_a_currency_is_three_capital_letters(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        Money(1, currency)


@pytest.mark.parametrize(
    ("amount", "percent", "left"),
    [(3000, 20, 2400), (999, 10, 899), (1, 50, 0), (600, 0, 600), (600, 100, 0)],
)
def test_a_discount_is_rounded_in_the_customers_favour(amount: int, percent: int, left: int) -> None:
    assert usd(amount).less_percent(percent) == usd(left)


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_a_discount_costs_the_house_less_than_one_minor_unit_more(amount: int, percent: int) -> None:
    exact = amount * (100 - percent) / 100
    assert exact - 1 < usd(amount).less_percent(percent).amount <= exact + 1e-6


def test_only_nothing_is_false() -> None:
    assert not usd(0)
    assert usd(1)
    assert usd(-1)


@pytest.mark.parametrize(("currency", "digits"), [("USD", 2), ("EUR", 2), ("XTR", 0), ("JPY", 0), ("KWD", 3)])
def test_a_minor_unit_is_what_its_currency_says(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits
