"""Demo money: a provider of our own with a purse for everybody, so that trying the house costs nothing."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
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
CREATE TABLE IF NOT EXISTS returns (
    id TEXT PRIMARY KEY,
    charge TEXT NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0)
) STRICT;
CREATE INDEX IF NOT EXISTS returns_of ON returns (charge);
"""


@dataclass(frozen=True, slots=True)
class Record:
    """A charge in the till's own books. `returned`: how much of it went back."""

    state: str  # taken, declined, or returned: all of it
    amount: Money
    returned: Money


class DemoTill:
    """Every person's purse holds 1000 of any currency; what is taken stays taken across restarts."""

    name = "demo"
    in_house = False
    partial = True

    def __init__(self, file: Path) -> None:
        self._file = file

    async def take(self, charge: Charge) -> Settlement:
        """Take from the purse; declined as "insufficient" when too little is left."""
        return await asyncio.to_thread(self._take, charge)

    async def give_back(self, charge: Charge, amount: Money, reference: str) -> Settlement:
        """Put money of a taken charge back into the purse.

        Declined as "unknown" when it was never taken, as "too-much" when less than that is left of it.
        """
        return await asyncio.to_thread(self._give_back, charge, amount, reference)

    async def purse(self, person: str, currency: str) -> Money:
        """What is left in somebody's purse."""
        return await asyncio.to_thread(self._purse, person, currency)

    def records(self) -> dict[str, Record]:
        """Each charge that it was ever asked about."""
        with self._books() as books:
            rows = books.execute(
                """
                SELECT id, state, amount, currency,
                    (SELECT coalesce(sum(amount), 0) FROM returns WHERE returns.charge = charges.id)
                FROM charges"""
            )
            return {
                id_: Record(state, Money(amount, currency), Money(_back(state, amount, back), currency))
                for id_, state, amount, currency, back in rows
            }

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

    def _give_back(self, charge: Charge, amount: Money, reference: str) -> Settlement:
        answer = Settlement(f"demo:{reference}")
        with self._books() as books:
            state = _state(books, charge)
            if state not in ("taken", "returned"):
                return Settlement(declined="unknown")
            known = books.execute("SELECT charge, amount FROM returns WHERE id = ?", (reference,)).fetchone()
            if known is not None:
                if known != (charge.id, amount.amount):
                    raise ValueError(f"{reference} was given back before, of another charge or amount")
                return answer
            parts = _returned(books, charge.id)
            if state == "returned" and not parts:  # whole, before there were parts
                return answer
            back = _back(state, charge.amount.amount, parts)
            if back + amount.amount > charge.amount.amount:
                return Settlement(declined="too-much")
            books.execute("INSERT INTO returns VALUES (?, ?, ?)", (reference, charge.id, amount.amount))
            if back + amount.amount == charge.amount.amount:
                books.execute("UPDATE charges SET state = 'returned' WHERE id = ?", (charge.id,))
        return answer

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


def _returned(books: sqlite3.Connection, charge: str) -> int:
    (back,) = books.execute(
        "SELECT coalesce(sum(amount), 0) FROM returns WHERE charge = ?", (charge,)
    ).fetchone()
    return int(back)


def _back(state: str, amount: int, returned: int) -> int:
    """What of a charge went back; one that is returned is so whole, also from before there were parts."""
    return amount if state == "returned" else returned


def _left(books: sqlite3.Connection, person: str, currency: str) -> Money:
    (spent,) = books.execute(
        """
        SELECT coalesce(sum(amount), 0) - coalesce(sum(
            (SELECT sum(amount) FROM returns WHERE returns.charge = charges.id)), 0)
        FROM charges WHERE person = ? AND currency = ? AND state = 'taken'""",
        (person, currency),
    ).fetchone()
    return Money(1000 * 10 ** minor_digits(currency) - spent, currency)
