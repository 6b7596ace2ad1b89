"""What the documents say of the house is there."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.commands import COMMANDS

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "benchmarks/README.md"])

MODULE = r"`((?:core|bots|storage|dsp|tests|benchmarks)/[a-z0-9_/]+\.py)`"


def _text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _section(text: str, title: str) -> str:
    """What stands below a heading, up to the next one of the same kind."""
    return text.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def _keys(tables: Mapping[str, Any]) -> Iterator[str]:
    for key, value in tables.items():
        yield key
        if isinstance(value, dict):
            yield from _keys(value)


each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each_document
def test_every_link_to_a_file_leads_to_one(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@each_document
def test_every_module_that_is_named_by_its_path_is_there(path: Path) -> None:
    named = re.findall(
        r"`((?:core|bots|storage|dsp|tests|benchmarks)/[a-z0-9_/]+\.py)`", path.read_text(encoding="utf-8")
    )
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_map_of_the_desk_has_each_of_its_modules_once() -> None:
    named = Counter(
        re.findall(r"`([\w/]+\.py)`", _section(_text("docs/architecture.md"), "A map of the desk"))
    )
    desk = ROOT / "core/desk"
    modules = {path.relative_to(desk).as_posix() for path in desk.rglob("*.py") if path.name != "__init__.py"}
    assert named == Counter(modules)


def test_the_operators_guide_explains_every_rule_of_the_house() -> None:
    told = _section(_text("docs/operator.md"), "The house rules, section by section")
    rules = set(_keys(tomllib.loads(_text("rules.toml"))))
    assert {rule for rule in rules if not re.search(rf"\b{rule}\b", told)} == set()


def test_every_command_stands_in_the_operators_guide() -> None:
    told = _section(_text("docs/operator.md"), "Commands, and whose they are")
    assert [one.name for one in COMMANDS if f"`/{one.name}" not in told] == []
