"""Calls as they come over HTTP, read into the dataclass that describes their method.

A method is described by a frozen dataclass named for it (SendMessage → sendMessage), whose fields are its
parameters. What does not fit is refused as the platform would, and written down: no test passes over it.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from typing import Any, get_args, get_type_hints

from aiohttp import BodyPartReader, web

from tests.doubles.telegram.refusals import Refusal, bad

ATTACHED = "attach://"

ChatId = int | str
Object = Mapping[str, Any]
Objects = Sequence[Mapping[str, Any]]
Words = Sequence[str]


@dataclass(frozen=True, repr=False)
class Upload:
    """A file that came with a call."""

    name: str
    media_type: str
    data: bytes

    def __repr__(self) -> str:
        return f"Upload({self.name!r}, {len(self.data)} bytes)"


Media = Upload | str
"""An upload, or the id of a file that is at the server already."""


@dataclass(frozen=True)
class Arrived:
    """The parameters of a call, as text or as the values of a JSON body, and the files that came with it."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    @property
    def chat(self) -> str:
        """The chat it is about, if it names one."""
        return str(self.parameters.get("chat_id", ""))

    def attached(self) -> set[str]:
        """The names of uploads that other parameters refer to."""
        text = json.dumps(self.parameters)
        return {name for name in self.uploads if f"{ATTACHED}{name}" in text}


async def arrived(request: web.Request, most: int) -> Arrived:
    """Read a request; Refusal with 413 if a file is larger than `most` bytes."""
    parameters: dict[str, Any] = dict(request.query)
    uploads: dict[str, Upload] = {}
    if request.content_type == "application/json":
        parameters |= await request.json()
    elif request.content_type == "multipart/form-data":
        too_large = False
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            name = part.name or ""
            if part.filename is None:
                parameters[name] = (await part.read()).decode()
                continue
            data = bytearray()
            while chunk := await part.read_chunk(1 << 16):
                if len(data) <= most:
                    data += chunk
            too_large = too_large or len(data) > most
            kind = part.headers.get("Content-Type", "application/octet-stream")
            uploads[name] = Upload(part.filename, kind, bytes(data))
        if too_large:
            raise Refusal(413, "Request Entity Too Large")
    else:
        parameters |= await request.post()
    return Arrived(parameters, uploads)


def method_name(described: type) -> str:
    """SendMessage → sendMessage."""
    return described.__name__[0].lower() + described.__name__[1:]


def read(described: Any, call: Arrived, complain: Callable[[str], None]) -> Any:
    """The call as its dataclass; Refusal if a parameter is missing or of another type."""
    name, kinds = method_name(described), _kinds(described)
    for unknown in {*call.parameters, *call.uploads} - {*kinds} - call.attached():
        complain(f"{name} came with {unknown}, which this double does not know")
    values: dict[str, Any] = {}
    for part in fields(described):
        if part.name in call.uploads:
            values[part.name] = call.uploads[part.name]
        elif part.name in call.parameters:
            try:
                values[part.name] = _READERS[kinds[part.name]](call.parameters[part.name])
            except (ValueError, TypeError):
                complain(f"{name}.{part.name} is mistyped: {call.parameters[part.name]!r}")
                raise bad(f"can't parse {part.name}") from None
        elif part.default is MISSING and part.default_factory is MISSING:
            complain(f"{name} came without {part.name}")
            raise bad(f"parameter {part.name} is missing")
    return described(**{key: _with_files(value, call.uploads) for key, value in values.items()})


def _with_files(value: Any, uploads: Mapping[str, Upload]) -> Any:
    """The value, with uploads where it refers to them."""
    match value:
        case str() if value.startswith(ATTACHED):
            return uploads.get(value.removeprefix(ATTACHED), value)
        case list():
            return [_with_files(item, uploads) for item in value]
        case dict():
            return {key: _with_files(item, uploads) for key, item in value.items()}
    return value


@cache
def _kinds(described: Any) -> Mapping[str, Any]:
    """Parameter → type, without what says that it may be absent."""
    return {name: _present(kind) for name, kind in get_type_hints(described).items()}


def _present(kind: Any) -> Any:
    arguments = get_args(kind)
    if type(None) not in arguments:
        return kind
    first, *rest = (argument for argument in arguments if argument is not type(None))
    for other in rest:
        first |= other
    return first


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)):
        raise ValueError(value)
    return int(value)


def _boolean(value: Any) -> bool:
    if value not in ("true", "false", True, False):
        raise ValueError(value)
    return value in ("true", True)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _chat(value: Any) -> ChatId:
    return _text(value) if isinstance(value, str) and value.startswith("@") else _integer(value)


def _json(kind: type[Any], items: type | None = None) -> Callable[[Any], Any]:
    def read_json(value: Any) -> Any:
        found = json.loads(value) if isinstance(value, str) else value
        if not isinstance(found, kind) or (
            items is not None and any(not isinstance(item, items) for item in found)
        ):
            raise TypeError(value)
        return found

    return read_json


_READERS: Mapping[Any, Callable[[Any], Any]] = {
    int: _integer,
    bool: _boolean,
    str: _text,
    ChatId: _chat,
    Media: _text,
    Object: _json(dict),
    Objects: _json(list, dict),
    Words: _json(list, str),
}
