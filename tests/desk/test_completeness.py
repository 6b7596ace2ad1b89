"""Nothing is drawn that cannot be pressed, nothing is declared that nobody carries out."""

import ast
from pathlib import Path

import core.desk
from bots.catalogues import load_catalogues
from core.commands import COMMANDS
from core.desk.commanding import ON_COMMAND
from core.desk.forms import FORMS, submitted
from core.desk.pressing import OF_ANYBODY, OF_ARTIST, OF_STAFF, OF_THREAD
from core.desk.scene import Scene, Ways
from core.messages import Incoming, Kind
from core.people import Person, Role
from core.rules import HouseRules
from core.snapshot import Snapshot
from tests.desk.studio import START

DESK = Path(core.desk.__file__).parent


def drawn(called: str, position: int | str) -> set[str]:
    """Every literal that the desk hands to a call, at a position or under a name."""
    found = set()
    for source in DESK.rglob("*.py"):
        for node in ast.walk(ast.parse(source.read_text())):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == called
            ):
                continue
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            value = given.get(position) if isinstance(position, str) else node.args[position]
            if isinstance(value, ast.JoinedStr):
                value = value.values[0]
            if isinstance(value, ast.Constant):
                found.add(str(value.value).partition(":")[0])
    return found


def test_every_verb_on_a_button_is_carried_out_and_every_one_carried_out_is_on_a_button() -> None:
    verbs = drawn("Action", 0)
    handled = {*OF_ARTIST, *OF_STAFF, *OF_THREAD, *OF_ANYBODY}
    assert verbs == handled - {"form"}  # doors without forms make that one themselves


def test_every_form_is_declared_and_every_one_declared_is_on_a_button_or_behind_a_command() -> None:
    assert drawn("Button", "form") | {command.form for command in COMMANDS if command.form} == set(FORMS)


def test_every_command_is_carried_out_and_nothing_else_is() -> None:
    assert {command.name for command in COMMANDS} == set(ON_COMMAND)


def test_every_form_is_carried_out_when_it_comes_back() -> None:
    say = load_catalogues().voice("en")
    person = Person("p", "ada", START, role=Role.OWNER)
    for name, form in FORMS.items():
        values = {field.name: "x" for field in form(say).fields}
        incoming = Incoming("terminal", "1", "ada", "ada", private=True, kind=Kind.FORM, at=START)
        scene = Scene(
            incoming, Snapshot("USD", actor=person), START, HouseRules(), load_catalogues(), Ways({}), person
        )
        changes = submitted(scene, name, values)
        said = [notice.text.plain(moment=str, title=str) for notice in changes.notices]
        assert said, name
        assert "do not know that form" not in said[0], name


def test_a_form_fits_into_the_strictest_door() -> None:
    for language in ("en", "de"):
        say = load_catalogues().voice(language)
        for form in FORMS.values():
            made = form(say)
            assert len(made.title) <= 45  # a Discord modal
            assert 1 <= len(made.fields) <= 5
            assert all(len(field.label) <= 45 for field in made.fields)
