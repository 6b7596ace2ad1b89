"""Entities of the core as JSON text: one column holds the whole of each; a new field needs no migration."""

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(entity: object) -> str:
    """The JSON of a frozen dataclass. Floats that are no numbers become null."""
    return _adapter(cast(Any, type(entity))).dump_json(entity).decode()


def read(kind: type[T], text: str) -> T:
    """The dataclass that `dump` wrote. Fields it lacks take their defaults; fields it has too many go."""
    entity: T = _adapter(cast(Any, kind)).validate_json(text)
    return entity
