"""The web on loopback, for what fetches from strangers: sites by name, over HTTP and HTTPS.

    async with running_web() as web:
        web.sites["files.example/song.wav"] = File(b"…").answer
        door = LinkDoor(most, web.outside)

A site is a host with a path, or a host alone, and a handler of aiohttp. Every name leads to OUTSIDE, where
the sites are, unless `web.names` has others for it, some for each time it is looked up. INSIDE is an
address that the machine has too and that is nobody's business: `web.intruded` is what was asked there.
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from ssl import PROTOCOL_TLS_CLIENT, PROTOCOL_TLS_SERVER, SSLContext

import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bots.web.outside import Address, Outside

OUTSIDE = "127.0.0.1"
INSIDE = "127.0.0.2"

HOSTS = (
    "files.example",
    "other.example",
    "www.dropbox.com",
    "drive.google.com",
    "drive.usercontent.google.com",
)
"""Whom the certificate names."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class File:
    """A file that a site has. `cuts`: after how many bytes the line is cut, one for each answer."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The file, or its rest if that is asked for and it is still the same."""
        start, status, headers = 0, 200, {"Content-Type": "audio/wav", **self.headers}
        same = request.headers.get("If-Range") in (headers.get("ETag"), headers.get("Last-Modified"))
        if self.ranges and same and (asked := request.headers.get("Range")):
            start, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            headers["Content-Range"] = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = len(self.body) - start
        await response.prepare(request)
        if self.cuts:
            await response.write(self.body[start : start + self.cuts.pop(0)])
            assert request.transport is not None
            request.transport.close()
        else:
            await response.write(self.body[start:])
        return response


def page(words: str = "<!DOCTYPE html><title>Sign in</title>") -> Handler:
    """A page where a file was expected."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(text=words, content_type="text/html")

    return answer


def redirect(location: str, status: int = 302) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": location})

    return answer


class Web:
    """What is on the web now."""

    def __init__(self) -> None:
        self.sites: dict[str, Handler] = {}
        self.names: dict[str, list[tuple[str, ...]]] = {}
        self.asked: list[web.Request] = []
        self.intruded: list[web.Request] = []
        self.outside = Outside()
        self.ports: dict[tuple[str, int], int] = {}  # on this machine, for an address and port of the web

    def where(self, host: str, port: int) -> list[tuple[str, int]]:
        """The addresses of a name, looked up once more, with the port on this machine for that of the web."""
        addresses = self.names[host].pop(0) if host in self.names else (OUTSIDE,)
        return [(address, self.ports.get((address, port), port)) for address in addresses]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        for site in (f"{request.host}{request.path}", request.host):
            if site in self.sites:
                return await self.sites[site](request)
        return web.Response(status=404, text="<html>not here</html>", content_type="text/html")

    async def _intruded(self, request: web.Request) -> web.StreamResponse:
        self.intruded.append(request)
        return web.Response(body=b"the secrets of this machine", content_type="audio/wav")

    async def _serve(
        self, handler: Handler, address: str, port: int, tls: SSLContext | None
    ) -> web.ServerRunner:
        runner = web.ServerRunner(web.Server(handler))  # type: ignore[arg-type]  # it may be any coroutine
        await runner.setup()
        site = web.TCPSite(runner, address, 0, ssl_context=tls)
        await site.start()
        self.ports[address, port] = runner.addresses[0][1]
        return runner


@dataclass(frozen=True)
class _Names(AbstractResolver):
    """Looks up whatever it is asked for in `web`."""

    web: Web

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=there, family=socket.AF_INET, proto=0, flags=0)
            for address, there in self.web.where(host, port)
        ]

    async def close(self) -> None:
        pass


def _outside(address: Address) -> bool:
    return address == ip_address(OUTSIDE)


@asynccontextmanager
async def running_web() -> AsyncIterator[Web]:
    """The web, until the context ends."""
    found, authority = Web(), trustme.CA()
    theirs, ours = SSLContext(PROTOCOL_TLS_SERVER), SSLContext(PROTOCOL_TLS_CLIENT)
    authority.issue_cert(*HOSTS).configure_cert(theirs)
    authority.configure_trust(ours)
    found.outside = Outside(_outside, lambda: _Names(found), ours)
    runners = [
        await found._serve(handler, address, port, tls)
        for handler, address in ((found._answer, OUTSIDE), (found._intruded, INSIDE))
        for port, tls in ((80, None), (443, theirs))
    ]
    try:
        yield found
    finally:
        for runner in runners:
            await runner.cleanup()
