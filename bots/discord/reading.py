"""What people do on Discord, as the house understands it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath
from typing import Any

import discord

from bots.discord.files import Source, attachments_of
from core.messages import FileRef, Incoming, Kind, Media

NAME = "discord"
_CHANNEL = "channel:"

_SAID = frozenset({discord.MessageType.default, discord.MessageType.reply})


def channel_address(channel: int) -> str:
    """The address of a channel or thread; a person's own address is their id."""
    return f"{_CHANNEL}{channel}"


def channel_of(address: str) -> int | None:
    """The channel that an address names; None for a person's."""
    return int(address.removeprefix(_CHANNEL)) if address.startswith(_CHANNEL) else None


def keep_out_of_rooms(media: Sequence[Media], address: str) -> None:
    """ValueError for media at a channel's address: previews and titles never go into a server (B62)."""
    if media and channel_of(address) is not None:
        raise ValueError("media in a room")


def message(said: discord.Message, at: datetime) -> Incoming | None:
    """A direct message; None for what nobody said to us: bots, channels and the platform say things too."""
    if said.guild is not None or said.author.bot or said.type not in _SAID:
        return None
    person = str(said.author.id)
    return Incoming(
        NAME,
        f"m{said.id}",
        person,
        person,
        private=True,
        kind=Kind.MESSAGE,
        at=at,
        payload={"text": _words(said), "complete": True},
        files=files_of(said),
        name=said.author.display_name,
    )


def reply(said: discord.Message, at: datetime) -> Incoming | None:
    """Files in a channel that reply to a message of a bot; None for all else that is said in channels.

    Without the message content intent Discord tells what a message in a channel holds only to whom it
    mentions, so nothing comes but what is meant for us.
    """
    answered = said.reference
    if said.guild is None or said.author.bot or said.type is not discord.MessageType.reply or not answered:
        return None
    ours = isinstance(answered.resolved, discord.Message) and answered.resolved.author.bot
    files = files_of(said)
    if not (ours and files):
        return None
    return Incoming(
        NAME,
        f"m{said.id}",
        str(said.author.id),
        channel_address(said.channel.id),
        private=False,
        kind=Kind.MESSAGE,
        at=at,
        payload={
            "text": _words(said),
            "complete": True,
            "answers": f"{answered.channel_id}/{answered.message_id}",
        },
        files=files,
        name=said.author.display_name,
    )


def _words(said: discord.Message) -> str:
    passed_on = [snapshot.content for snapshot in said.message_snapshots]
    return "\n".join(words for words in (said.content, *passed_on) if words)


def deed(
    done: discord.Interaction,
    kind: Kind,
    payload: Mapping[str, Any],
    at: datetime,
    *,
    files: Iterable[FileRef] = (),
    handle: str | None = None,
) -> Incoming:
    """A command, press or form. `handle`: how it can be answered in place."""
    return Incoming(
        NAME,
        f"i{done.id}",
        str(done.user.id),
        place(done),
        private=is_private(done),
        kind=kind,
        at=at,
        payload=payload,
        files=tuple(files),
        reply_handle=handle,
        locale=done.locale.value,
        name=done.user.display_name,
    )


def is_private(done: discord.Interaction) -> bool:
    """Whether it was done in the direct messages with us; in those between others we are a guest."""
    return done.guild_id is None and not done.context.private_channel


def place(done: discord.Interaction) -> str:
    """The address at which it was done."""
    return str(done.user.id) if is_private(done) else channel_address(done.channel_id or 0)


def files_of(said: discord.Message) -> tuple[FileRef, ...]:
    """The files of a message; each can be fetched as long as the message is there."""
    return tuple(
        file_ref(file, Source(file.url, said.channel.id, said.id, file.id)) for file in attachments_of(said)
    )


def songs_of(said: discord.Message) -> tuple[FileRef, ...]:
    """The audio files of a message, else all its files."""
    every = files_of(said)
    return tuple(file for file in every if (file.media_type or "").startswith("audio/")) or every


def uploads(files: Iterable[discord.Attachment]) -> tuple[FileRef, ...]:
    """Files that came with a command: there is no message to find them by again."""
    return tuple(file_ref(file, Source(file.url)) for file in files)


def file_ref(file: discord.Attachment, source: Source) -> FileRef:
    """A file of Discord's, known to the house."""
    return FileRef(NAME, source.pack(), full_name(file.filename, file.title), file.size, file.content_type)


def full_name(filename: str, title: str | None) -> str:
    """What a file was called: Discord cleans its name and keeps the original, often without its ending."""
    ending = PurePath(filename).suffix
    if not title:
        return filename
    return title if title.lower().endswith(ending.lower()) else title + ending
