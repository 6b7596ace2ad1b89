"""Is this JSON what an OpenAPI 3.1 document says it is? The judge of the loopback Discord.

It knows the part of JSON Schema that Discord's document uses, follows a `$ref` when it comes to one, and
leaves unknown keys alone, as the document does.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

# Beside the repository where the document is kept for us; it is not ours to distribute.
DISCORD = Path(__file__).parents[3] / "shared" / "spec" / "discord-openapi.json"

Schema = Mapping[str, Any]

_RANGES = {"int32": 2**31, "int64": 2**63}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list, tuple),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


@dataclass(frozen=True)
class Judge:
    """Reads requests and answers beside an OpenAPI document; a complaint is one sentence with its place."""

    document: Mapping[str, Any]
    numeric_ids: bool = False  # in requests Discord takes numbers for snowflakes, and discord.py sends them

    @classmethod
    def of(cls, path: Path) -> "Judge | None":
        """The judge who reads this document; None where it is not there."""
        return cls(json.loads(path.read_text())) if path.exists() else None

    def request(self, method: str, route: str, media_type: str, body: Any) -> list[str]:
        """What is wrong with a request. `route` is a template, as in `/channels/{channel_id}`; `body` is None
        where there was none, and the `payload_json` of a multipart one."""
        operation = self._operation(method, route)
        if operation is None:
            return [f"{method} {route} is not in the document"]
        asked = operation.get("requestBody")
        if asked is None:
            return [] if body is None else [f"{method} {route} takes no body"]
        if body is None:
            return [f"{method} {route} needs a body"] if asked.get("required") else []
        content = asked["content"].get(media_type)
        if content is None:
            return [f"{method} {route} does not take {media_type}"]
        lenient = replace(self, numeric_ids=True)
        return [f"{method} {route}: {said}" for said in lenient._check(content["schema"], body, "body")]

    def answer(self, method: str, route: str, status: int, body: Any) -> list[str]:
        """What is wrong with our answer to it."""
        operation = self._operation(method, route)
        if operation is None:
            return []  # said of the request already
        answers = operation["responses"]
        found = answers.get(str(status)) or answers.get(f"{status // 100}XX")
        if found is None:
            return [f"{method} {route} is not answered with {status}"]
        content = self._resolved(found).get("content")
        if content is None:
            return [] if body is None else [f"{method} {route} answers {status} without a body"]
        schema = content["application/json"]["schema"]
        return [f"{method} {route} -> {status}: {said}" for said in self._check(schema, body, "answer")]

    def named(self, name: str, value: Any) -> list[str]:
        """What is wrong with a value that should be this schema of the document."""
        return self._check({"$ref": f"#/components/schemas/{name}"}, value, name)

    def _operation(self, method: str, route: str) -> Mapping[str, Any] | None:
        found: Mapping[str, Any] | None = self.document["paths"].get(route, {}).get(method.lower())
        return found

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            target: Any = self.document
            for step in schema["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            schema = target
        return schema

    def _check(self, schema: Schema, value: Any, place: str) -> list[str]:
        schema = self._resolved(schema)
        if self.numeric_ids and schema.get("format") == "snowflake" and type(value) is int:
            return []
        wrong = _type(schema, value, place)
        if wrong:
            return wrong
        if "const" in schema and value != schema["const"]:
            return [f"{place} is {value!r}, not {schema['const']!r}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{place} is {value!r}, none of {schema['enum']}"]
        complaints = [said for part in schema.get("allOf", ()) for said in self._check(part, value, place)]
        if "oneOf" in schema:
            complaints += self._choice(schema["oneOf"], value, place, most=1)
        if "anyOf" in schema:
            complaints += self._choice(schema["anyOf"], value, place, most=len(schema["anyOf"]))
        if isinstance(value, Mapping):
            complaints += self._object(schema, value, place)
        elif isinstance(value, (list, tuple)):
            complaints += self._array(schema, value, place)
        elif isinstance(value, str):
            complaints += _text(schema, value, place)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            complaints += _number(schema, value, place)
        return complaints

    def _choice(self, branches: Sequence[Schema], value: Any, place: str, *, most: int) -> list[str]:
        verdicts = [self._check(branch, value, place) for branch in branches]
        fitting = sum(not verdict for verdict in verdicts)
        if 1 <= fitting <= most:
            return []
        if fitting:
            return [f"{place} fits {fitting} of the schemas it may be only one of"]
        kind = (
            f"{place}.type is"  # the branches that are not meant speak of the type: they say nothing useful
        )
        meant = [said for said in verdicts if not any(one.startswith((kind, f"{place} is")) for one in said)]
        return min(meant, key=len) if meant else [f"{place} is none of what it may be: {_short(value)}"]

    def _object(self, schema: Schema, value: Mapping[str, Any], place: str) -> list[str]:
        known = schema.get("properties", {})
        complaints = [
            f"{place}.{name} is missing" for name in schema.get("required", ()) if name not in value
        ]
        others = schema.get("additionalProperties", True)
        for name, part in value.items():
            if name in known:
                complaints += self._check(known[name], part, f"{place}.{name}")
            elif others is False:
                complaints.append(f"{place}.{name} is not known")
            elif isinstance(others, Mapping):
                complaints += self._check(others, part, f"{place}.{name}")
        return complaints + _amount(schema, len(value), place, "Properties")

    def _array(self, schema: Schema, value: Sequence[Any], place: str) -> list[str]:
        complaints = _amount(schema, len(value), place, "Items")
        if schema.get("uniqueItems") and len({json.dumps(one, sort_keys=True) for one in value}) < len(value):
            complaints.append(f"{place} holds something twice")
        if "items" in schema:
            for at, part in enumerate(value):
                complaints += self._check(schema["items"], part, f"{place}[{at}]")
        return complaints


def _type(schema: Schema, value: Any, place: str) -> list[str]:
    wanted = schema.get("type")
    if wanted is None:
        return []
    names = [wanted] if isinstance(wanted, str) else wanted
    for name in names:
        if isinstance(value, _TYPES[name]) and (name == "boolean" or not isinstance(value, bool)):
            return []
    return [f"{place} is {_short(value)}, not {' or '.join(names)}"]


def _amount(schema: Schema, amount: int, place: str, unit: str) -> list[str]:
    least, most = schema.get(f"min{unit}", 0), schema.get(f"max{unit}")
    if amount < least:
        return [f"{place} has {amount} {unit.lower()}, fewer than {least}"]
    if most is not None and amount > most:
        return [f"{place} has {amount} {unit.lower()}, more than {most}"]
    return []


def _text(schema: Schema, value: str, place: str) -> list[str]:
    complaints = _amount(schema, len(value), place, "Length")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        complaints.append(f"{place} is {_short(value)}, which {schema['pattern']} does not match")
    if schema.get("format") == "uri" and not re.match(r"[a-z][a-z0-9+.-]*:", value):
        complaints.append(f"{place} is {_short(value)}, no URI")
    if schema.get("format") == "date-time":
        try:
            aware = datetime.fromisoformat(value).tzinfo is not None
        except ValueError:
            aware = False
        if not aware:
            complaints.append(f"{place} is {_short(value)}, no time with an offset")
    return complaints


def _number(schema: Schema, value: float, place: str) -> list[str]:
    range_ = _RANGES.get(schema.get("format", ""))
    least = schema.get("minimum", -range_ if range_ else value)
    most = schema.get("maximum", range_ - 1 if range_ else value)
    return [] if least <= value <= most else [f"{place} is {value}, not between {least} and {most}"]


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 120 else f"{text[:117]}…"
