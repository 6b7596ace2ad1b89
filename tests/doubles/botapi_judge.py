"""Calls and answers of the Bot API, judged by its machine-readable specification.

The specification is a JSON file with `methods` (name → `fields`, `returns`) and `types` (name → `fields` or
`subtypes`), each field with `name`, `types`, `required` and `description`. Types are written as there:
Integer, Float, Boolean, String, InputFile, a type's name, "Array of …".
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SPECIFICATION = Path(__file__).resolve().parents[2] / "../shared/spec/telegram-botapi.json"

Fields = Mapping[str, Mapping[str, Any]]

_CONSTANT = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)[”\"]?\.?$")
_NUMBER = re.compile(r"-?\d+")

_PLAIN: Mapping[str, Callable[[object], bool]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
}


@dataclass(frozen=True)
class Judge:
    """What is wrong with a call, an answer or an update, one sentence each; nothing if all is well."""

    methods: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]

    def call(self, method: str, parameters: Mapping[str, object], files: Sequence[str] = ()) -> list[str]:
        """Judge a call.

        `parameters` are as they came: text, which is JSON where the type is not String, or the values of a
        JSON body. `files` are the names of the parameters that came as uploads.
        """
        if method not in self.methods:
            return [f"there is no method {method}"]
        fields = _fields(self.methods[method])
        found = [f"{method} has no parameter {name}" for name in (*parameters, *files) if name not in fields]
        for name, field in fields.items():
            if name in files:
                if "InputFile" not in field["types"]:
                    found.append(f"{method}.{name} cannot be an upload")
            elif name in parameters:
                found += self._best(parameters[name], field["types"], f"{method}.{name}", as_text=True)
            elif field["required"]:
                found.append(f"{method} came without {name}")
        return found

    def answer(self, method: str, result: object) -> list[str]:
        """Judge the `result` of an answer that is `ok`."""
        if method not in self.methods:
            return [f"there is no method {method}"]
        return self._best(result, self.methods[method]["returns"], f"the answer of {method}")

    def thing(self, kind: str, value: object) -> list[str]:
        """Judge a value of a type, such as an Update."""
        return self._best(value, [kind], kind)

    def _best(self, value: object, kinds: Sequence[str], where: str, *, as_text: bool = False) -> list[str]:
        """The faults by the type that it fits best."""
        return min((list(self._faults(value, kind, where, as_text)) for kind in kinds), key=len)

    def _faults(self, value: object, kind: str, where: str, as_text: bool) -> Iterator[str]:
        if as_text and isinstance(value, str) and kind != "String":
            try:
                value = json.loads(value)
            except ValueError:
                yield f"{where} should be {kind}, not {value!r}"
                return
        if kind in _PLAIN:
            if not _PLAIN[kind](value):
                yield f"{where} should be {kind}, not {value!r}"
        elif kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{where} should be {kind}, not {value!r}"
                return
            for number, item in enumerate(value):
                yield from self._faults(item, kind.removeprefix("Array of "), f"{where}[{number}]", False)
        elif subtypes := self.types[kind].get("subtypes"):
            yield from self._best(value, subtypes, where)
        else:
            yield from self._object(value, kind, where)

    def _object(self, value: object, kind: str, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where} should be {kind}, not {value!r}"
            return
        fields = _fields(self.types[kind])
        yield from (f"{where}: {kind} has no {name}" for name in value if name not in fields)
        for name, field in fields.items():
            if name in value:
                yield from self._best(value[name], field["types"], f"{where}.{name}")
                constant = _CONSTANT.search(field["description"]) if field["types"] == ["String"] else None
                if constant is not None and value[name] != constant[1]:
                    yield f"{where}.{name} should be {constant[1]}, not {value[name]!r}"
            elif field["required"]:
                yield f"{where}: {kind} came without {name}"


def _fields(described: Mapping[str, Any]) -> Fields:
    return {field["name"]: field for field in described.get("fields", ())}


@cache
def judge(specification: Path = SPECIFICATION) -> Judge | None:
    """The judge, if the specification is there."""
    if not specification.is_file():
        return None
    read = json.loads(specification.read_text())
    return Judge(read["methods"], read["types"])
