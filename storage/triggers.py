"""Rules that the database itself keeps, in its own words: the ledger, and what is only ever appended.

RunSQL knows one dialect and cuts a script at every semicolon, also within a trigger; Triggers does neither.
Every refusal begins with one of the words below, so that the store can tell them apart.
"""

from collections.abc import Mapping, Sequence

from tortoise.migrations.operations import Operation
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

OVERDRAWN = "overdrawn"
APPEND_ONLY = "append-only"
UNBALANCED = "unbalanced"


class Triggers(Operation):
    """Create triggers by dialect, and drop them again by name."""

    def __init__(self, create: Mapping[str, Mapping[str, str]]) -> None:
        self._create = create

    def state_forward(self, app_label: str, state: State) -> None:
        """Models know nothing of triggers."""

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Create them in the editor's dialect; KeyError if they were not written in it."""
        if state_editor:
            await _run(state_editor, list(self._create[state_editor.DIALECT].values()))

    async def database_backward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        """Drop them."""
        if state_editor:
            names = self._create[state_editor.DIALECT]
            await _run(state_editor, [f'DROP TRIGGER "{name}"' for name in names])


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

FIRST = {
    "sqlite": {
        **_append_only("transfers", "old.ref = NEW.ref OR old.id = NEW.id"),
        **_append_only("consents", "old.id = NEW.id AND old.data <> NEW.data"),
        **_append_only("thread_entries", "(old.id = NEW.id OR old.seq = NEW.seq) AND old.data <> NEW.data"),
        **_SQLITE_LEDGER,
    }
}
