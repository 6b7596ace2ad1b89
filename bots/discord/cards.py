"""Cards: each is sent once, and edited whenever its state changes."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

import discord
import structlog

from bots.discord import writing
from bots.discord.channels import Channels, name_of, named, opened
from bots.discord.outcomes import UNKNOWN_MESSAGE, is_too_large, told
from bots.discord.reading import NAME, keep_out_of_rooms
from bots.discord.words import rendered
from bots.doors import Links, addressed
from core.messages import Card, Media
from core.ports import Blobs, Outgoing
from core.wording import Catalogues

_REMEMBERED = 10_000

log = structlog.get_logger()


class Cards:
    """Sends and edits cards. What is drawn on the latest ten thousand is remembered, that of others asked."""

    def __init__(self, blobs: Blobs, catalogues: Catalogues, links: Links, channels: Channels) -> None:
        self._blobs = blobs
        self._catalogues = catalogues
        self._links = links
        self._channels = channels
        self._drawn: OrderedDict[str, frozenset[str]] = OrderedDict()  # attachments, by message

    async def send(self, client: discord.Client, outgoing: Outgoing) -> str:
        """Send a card, or edit the message that it is; the message's name. ValueError for media in a room."""
        card = outgoing.card
        if card is None:
            raise ValueError("there is no card to send")
        keep_out_of_rooms(card.media, outgoing.reach.address)
        with told():
            try:
                return await self._draw(client, card, outgoing)
            except discord.HTTPException as error:
                if not (is_too_large(error) and card.media):
                    raise
                log.warning("card goes without its pictures", door=NAME)
                return await self._draw(client, replace(card, media=()), outgoing)

    async def _draw(self, client: discord.Client, card: Card, outgoing: Outgoing) -> str:
        reach = outgoing.reach
        say = self._catalogues.voice(reach.locale)
        pictures = {writing.attachment_name(media): media for media in card.media}
        view = writing.layout(
            rendered(card.text, card.to, say),
            [(name, rendered(media.title, card.to, say)) for name, media in pictures.items()],
            addressed(card.buttons, self._links, alone=reach.private),
            card.progress,
        )
        if outgoing.message is not None:
            try:
                return await self._edit(client, outgoing.message, view, pictures)
            except discord.NotFound as error:
                if error.code != UNKNOWN_MESSAGE:
                    raise
        channel = await self._channels.at(client, reach.address)
        same = writing.nonce(reach.address, card.key, outgoing.message or "")
        async with opened(self._blobs, pictures.items()) as files:
            sent = await channel.send(view=view, files=files, nonce=same)
        name = self._noted(sent, frozenset(file.filename for file in sent.attachments))
        if writing.is_drawn(view, sent) and self._drawn[name] == frozenset(pictures):
            return name
        # Sent before a crash, in another state: Discord knew the nonce again.
        return await self._edit(client, name, view, pictures)

    async def _edit(
        self, client: discord.Client, name: str, view: writing.Layout, pictures: Mapping[str, Media]
    ) -> str:
        message = named(client, name)
        mentions = discord.AllowedMentions.none()
        if pictures and await self._attached(message, name) == frozenset(pictures):
            return self._noted(await message.edit(view=view, allowed_mentions=mentions), frozenset(pictures))
        async with opened(self._blobs, pictures.items()) as files:
            edited = await message.edit(view=view, attachments=files, allowed_mentions=mentions)
        return self._noted(edited, frozenset(pictures))

    async def _attached(self, message: discord.PartialMessage, name: str) -> frozenset[str]:
        """The names of the attachments that a card has by now."""
        if name not in self._drawn:
            there = await message.fetch()
            return frozenset(file.filename for file in there.attachments)
        return self._drawn[name]

    def _noted(self, message: discord.Message, attached: frozenset[str]) -> str:
        name = name_of(message)
        self._drawn[name] = attached
        self._drawn.move_to_end(name)
        while len(self._drawn) > _REMEMBERED:
            self._drawn.popitem(last=False)
        return name
