"""The ledger keeps itself right, whoever writes into it and however."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.changes import Changes
from core.ledger import Transfer, TransferKind, of_credit
from core.messages import HOUSE
from core.money import Money
from core.ports import Overdrawn
from core.snapshot import Needs
from storage.ledger import Contradiction
from storage.store import TortoiseStore
from tests.databases import EVERY, Raw, Refused, past_the_store
from tests.storage.things import NOON, account, earn, message, pay

pytestmark = EVERY

Another = Callable[[], AbstractAsyncContextManager[TortoiseStore]]


@pytest.fixture
def raw(url: str) -> Iterator[Raw]:
    """The database as somebody sees it who goes past the store."""
    with past_the_store(url) as connection:
        yield connection


def balances(raw: Raw) -> dict[str, int]:
    return dict(raw.execute("SELECT name, balance FROM accounts"))


async def paid(store: TortoiseStore) -> None:
    await store.commit(message(), Changes(transfers=(pay("pay:1", "a", 600), earn("earn:a", "a", 500))))


async def test_money_moves_from_one_account_to_another(store: TortoiseStore, raw: Raw) -> None:
    await paid(store)
    assert balances(raw) == {"till:demo": -600, "order:a": 100, "income": 500}


async def test_a_transfer_happens_once_by_its_reference(store: TortoiseStore, raw: Raw) -> None:
    await paid(store)
    await store.commit(message(), Changes(transfers=(pay("pay:1", "a", 600),)))
    again = replace(pay("pay:1", "a", 600), at=NOON.replace(hour=13))
    await store.commit(message(), Changes(transfers=(again, again)))
    assert balances(raw) == {"till:demo": -600, "order:a": 100, "income": 500}


async def test_a_reference_that_says_something_else_than_before_is_an_error(store: TortoiseStore) -> None:
    await paid(store)
    event = message()
    with pytest.raises(Contradiction):
        await store.commit(event, Changes(transfers=(pay("pay:1", "a", 601),)))
    with pytest.raises(Contradiction):
        await store.commit(event, Changes(transfers=(pay("pay:2", "b", 1), pay("pay:2", "b", 2))))
    assert await store.commit(event, Changes())


async def test_what_is_not_there_cannot_be_spent(store: TortoiseStore, raw: Raw) -> None:
    await paid(store)
    event = message()
    with pytest.raises(Overdrawn):
        await store.commit(event, Changes(transfers=(pay("pay:2", "a", 50), earn("earn:2", "a", 151))))
    assert balances(raw) == {"till:demo": -600, "order:a": 100, "income": 500}
    assert await store.commit(event, Changes(transfers=(earn("earn:2", "a", 100),)))


async def test_credit_is_what_we_owe_a_person(store: TortoiseStore) -> None:
    ann = account("ann")
    assert (await store.load(Needs(HOUSE, account=ann))).balance is None
    gift = Transfer("gift", TransferKind.CREDIT, "goodwill", of_credit(ann), Money(250, "USD"), NOON)
    await store.commit(message(), Changes(transfers=(gift,)))
    assert (await store.load(Needs(HOUSE, account=ann))).balance == Money(250, "USD")


async def test_two_currencies_never_meet(store: TortoiseStore, raw: Raw) -> None:
    await paid(store)
    with pytest.raises(Exception, match="unbalanced"):
        await store.commit(message(), Changes(transfers=(pay("pay:3", "a", 600, "EUR"),)))
    assert "EUR" not in {currency for (currency,) in raw.execute("SELECT currency FROM accounts")}


ACCOUNT = "accounts (name, currency, overdraw, balance) VALUES"
ROW = "transfers (ref, kind, source, target, amount, currency, data) VALUES"
OTHER = "ON CONFLICT (ref) DO UPDATE SET amount = 1"


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE transfers SET amount = 1", "append-only"),
        ("DELETE FROM transfers", "append-only"),
        (f"INSERT INTO {ROW} ('pay:1', 'pay', 'till:demo', 'order:a', 6, 'USD', '') {OTHER}", "append-only"),
        ("UPDATE accounts SET balance = balance + 1", "unbalanced"),
        ("UPDATE accounts SET balance = -100 WHERE name = 'order:a'", "overdrawn|unbalanced"),
        ("UPDATE accounts SET moved_by = 7", "unbalanced"),
        ("UPDATE accounts SET balance = balance + 600, moved_by = 1 WHERE name = 'income'", "unbalanced"),
        ("UPDATE accounts SET balance = balance + 600, moved_by = 1 WHERE name = 'order:a'", "unbalanced"),
        ("UPDATE accounts SET balance = balance + 500 WHERE name = 'income'", "unbalanced"),
        ("UPDATE accounts SET overdraw = TRUE", "unbalanced"),
        ("UPDATE accounts SET currency = 'EUR'", "unbalanced"),
        ("UPDATE accounts SET name = 'mine' WHERE name = 'income'", "unbalanced"),
        ("DELETE FROM accounts", "append-only"),
        (f"INSERT INTO {ACCOUNT} ('mine', 'USD', FALSE, 100)", "unbalanced"),
        (f"INSERT INTO {ACCOUNT} ('income', 'USD', FALSE, 0) ON CONFLICT (name) DO UPDATE SET balance = 0",
         "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', 0, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', -5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'income', 'income', 5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'nobody', 5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', 5, 'EUR', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'order:a', 'income', 101, 'USD', '')", "overdrawn"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'order:a', 'income', 101, 'USD', '') ON CONFLICT DO NOTHING",
         "overdrawn"),
    ],
)  # fmt: skip
async def test_the_database_refuses_what_would_make_the_books_wrong(
    store: TortoiseStore, raw: Raw, sql: str, refusal: str
) -> None:
    await paid(store)
    before = balances(raw)
    with pytest.raises(Refused, match=refusal):
        raw.execute(sql)
    assert balances(raw) == before


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        (f"INSERT OR REPLACE INTO {ROW} ('pay:1', 'pay', 'till:demo', 'order:a', 1, 'USD', '')",
         "append-only"),
        (f"INSERT OR REPLACE INTO {ACCOUNT} ('income', 'USD', 0, 0)", "unbalanced"),
        (f"INSERT OR IGNORE INTO {ROW} ('x', 'pay', 'order:a', 'income', 101, 'USD', '')", "overdrawn"),
    ],
)  # fmt: skip
async def test_nor_do_the_words_help_that_only_sqlite_knows(
    store: TortoiseStore, raw: Raw, sql: str, refusal: str
) -> None:
    await paid(store)
    with pytest.raises(Refused, match=refusal):
        raw.execute(sql)


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("table", ["transfers", "accounts", "consents", "thread_entries"])
async def test_nor_does_truncate(store: TortoiseStore, raw: Raw, table: str) -> None:
    with pytest.raises(Refused, match="append-only"):
        raw.execute(f"TRUNCATE {table}")


async def test_what_was_said_and_agreed_to_is_never_changed(raw: Raw) -> None:
    raw.execute("INSERT INTO consents (id, person, kind, data) VALUES ('c', 'p', 'terms', 'words')")
    raw.execute("INSERT INTO thread_entries (id, thread, data) VALUES ('e', 't', 'words')")
    for sql in (
        "UPDATE consents SET data = 'other'",
        "DELETE FROM consents",
        "INSERT INTO consents (id, person, kind, data) VALUES ('c', 'p', '', 'other') ON CONFLICT DO NOTHING",
        "UPDATE thread_entries SET data = 'other'",
        "DELETE FROM thread_entries",
        "INSERT INTO thread_entries (id, thread, data) VALUES ('e', 't', 'other') ON CONFLICT DO NOTHING",
    ):
        with pytest.raises(Refused, match="append-only"):
            raw.execute(sql)


@pytest.mark.databases("sqlite")
async def test_nor_is_it_replaced(raw: Raw) -> None:
    raw.execute("INSERT INTO consents (id, person, kind, data) VALUES ('c', 'p', 'terms', 'words')")
    raw.execute("INSERT INTO thread_entries (id, thread, data) VALUES ('e', 't', 'words')")
    for sql in (
        "INSERT OR REPLACE INTO consents (id, person, kind, data) VALUES ('c', 'p', 'terms', 'other')",
        "INSERT OR REPLACE INTO thread_entries (id, thread, data) VALUES ('e', 't', 'other')",
    ):
        with pytest.raises(Refused, match="append-only"):
            raw.execute(sql)


movements = st.lists(
    st.tuples(
        st.sampled_from(["till:demo", "order:a", "order:b", "income", "credit:p"]),
        st.sampled_from(["till:demo", "order:a", "order:b", "income", "credit:p"]),
        st.integers(1, 1000),
    ).filter(lambda move: move[0] != move[1]),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(movements=movements)
async def test_all_balances_together_are_always_nothing_and_none_that_may_not_is_below_it(
    store: TortoiseStore, raw: Raw, movements: list[tuple[str, str, int]]
) -> None:
    expected = balances(raw)
    for source, target, amount in movements:
        event = message()
        transfer = Transfer(event.event_id, TransferKind.PAY, source, target, Money(amount, "USD"), NOON)
        try:
            await store.commit(event, Changes(transfers=(transfer,)))
        except Overdrawn:
            assert source != "till:demo"
            assert expected.get(source, 0) < amount
        else:
            expected[source] = expected.get(source, 0) - amount
            expected[target] = expected.get(target, 0) + amount
    found = balances(raw)
    assert {name: balance for name, balance in found.items() if balance} == {
        name: balance for name, balance in expected.items() if balance
    }
    assert sum(found.values()) == 0
    assert all(balance >= 0 for name, balance in found.items() if name != "till:demo")


async def test_of_two_who_spend_the_same_money_at_once_one_does(
    store: TortoiseStore, another: Another, raw: Raw
) -> None:
    await store.commit(message(), Changes(transfers=(pay("pay:1", "a", 600),)))

    async def spend(each: TortoiseStore, ref: str) -> bool:
        try:
            return await each.commit(message(ref), Changes(transfers=(earn(ref, "a", 100),)))
        except Overdrawn:
            return False

    async with another() as other:
        spent = await asyncio.gather(*[spend(each, f"earn:{n}") for n, each in enumerate((store, other) * 8)])
    assert sum(spent) == 6
    assert balances(raw) == {"till:demo": -600, "order:a": 0, "income": 600}


async def test_deeds_that_move_money_in_different_orders_do_not_wait_for_each_other_crosswise(
    store: TortoiseStore, another: Another, raw: Raw
) -> None:
    """Whoever waits crosswise is thrown out, and its deed is Outdated."""
    await store.commit(
        message(), Changes(transfers=tuple(pay(f"pay:{n}", f"from-{n}", 100) for n in range(4)))
    )

    async def move(each: TortoiseStore, deed: int) -> None:
        way = range(4) if deed % 2 else reversed(range(4))
        transfers = [
            Transfer(
                f"{deed}:{n}", TransferKind.PAY, f"order:from-{n}", f"order:to-{n}", Money(1, "USD"), NOON
            )
            for n in way
        ]
        await each.commit(message(f"person-{deed}"), Changes(transfers=tuple(transfers)))

    await move(store, 20)
    async with another() as other:
        await asyncio.gather(*[move(each, deed) for deed, each in enumerate((store, other) * 10)])
    assert {balances(raw)[f"order:to-{n}"] for n in range(4)} == {21}


async def test_accounts_that_many_need_at_once_for_the_first_time_are_opened_once(
    store: TortoiseStore, another: Another, raw: Raw
) -> None:
    async with another() as other:
        await asyncio.gather(
            *[
                each.commit(message(f"person-{n}"), Changes(transfers=(pay(f"pay:{n}", "a", 5),)))
                for n, each in enumerate((store, other) * 6)
            ]
        )
    assert balances(raw) == {"till:demo": -60, "order:a": 60}


async def test_the_same_payment_at_two_processes_is_one(
    store: TortoiseStore, another: Another, raw: Raw
) -> None:
    async with another() as other:
        await asyncio.gather(
            *[
                each.commit(message(f"person-{n}"), Changes(transfers=(pay("pay:1", "a", 600),)))
                for n, each in enumerate((store, other) * 5)
            ]
        )
    assert balances(raw) == {"till:demo": -600, "order:a": 600}
