"""How a database keeps a rule itself: triggers in its own words, and the migrations that bring them.

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


def refusing(name: str, event: str, refusal: str, when: str = "1") -> str:
    """A trigger of SQLite that refuses what is done to a row, `when` that is so."""
    refuse = f"SELECT RAISE(ABORT, '{refusal}')"
    return f"CREATE TRIGGER {name} {event} FOR EACH ROW WHEN {when} BEGIN {refuse}; END"


def append_only(table: str, same: str) -> dict[str, str]:
    """In SQLite: no UPDATE, no DELETE, and no REPLACE, which deletes without asking the DELETE trigger.

    `same`: whether a row of the table is the very row that is being written again, which changes nothing.
    """
    taken = f"EXISTS (SELECT 1 FROM {table} AS old WHERE {same})"  # noqa: S608
    events = {"update": ("UPDATE", "1"), "delete": ("DELETE", "1"), "replace": ("INSERT", taken)}
    return {
        f"{table}_no_{name}": refusing(
            f"{table}_no_{name}", f"BEFORE {event} ON {table}", f"{APPEND_ONLY}: {table}", when
        )
        for name, (event, when) in events.items()
    }


def function(name: str, event: str, body: str) -> str:
    """A function of PostgreSQL and its trigger. `event` says when, on which table and for what."""
    return f"""
        CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$;
        CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()"""


def raising(kind: str, why: str) -> str:
    """The refusal of one kind, in a function of PostgreSQL."""
    return f"RAISE EXCEPTION '{kind}: {why}' USING ERRCODE = '{SQLSTATES[kind]}';"


def kept(table: str) -> dict[str, str]:
    """In PostgreSQL: no UPDATE, no DELETE, no TRUNCATE."""
    name = f"{table}_kept"
    event = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT"
    return {name: function(name, event, raising(APPEND_ONLY, table))}


def said_once(table: str) -> dict[str, str]:
    """In PostgreSQL: written again, a row is left as it is (ON CONFLICT DO NOTHING), unless it says else."""
    name = f"{table}_said_once"
    other = f"EXISTS (SELECT 1 FROM {table} AS there WHERE there.id = NEW.id AND there.data <> NEW.data)"  # noqa: S608
    refuse = raising(APPEND_ONLY, table)
    body = f"IF {other} THEN {refuse} END IF; RETURN NEW;"
    return {name: function(name, f"BEFORE INSERT ON {table} FOR EACH ROW", body)}
