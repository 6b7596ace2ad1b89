"""What goes wrong before a handler, beside it and in it: one sentence of the house, with its headers."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs as caught

from bots.web.headers import ALWAYS
from bots.web.health import Health, serving
from core.access import linked
from tests.bots.web.browsing import Answer
from tests.bots.web.ordering import Studio, open_orders

LONG = "x" * 9000
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
PARTS = "Content-Type: multipart/form-data; boundary=b\r\n"
TUS = "Tus-Resumable: 1.0.0\r\n"
READS = "Accept: text/html,application/xhtml+xml\r\n"

ASKED = {
    "a path that is nowhere": ("GET", "/nowhere", "", "", 404),
    "the root": ("GET", "/", "", "", 404),
    "a file that no page is made of": ("GET", "/static/nothing.css", "", "", 404),
    "a folder above": ("GET", "/static/../../etc/passwd", "", "", 404),
    "a host for which somebody takes us": ("GET", "http://elsewhere.example/", "", "", 404),
    "an escape that is none": ("GET", "/%zz", "", "", 404),
    "an escape that is no text": ("GET", "/%ff%fe", "", "", 404),
    "an escape in a token": ("GET", "/o/%00%zz", "", "", 404),
    "an escape in a part": ("GET", "/o/{token}/media/%ff", "", "", 404),
    "the whole server": ("OPTIONS", "*", "", "", 404),
    "what can be done nowhere": ("OPTIONS", "/nowhere", "", "", 404),
    "a sign of life that is written to": ("POST", "/livez", "", "", 405),
    "figures that are traced": ("TRACE", "/metrics", "", "", 405),
    "a style that is written to": ("PUT", "/static/order.css", "", "", 405),
    "a page that is deleted": ("DELETE", "/o/{token}", "", "", 405),
    "a page that is traced": ("TRACE", "/o/{token}", "", "", 405),
    "a press that is read": ("GET", "/o/{token}/press", "", "", 405),
    "a link that is written to": ("POST", "/f/{link}", "", "", 405),
    "a webhook that is read": ("GET", "/hooks/telegram", "", "", 405),
    "a webhook without its secret": ("POST", "/hooks/telegram", "", "", 401),
    "a form that is none": ("POST", "/o/{token}/press", "", "", 415),
    "a form of too many bytes": ("POST", "/o/{token}/press", FORM, "x" * 70_000, 413),
    "a press of another site": ("POST", "/o/{token}/press", "Sec-Fetch-Site: cross-site\r\n", "", 403),
    "parts that are none": ("POST", "/o/{token}/uploads/form", PARTS + READS, "x" * 20, 400),
    "a part whose header is too long": (
        "POST", "/o/{token}/uploads/form", PARTS, f"--b\r\nX: {LONG * 2}\r\n\r\n\r\n--b--", 400,
    ),
    "a part whose header is none": ("POST", "/o/{token}/uploads/form", PARTS, "--b\r\nx\r\n\r\n--b--", 400),
    "a file in a form that asks for no method": ("POST", "/o/{token}/uploads/{upload}", TUS, "", 405),
    "a handler that breaks": ("GET", "/broken", "", "", 500),
    "a deed that breaks": ("POST", "/broken", "", "", 500),
    "a body that no handler takes": ("POST", "/reads", "", "x" * 2_000_000, 413),
    "a handler that stands still": ("GET", "/stands", "", "", 500),
}  # fmt: skip
"""Method, path, headers, body; and the status that comes back."""

PARSED = {
    "a line that is too long": f"GET /{LONG} HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header that is too long": f"GET / HTTP/1.1\r\nHost: x\r\nX: {LONG}\r\n\r\n",
    "too many headers": "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n" * 200 + "\r\n",
    "a method that is none": "FOO!@ / HTTP/1.1\r\nHost: x\r\n\r\n",
    "no HTTP": "\x16\x03\x01\x02\r\n\r\n",
    "a chunk that is none": "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "two lengths": "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
}
"""What aiohttp answers by itself: no application is asked before a request has a method and a path."""


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    async with open_orders(place, hook="secret") as opened:
        yield opened


async def broken(_request: web.Request) -> web.Response:
    raise RuntimeError("a table of the database is gone")


async def reads(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def stands(_request: web.Request) -> web.Response:
    raise TimeoutError


async def raw(studio: Studio, told: str) -> Answer:
    """The first answer to bytes as they are."""
    _, _, host = studio.base.partition("//")
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    writer.write(told.encode("latin-1"))
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {line.partition(": ")[0]: line.partition(": ")[2] for line in head[1:] if line}
    head_only = told.startswith("HEAD ")
    body = b"" if head_only else await reader.readexactly(int(headers["Content-Length"]))
    writer.close()
    return Answer(int(head[0].split()[1]), headers, body)


async def asked(studio: Studio, case: str, more: str = "") -> Answer:
    method, path, headers, body, _ = ASKED[case]
    now, rules = studio.rooms.premises.clock.now(), studio.rooms.premises.rules
    link = linked(studio.order, studio.clip, now, rules).link
    assert link is not None
    path = path.format(token=studio.shown(), link=studio.rooms.links.token(link), upload="0" * 32)
    head = f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{more}{headers}"
    return await raw(studio, f"{head}\r\n{body}")


def said(answer: Answer) -> str:
    """The words of an answer, without the heading and the name of the house of a page."""
    if answer.headers["Content-Type"].startswith("text/plain"):
        return answer.text
    return str(answer.text.partition("<footer><p>")[2].partition("</p>")[0])


async def test_whatever_goes_wrong_is_one_sentence_of_the_house(studio: Studio) -> None:
    more = {"/broken": broken, "/reads": reads, "/stands": stands}
    with studio.health.open({}, studio.metrics, {**studio.health.routes, **more}):
        for case, (method, _, headers, _, status) in ASKED.items():
            answer = await asked(studio, case)
            assert answer.status == status, case
            assert ALWAYS.keys() <= answer.headers.keys(), case
            wanted = "text/html" if method == "GET" or READS in headers else "text/plain"
            assert answer.headers["Content-Type"] == f"{wanted}; charset=utf-8", case
            assert re.fullmatch(r"([A-Z][^.?]+[.?] ?){1,3}\n?", said(answer)), (case, said(answer))
            assert ("Allow" in answer.headers) == (status == 405), case


async def test_a_reader_gets_a_page_in_their_language_whatever_they_did(studio: Studio) -> None:
    german = f"{READS}Accept-Language: de-AT,de;q=0.9\r\n"
    with studio.health.open({}, studio.metrics, {**studio.health.routes, "/broken": broken}):
        for case in (
            "a path that is nowhere",
            "a page that is deleted",
            "a form that is none",
            "a deed that breaks",
        ):
            answer = await asked(studio, case, german)
            assert answer.headers["Content-Type"] == "text/html; charset=utf-8", case
            assert answer.page.all("html", "lang") == ["de"], case
            assert answer.page.all("form", "action") == answer.page.all("script", "src") == [], case


async def test_what_broke_is_not_told_to_who_asked(studio: Studio) -> None:
    with studio.health.open({}, studio.metrics, {"/broken": broken}), caught() as logged:
        answer = await asked(studio, "a handler that breaks")
    assert "table" not in answer.text
    assert [one["event"] for one in logged] == ["request failed"]


async def test_a_look_at_the_head_of_an_error_is_that_error_without_its_words(studio: Studio) -> None:
    answer = await raw(studio, "HEAD /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.status == 404
    assert ALWAYS.keys() <= answer.headers.keys()


async def test_an_expectation_that_nobody_knows_changes_no_answer(studio: Studio) -> None:
    for path, status in (("/livez", 200), ("/nowhere", 404)):
        answer = await raw(studio, f"GET {path} HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\n\r\n")
        assert answer.status == status


async def test_before_the_house_is_open_it_says_so(studio: Studio) -> None:
    async with serving(Health(), "127.0.0.1", 0) as (host, port):
        for path in ("/", "/metrics", f"/o/{studio.shown()}"):
            answer = await studio.fetch(f"http://{host}:{port}{path}")
            assert answer.status == 503
            assert "The studio is not open at this moment." in answer.text


@pytest.mark.parametrize("case", PARSED)
async def test_what_is_no_request_is_answered_by_the_parser_alone(studio: Studio, case: str) -> None:
    """Nothing of ours is asked, so it has neither the words nor the headers of the house."""
    answer = await raw(studio, PARSED[case])
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Security-Policy" not in answer.headers
