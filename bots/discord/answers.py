"""Answers in place: an interaction is answered at once that we think, and by a notice when there is one."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import discord

from bots.discord.outcomes import ALREADY_ANSWERED, UNKNOWN_INTERACTION

LIFE = timedelta(minutes=14)
"""How long an answer in place is tried: Discord takes it for 15 minutes."""

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Handle:
    """By what an interaction is answered in place, also after a restart; `limit` is for each file, bytes."""

    interaction: int
    limit: int
    token: str

    @classmethod
    def of(cls, interaction: discord.Interaction) -> "Handle":
        return cls(interaction.id, interaction.filesize_limit, interaction.token)

    def pack(self) -> str:
        """As `Incoming.reply_handle` carries it."""
        return f"discord {self.interaction} {self.limit} {self.token}"

    @classmethod
    def unpack(cls, packed: str | None) -> "Handle | None":
        """Read it back; None for another door's, or none."""
        if packed is None or not packed.startswith("discord "):
            return None
        _, interaction, limit, token = packed.split(" ", 3)
        return cls(int(interaction), int(limit), token)

    @property
    def expired(self) -> bool:
        """Whether Discord takes no answer any more, by its own time."""
        return discord.utils.utcnow() - discord.utils.snowflake_time(self.interaction) > LIFE


class Answers:
    """Which interactions came, and which notice each was answered by; the latest ten thousand."""

    def __init__(self) -> None:
        self._notices: OrderedDict[int, str | None] = OrderedDict()
        self._unheard: dict[int, asyncio.Event] = {}  # those that wait for their first answer

    def came(self, interaction: int) -> bool:
        """Note that it came; False if it had before."""
        if interaction in self._notices:
            return False
        self._notices[interaction] = None
        while len(self._notices) > _REMEMBERED:
            self._notices.popitem(last=False)
        return True

    @contextmanager
    def first(self, interaction: int) -> Iterator[None]:
        """Inside the context it gets its first answer, that we think; no other may come before."""
        self._unheard[interaction] = asyncio.Event()
        try:
            yield
        finally:
            self._unheard.pop(interaction).set()

    async def heard(self, interaction: int) -> None:
        """Return when it has had its first answer, or none will come."""
        if (first := self._unheard.get(interaction)) is not None:
            await first.wait()

    def free_for(self, handle: Handle, notice: str) -> bool:
        """Whether this notice may be the answer: no other one was."""
        return self._notices.get(handle.interaction) in (None, notice)

    def given(self, handle: Handle, notice: str) -> None:
        self._notices[handle.interaction] = notice

    def is_given(self, interaction: int) -> bool:
        return self._notices.get(interaction) is not None


async def think(interaction: discord.Interaction, *, ephemeral: bool) -> bool:
    """Answer that an answer comes; False if it is too late for that: Discord has told them that it failed."""
    return await _first(interaction, thinking=True, ephemeral=ephemeral)


async def nod(interaction: discord.Interaction) -> bool:
    """Answer that it was heard, with nothing to be seen; False if it is too late."""
    return await _first(interaction, thinking=False, ephemeral=False)


async def _first(interaction: discord.Interaction, *, thinking: bool, ephemeral: bool) -> bool:
    try:
        await interaction.response.defer(thinking=thinking, ephemeral=ephemeral)
    except discord.HTTPException as error:
        # Answered already: a try whose outcome got lost was taken. Any other failure may have been taken too.
        if error.code == UNKNOWN_INTERACTION:
            return False
        if error.code != ALREADY_ANSWERED and error.status < 500:
            raise
    except (aiohttp.ClientError, OSError):
        pass
    return True
