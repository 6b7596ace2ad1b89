"""One REST request, read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.web_request import FileField

from tests.doubles.discord.cdn import Upload


@dataclass(frozen=True)
class Asked:
    """`route` is the template of Discord's document; `body` the JSON, or the `payload_json` beside files."""

    method: str
    route: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    media_type: str = "application/json"
    body: Any = None
    files: Mapping[int, Upload] = field(default_factory=dict)
    size: int = 0

    def id(self, name: str) -> int:
        """A snowflake of the path."""
        return int(self.params[name])


@dataclass(frozen=True)
class Call:
    """A request that was answered, as the double remembers it; `files` are names and sizes."""

    method: str
    route: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    media_type: str
    body: Any
    files: Sequence[tuple[str, int]]
    status: int
    answer: Any

    def __str__(self) -> str:
        return f"{self.method} {self.route} -> {self.status}"


async def read(request: web.Request, route: str) -> Asked:
    """Read a request whole."""
    media_type = request.content_type
    size = request.content_length or 0
    body: Any = None
    files: dict[int, Upload] = {}
    if media_type == "multipart/form-data":
        parts = await request.post()
        for name, part in parts.items():
            if name == "payload_json":
                body = json.loads(str(part))
            elif isinstance(part, FileField) and name.startswith("files["):
                files[int(name[6:-1])] = Upload(part.filename, part.file.read())
        body = {} if body is None else body
    elif request.body_exists:
        body = json.loads(await request.read() or "null")
    return Asked(
        request.method, route, dict(request.match_info), dict(request.query), media_type, body, files, size
    )
