"""Demo money: a provider of our own with a purse for everybody, so that trying the house costs nothing."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.money import Money, minor_digits
from core.tills import Charge, Settlement

_SCHEMA = """
CREATE TABLE IF NOT EXISTS charges (
    id TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('taken', 'declined', 'returned'))
) STRICT;
CREATE INDEX IF NOT EXISTS charges_of ON charges (person, currency, state);
"""


class DemoTill:
    """Every person's purse holds 1000 of any currency; what is taken stays taken across restarts."""

    name = "demo"
    in_house = False

    def __init__(self, file: Path) -> None:
        self._file = file

    async def take(self, charge: Charge) -> Settlement:
        """Take from the purse; declined as "insufficient" when too little is left."""
        return await asyncio.to_thread(self._take, charge)

    async def give_back(self, charge: Charge) -> Settlement:
        """Put a taken charge back into the purse; declined as "unknown" when it was never taken."""
        return await asyncio.to_thread(self._give_back, charge)

    async def purse(self, person: str, currency: str) -> Money:
        """What is left in somebody's purse."""
        return await asyncio.to_thread(self._purse, person, currency)

    def records(self) -> dict[str, tuple[str, Money]]:
        """Each charge that it was ever asked about: whether taken, declined or returned, and how much."""
        with self._books() as books:
            rows = books.execute("SELECT id, state, amount, currency FROM charges")
            return {id_: (state, Money(amount, currency)) for id_, state, amount, currency in rows}

    def _take(self, charge: Charge) -> Settlement:
        with self._books() as books:
            state = _state(books, charge)
            if state is None:
                left = _left(books, charge.person, charge.amount.currency)
                state = "taken" if charge.amount <= left else "declined"
                books.execute(
                    "INSERT INTO charges VALUES (?, ?, ?, ?, ?)",
                    (charge.id, charge.person, charge.amount.amount, charge.amount.currency, state),
                )
        return Settlement(declined="insufficient") if state == "declined" else Settlement(f"demo:{charge.id}")

    def _give_back(self, charge: Charge) -> Settlement:
        with self._books() as books:
            if _state(books, charge) not in ("taken", "returned"):
                return Settlement(declined="unknown")
            books.execute("UPDATE charges SET state = 'returned' WHERE id = ?", (charge.id,))
        return Settlement(f"demo:{charge.id}")

    def _purse(self, person: str, currency: str) -> Money:
        with self._books() as books:
            return _left(books, person, currency)

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """One transaction that nobody can come between, on disk when it ends."""
        with closing(sqlite3.connect(self._file, timeout=10, isolation_level=None)) as books:
            books.executescript(_SCHEMA)
            books.execute("BEGIN IMMEDIATE")
            try:
                yield books
            except BaseException:
                books.execute("ROLLBACK")
                raise
            books.execute("COMMIT")


def _state(books: sqlite3.Connection, charge: Charge) -> str | None:
    row = books.execute(
        "SELECT state, person, amount, currency FROM charges WHERE id = ?", (charge.id,)
    ).fetchone()
    if row is None:
        return None
    if row[1:] != (charge.person, charge.amount.amount, charge.amount.currency):
        raise ValueError(f"charge {charge.id} was asked for before, with another amount or person")
    return str(row[0])


def _left(books: sqlite3.Connection, person: str, currency: str) -> Money:
    (spent,) = books.execute(
        "SELECT coalesce(sum(amount), 0) FROM charges WHERE person = ? AND currency = ? AND state = 'taken'",
        (person, currency),
    ).fetchone()
    return Money(1000 * 10 ** minor_digits(currency) - spent, currency)
