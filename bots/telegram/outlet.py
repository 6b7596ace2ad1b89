"""Messages out: words, and files as audio that plays, as pictures, or as they are.

A file goes from the disk to the socket in pieces. What the platform has already is named by its id and not
sent again. Everything here raises TelegramError, and what it means is for who sends to judge.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bots.telegram.letters import Place
from bots.telegram.pictures import sheet, thumbnail
from bots.telegram.writing import Runs, marked_up, plain
from core.messages import Media
from core.ports import Blobs

CLOUD_MOST = 50 << 20
"""Bytes of the largest file that the cloud takes (core.telegram.org/bots/api#sending-files)."""

LOCAL_MOST = 2000 << 20
"""Bytes of the largest file that a server of our own takes (the same, "Using a Local Bot API Server")."""

_PICTURE_MOST = 10 << 20  # bytes of a picture that is shown as one
_PLAYED = ("audio/mpeg", "audio/mp4", "audio/x-m4a")  # "must be in the .MP3 or .M4A format"
_REMEMBERED = 1000
_SILENT = LinkPreviewOptions(is_disabled=True)

Uploaded = tuple[str, ...]
"""What an upload is known by: the way it was sent, and the content, name and title it was sent with."""


class Outlet:
    """Sends for one bot. What it has uploaded it remembers, as long as the process lives."""

    def __init__(self, bot: Bot, blobs: Blobs) -> None:
        self._bot = bot
        self._blobs = blobs
        self._ids: dict[Uploaded, str] = {}

    async def say(
        self, place: Place, words: Runs, buttons: InlineKeyboardMarkup | None, answering: str | None = None
    ) -> Message:
        """Send words, in a group as the answer to a message."""
        answer = ReplyParameters(int(answering), allow_sending_without_reply=True) if answering else None
        return await self._bot.send_message(
            place.chat,
            marked_up(words),
            ParseMode.HTML,
            message_thread_id=place.thread,
            reply_markup=buttons,
            reply_parameters=answer,
            link_preview_options=_SILENT,
        )

    async def hand_over(
        self,
        place: Place,
        media: Media,
        title: Runs,
        caption: Runs,
        buttons: InlineKeyboardMarkup | None,
        cover: Media | None,
    ) -> Message:
        """Send a file. `cover` is the picture that its thumbnail is made of."""
        way = _way(media)
        known = (way, media.sha256, media.name, plain(title))
        options: dict[str, Any] = {
            "caption": marked_up(caption) or None,
            "parse_mode": ParseMode.HTML,
            "message_thread_id": place.thread,
            "reply_markup": buttons,
        }
        send: Callable[..., Any]
        match way:
            case "audio":
                send, options["title"] = self._bot.send_audio, plain(title)[:64]
                options["performer"] = media.performer[:64] or None
            case "photo":
                send = self._bot.send_photo
            case _:
                send, options["disable_content_type_detection"] = self._bot.send_document, True
        if (file_id := self._ids.get(known)) is not None:
            with suppress(BadRequest):  # the platform has forgotten it, or never said so of a file it has
                return await self._sent(known, send(place.chat, file_id, **options))
        if way == "audio" and cover is not None:
            options["thumbnail"] = await self._thumbnail(cover)
        async with self._blobs.open(media.blob) as path:
            with await asyncio.to_thread(path.open, "rb") as source:
                file = InputFile(source, media.name, read_file_handle=False)
                return await self._sent(known, send(place.chat, file, **options))

    async def show(
        self, place: Place, pictures: tuple[Media, ...], caption: Runs, buttons: InlineKeyboardMarkup | None
    ) -> Message:
        """Send pictures as one."""
        known = _shown(pictures)
        file = self._ids.get(known) or await self._sheet(pictures)
        return await self._sent(
            known,
            self._bot.send_photo(
                place.chat,
                file,
                marked_up(caption),
                parse_mode=ParseMode.HTML,
                message_thread_id=place.thread,
                reply_markup=buttons,
            ),
        )

    async def change_words(
        self, place: Place, message: int, words: Runs, buttons: InlineKeyboardMarkup | None
    ) -> None:
        await self._bot.edit_message_text(
            marked_up(words),
            place.chat,
            message,
            parse_mode=ParseMode.HTML,
            reply_markup=buttons,
            link_preview_options=_SILENT,
        )

    async def change_caption(
        self, place: Place, message: int, caption: Runs, buttons: InlineKeyboardMarkup | None
    ) -> None:
        await self._bot.edit_message_caption(
            place.chat, message, caption=marked_up(caption), parse_mode=ParseMode.HTML, reply_markup=buttons
        )

    async def change_pictures(
        self,
        place: Place,
        message: int,
        pictures: tuple[Media, ...],
        caption: Runs,
        buttons: InlineKeyboardMarkup | None,
    ) -> None:
        """Put pictures in the place of what a message shows, or of its words alone."""
        known = _shown(pictures)
        file = self._ids.get(known) or await self._sheet(pictures)
        media = InputMediaPhoto(file, marked_up(caption), ParseMode.HTML)
        changed = await self._bot.edit_message_media(media, place.chat, message, reply_markup=buttons)
        if isinstance(changed, Message):
            self._remember(known, changed)

    async def take_back(self, place: Place, message: int) -> None:
        """Delete a message, if that may still be."""
        with suppress(BadRequest):
            await self._bot.delete_message(place.chat, message)

    async def _sheet(self, pictures: tuple[Media, ...]) -> bytes:
        if len(pictures) == 1:
            async with self._blobs.open(pictures[0].blob) as path:
                return await asyncio.to_thread(path.read_bytes)
        return await self._drawn(pictures, sheet)

    async def _thumbnail(self, cover: Media) -> bytes:
        return await self._drawn((cover,), lambda paths: thumbnail(paths[0]))

    async def _drawn(self, pictures: tuple[Media, ...], draw: Callable[[list[Path]], bytes]) -> bytes:
        """What is drawn of pictures, all of which are open meanwhile."""
        async with AsyncExitStack() as opened:
            paths = [await opened.enter_async_context(self._blobs.open(one.blob)) for one in pictures]
            return await asyncio.to_thread(draw, paths)

    async def _sent(self, known: Uploaded, sending: Any) -> Message:
        message: Message = await sending
        self._remember(known, message)
        return message

    def _remember(self, known: Uploaded, message: Message) -> None:
        attached = message.photo[-1] if message.photo else message.effective_attachment
        file_id = getattr(attached, "file_id", None)
        if file_id is not None:
            self._ids.pop(known, None)
            self._ids[known] = file_id
        while len(self._ids) > _REMEMBERED:
            del self._ids[next(iter(self._ids))]


def _way(media: Media) -> str:
    """How a file is sent: as audio that plays, as a picture, or as it is."""
    if media.kind == "audio" and media.media_type in _PLAYED:
        return "audio"
    if media.kind == "picture" and media.size <= _PICTURE_MOST:
        return "photo"
    return "document"


def _shown(pictures: tuple[Media, ...]) -> Uploaded:
    return ("sheet", *(picture.sha256 for picture in pictures))
