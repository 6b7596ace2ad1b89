"""The server: a port of loopback that speaks REST, gateway and CDN, remembers each call and has it judged."""

import asyncio
import json
import socket
import ssl
import traceback
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any, TypeVar

import aiohttp
import trustme
import yarl
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.doubles.discord import wire
from tests.doubles.discord.asked import Asked, Call, read
from tests.doubles.discord.cdn import Cdn
from tests.doubles.discord.faults import Fault, Faults, Struck
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.interactions import Interactions
from tests.doubles.discord.messages import Messages
from tests.doubles.discord.people import Person
from tests.doubles.discord.refusals import Refused, unauthorized
from tests.doubles.discord.rest import CREATED, Handler, Rest
from tests.doubles.discord.sight import Seen, seen
from tests.doubles.discord.state import (
    MEMBER,
    MIB,
    Channel,
    Clock,
    Guild,
    Json,
    Limits,
    Member,
    Permission,
    Place,
    User,
    World,
)
from tests.doubles.judge import DISCORD, Judge

T = TypeVar("T")

API = "/api/v10"
_NAMES = ("discord.com", "gateway.discord.gg", "cdn.discordapp.com")
_LIMITS = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Reset-After": "1.0"}


@cache
def _judge() -> Judge | None:
    return Judge.of(DISCORD)


@dataclass(frozen=True)
class Addresses:
    """Where it is found."""

    api: str
    gateway: str
    cdn: str

    @classmethod
    def plain(cls, port: int) -> "Addresses":
        """http and ws on one port of loopback."""
        home = f"127.0.0.1:{port}"
        return cls(f"http://{home}{API}", f"ws://{home}/gateway", f"http://{home}/cdn")

    @classmethod
    def named(cls) -> "Addresses":
        """Discord's own names, which `Discord.connector` finds on loopback."""
        api, gateway, cdn = _NAMES
        return cls(f"https://{api}{API}", f"wss://{gateway}/", f"https://{cdn}")


class _Loopback(AbstractResolver):
    """Finds Discord's names on a port of loopback, and nothing else."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in _NAMES:
            raise OSError(f"{host} is not of this Discord")
        there = ResolveResult(
            hostname=host, host="127.0.0.1", port=self._port, family=socket.AF_INET, proto=0, flags=0
        )
        return [there]

    async def close(self) -> None:
        return None


class Discord:
    """A Discord. Made by `running_discord`; the package's docstring says how to use it."""

    def __init__(
        self,
        port: int,
        addresses: Addresses,
        trust: ssl.SSLContext | None,
        *,
        clock: Clock,
        limits: Limits,
        token: str,
        judged: bool,
    ) -> None:
        self.port = port
        self.addresses = addresses
        self.token = token
        self._trust = trust
        self.world = World(clock, limits)
        self.cdn = Cdn(self.world, addresses.cdn)
        self.gateway = Gateway(self.world, addresses.gateway, token)
        self.faults = Faults()
        tell = self.gateway.tell
        self._messages = Messages(self.world, self.cdn, tell)
        self._interactions = Interactions(self.world, self.cdn, self._messages, tell)
        rest = Rest(self.world, self.cdn, self._messages, self._interactions, tell, addresses.gateway)
        self._routes = rest.routes
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self._judge = _judge() if judged else None
        self._judged = 0  # so many of the calls were read out to the judge

    # For tests

    @property
    def environment(self) -> Mapping[str, str]:
        """What a bot in another process is to be told."""
        return {
            "LATHE_DISCORD_TOKEN": self.token,
            "LATHE_DISCORD_API_URL": self.addresses.api,
            "LATHE_DISCORD_GATEWAY_URL": self.addresses.gateway,
            "LATHE_DISCORD_CDN_HOSTS": yarl.URL(self.addresses.cdn).authority,
        }

    @contextmanager
    def aimed(self) -> Iterator[None]:
        """Point discord.py in this process here."""
        before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = self.addresses.api, yarl.URL(self.addresses.gateway)
        try:
            yield
        finally:
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before

    def connector(self) -> aiohttp.TCPConnector:
        """A connector that finds Discord's own names here: for a double that is `named`."""
        assert self._trust is not None, "running_discord(named=True) has a connector"
        return aiohttp.TCPConnector(limit=0, resolver=_Loopback(self.port), ssl=self._trust)

    async def until(self, predicate: Callable[[], T], seconds: float = 30) -> T:
        """Wait until the predicate gives something true, and return it; it is asked at each change.

        Raises `AssertionError` when the time is over, with the last calls.
        """
        try:
            async with asyncio.timeout(seconds):
                while not (found := predicate()):
                    await self.world.change()
                return found
        except TimeoutError:
            last = "\n  ".join(map(str, self.calls[-12:])) or "none"
            raise AssertionError(f"not true within {seconds} s; the last calls:\n  {last}") from None

    def called(self, place: str) -> list[Call]:
        """The calls of a place, as in "POST /channels/{channel_id}/messages"."""
        return [one for one in self.calls if f"{one.method} {one.route}" == place]

    def verify(self) -> None:
        """Raise `AssertionError` with what was wrong with any call, answer or standing message so far."""
        judge = self._judge
        if judge is not None:
            unjudged, self._judged = self.calls[self._judged :], len(self.calls)
            self.complaints += [said for call in unjudged for said in _read_out(judge, call)]
            for channel in self.world.channels.values():
                for one in channel.messages.values():
                    written = wire.message(one, self.cdn.url)
                    self.complaints += judge.named("MessageResponse", written)
        assert not self.complaints, "\n".join(self.complaints)

    # Who is there

    def person(
        self, name: str, locale: str = "en-US", *, installed: bool = True, upload_limit: int = 10 * MIB
    ) -> Person:
        """Somebody new. `installed`: has the app as her own, so that the bot may write to her at all."""
        user = User(self.world.ids.next(), name, locale, installed=installed, upload_limit=upload_limit)
        self.world.users[user.id] = user
        return Person(user, self.world, self.cdn, self._messages, self._interactions, self.until)

    def guild(
        self, name: str, owner: Person, *, locale: str = "en-US", has_bot: bool = True, file_limit: int = 0
    ) -> Guild:
        """A server; the owner is in it. `file_limit`: what its boosts allow everybody, bytes."""
        guild = Guild(self.world.ids.next(), name, owner.user, locale, file_limit, has_bot)
        self.world.guilds[guild.id] = guild
        self.join(guild, owner, permissions=MEMBER | Permission.ADMINISTRATOR)
        if has_bot:
            now = self.world.clock()
            self.gateway.tell_guild("GUILD_CREATE", wire.guild_created(guild, self.world.bot, now), guild)
        return guild

    def join(self, guild: Guild, person: Person, *, permissions: Permission = MEMBER) -> None:
        """Somebody comes into a server."""
        guild.members[person.id] = Member(person.user, self.world.clock(), permissions)

    def channel(self, guild: Guild, name: str) -> Channel:
        """A text channel of a server."""
        channel = Channel(self.world.ids.next(), Place.TEXT, name, guild)
        self.world.channels[channel.id] = guild.channels[channel.id] = channel
        self.gateway.tell("CHANNEL_CREATE", wire.channel(channel), channel)
        return channel

    def group(self, name: str, *people: Person) -> Channel:
        """Friends without the bot; those who have the app as their own may call its commands there."""
        channel = Channel(self.world.ids.next(), Place.GROUP, name, owner=people[0].user)
        channel.members |= {one.id for one in people}
        self.world.channels[channel.id] = channel
        return channel

    def expel_bot(self, guild: Guild) -> None:
        """The bot is thrown out of a server."""
        guild.has_bot = False
        self.gateway.tell_guild("GUILD_DELETE", {"id": str(guild.id)}, guild)

    @staticmethod
    def messages(channel: Channel) -> list[Seen]:
        """What stands in a channel, as everybody there sees it now."""
        return [seen(one) for _, one in sorted(channel.messages.items())]

    # The server

    def application(self) -> web.Application:
        """What listens."""
        app = web.Application(client_max_size=1 << 30)
        for (method, route), handler in self._routes.items():
            app.router.add_route(method, API + route, self._served(route, handler))
        for room in ("attachments", "ephemeral-attachments"):
            for path in (f"/cdn/{room}", f"/{room}"):
                app.router.add_get(f"{path}/{{channel}}/{{attachment}}/{{name}}", self.cdn.download)
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_get("/", self.gateway.connect)
        app.router.add_route("*", "/{unknown:.*}", self._unknown)
        return app

    async def _unknown(self, request: web.Request) -> web.Response:
        self.complaints.append(f"{request.method} {request.path} is not a route of this Discord")
        self.world.changed()
        return web.Response(status=501, text=f"The double does not know {request.method} {request.path}")

    def _served(self, route: str, handler: Handler) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            asked = await read(request, route)
            struck = self.faults.strike(asked.method, route)
            if struck is not None and struck.fault is Fault.SLOW:
                await asyncio.sleep(struck.seconds)
            before = None if struck is None else _instead(struck)
            if before is not None:
                return self._finish(request, asked, *before)
            status, answer = self._done(request, asked, handler)
            if struck is not None and struck.fault is Fault.BROKEN_AFTER:
                return self._finish(request, asked, struck.status, None)
            if struck is not None and struck.fault is Fault.CUT_AFTER:
                return self._finish(request, asked, 0, None)
            return self._finish(request, asked, status, answer)

        return serve

    def _done(self, request: web.Request, asked: Asked, handler: Handler) -> tuple[int, Any]:
        """Carry a request out, or refuse it."""
        free = asked.route.startswith(("/interactions/", "/webhooks/"))
        try:
            if not free and request.headers.get("Authorization") != f"Bot {self.token}":
                raise unauthorized()
            if asked.size > self.world.limits.body:
                raise Refused(413, 40005, "Request entity too large")
            answer = handler(asked)
        except Refused as refused:
            return refused.status, refused.body()
        except Exception:  # a request we cannot make sense of fails its test, not the server
            self.complaints.append(f"{asked.method} {asked.route}: {traceback.format_exc()}")
            return HTTPStatus.INTERNAL_SERVER_ERROR, None
        if answer is None:
            return HTTPStatus.NO_CONTENT, None
        made = asked.method == "POST" and asked.route in CREATED
        return HTTPStatus.CREATED if made else HTTPStatus.OK, answer

    def _finish(self, request: web.Request, asked: Asked, status: int, answer: Any) -> web.StreamResponse:
        """Answer, remember and judge. Status 0 cuts the connection; a 5xx speaks HTML, as the edge does."""
        files = [(one.name, one.length) for one in asked.files.values()]
        self.calls.append(
            Call(
                asked.method,
                asked.route,
                asked.params,
                asked.query,
                asked.media_type,
                asked.body,
                files,
                status,
                answer,
            )
        )
        self.world.changed()
        if status == 0:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return web.Response(status=status, text="<html>Bad Gateway</html>", content_type="text/html")
        headers = dict(_LIMITS)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers |= {"Via": "1.1 google", "Retry-After": "1", "X-RateLimit-Scope": "user"}
        if answer is None:
            return web.Response(status=status, headers=headers)
        body = json.dumps(answer).encode()
        return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _read_out(judge: Judge, call: Call) -> list[str]:
    """What the judge says of a call and our answer to it. A refused request was judged by its refusal."""
    complaints: list[str] = []
    if call.status // 100 != 4:
        complaints += judge.request(call.method, call.route, call.media_type, call.body)
    if call.status and call.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        complaints += judge.answer(call.method, call.route, call.status, call.answer)
    return complaints


def _instead(struck: Struck) -> tuple[int, Json | None] | None:
    """What is answered instead of doing what was asked."""
    match struck.fault:
        case Fault.LIMITED:
            body = {"message": "You are being rate limited.", "retry_after": struck.seconds, "global": False}
            return 429, {**body, "code": 0}
        case Fault.BROKEN:
            return struck.status, None
        case Fault.CUT:
            return 0, None
        case Fault.REFUSED:
            return struck.status, {"message": "As the test wished", "code": struck.code}
        case _:
            return None


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def running_discord(
    *,
    named: bool = False,
    clock: Clock = _now,
    limits: Limits | None = None,
    token: str = "MTA.loopback.token",
    judged: bool = True,
) -> AsyncIterator[Discord]:
    """A Discord until the block ends; then, unless it failed, each call and answer must have been right.

    `named`: it speaks TLS under Discord's own names (`Discord.connector`), else plain http on 127.0.0.1.
    `judged`: calls are held against Discord's OpenAPI document where that is there.
    """
    listening = trust = None
    if named:
        authority = trustme.CA()
        listening, trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
        authority.issue_cert(*_NAMES).configure_cert(listening)
        authority.configure_trust(trust)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    there = Discord(
        port,
        Addresses.named() if named else Addresses.plain(port),
        trust,
        clock=clock,
        limits=limits or Limits(),
        token=token,
        judged=judged,
    )
    runner = web.AppRunner(there.application(), shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, listener, ssl_context=listening).start()
    try:
        yield there
    finally:
        await there.gateway.close()
        await runner.cleanup()
    there.verify()
