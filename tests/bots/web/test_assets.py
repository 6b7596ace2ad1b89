"""What pages are made of beside their words: for ever the same under its name."""

import hashlib
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bots.web.assets import PATH, Assets


@pytest.fixture
async def base() -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", f"{PATH}/{{name:.*}}", Assets().answer)
    async with TestServer(app) as server:
        yield str(server.make_url(PATH))


async def get(address: str, method: str = "GET") -> tuple[int, str, str, bytes]:
    async with aiohttp.ClientSession() as http, http.request(method, address) as answer:
        headers = answer.headers
        content = await answer.read()
        return answer.status, headers.get("Content-Type", ""), headers.get("Cache-Control", ""), content


async def test_each_is_kept_for_a_year_under_a_name_that_changes_with_what_is_in_it(base: str) -> None:
    names = Assets().names
    assert {"order.css", "page.js", "upload.js", "upload.css", "tus.min.js", "icon.svg"} <= names.keys()
    for name, served in names.items():
        status, _, cache, content = await get(f"{base}/{served}")
        assert (status, cache) == (200, "public, max-age=31536000, immutable")
        stem, _, suffix = name.rpartition(".")
        assert served == f"{stem}.{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"


async def test_each_says_what_it_is_so_that_nothing_is_guessed(base: str) -> None:
    types = {"css": "text/css", "js": "text/javascript", "otf": "font/otf", "svg": "image/svg+xml"}
    for name, served in Assets().names.items():
        assert (await get(f"{base}/{served}"))[1].startswith(types[name.rpartition(".")[2]])


async def test_a_style_sheet_names_fonts_that_are_there_and_nothing_elsewhere(base: str) -> None:
    sheet = (await get(f"{base}/{Assets().names['order.css']}"))[3].decode()
    named = re.findall(r"url\((.*?)\)", sheet)
    assert len(named) == 2
    for name in named:
        assert (await get(f"{base}/{name}"))[0] == 200


@pytest.mark.parametrize("name", ["order.css", "", "../health.py", "%2e%2e/health.py", "nothing"])
async def test_nothing_else_is_there(base: str, name: str) -> None:
    assert (await get(f"{base}/{name}"))[0] == 404


async def test_they_are_only_read(base: str) -> None:
    address = f"{base}/{Assets().names['order.css']}"
    assert (await get(address, "HEAD"))[::3] == (200, b"")
    assert (await get(address, "POST"))[0] == 405
