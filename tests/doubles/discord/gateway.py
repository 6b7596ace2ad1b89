"""The gateway: sessions that outlive connections, events in order, and what can go wrong with both."""

import asyncio
import json
import secrets
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import zstandard
from aiohttp import WSMsgType, web

from tests.doubles.discord import wire
from tests.doubles.discord.state import Channel, Guild, Json, World

_GUILDS, _GUILD_MESSAGES, _DIRECT_MESSAGES, _MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
_PRIVILEGED = 1 << 1 | 1 << 8 | _MESSAGE_CONTENT
_CONTENT = ("content", "embeds", "attachments", "components")


class Op(IntEnum):
    """Opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Why we hung up."""

    UNKNOWN_OPCODE = 4001
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    SESSION_TIMED_OUT = 4009
    DISALLOWED_INTENTS = 4014


def _compression(name: str) -> Callable[[bytes], bytes] | None:
    """One context for a whole connection, flushed after each message."""
    if name == "zlib-stream":
        deflate = zlib.compressobj()
        return lambda data: deflate.compress(data) + deflate.flush(zlib.Z_SYNC_FLUSH)
    if name == "zstd-stream":
        zstd = zstandard.ZstdCompressor().compressobj()
        return lambda data: zstd.compress(data) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return None


class Connection:
    """One WebSocket; what it is to send goes out in order."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._request = request
        self._outgoing: asyncio.Queue[Json] = asyncio.Queue()
        self.compression = request.query.get("compress", "")
        self._compress = _compression(self.compression)

    def say(self, op: Op, data: Any = None) -> None:
        self.put({"op": int(op), "d": data, "s": None, "t": None})

    def put(self, payload: Json) -> None:
        self._outgoing.put_nowait(payload)

    async def write(self) -> None:
        """Send until cancelled or hung up."""
        while True:
            text = json.dumps(await self._outgoing.get(), separators=(",", ":"))
            try:
                if self._compress is None:
                    await self._socket.send_str(text)
                else:
                    await self._socket.send_bytes(self._compress(text.encode()))
            except ConnectionError:
                return  # the reader notices too, and ends both

    def drop(self) -> None:
        """Cut the line without a word."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def hang_up(self, code: int) -> None:
        await self._socket.close(code=code)


@dataclass(eq=False)
class Session:
    """What an IDENTIFY began. Events wait in `sent` for a RESUME."""

    id: str
    intents: int
    shard: tuple[int, int]
    connection: Connection | None
    sequence: int = 0
    sent: deque[Json] = field(default_factory=lambda: deque(maxlen=10_000))

    def tell(self, event: str, data: Json) -> None:
        self.sequence += 1
        payload = {"op": int(Op.DISPATCH), "d": data, "s": self.sequence, "t": event}
        self.sent.append(payload)
        if self.connection is not None:
            self.connection.put(payload)

    def wants(self, event: str, channel: Channel) -> bool:
        """Is an event of this channel for this session? Interactions need no intent."""
        number = 0 if channel.guild is None else (channel.guild.id >> 22) % self.shard[1]
        if number != self.shard[0]:
            return False
        if event.startswith("MESSAGE_"):
            return bool(self.intents & (_DIRECT_MESSAGES if channel.guild is None else _GUILD_MESSAGES))
        return event == "INTERACTION_CREATE" or bool(self.intents & _GUILDS)


class Gateway:
    """Accepts connections and tells them what happens.

    A test may call `drop`, `reconnect`, `invalidate`, `forget`; set `down` (connections are refused), `deaf`
    (heartbeats are not answered), `twice` (so many of the next events come twice); and use `out_of_order`.
    """

    heartbeat_interval = 41.25  # seconds

    def __init__(self, world: World, url: str, token: str) -> None:
        self._world = world
        self._url = url
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._held: list[tuple[str, Json, Channel]] | None = None
        self.down = False
        self.deaf = False
        self.heartbeats = 0
        self.twice = 0
        self.privileged = 0  # intents that the bot was granted
        self.identified = 0  # how often a session began
        self.resumed = 0  # how often one was taken up again
        self.refused_connections = 0
        self.compressions: list[str] = []  # of each connection, as asked for

    @property
    def connected(self) -> bool:
        """Is a bot there to hear of anything?"""
        return any(one.connection is not None for one in self._sessions.values())

    # Telling

    def tell(self, event: str, data: Json, channel: Channel) -> None:
        """An event of a channel, to every session it is for, connected or not."""
        if self._held is not None:
            self._held.append((event, data, channel))
            return
        if event != "INTERACTION_CREATE" and not self._world.visible(channel):
            return
        times = 1
        if self.twice:
            self.twice -= 1
            times = 2
        for session in self._sessions.values():
            if session.wants(event, channel):
                for _ in range(times):
                    session.tell(event, self._seen(event, data, channel, session))

    def _seen(self, event: str, data: Json, channel: Channel, session: Session) -> Json:
        """Without the message content intent, a stranger's words in a guild are not for bots."""
        if event not in ("MESSAGE_CREATE", "MESSAGE_UPDATE") or channel.guild is None:
            return data
        mine = int(data["author"]["id"]) == self._world.bot.id
        mentioned = any(int(one["id"]) == self._world.bot.id for one in data["mentions"])
        if mine or mentioned or session.intents & _MESSAGE_CONTENT:
            return data
        return {**data, **{key: type(data[key])() for key in _CONTENT}}

    def tell_guild(self, event: str, data: Json, home: Guild) -> None:
        """An event of a guild as a whole."""
        for session in self._sessions.values():
            if (home.id >> 22) % session.shard[1] == session.shard[0]:
                session.tell(event, data)

    @contextmanager
    def out_of_order(self) -> Iterator[None]:
        """What happens inside is told at the end, the last first."""
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for event, data, channel in reversed(held):
                self.tell(event, data, channel)

    # Going wrong

    def drop(self) -> None:
        """Cut every connection without a word. Sessions stay, and can be resumed."""
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.drop()
                session.connection = None

    def reconnect(self) -> None:
        """Ask every client to come again (it resumes)."""
        self._say(Op.RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Say that sessions are void; unless they are resumable they are gone, with what they had to say."""
        self._say(Op.INVALID_SESSION, resumable)
        if not resumable:
            self._sessions.clear()

    def forget(self) -> None:
        """Lose every session: a RESUME will be refused, and what happened meanwhile is not told."""
        self._sessions.clear()

    def _say(self, op: Op, data: Any) -> None:
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.say(op, data)

    # Connections

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One WebSocket from HELLO to the end."""
        if self.down:
            self.refused_connections += 1
            self._world.changed()
            return web.Response(status=503, text="upstream connect error")
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.compressions.append(connection.compression)
        writer = asyncio.create_task(connection.write())
        try:
            connection.say(Op.HELLO, {"heartbeat_interval": int(self.heartbeat_interval * 1000)})
            code = await self._listen(socket, connection)
            if code is not None:
                await socket.close(code=code)
        finally:
            writer.cancel()
            self._hung_up(connection, socket.close_code)
        return socket

    async def _listen(self, socket: web.WebSocketResponse, connection: Connection) -> Close | None:
        """Answer what a client says; returns why to hang up, None if the client did."""
        known = False
        while True:
            try:
                message = await socket.receive(timeout=self.heartbeat_interval * 1.5)
            except TimeoutError:
                return Close.SESSION_TIMED_OUT
            if message.type is not WSMsgType.TEXT:
                return None
            said = json.loads(message.data)
            data = said["d"]
            match said["op"]:
                case Op.HEARTBEAT:
                    self.heartbeats += 1
                    self._world.changed()
                    if not self.deaf:
                        connection.say(Op.HEARTBEAT_ACK)
                case Op.IDENTIFY | Op.RESUME if data["token"] != self._token:
                    return Close.AUTHENTICATION_FAILED
                case Op.IDENTIFY if data["intents"] & _PRIVILEGED & ~self.privileged:
                    return Close.DISALLOWED_INTENTS
                case Op.IDENTIFY:
                    known = True
                    self._begin(connection, data)
                case Op.RESUME:
                    known = self._resume(connection, data)
                case Op.PRESENCE | Op.REQUEST_MEMBERS if known:
                    pass  # nobody here looks at the bot's presence, and its intents show it no members
                case Op.PRESENCE | Op.REQUEST_MEMBERS:
                    return Close.NOT_AUTHENTICATED
                case _:
                    return Close.UNKNOWN_OPCODE

    def _begin(self, connection: Connection, data: Json) -> None:
        number, of = data.get("shard", (0, 1))
        gone = [key for key, one in self._sessions.items() if one.connection is None]
        for key in gone:  # nobody will resume what its owner has begun anew
            del self._sessions[key]
        session = Session(secrets.token_hex(16), data["intents"], (number, of), connection)
        guilds = [one for one in self._world.guilds.values() if one.has_bot and (one.id >> 22) % of == number]
        session.tell(
            "READY",
            {
                "v": 10,
                "user": wire.me(self._world.bot),
                "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
                "private_channels": [],
                "session_id": session.id,
                "resume_gateway_url": self._url,
                "shard": [number, of],
                "application": {"id": str(self._world.application_id), "flags": 0},
            },
        )
        for one in guilds:
            created = wire.guild_created(one, self._world.bot, self._world.clock())
            session.tell("GUILD_CREATE", created)
        self._sessions[session.id] = session
        self.identified += 1
        self._world.changed()

    def _resume(self, connection: Connection, data: Json) -> bool:
        session = self._sessions.get(data["session_id"])
        after = data["seq"]
        if session is None or (session.sent and session.sent[0]["s"] > after + 1):
            connection.say(Op.INVALID_SESSION, False)
            return False
        for payload in session.sent:
            if payload["s"] > after:
                connection.put(payload)
        session.connection = connection
        session.tell("RESUMED", {})
        self.resumed += 1
        self._world.changed()
        return True

    def _hung_up(self, connection: Connection, code: int | None) -> None:
        for key, session in list(self._sessions.items()):
            if session.connection is connection:
                session.connection = None
                if code in (1000, 1001):  # whoever goes in peace does not come back for more
                    del self._sessions[key]
        self._world.changed()

    async def close(self) -> None:
        """Hang up on everybody: the server stops."""
        for session in list(self._sessions.values()):
            if session.connection is not None:
                await session.connection.hang_up(1001)
