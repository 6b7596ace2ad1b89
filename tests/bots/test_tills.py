"""The tills that are our own."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bots.tills.credit import CreditTill
from bots.tills.demo import DemoTill
from core.money import Money
from core.tills import Charge, ChargeState


def charge(name: str, amount: int = 600, person: str = "anna", currency: str = "USD") -> Charge:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Charge(name, "order", person, "demo", Money(amount, currency), ChargeState.REQUESTED, at)


async def test_a_purse_begins_with_a_thousand_of_the_currency(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    assert await till.purse("anna", "USD") == Money(100000, "USD")
    assert await till.purse("anna", "JPY") == Money(1000, "JPY")


async def test_a_charge_asked_twice_is_taken_once(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    assert await till.take(charge("c1")) == await till.take(charge("c1"))
    assert await till.purse("anna", "USD") == Money(99400, "USD")


async def test_what_was_taken_stays_taken_in_the_next_process(tmp_path: Path) -> None:
    first = await DemoTill(tmp_path / "purses").take(charge("c1"))
    till = DemoTill(tmp_path / "purses")
    assert await till.take(charge("c1")) == first
    assert await till.purse("anna", "USD") == Money(99400, "USD")


async def test_an_empty_purse_declines_and_keeps_to_its_answer(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1", 99900))
    assert (await till.take(charge("c2", 200))).declined == "insufficient"
    await till.give_back(charge("c1", 99900), Money(99900, "USD"), "r1")
    assert (await till.take(charge("c2", 200))).declined == "insufficient"
    assert (await till.take(charge("c3", 200))).declined is None


async def test_one_purse_is_not_another(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1", 100000))
    assert (await till.take(charge("c2", person="bo"))).declined is None
    assert (await till.take(charge("c3", currency="EUR"))).declined is None


async def test_money_is_given_back_once_for_each_reference(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1"))
    await till.give_back(charge("c1"), Money(200, "USD"), "r1")
    await till.give_back(charge("c1"), Money(200, "USD"), "r1")
    assert await till.purse("anna", "USD") == Money(99600, "USD")
    await till.give_back(charge("c1"), Money(400, "USD"), "r2")
    assert await till.purse("anna", "USD") == Money(100000, "USD")


async def test_no_more_is_given_back_than_was_taken(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1"))
    await till.give_back(charge("c1"), Money(500, "USD"), "r1")
    assert (await till.give_back(charge("c1"), Money(200, "USD"), "r2")).declined == "too-much"
    assert till.records()["c1"].returned == Money(500, "USD")


async def test_a_reference_is_of_one_amount_of_one_charge(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1"))
    await till.give_back(charge("c1"), Money(200, "USD"), "r1")
    with pytest.raises(ValueError, match="given back before"):
        await till.give_back(charge("c1"), Money(300, "USD"), "r1")


async def test_money_that_was_never_taken_is_not_given_back(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    assert (await till.give_back(charge("c1"), Money(600, "USD"), "r1")).declined == "unknown"


async def test_a_charge_does_not_change_under_its_id(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    await till.take(charge("c1", 600))
    with pytest.raises(ValueError, match="asked for before"):
        await till.take(charge("c1", 700))


async def test_the_last_money_is_taken_by_one_of_many_at_once(tmp_path: Path) -> None:
    till = DemoTill(tmp_path / "purses")
    answers = await asyncio.gather(*(till.take(charge(f"c{n}", 60000)) for n in range(8)))
    assert [answer.declined for answer in answers].count(None) == 1


async def test_house_credit_leaves_the_purse_to_the_ledger() -> None:
    till = CreditTill()
    assert till.in_house
    assert (await till.take(charge("c1"))).provider_id == "credit:c1"
