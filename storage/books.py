"""The books: for each order that was ever delivered or earned with, what is due and what was earned.

Due is its price once its files were released, and nothing once it was cancelled. The books are kept from the
rows alone, whoever writes them, so that orders delivered without their money are found by one index among
millions.
"""

from storage.triggers import function


def _due(dialect: str, order: str, *, fees: bool = False) -> str:
    """What an order row is due to have earned, minor units; with what its revisions brought."""

    def value(path: str) -> str:
        if dialect == "sqlite":
            return f"json_extract({order}.data, '$.{path}')"
        # json, not jsonb: that refuses a text with a NUL in it.
        return f"NULLIF(({order}.data::json #> '{{{path.replace('.', ',')}}}')::text, 'null')"

    def amount(path: str) -> str:
        return value(path) if dialect == "sqlite" else f"{value(path)}::bigint"

    released = f"{value('released_version')} IS NOT NULL AND {order}.state <> 'cancelled'"
    price = f"CASE WHEN {released} THEN COALESCE({amount('price.amount')}, 0) ELSE 0 END"
    if not fees:
        return price
    earned = f"CASE WHEN {order}.state <> 'cancelled' THEN COALESCE({amount('fees.amount')}, 0) ELSE 0 END"
    return f"({price} + {earned})"


_EARNED = "CASE WHEN {row}.target = 'income' THEN {row}.amount ELSE -{row}.amount END"


def _book_due(dialect: str, *, fees: bool = False) -> str:
    due = _due(dialect, "NEW", fees=fees)
    return f"""
        INSERT INTO books ("order", due, earned) SELECT NEW.id, 0, 0 WHERE {due} <> 0 ON CONFLICT DO NOTHING;
        UPDATE books SET due = {due} WHERE "order" = NEW.id AND due <> {due};"""  # noqa: S608


def _book_earned() -> str:
    earned = _EARNED.format(row="NEW")
    return f"""
        INSERT INTO books ("order", due, earned) SELECT NEW."order", 0, 0 WHERE TRUE ON CONFLICT DO NOTHING;
        UPDATE books SET earned = earned + {earned} WHERE "order" = NEW."order";"""  # noqa: S608


def _books_due(dialect: str, *, fees: bool) -> dict[str, str]:
    """The triggers that keep what is due."""
    book = _book_due(dialect, fees=fees)
    if dialect == "postgres":
        event = "AFTER INSERT OR UPDATE OF state, data ON orders FOR EACH ROW"
        return {"books_due": function("books_due", event, f"{book} RETURN NULL;")}
    return {
        "books_due_new": f"CREATE TRIGGER books_due_new AFTER INSERT ON orders FOR EACH ROW BEGIN {book} END",
        "books_due": f"""
            CREATE TRIGGER books_due AFTER UPDATE OF state, data ON orders FOR EACH ROW BEGIN {book} END""",
    }


DUE = {dialect: _books_due(dialect, fees=False) for dialect in ("sqlite", "postgres")}
DUE_WITH_FEES = {dialect: _books_due(dialect, fees=True) for dialect in ("sqlite", "postgres")}
"""The same with what revisions earned, in the place of those."""

BOOKS = {
    "sqlite": {
        **DUE["sqlite"],
        "books_earned": f"""
            CREATE TRIGGER books_earned AFTER INSERT ON transfers FOR EACH ROW
            WHEN NEW.kind = 'earn' AND NEW."order" IS NOT NULL BEGIN {_book_earned()} END""",
    },
    "postgres": {
        **DUE["postgres"],
        "books_earned": function(
            "books_earned",
            "AFTER INSERT ON transfers FOR EACH ROW",
            f"""
            IF NEW.kind = 'earn' AND NEW."order" IS NOT NULL THEN {_book_earned()} END IF; RETURN NULL;""",
        ),
    },
}


def _open_books(dialect: str) -> str:
    due = _due(dialect, "o")
    earned = _EARNED.format(row="t")
    return f"""
        INSERT INTO books ("order", due, earned)
        SELECT id, SUM(due), SUM(earned) FROM (
            SELECT o.id AS id, {due} AS due, 0 AS earned FROM orders AS o
            UNION ALL
            SELECT t."order", 0, {earned} FROM transfers AS t
            WHERE t.kind = 'earn' AND t."order" IS NOT NULL
        ) AS moved GROUP BY id HAVING SUM(due) <> 0 OR SUM(earned) <> 0"""  # noqa: S608


OPEN_BOOKS = {"sqlite": _open_books("sqlite"), "postgres": _open_books("postgres")}
"""The books of what happened before there were any."""
