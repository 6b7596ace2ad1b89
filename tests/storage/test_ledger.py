"""The ledger keeps itself right, whoever writes into it and however."""

import sqlite3
from collections.abc import Iterator
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
from tests.storage.things import NOON, account, earn, message, pay


@pytest.fixture
def raw(url: str, store: TortoiseStore) -> Iterator[sqlite3.Connection]:
    """The database as somebody sees it who goes past the store."""
    connection = sqlite3.connect(url.removeprefix("sqlite://"), isolation_level=None)
    yield connection
    connection.close()


def balances(raw: sqlite3.Connection) -> dict[str, int]:
    return dict(raw.execute("SELECT name, balance FROM accounts"))


async def paid(store: TortoiseStore) -> None:
    await store.commit(message(), Changes(transfers=(pay("pay:1", "a", 600), earn("earn:a", "a", 500))))


async def test_money_moves_from_one_account_to_another(store: TortoiseStore, raw: sqlite3.Connection) -> None:
    await paid(store)
    assert balances(raw) == {"till:demo": -600, "order:a": 100, "income": 500}


async def test_a_transfer_happens_once_by_its_reference(
    store: TortoiseStore, raw: sqlite3.Connection
) -> None:
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


async def test_what_is_not_there_cannot_be_spent(store: TortoiseStore, raw: sqlite3.Connection) -> None:
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


async def test_two_currencies_never_meet(store: TortoiseStore, raw: sqlite3.Connection) -> None:
    await paid(store)
    with pytest.raises(Exception, match="unbalanced"):
        await store.commit(message(), Changes(transfers=(pay("pay:3", "a", 600, "EUR"),)))
    assert "EUR" not in {currency for (currency,) in raw.execute("SELECT currency FROM accounts")}


ACCOUNT = "accounts (name, currency, overdraw, balance) VALUES"
ROW = "transfers (ref, kind, source, target, amount, currency, data) VALUES"


@pytest.mark.parametrize(
    ("sql", "refusal"),
    [
        ("UPDATE transfers SET amount = 1", "append-only"),
        ("DELETE FROM transfers", "append-only"),
        (f"INSERT OR REPLACE INTO {ROW} ('pay:1', 'pay', 'till:demo', 'order:a', 1, 'USD', '')",
         "append-only"),
        ("UPDATE accounts SET balance = balance + 1", "unbalanced"),
        ("UPDATE accounts SET balance = -100 WHERE name = 'order:a'", "overdrawn|unbalanced"),
        ("UPDATE accounts SET moved_by = 7", "unbalanced"),
        ("UPDATE accounts SET balance = balance + 600, moved_by = 1 WHERE name = 'income'", "unbalanced"),
        ("UPDATE accounts SET balance = balance + 500 WHERE name = 'income'", "unbalanced"),
        ("UPDATE accounts SET overdraw = 1", "unbalanced"),
        ("UPDATE accounts SET currency = 'EUR'", "unbalanced"),
        ("UPDATE accounts SET name = 'mine' WHERE name = 'income'", "unbalanced"),
        ("DELETE FROM accounts", "append-only"),
        (f"INSERT INTO {ACCOUNT} ('mine', 'USD', 0, 100)", "unbalanced"),
        (f"INSERT OR REPLACE INTO {ACCOUNT} ('income', 'USD', 0, 0)",
         "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', 0, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', -5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'income', 'income', 5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'nobody', 5, 'USD', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'till:demo', 'order:a', 5, 'EUR', '')", "unbalanced"),
        (f"INSERT INTO {ROW} ('x', 'pay', 'order:a', 'income', 101, 'USD', '')", "overdrawn"),
        (f"INSERT OR IGNORE INTO {ROW} ('x', 'pay', 'order:a', 'income', 101, 'USD', '')",
         "overdrawn"),
    ],
)  # fmt: skip
async def test_the_database_refuses_what_would_make_the_books_wrong(
    store: TortoiseStore, raw: sqlite3.Connection, sql: str, refusal: str
) -> None:
    await paid(store)
    before = balances(raw)
    with pytest.raises(sqlite3.IntegrityError, match=refusal):
        raw.execute(sql)
    assert balances(raw) == before


async def test_what_was_said_and_agreed_to_is_never_changed(
    store: TortoiseStore, raw: sqlite3.Connection
) -> None:
    raw.execute("INSERT INTO consents (id, person, kind, data) VALUES ('c', 'p', 'terms', 'words')")
    raw.execute("INSERT INTO thread_entries (id, thread, data) VALUES ('e', 't', 'words')")
    for sql in (
        "UPDATE consents SET data = 'other'",
        "DELETE FROM consents",
        "INSERT OR REPLACE INTO consents (id, person, kind, data) VALUES ('c', 'p', 'terms', 'other')",
        "UPDATE thread_entries SET data = 'other'",
        "DELETE FROM thread_entries",
        "INSERT OR REPLACE INTO thread_entries (id, thread, data) VALUES ('e', 't', 'other')",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
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
    store: TortoiseStore, raw: sqlite3.Connection, movements: list[tuple[str, str, int]]
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
