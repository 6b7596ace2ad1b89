"""Messages: what the bot and people may send, and what becomes of it."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from tests.doubles.discord import refusals, wire
from tests.doubles.discord.cdn import Cdn, Upload
from tests.doubles.discord.components import media, taken, texts
from tests.doubles.discord.refusals import invalid
from tests.doubles.discord.state import (
    Attachment,
    Channel,
    Flag,
    Interaction,
    Json,
    Message,
    User,
    World,
)

_SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SILENT | Flag.EPHEMERAL | Flag.COMPONENTS_V2
_EMBED = {"title": 256, "description": 4096}


class Tell(Protocol):
    """The gateway: an event for whoever is connected and may hear of it."""

    def __call__(self, event: str, data: Json, channel: Channel) -> None: ...


class Messages:
    """Writes, edits and deletes; the rules are those of a bot's requests, the sender anyone."""

    def __init__(self, world: World, cdn: Cdn, tell: Tell) -> None:
        self._world = world
        self._cdn = cdn
        self._tell = tell
        self._nonces: dict[tuple[int, str], tuple[datetime, Message]] = {}

    # Who may

    def readable(self, channel_id: int) -> Channel:
        """The channel, if the bot may see it."""
        channel = self._world.channels.get(channel_id)
        if channel is None:
            raise refusals.unknown_channel()
        if not self._world.visible(channel):
            raise refusals.missing_access()
        return channel

    def writable(self, channel_id: int) -> Channel:
        """The channel, if the bot may write into it."""
        channel = self.readable(channel_id)
        if channel.recipient is not None:
            if not self._world.mutual(channel.recipient):
                raise refusals.no_mutual_guild()
            if channel.recipient.closed:
                raise refusals.closed_dms()
        if channel.read_only or (channel.parent is not None and channel.parent.read_only):
            raise refusals.missing_permissions()
        if channel.locked:
            raise refusals.archived()
        return channel

    def find(self, channel: Channel, message_id: int) -> Message:
        message = channel.messages.get(message_id)
        if message is None:
            raise refusals.unknown_message()
        return message

    # Sending

    def send(
        self,
        channel: Channel,
        body: Json,
        files: Mapping[int, Upload],
        *,
        interaction: Interaction | None = None,
        hidden: bool = False,
    ) -> Message:
        """A message of the bot's. `hidden` makes one for an interaction ephemeral, whatever its flags say."""
        known = self._known(channel, body)
        if known is not None:
            return known
        message = Message(self._world.ids.next(), channel, self._world.bot, self._world.clock())
        message.interaction = interaction
        message.nonce = body.get("nonce")
        message.flags = Flag(body.get("flags") or 0) & _SETTABLE
        if hidden:
            message.flags |= Flag.EPHEMERAL
        if interaction is None:
            message.flags &= ~Flag.EPHEMERAL
        elif message.flags & Flag.EPHEMERAL:
            message.seen_by = interaction.user
        reference = body.get("message_reference")
        if reference is not None:
            message.reply_to = channel.messages.get(int(reference["message_id"]))
            if message.reply_to is None and reference.get("fail_if_not_exists", True):
                raise invalid("message_reference", "Unknown message")
        self._fill(message, body, files)
        self._keep(message)
        if body.get("enforce_nonce"):
            self._nonces[channel.id, str(message.nonce)] = (message.sent_at, message)
        return message

    def waiting(self, interaction: Interaction, *, hidden: bool) -> Message:
        """The message that says the bot is thinking."""
        message = Message(self._world.ids.next(), interaction.channel, self._world.bot, self._world.clock())
        message.interaction = interaction
        message.flags = Flag.LOADING
        if hidden:
            message.flags |= Flag.EPHEMERAL
            message.seen_by = interaction.user
        self._keep(message)
        return message

    def said(
        self,
        author: User,
        channel: Channel,
        text: str,
        uploads: Sequence[Upload],
        reply_to: Message | None = None,
    ) -> Message:
        """A message of a person's."""
        message = Message(self._world.ids.next(), channel, author, self._world.clock(), text, nonce=None)
        message.attachments = [self._cdn.keep(one, channel.id) for one in uploads]
        message.mentions, message.everyone = self._pinged([text], None)
        message.reply_to = reply_to
        if reply_to is not None and reply_to.author not in message.mentions:
            message.mentions.append(reply_to.author)  # a client mentions whom it replies to
        if any(one.seconds is not None for one in message.attachments):
            message.flags |= Flag.VOICE
        self._keep(message)
        return message

    def _known(self, channel: Channel, body: Json) -> Message | None:
        nonce = body.get("nonce")
        if nonce is not None and len(str(nonce)) > 25:
            raise invalid("nonce", "Must be 25 or fewer in length.")
        if nonce is None or not body.get("enforce_nonce"):
            return None
        at, message = self._nonces.get((channel.id, str(nonce)), (None, None))
        if at is None or self._world.clock() - at > self._world.limits.nonces:
            return None
        return message

    def _keep(self, message: Message) -> None:
        if message.seen_by is not None:
            self._world.ephemeral.append(message)
        else:
            message.channel.messages[message.id] = message
            message.channel.archived = False
            self._tell("MESSAGE_CREATE", wire.message_event(message, self._cdn.url), message.channel)
        if message.interaction is not None:
            message.interaction.messages[message.id] = message
        self._world.changed()

    # Changing

    def edit(self, message: Message, body: Json, files: Mapping[int, Upload]) -> None:
        """Carry out an edit; the first of a waiting message is what it waited for."""
        waiting = bool(message.flags & Flag.LOADING)
        self._fill(message, body, files)
        if waiting:
            message.flags &= ~Flag.LOADING
        else:
            message.edited_at = self._world.clock()
            message.edits += 1
        self.announce(message)

    def reword(self, message: Message, text: str) -> None:
        """A person's edit."""
        message.content, message.edited_at = text, self._world.clock()
        message.edits += 1
        self.announce(message)

    def announce(self, message: Message) -> None:
        """Tell of a message that has changed."""
        if message.seen_by is None:
            self._tell("MESSAGE_UPDATE", wire.message_event(message, self._cdn.url), message.channel)
        self._world.changed()

    def delete(self, message: Message) -> None:
        message.deleted = True
        if message.seen_by is not None:
            self._world.ephemeral.remove(message)
        else:
            channel = message.channel
            del channel.messages[message.id]
            gone = {"id": str(message.id), "channel_id": str(channel.id)}
            if channel.guild is not None:
                gone["guild_id"] = str(channel.guild.id)
            self._tell("MESSAGE_DELETE", gone, channel)
        self._world.changed()

    # Content

    def _fill(self, message: Message, body: Json, files: Mapping[int, Upload]) -> None:
        """Put the body of a request into a message: all of it or, refused, nothing."""
        flags = message.flags
        if "flags" in body:
            flags |= Flag(body["flags"] or 0) & (Flag.COMPONENTS_V2 | Flag.SUPPRESS_EMBEDS)
        v2 = bool(flags & Flag.COMPONENTS_V2)
        content = message.content if "content" not in body else body["content"] or ""
        embeds = message.embeds if "embeds" not in body else body["embeds"] or []
        if len(content) > 2000:
            raise invalid("content", "Must be 2000 or fewer in length.")
        if v2 and (content or embeds or body.get("sticker_ids") or body.get("poll")):
            raise invalid(
                "content", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            )
        _check_embeds(embeds)
        attachments = self._attached(message, body, files)
        components = message.components
        if "components" in body:
            components = taken(body["components"] or [], attachments, v2=v2)
        if not (components if v2 else content or embeds or attachments or components or body.get("poll")):
            raise refusals.empty()
        words = texts(components) if v2 else [content]
        message.mentions, message.everyone = self._pinged(words, body.get("allowed_mentions"))
        message.flags, message.content, message.embeds = (
            flags,
            content,
            [{"type": "rich", **one} for one in embeds],
        )
        message.components, message.attachments = components, attachments

    def _attached(self, message: Message, body: Json, files: Mapping[int, Upload]) -> list[Attachment]:
        limit = self._world.file_limit(message.channel)
        if message.interaction is not None:
            limit = max(limit, message.interaction.user.upload_limit)
        if any(file.length > limit for file in files.values()):
            raise refusals.too_large()
        listed = body.get("attachments")
        kept = {one.id: one for one in message.attachments}
        attachments = list(kept.values()) if listed is None else []
        told: dict[int, Json] = {}
        for one in listed or ():
            if int(one["id"]) in kept:
                attachments.append(kept[int(one["id"])])
            elif int(one["id"]) in files:
                told[int(one["id"])] = one
            else:
                raise invalid("attachments", "Attachment data was not found")
        if len(attachments) + len(files) > 10:
            raise invalid("attachments", "Must be 10 or fewer in length.")
        for index, file in files.items():
            about: Mapping[str, Any] = told.get(index, {})
            upload = Upload(about.get("filename") or file.name, file.data, media_type=file.media_type)
            hidden = bool(message.flags & Flag.EPHEMERAL)
            attachment = self._cdn.keep(upload, message.channel.id, ephemeral=hidden)
            attachment.description = about.get("description")
            attachments.append(attachment)
        return attachments

    def _pinged(self, words: Sequence[str], allowed: Json | None) -> tuple[list[User], bool]:
        if allowed is None:
            allowed = {"parse": ["users", "roles", "everyone"]}
        parse, named = allowed.get("parse") or [], allowed.get("users") or []
        if "users" in parse and named:
            raise invalid("allowed_mentions", "parse:['users'] and users: [ids...] are mutually exclusive.")
        found = {int(one) for text in words for one in re.findall(r"<@!?(\d+)>", text)}
        if "users" not in parse:
            found &= {int(one) for one in named}
        shouted = any(re.search(r"@(everyone|here)\b", text) for text in words)
        users = [self._world.users[one] for one in sorted(found) if one in self._world.users]
        return users, shouted and "everyone" in parse


def visible(message: Message) -> list[Attachment]:
    """The files a reader sees: of a v2 message, those that a component shows."""
    if not message.flags & Flag.COMPONENTS_V2:
        return message.attachments
    shown = {int(one["attachment_id"]) for one in media(message.components) if "attachment_id" in one}
    return [one for one in message.attachments if one.id in shown]


def _check_embeds(embeds: Sequence[Json]) -> None:
    if len(embeds) > 10:
        raise invalid("embeds", "Must be 10 or fewer in length.")
    for embed in embeds:
        for key, most in _EMBED.items():
            if len(embed.get(key) or "") > most:
                raise invalid("embeds", f"{key} must be {most} or fewer in length.")
    if sum(map(_length, embeds)) > 6000:
        raise invalid("embeds", "Embed size exceeds maximum size of 6000")


def _length(embed: Json) -> int:
    fields = embed.get("fields") or []
    parts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    parts += [
        (embed.get("author") or {}).get("name"),
        *(one[key] for one in fields for key in ("name", "value")),
    ]
    return sum(len(part or "") for part in parts)
