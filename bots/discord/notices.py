"""Notices: each is sent once, as one message or several, or as the answer in place to what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import discord

from bots.discord import writing
from bots.discord.answers import Answers, Handle
from bots.discord.channels import Channels, name_of, opened
from bots.discord.library import edit_original
from bots.discord.outcomes import is_too_large, told
from bots.discord.reading import channel_of, keep_out_of_rooms
from bots.discord.words import rendered
from bots.discord.writing import Letter, nonce
from bots.doors import Links, addressed
from core.messages import Media, Notice
from core.ports import Blobs, Clock, Outgoing, Refused
from core.text import joined
from core.wording import Catalogues

LIMIT = 20 << 20
"""Bytes of a file that we send, by the documentation of September 2026; a refusal teaches a lower one."""

NONCES = timedelta(minutes=2)
"""How long Discord is relied on to know a nonce again: it says "the past few minutes"."""

_LOOKED_AT = 50
"""Messages of a channel that are looked at for one that may have been sent."""

_EXPIRED = (401, 404)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A message of ours that stands in a channel."""

    name: str
    nonce: str
    words: str
    sizes: tuple[int, ...]

    def is_(self, letter: Letter, same: str) -> bool:
        alike = self.words == letter.words.strip() and self.sizes == _sizes(letter.files)
        return self.nonce == same or alike


class Notices:
    """Sends notices. Discord knows one again by its nonce for some minutes; later it is looked for."""

    def __init__(
        self,
        blobs: Blobs,
        catalogues: Catalogues,
        clock: Clock,
        links: Links,
        channels: Channels,
        answers: Answers,
    ) -> None:
        self._blobs = blobs
        self._catalogues = catalogues
        self._clock = clock
        self._links = links
        self._channels = channels
        self._answers = answers
        self._limit = LIMIT

    async def send(self, client: discord.Client, outgoing: Outgoing) -> str:
        """Send a notice; the name of its last message. ValueError for media in a room."""
        notice = outgoing.notice
        if notice is None:
            raise ValueError("there is no notice to send")
        keep_out_of_rooms(notice.media, outgoing.reach.address)
        with told():
            return await self._send(client, notice, outgoing)

    async def _send(self, client: discord.Client, notice: Notice, outgoing: Outgoing) -> str:
        address = outgoing.reach.address
        say = self._catalogues.voice(outgoing.reach.locale)
        text = notice.text
        handle = Handle.unpack(notice.reply_handle)
        limit = self._limit if handle is None else handle.limit
        seen: Sequence[_Seen] = ()
        if outgoing.unsure and handle is None and self._is_old(notice):
            seen = await self._standing(client, notice, address)
            first = self._letters(notice, outgoing, limit, rendered(text, notice.to, say), 0)[0]
            if not any(one.is_(first, _nonce(notice, 0)) for one in seen):
                text = joined([say("(again)"), text])
        words = rendered(text, notice.to, say)
        letters = self._letters(notice, outgoing, limit, words, 0)
        number, name = 0, ""
        while number < len(letters):
            letter, same = letters[number], _nonce(notice, number)
            standing = next((one.name for one in seen if one.is_(letter, same)), None)
            try:
                name = standing or await self._write(client, notice, address, handle, number, letter)
            except discord.HTTPException as error:
                if not (is_too_large(error) and letter.files):
                    raise
                limit = min(limit, max(_sizes(letter.files)) - 1)
                if handle is None:
                    self._limit = limit
                letters = self._letters(notice, outgoing, limit, words, number)
            else:
                number += 1
        return name

    def _letters(self, notice: Notice, outgoing: Outgoing, limit: int, words: str, sent: int) -> list[Letter]:
        """The messages of a notice, of which the first `sent` are sent."""
        reach = outgoing.reach
        say = self._catalogues.voice(reach.locale)
        carried = [file for file in notice.media if file.size <= limit]
        left = [file for file in notice.media if file.size > limit]
        opening = {file: url for file in left if file.link and (url := self._links.url(file.link))}
        openers = [writing.opener(say, file, url) for file, url in opening.items()]
        shut = [file for file in left if file not in opening]
        more = rendered(writing.too_large(say, shut, limit), notice.to, say)
        alone = reach.private or notice.reply_handle is not None  # an answer in place is hidden in a room
        buttons = addressed(notice.buttons, self._links, alone=alone)
        return writing.ended(writing.letters(words, carried), sent, more, (*openers, *buttons))

    async def _write(
        self,
        client: discord.Client,
        notice: Notice,
        address: str,
        handle: Handle | None,
        number: int,
        letter: Letter,
    ) -> str:
        """Send one message of a notice: in place, else hidden in the room, else as an ordinary one."""
        if handle is not None:
            if number == 0 and (name := await self._in_place(client, notice, handle, letter)) is not None:
                return name
            if channel_of(address) is not None:
                return await self._follow_up(client, handle, letter)
        channel = await self._channels.at(client, address)
        async with opened(self._blobs, _named(letter.files)) as files:
            sent = await channel.send(
                letter.words or None,
                files=files,
                view=writing.keyboard(letter.buttons) or discord.utils.MISSING,
                nonce=_nonce(notice, number),
            )
        return name_of(sent)

    async def _in_place(
        self, client: discord.Client, notice: Notice, handle: Handle, letter: Letter
    ) -> str | None:
        """Make the waiting answer this message; None if it waits no more."""
        if handle.expired or not self._answers.free_for(handle, notice.id):
            return None
        await self._answers.heard(handle.interaction)
        try:
            async with opened(self._blobs, _named(letter.files)) as files:
                view = writing.keyboard(letter.buttons)
                name = await edit_original(client, handle.token, letter.words, view, files)
        except discord.HTTPException as error:
            if error.status in _EXPIRED:
                return None
            raise
        self._answers.given(handle, notice.id)
        return name

    async def _follow_up(self, client: discord.Client, handle: Handle, letter: Letter) -> str:
        """One more answer that only who asked can see. Nothing is said in a room that is not in place."""
        if handle.expired or client.application_id is None:
            raise Refused("it is too late to answer in place")
        webhook = discord.Webhook.partial(client.application_id, handle.token, client=client)
        try:
            sent = await webhook.send(
                letter.words,
                view=writing.keyboard(letter.buttons) or discord.utils.MISSING,
                ephemeral=True,
                allowed_mentions=discord.AllowedMentions.none(),
                wait=True,
            )
        except discord.HTTPException as error:
            if error.status in _EXPIRED:
                raise Refused("it is too late to answer in place") from None
            raise
        return name_of(sent)

    def _is_old(self, notice: Notice) -> bool:
        return notice.wanted is not None and self._clock.now() - notice.wanted > NONCES

    async def _standing(self, client: discord.Client, notice: Notice, address: str) -> Sequence[_Seen]:
        """Our messages that stand in a channel since this notice was wanted."""
        channel = await self._channels.at(client, address)
        me = client.user.id if client.user else None
        since = notice.wanted - NONCES if notice.wanted else None
        try:
            return [
                _Seen(
                    name_of(message),
                    str(message.nonce),
                    message.content.strip(),
                    tuple(sorted(file.size for file in message.attachments)),
                )
                async for message in channel.history(limit=_LOOKED_AT)
                if message.author.id == me and (since is None or message.created_at >= since)
            ]
        except discord.Forbidden:  # in a channel where we may write and not read
            return []


def _nonce(notice: Notice, number: int) -> str:
    return nonce(notice.id) if number == 0 else nonce(notice.id, number)


def _sizes(files: Sequence[Media]) -> tuple[int, ...]:
    return tuple(sorted(file.size for file in files))


def _named(files: Sequence[Media]) -> list[tuple[str, Media]]:
    return [(file.name, file) for file in files]
