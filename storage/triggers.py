"""Rules that the database itself keeps, in its own words: the ledger, and what is only ever appended.

RunSQL knows one dialect and cuts a script at every semicolon, also within a trigger; Triggers does neither.
Every refusal begins with one of the words below, and on PostgreSQL carries a SQLSTATE of its own, so that the
store can tell them apart.
"""

from collections.abc import Mapping, Sequence

from tortoise.exceptions import IntegrityError
from tortoise.migrations.operations import Operation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

OVERDRAWN = "overdrawn"
APPEND_ONLY = "append-only"
UNBALANCED = "unbalanced"
TOO_MUCH = "too-much"
DISPUTED = "disputed"

SQLSTATES = {
    OVERDRAWN: "23L01",
    APPEND_ONLY: "23L02",
    UNBALANCED: "23L03",
    TOO_MUCH: "23L04",
    DISPUTED: "23L05",
}
"""Of the class of integrity violations; subclasses from I on are free for use (SQL:2016, 24.1)."""


def is_overdrawn(error: IntegrityError) -> bool:
    """Whether a row was refused because an account would go below zero."""
    cause = error.args[0] if error.args else None
    return getattr(cause, "sqlstate", None) == SQLSTATES[OVERDRAWN] or str(error).startswith(OVERDRAWN)


class Triggers(Operation):
    """Create triggers by dialect and name, and drop them again; on PostgreSQL each with its function.

    `instead_of`: earlier ones that make room for them, and come back when these go.
    """

    def __init__(
        self,
        create: Mapping[str, Mapping[str, str]],
        instead_of: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._create = create
        self._instead_of = instead_of or {dialect: {} for dialect in create}

    def state_forward(self, app_label: str, state: State) -> None:
        """Models know nothing of triggers."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Create them in the editor's dialect; KeyError if they were not written in it."""
        if state_editor:
            await _exchange(state_editor, self._instead_of, self._create)

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Drop them."""
        if state_editor:
            await _exchange(state_editor, self._create, self._instead_of)


class Script(Operation):
    """Run one statement, written in each dialect; it is not undone, for its table goes."""

    def __init__(self, statements: Mapping[str, str]) -> None:
        self._statements = statements

    def state_forward(self, app_label: str, state: State) -> None:
        """Models know nothing of rows."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Run it in the editor's dialect; KeyError if it was not written in it."""
        if state_editor:
            await _run(state_editor, [self._statements[state_editor.DIALECT]])

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Leave what it did."""


_DROP = {"sqlite": 'DROP TRIGGER "{name}"', "postgres": 'DROP FUNCTION "{name}"() CASCADE'}


async def _exchange(
    editor: BaseSchemaEditor, gone: Mapping[str, Mapping[str, str]], come: Mapping[str, Mapping[str, str]]
) -> None:
    drop = _DROP[editor.DIALECT]
    dropped = [drop.format(name=name) for name in gone[editor.DIALECT]]
    await _run(editor, [*dropped, *come[editor.DIALECT].values()])


async def _run(editor: BaseSchemaEditor, statements: Sequence[str]) -> None:
    for statement in statements:
        if editor.collect_sql:
            editor.collected_sql.append(statement)
        else:
            await editor.client.execute_query(statement)


def _refusing(name: str, event: str, refusal: str, when: str = "1") -> str:
    refuse = f"SELECT RAISE(ABORT, '{refusal}')"
    return f"CREATE TRIGGER {name} {event} FOR EACH ROW WHEN {when} BEGIN {refuse}; END"


def _append_only(table: str, same: str) -> dict[str, str]:
    """No UPDATE, no DELETE, and no REPLACE, which in SQLite deletes without asking the DELETE trigger.

    `same`: whether a row of the table is the very row that is being written again, which changes nothing.
    """
    taken = f"EXISTS (SELECT 1 FROM {table} AS old WHERE {same})"  # noqa: S608
    events = {"update": ("UPDATE", "1"), "delete": ("DELETE", "1"), "replace": ("INSERT", taken)}
    return {
        f"{table}_no_{name}": _refusing(
            f"{table}_no_{name}", f"BEFORE {event} ON {table}", f"{APPEND_ONLY}: {table}", when
        )
        for name, (event, when) in events.items()
    }


_SQLITE_LEDGER = {
    "transfers_positive": _refusing(
        "transfers_positive",
        "BEFORE INSERT ON transfers",
        f"{UNBALANCED}: a transfer moves a positive amount between two accounts",
        "NEW.amount <= 0 OR NEW.source = NEW.target",
    ),
    "transfers_currency": _refusing(
        "transfers_currency",
        "BEFORE INSERT ON transfers",
        f"{UNBALANCED}: a transfer has the currency of both of its accounts",
        "(SELECT currency FROM accounts WHERE name = NEW.source) IS NOT NEW.currency"
        " OR (SELECT currency FROM accounts WHERE name = NEW.target) IS NOT NEW.currency",
    ),
    "transfers_applied": """
        CREATE TRIGGER transfers_applied AFTER INSERT ON transfers FOR EACH ROW BEGIN
            UPDATE accounts SET balance = balance - NEW.amount, moved_by = NEW.id WHERE name = NEW.source;
            UPDATE accounts SET balance = balance + NEW.amount, moved_by = NEW.id WHERE name = NEW.target;
        END""",
    "accounts_overdrawn": _refusing(
        "accounts_overdrawn",
        "BEFORE UPDATE OF balance ON accounts",
        f"{OVERDRAWN}: an account would go below zero",
        "NEW.balance < 0 AND NEW.balance < OLD.balance AND NOT OLD.overdraw",
    ),
    "accounts_empty": _refusing(
        "accounts_empty",
        "BEFORE INSERT ON accounts",
        f"{UNBALANCED}: an account begins once, empty",
        "NEW.balance <> 0 OR NEW.moved_by IS NOT NULL"
        " OR EXISTS (SELECT 1 FROM accounts WHERE name = NEW.name)",
    ),
    "accounts_stay": _refusing("accounts_stay", "BEFORE DELETE ON accounts", f"{APPEND_ONLY}: accounts"),
    "accounts_fixed": _refusing(
        "accounts_fixed",
        "BEFORE UPDATE ON accounts",
        f"{UNBALANCED}: an account keeps its name, currency and kind",
        "NEW.name <> OLD.name OR NEW.currency <> OLD.currency OR NEW.overdraw <> OLD.overdraw",
    ),
    "accounts_moved": _refusing(
        "accounts_moved",
        "BEFORE UPDATE ON accounts",
        f"{UNBALANCED}: a balance moves with a transfer",
        """(NEW.balance <> OLD.balance OR NEW.moved_by IS NOT OLD.moved_by) AND NOT EXISTS (
               SELECT 1 FROM transfers AS cause
               WHERE cause.id = NEW.moved_by AND NEW.moved_by IS NOT OLD.moved_by AND (
                   cause.source = NEW.name AND NEW.balance = OLD.balance - cause.amount
                   OR cause.target = NEW.name AND NEW.balance = OLD.balance + cause.amount))""",
    ),
}


def _function(name: str, event: str, body: str) -> str:
    """A function and the trigger that runs it. `event` says when, on which table and for what."""
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
        CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()"""


def _raise(kind: str, why: str) -> str:
    return f"RAISE EXCEPTION '{kind}: {why}' USING ERRCODE = '{SQLSTATES[kind]}';"


def _kept(table: str) -> dict[str, str]:
    """No UPDATE, no DELETE, no TRUNCATE."""
    name = f"{table}_kept"
    event = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
    return {name: _function(name, event, _raise(APPEND_ONLY, table))}


def _said_once(table: str) -> dict[str, str]:
    """Written again, a row is left as it is (ON CONFLICT DO NOTHING); with other words it is refused."""
    name = f"{table}_said_once"
    other = f"EXISTS (SELECT 1 FROM {table} AS there WHERE there.id = NEW.id AND there.data <> NEW.data)"  # noqa: S608
    refuse = _raise(APPEND_ONLY, table)
    body = f"IF {other} THEN {refuse} END IF; RETURN NEW;"
    return {name: _function(name, f"BEFORE INSERT ON {table} FOR EACH ROW", body)}


_POSTGRES_LEDGER = {
    "transfers_checked": _function(
        "transfers_checked",
        "BEFORE INSERT ON transfers FOR EACH ROW",
        f"""
        IF NEW.amount <= 0 OR NEW.source = NEW.target THEN
            {_raise(UNBALANCED, "a transfer moves a positive amount between two accounts")}
        END IF;
        IF 2 <> (SELECT COUNT(*) FROM accounts
                 WHERE name IN (NEW.source, NEW.target) AND currency = NEW.currency) THEN
            {_raise(UNBALANCED, "a transfer has the currency of both of its accounts")}
        END IF;
        RETURN NEW;""",  # noqa: S608
    ),
    "transfers_applied": _function(
        "transfers_applied",
        "AFTER INSERT ON transfers FOR EACH ROW",
        """
        UPDATE accounts SET balance = balance - NEW.amount, moved_by = NEW.id WHERE name = NEW.source;
        UPDATE accounts SET balance = balance + NEW.amount, moved_by = NEW.id WHERE name = NEW.target;
        RETURN NULL;""",
    ),
    "accounts_empty": _function(
        "accounts_empty",
        "BEFORE INSERT ON accounts FOR EACH ROW",
        f"""
        IF NEW.balance <> 0 OR NEW.moved_by IS NOT NULL THEN
            {_raise(UNBALANCED, "an account begins once, empty")}
        END IF;
        RETURN NEW;""",
    ),
    "accounts_stay": _function(
        "accounts_stay",
        "BEFORE DELETE OR TRUNCATE ON accounts FOR EACH STATEMENT",
        _raise(APPEND_ONLY, "accounts"),
    ),
    # Deeper than 1: the update comes from transfers_applied, and not from whoever writes into the database.
    "accounts_moved": _function(
        "accounts_moved",
        "BEFORE UPDATE ON accounts FOR EACH ROW",
        f"""
        IF NEW.name <> OLD.name OR NEW.currency <> OLD.currency OR NEW.overdraw <> OLD.overdraw THEN
            {_raise(UNBALANCED, "an account keeps its name, currency and kind")}
        END IF;
        IF pg_trigger_depth() < 2 THEN
            {_raise(UNBALANCED, "a balance moves with a transfer")}
        END IF;
        IF NEW.balance < 0 AND NEW.balance < OLD.balance AND NOT OLD.overdraw THEN
            {_raise(OVERDRAWN, "an account would go below zero")}
        END IF;
        RETURN NEW;""",
    ),
}

FIRST = {
    "sqlite": {
        **_append_only("transfers", "old.ref = NEW.ref OR old.id = NEW.id"),
        **_append_only("consents", "old.id = NEW.id AND old.data <> NEW.data"),
        **_append_only("thread_entries", "(old.id = NEW.id OR old.seq = NEW.seq) AND old.data <> NEW.data"),
        **_SQLITE_LEDGER,
    },
    "postgres": {
        **_kept("transfers"),
        **_kept("consents"),
        **_kept("thread_entries"),
        **_said_once("consents"),
        **_said_once("thread_entries"),
        **_POSTGRES_LEDGER,
    },
}

ONCE = {
    "sqlite": {
        "accounts_moved_once": _refusing(
            "accounts_moved_once",
            "BEFORE UPDATE OF moved_by ON accounts",
            f"{UNBALANCED}: a transfer moves a balance once",
            "NEW.moved_by <= OLD.moved_by",
        )
    },
    "postgres": {},  # accounts_moved lets nobody but the transfer itself move a balance
}


# The books: for each order that was ever delivered or earned with, what is due (its price once its files were
# released, nothing once it was cancelled) and what was earned. They are kept from the rows alone, whoever
# writes them, so that orders delivered without their money are found by one index among millions.


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
        return {"books_due": _function("books_due", event, f"{book} RETURN NULL;")}
    return {
        "books_due_new": f"CREATE TRIGGER books_due_new AFTER INSERT ON orders FOR EACH ROW BEGIN {book} END",
        "books_due": f"""
            CREATE TRIGGER books_due AFTER UPDATE OF state, data ON orders FOR EACH ROW BEGIN {book} END""",
    }


BOOKS = {
    "sqlite": {
        **_books_due("sqlite", fees=False),
        "books_earned": f"""
            CREATE TRIGGER books_earned AFTER INSERT ON transfers FOR EACH ROW
            WHEN NEW.kind = 'earn' AND NEW."order" IS NOT NULL BEGIN {_book_earned()} END""",
    },
    "postgres": {
        **_books_due("postgres", fees=False),
        "books_earned": _function(
            "books_earned",
            "AFTER INSERT ON transfers FOR EACH ROW",
            f"""
            IF NEW.kind = 'earn' AND NEW."order" IS NOT NULL THEN {_book_earned()} END IF; RETURN NULL;""",
        ),
    },
}


AUDIT = {
    "sqlite": {
        "audit_no_delete": _refusing("audit_no_delete", "BEFORE DELETE ON audit", f"{APPEND_ONLY}: audit"),
        "audit_no_replace": _refusing(
            "audit_no_replace",
            "BEFORE INSERT ON audit",
            f"{APPEND_ONLY}: audit",
            "EXISTS (SELECT 1 FROM audit AS old WHERE old.seq = NEW.seq OR old.id = NEW.id)",
        ),
        "audit_no_update": _refusing(
            "audit_no_update",
            "BEFORE UPDATE ON audit",
            f"{APPEND_ONLY}: audit",
            """NEW.sealed IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.data <> OLD.data
               OR NEW.hash <> OLD.hash OR NEW."by" <> OLD."by" OR NEW."order" IS NOT OLD."order\"""",
        ),
    },
    "postgres": {
        "audit_kept": _function(
            "audit_kept",
            "BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT",
            _raise(APPEND_ONLY, "audit"),
        ),
        "audit_said_once": _function(
            "audit_said_once",
            "BEFORE UPDATE ON audit FOR EACH ROW",
            f"""
            IF NEW.sealed IS NOT NULL OR NEW.seq <> OLD.seq OR NEW.id <> OLD.id OR NEW.data <> OLD.data
                OR NEW.hash <> OLD.hash OR NEW."by" <> OLD."by"
                OR NEW."order" IS DISTINCT FROM OLD."order" THEN
                {_raise(APPEND_ONLY, "audit")}
            END IF;
            RETURN NEW;""",
        ),
    },
}
"""An audit trail is appended to; of what is there only `sealed` may go (storage.chain)."""


DUE = {dialect: _books_due(dialect, fees=False) for dialect in ("sqlite", "postgres")}
DUE_WITH_FEES = {dialect: _books_due(dialect, fees=True) for dialect in ("sqlite", "postgres")}
"""The same with what revisions earned, in the place of those."""


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


# Refunds: of no charge goes back more than it brought, and nothing while somebody else decides about it.


def _json(dialect: str, row: str, path: str) -> str:
    """A text or whole number in the JSON of a row."""
    if dialect == "sqlite":
        return f"json_extract({row}.data, '$.{path}')"
    return f"({row}.data::json #>> '{{{path.replace('.', ',')}}}')"


def _amount(dialect: str, row: str) -> str:
    amount = _json(dialect, row, "amount.amount")
    return amount if dialect == "sqlite" else f"{amount}::bigint"


def _too_much(dialect: str) -> str:
    charge = _json(dialect, "NEW", "charge")
    return f"""NEW.state <> 'failed' AND {_amount(dialect, "NEW")} + (
            SELECT COALESCE(SUM({_amount(dialect, "other")}), 0) FROM refunds AS other
            WHERE other."order" = NEW."order" AND other.id <> NEW.id AND other.state <> 'failed'
                AND {_json(dialect, "other", "charge")} = {charge}
        ) > COALESCE((
            SELECT {_amount(dialect, "charge")} FROM charges AS charge
            WHERE charge.id = {charge} AND charge.state IN ('paid', 'refunding', 'refunded')
        ), 0)"""  # noqa: S608


def _disputed(dialect: str) -> str:
    return f"""EXISTS (
            SELECT 1 FROM disputes AS dispute
            WHERE dispute."order" = NEW."order" AND dispute.state = 'open'
                AND {_json(dialect, "dispute", "charge")} = {_json(dialect, "NEW", "charge")}
        )"""  # noqa: S608


_MUCH = f"{TOO_MUCH}: a charge gives back no more than it brought"
_WAIT = f"{DISPUTED}: nothing of a charge goes back while it is disputed"

REFUNDS = {
    "sqlite": {
        "refunds_too_much": _refusing(
            "refunds_too_much", "BEFORE INSERT ON refunds", _MUCH, _too_much("sqlite")
        ),
        "refunds_too_much_again": _refusing(
            "refunds_too_much_again", "BEFORE UPDATE ON refunds", _MUCH, _too_much("sqlite")
        ),
        "refunds_disputed": _refusing(
            "refunds_disputed",
            "BEFORE INSERT ON refunds",
            _WAIT,
            f"NEW.state <> 'failed' AND {_disputed('sqlite')}",
        ),
        "refunds_disputed_again": _refusing(
            "refunds_disputed_again",
            "BEFORE UPDATE ON refunds",
            _WAIT,
            f"NEW.state = 'sending' AND OLD.state <> 'sending' AND {_disputed('sqlite')}",
        ),
    },
    "postgres": {
        "refunds_kept": _function(
            "refunds_kept",
            "BEFORE INSERT OR UPDATE ON refunds FOR EACH ROW",
            f"""
        IF {_too_much("postgres")} THEN
            {_raise(TOO_MUCH, "a charge gives back no more than it brought")}
        END IF;
        IF (TG_OP = 'INSERT' AND NEW.state <> 'failed'
                OR TG_OP = 'UPDATE' AND NEW.state = 'sending' AND OLD.state <> 'sending')
            AND {_disputed("postgres")} THEN
            {_raise(DISPUTED, "nothing of a charge goes back while it is disputed")}
        END IF;
        RETURN NEW;""",
        ),
    },
}
"""A refund that a till carried out stays what it is, whatever is disputed since."""
