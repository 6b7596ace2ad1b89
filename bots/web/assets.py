"""`/static`: what pages are made of beside their words, under names that change with what is in them."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

PATH = "/static"

_HERE = Path(__file__).with_name("static")
_VENDOR = Path(__file__).resolve().parents[2] / "vendor"
_FILES = {
    "Inter-Regular.otf": _VENDOR / "inter" / "Inter-Regular.otf",
    "Inter-SemiBold.otf": _VENDOR / "inter" / "Inter-SemiBold.otf",
    "tus.min.js": _VENDOR / "tus-js-client" / "tus.min.js",
    "icon.svg": _HERE / "icon.svg",
    "page.js": _HERE / "page.js",
    "upload.js": _HERE / "upload.js",
    "upload.css": _HERE / "upload.css",
    "order.css": _HERE / "order.css",
}
"""What there is. A style sheet comes after what it names."""

_TYPES = {".css": "text/css", ".js": "text/javascript", ".otf": "font/otf", ".svg": "image/svg+xml"}
_NAMED = re.compile(rb"url\(([\w.-]+)\)")
_YEAR = 365 * 86400


@dataclass(frozen=True, slots=True)
class _Asset:
    content: bytes
    media_type: str


class Assets:
    """All of them, read once."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._assets: dict[str, _Asset] = {}
        for name, path in _FILES.items():
            if path.is_file():
                self._add(name, path.read_bytes())

    @property
    def names(self) -> Mapping[str, str]:
        """Under which name each is served."""
        return self._names

    async def answer(self, request: web.Request) -> web.Response:
        """404 for what there is not, 405 for what is no reading."""
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_GET, hdrs.METH_HEAD])
        asset = self._assets.get(request.path.removeprefix(f"{PATH}/"))
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            hdrs.CONTENT_TYPE: asset.media_type,
            hdrs.CACHE_CONTROL: f"public, max-age={_YEAR}, immutable",
        }
        return web.Response(body=asset.content, headers=headers)

    def _add(self, name: str, content: bytes) -> None:
        content = _NAMED.sub(lambda match: b"url(%s)" % self._names[match[1].decode()].encode(), content)
        stem, suffix = Path(name).stem, Path(name).suffix
        self._names[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        charset = "" if suffix == ".otf" else "; charset=utf-8"
        self._assets[self._names[name]] = _Asset(content, _TYPES[suffix] + charset)
