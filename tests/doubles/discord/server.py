"""A Discord as a test holds it: its people and places, what may go wrong, what was called; and its start."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

import aiohttp
import trustme
import yarl
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.doubles.discord import wire
from tests.doubles.discord.asked import Call
from tests.doubles.discord.cdn import Cdn
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.interactions import Interactions
from tests.doubles.discord.messages import Messages
from tests.doubles.discord.people import Person
from tests.doubles.discord.rest import Rest
from tests.doubles.discord.serving import API, Serving, discord_judge
from tests.doubles.discord.sight import Seen, seen
from tests.doubles.discord.state import (
    MEMBER,
    MIB,
    Channel,
    Clock,
    Guild,
    Limits,
    Member,
    Permission,
    Place,
    User,
    World,
)

T = TypeVar("T")

_NAMES = ("discord.com", "gateway.discord.gg", "cdn.discordapp.com")


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
        tell = self.gateway.tell
        self._messages = Messages(self.world, self.cdn, tell)
        self._interactions = Interactions(self.world, self.cdn, self._messages, tell)
        rest = Rest(self.world, self.cdn, self._messages, self._interactions, tell, addresses.gateway)
        self._serving = Serving(self.world, rest.routes, token)
        self.faults = self._serving.faults
        self._judge = discord_judge() if judged else None

    # For tests

    @property
    def calls(self) -> list[Call]:
        """Every REST call that was answered, in order."""
        return self._serving.calls

    @property
    def complaints(self) -> list[str]:
        """What was wrong; `verify` adds what the judge says."""
        return self._serving.complaints

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
        if self._judge is not None:
            self._serving.judged_by(self._judge)
            for channel in self.world.channels.values():
                for one in channel.messages.values():
                    written = wire.message(one, self.cdn.url)
                    self.complaints.extend(self._judge.named("MessageResponse", written))
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

    def application(self) -> web.Application:
        """What listens."""
        return self._serving.application(self.cdn, self.gateway)

    @staticmethod
    def messages(channel: Channel) -> list[Seen]:
        """What stands in a channel, as everybody there sees it now."""
        return [seen(one) for _, one in sorted(channel.messages.items())]


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
