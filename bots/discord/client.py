"""The connection: discord.py's client, told what to hear and what to forget."""

import asyncio
import sys
from typing import Any

import discord
import structlog

from bots.discord.actions import persistent
from bots.discord.arrivals import Arrivals
from bots.discord.commands import CommandTree, Words
from core.wording import Catalogues

PATIENCE = 30.0
"""Seconds that a rate limit is waited for inside the library; longer ones are the relay's business."""

PAUSE = 1.0
"""Seconds before commands that were not registered are tried again; twice as many each time."""

LONGEST_PAUSE = 600.0

log = structlog.get_logger()


class Client(discord.Client):
    """One connection. It hears direct messages, interactions and what replies to it, and keeps nothing."""

    def __init__(self, arrivals: Arrivals, catalogues: Catalogues) -> None:
        intents = discord.Intents.none()
        intents.guilds = True
        intents.dm_messages = True
        intents.guild_messages = True  # a file that replies to a card; no other words of a channel are told
        super().__init__(
            intents=intents,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=PATIENCE,
        )
        self.connected = False
        self.was_connected = False
        self._registering: asyncio.Task[None] | None = None
        self._arrivals = arrivals
        self._catalogues = catalogues

    async def setup_hook(self) -> None:
        """Logged in, not connected yet."""
        self.add_dynamic_items(*persistent(self._arrivals))
        tree = CommandTree(self, self._arrivals, self._catalogues)
        await tree.set_translator(Words(self._catalogues))
        if not await _registered(tree):  # people can write and press meanwhile
            self._registering = asyncio.create_task(_register(tree))

    async def close(self) -> None:
        if self._registering is not None:
            self._registering.cancel()
        await super().close()

    async def on_connect(self) -> None:
        """A new session: what was said before it began was not heard."""
        self.connected = self.was_connected = True
        log.info("connected", door="discord")
        await self._arrivals.read_up(self)

    async def on_resumed(self) -> None:
        self.connected = True

    async def on_disconnect(self) -> None:
        self.connected = False

    async def on_message(self, message: discord.Message) -> None:
        await self._arrivals.said(message)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            await self._arrivals.submitted(interaction)

    async def on_error(self, event_method: str, /, *args: Any, **kwargs: Any) -> None:
        log.error("event not handled", event_name=event_method, exc_info=sys.exc_info())


async def _register(tree: CommandTree) -> None:
    """Tell Discord the commands, however long it takes."""
    pause = PAUSE
    while True:
        await asyncio.sleep(pause)
        if await _registered(tree):
            return
        pause = min(LONGEST_PAUSE, 2 * pause)


async def _registered(tree: CommandTree) -> bool:
    """Tell Discord the commands; False if that failed."""
    try:
        await tree.sync()
    except Exception:  # whatever the library raises: the door is open without them
        log.exception("commands not registered")
        return False
    return True
