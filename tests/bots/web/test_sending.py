"""Bytes on their way to a browser, and what breaks them off."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bots.web.sending import STALLED, Body, send
from core.ports import Damaged, Unreachable

Read = Callable[[int], AsyncIterator[bytes]]


@asynccontextmanager
async def offered(read: Read, size: int, counted: list[str], stalled: float = STALLED) -> AsyncIterator[str]:
    """The address of a body of `size` bytes. What is counted of its download is put into the list."""

    async def begun() -> None:
        counted.append("begun")

    async def gone(start: int, end: int) -> None:
        counted.append(f"{start} to {end}")

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            body = Body("x", "application/zip", size, "tag", read)
            return await send(request, body, begun, gone, stalled)
        except Unreachable:
            return web.Response(status=503)

    app = web.Application()
    app.router.add_get("/", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


async def fetch(address: str, into: bytearray, headers: Mapping[str, str] | None = None) -> int:
    """Put what comes into `into`; the status."""
    async with aiohttp.ClientSession() as http, http.get(address, headers=headers) as answer:
        async for piece in answer.content.iter_any():
            into += piece
        return answer.status


async def raw(address: str) -> bytes:
    """All that comes until the line is closed or broken off."""
    url, got = URL(address), bytearray()
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: studio\r\nConnection: close\r\n\r\n")
    with suppress(ConnectionResetError):
        while piece := await reader.read(1 << 16):
            got += piece
    writer.close()
    return bytes(got)


def bytes_of(content: bytes) -> Read:
    async def read(start: int) -> AsyncIterator[bytes]:
        yield content[start:]

    return read


@pytest.mark.parametrize("broken", [Unreachable("away"), Damaged("x"), FileNotFoundError("x")], ids=repr)
async def test_what_breaks_in_the_middle_is_never_filled_up_with_another_answer(broken: Exception) -> None:
    async def read(start: int) -> AsyncIterator[bytes]:
        yield b"a" * 100_000
        raise broken

    counted: list[str] = []
    async with offered(read, 1_000_000, counted) as address:
        head, _, got = (await raw(address)).partition(b"\r\n\r\n")
    assert b"Content-Length: 1000000" in head
    assert got.strip(b"a") == b""
    assert counted == ["begun", "0 to 100000"]


async def test_what_is_not_there_is_known_before_anything_is_sent() -> None:
    async def read(start: int) -> AsyncIterator[bytes]:
        raise Unreachable("away")
        yield b""

    counted: list[str] = []
    async with offered(read, 10, counted) as address:
        assert await fetch(address, bytearray()) == 503
    assert counted == []


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        ("", ["begun", "0 to 10"]),
        ("bytes=5-", ["begun", "5 to 10"]),
        ("bytes=0-8", ["begun", "0 to 9"]),
        ("bytes=99-", []),
    ],
)
async def test_which_bytes_have_gone_is_told_when_they_have(asked: str, counted: list[str]) -> None:
    found: list[str] = []
    async with offered(bytes_of(b"0123456789"), 10, found) as address:
        await fetch(address, bytearray(), {"Range": asked} if asked else {})
    assert found == counted


async def test_who_takes_nothing_for_long_is_cut_off() -> None:
    ended = asyncio.Event()

    async def read(start: int) -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(1 << 20)
        finally:
            ended.set()

    counted: list[str] = []
    async with offered(read, 1 << 40, counted, stalled=0.1) as address:
        url = URL(address)
        reader, writer = await asyncio.open_connection(url.host, url.port, limit=1 << 10)
        writer.write(b"GET / HTTP/1.1\r\nHost: studio\r\n\r\n")
        await ended.wait()
        with suppress(ConnectionResetError):
            while await reader.read(1 << 20):
                pass
        assert reader.at_eof() or reader.exception() is not None
        writer.close()
    assert counted[0] == "begun"
