"""What this Discord knows: users, guilds, channels, messages, interactions, commands. Plain, mutable data."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, IntFlag
from pathlib import Path
from typing import Any

MIB = 1 << 20

Json = dict[str, Any]
Clock = Callable[[], datetime]


class Place(IntEnum):
    """Kinds of channels."""

    TEXT = 0
    DM = 1
    GROUP = 3
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


class Flag(IntFlag):
    """Flags of messages."""

    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SILENT = 1 << 12
    VOICE = 1 << 13
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = Flag(0)


class Permission(IntFlag):
    """The permissions of members that matter here."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_HISTORY = 1 << 16
    USE_COMMANDS = 1 << 31
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_IN_THREADS = 1 << 38


MEMBER = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_HISTORY
    | Permission.USE_COMMANDS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_IN_THREADS
)


class Kind(IntEnum):
    """Kinds of interactions."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Reply(IntEnum):
    """Kinds of first answers to an interaction."""

    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(eq=False, slots=True)
class User:
    """A person or the bot. `closed` DMs answer 50007; `installed` is the app as the person's own."""

    id: int
    name: str
    locale: str = "en-US"
    bot: bool = False
    closed: bool = False
    installed: bool = True
    upload_limit: int = 10 * MIB


@dataclass(eq=False, slots=True)
class Member:
    """A user in a guild."""

    user: User
    joined_at: datetime
    permissions: Permission = MEMBER


@dataclass(eq=False, slots=True)
class Guild:
    """A server; `file_limit` is what its boosts allow everybody in it, bytes."""

    id: int
    name: str
    owner: User
    locale: str
    file_limit: int
    has_bot: bool = True
    members: dict[int, Member] = field(default_factory=dict)
    channels: "dict[int, Channel]" = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Channel:
    """A DM, a group of friends, a guild's channel or a thread; `hidden` and `read_only` are for the bot."""

    id: int
    place: Place
    name: str = ""
    guild: Guild | None = None
    recipient: User | None = None
    parent: "Channel | None" = None
    owner: User | None = None
    hidden: bool = False
    read_only: bool = False
    archived: bool = False
    locked: bool = False
    archive_minutes: int = 1440
    members: set[int] = field(default_factory=set)
    messages: "dict[int, Message]" = field(default_factory=dict)

    @property
    def is_thread(self) -> bool:
        return self.place in (Place.PUBLIC_THREAD, Place.PRIVATE_THREAD)


@dataclass(eq=False, slots=True)
class Attachment:
    """A file of a message or interaction. `name` is what Discord made of `title`; `size` is what it says."""

    id: int
    channel_id: int
    name: str
    title: str
    data: bytes | Path
    size: int
    content_type: str
    ephemeral: bool = False
    description: str | None = None
    seconds: float | None = None


@dataclass(eq=False, slots=True)
class Message:
    """A message as it stands now; `seen_by` is set for an ephemeral one."""

    id: int
    channel: Channel
    author: User
    sent_at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = NO_FLAGS
    nonce: str | int | None = None
    edited_at: datetime | None = None
    edits: int = 0
    mentions: list[User] = field(default_factory=list)
    everyone: bool = False
    reply_to: "Message | None" = None
    interaction: "Interaction | None" = None
    reactions: dict[str, set[int]] = field(default_factory=dict)
    seen_by: User | None = None
    deleted: bool = False


@dataclass(eq=False, slots=True)
class Modal:
    """A form that opened for somebody, as the bot sent it."""

    custom_id: str
    title: str
    components: list[Json]
    by: "Interaction"


@dataclass(eq=False, slots=True)
class Interaction:
    """Something a person did that waits for an answer."""

    id: int
    token: str
    kind: Kind
    user: User
    channel: Channel
    data: Json
    opened_at: datetime
    name: str = ""  # of a command
    message: Message | None = None  # whose component was used
    trigger: "Interaction | None" = None  # what opened the modal
    reply: Reply | None = None
    original: Message | None = None
    choices: list[Json] | None = None
    modal: Modal | None = None
    follow_ups: int = 0
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Command:
    """A registered command; `body` is its answer's JSON."""

    id: int
    guild_id: int | None
    body: Json


class Snowflakes:
    """Ids that tell the time of the clock and never fall."""

    _EPOCH = 1_420_070_400_000

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> int:
        moment = int(self._clock().timestamp() * 1000) - self._EPOCH
        self._last = max(self._last + 1, moment << 22)
        return self._last


@dataclass(frozen=True)
class Limits:
    """What this Discord allows. Sizes in bytes."""

    file: int = 10 * MIB  # of one file the bot sends, where the guild's boosts allow no more
    body: int = 25 * MIB  # of one request
    first_answer: timedelta = timedelta(seconds=3)
    token: timedelta = timedelta(minutes=15)
    nonces: timedelta = timedelta(minutes=2)  # "the past few minutes": nothing may lean on more
    links: timedelta = timedelta(hours=24)


class World:
    """All of it, and who must be told of a change."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self.clock = clock
        self.limits = limits
        self.ids = Snowflakes(clock)
        self.application_id = self.ids.next()
        self.bot = User(self.application_id, "Lathe", bot=True)
        self.users: dict[int, User] = {self.bot.id: self.bot}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.attachments: dict[int, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        self.modals: list[Modal] = []
        self.ephemeral: list[Message] = []
        self.commands: dict[int | None, list[Command]] = {}
        self._change = asyncio.Event()

    def changed(self) -> None:
        """Wake whoever waits for something."""
        self._change.set()
        self._change = asyncio.Event()

    async def change(self) -> None:
        """Return at the next change."""
        await self._change.wait()

    def dm(self, user: User) -> Channel:
        """The bot's DM with this user, opened if there was none."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.ids.next(), Place.DM, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def mutual(self, user: User) -> bool:
        """May the bot write to this user at all?"""
        return user.installed or any(
            user.id in guild.members for guild in self.guilds.values() if guild.has_bot
        )

    def visible(self, channel: Channel) -> bool:
        """Does the bot see this channel and what happens there?"""
        home = channel.guild
        if home is None:
            return channel.place is Place.DM
        outside = channel.place is Place.PRIVATE_THREAD and self.bot.id not in channel.members
        return home.has_bot and not (channel.parent or channel).hidden and not channel.hidden and not outside

    def file_limit(self, channel: Channel) -> int:
        """The most bytes of one file the bot may send here."""
        return max(self.limits.file, channel.guild.file_limit if channel.guild else 0)
