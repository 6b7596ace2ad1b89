"""The terminal door: shows cards and notices, hands files over, and reads those that somebody sends."""

import asyncio
import mimetypes
import os
import re
import shutil
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from bots.doors import Links, addressed
from bots.terminal.record import Record, find
from bots.terminal.screen import Handed, Screen, Shown
from core.desk.shown.reading import plainly
from core.messages import Button, FileRef, Media, To
from core.ports import Blobs, Clock, Outgoing, Reach, Refused
from core.text import Text
from core.wording import Catalogues

NAME = "terminal"
_ROOM = "room:"
_CHUNK = 1 << 20


def room(name: str) -> str:
    """The address of a room; a person's own address is their name."""
    return _ROOM + name


class TerminalDoor:
    """A door whose people all sit at one keyboard. Everything sent to any of them is shown."""

    name = NAME

    def __init__(
        self,
        folder: Path,
        screen: Screen,
        blobs: Blobs,
        catalogues: Catalogues,
        clock: Clock,
        zone: ZoneInfo,
        links: Links,
    ) -> None:
        """`folder` keeps what was shown and the files handed over; `zone` is for people who named none."""
        self._folder = folder
        self._screen = screen
        self._blobs = blobs
        self._catalogues = catalogues
        self._clock = clock
        self._zone = zone
        self._links = links
        self._record = Record(folder / "shown.sqlite3")

    def close(self) -> None:
        self._record.close()

    async def send_card(self, outgoing: Outgoing) -> str:
        card = outgoing.card
        if card is None:
            raise ValueError("there is no card to send")
        files = await self._handed(card.media, card.to, outgoing.reach)
        buttons = addressed(card.buttons, self._links, alone=outgoing.reach.private)
        message, fresh = self._record.card(outgoing.reach.address, card.key, buttons)
        self._screen.show(
            self._shown(
                outgoing.reach, card.to, card.text, buttons, files,
                card=card.key, edit=not fresh, progress=card.progress,
            )
        )  # fmt: skip
        return str(message)

    async def send_notice(self, outgoing: Outgoing) -> str:
        """Show a notice, unless it was shown before.

        Remembered first and printed then: a kill between the two loses it to the screen, the other order
        would print it twice.
        """
        notice = outgoing.notice
        if notice is None:
            raise ValueError("there is no notice to send")
        files = await self._handed(notice.media, notice.to, outgoing.reach)
        buttons = addressed(notice.buttons, self._links, alone=outgoing.reach.private)
        message, fresh = self._record.notice(outgoing.reach.address, notice.id, buttons)
        if fresh:
            self._screen.show(
                self._shown(outgoing.reach, notice.to, notice.text, buttons, files, notice=notice.id)
            )
        return str(message)

    async def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        path = Path(os.fsdecode(unquote_to_bytes(urlsplit(file.ref).path)))
        try:
            source = await asyncio.to_thread(path.open, "rb")
        except OSError as error:
            raise Refused(error.strerror or "the file is gone") from None
        with source:
            while chunk := await asyncio.to_thread(source.read, _CHUNK):
                yield chunk

    def button(self, address: str, wanted: int | str) -> Button | None:
        """The button that somebody at an address means, on the latest message there that has it."""
        return find(self._record.latest(address), wanted)

    def labels(self, address: str) -> tuple[str, ...]:
        """The labels on the latest message at an address that has buttons."""
        return tuple(button.label for button in next(self._record.latest(address), ()))

    def _shown(
        self,
        reach: Reach,
        to: To,
        text: Text,
        buttons: tuple[Button, ...],
        files: tuple[Handed, ...],
        *,
        card: str | None = None,
        notice: str | None = None,
        edit: bool = False,
        progress: float | None = None,
    ) -> Shown:
        in_room = reach.address.startswith(_ROOM)
        return Shown(
            to=f"{NAME}:{reach.address.removeprefix(_ROOM)}",
            place=reach.address if in_room else "dm",
            private=not in_room,
            card=card,
            notice=notice,
            edit=edit,
            at=self._clock.now(),
            text=self._words(text, to, reach),
            buttons=buttons,
            files=files,
            progress=progress,
        )

    def _words(self, text: Text, to: To, reach: Reach) -> str:
        zone = ZoneInfo(reach.zone) if reach.zone else self._zone
        return plainly(text, to, self._catalogues.voice(reach.locale), self._clock.now(), zone)

    async def _handed(self, media: tuple[Media, ...], to: To, reach: Reach) -> tuple[Handed, ...]:
        return tuple(
            [
                Handed(
                    one.kind,
                    await self._file(one, reach),
                    self._words(one.title, to, reach),
                    self._links.url(one.link) if one.link else None,
                )
                for one in media
            ]
        )

    async def _file(self, media: Media, reach: Reach) -> Path:
        """The file of a blob under the name the person sees, in a folder of its place; written once."""
        folder = self._folder / "files" / safe(reach.address) / media.sha256[:12]
        path = folder / safe(media.name)
        if not path.exists():
            async with self._blobs.open(media.blob) as blob:
                await asyncio.to_thread(_copy, blob, path)
        return path.absolute()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(f".{uuid4().hex}")
    try:
        shutil.copyfile(source, arriving)
        arriving.replace(target)
    finally:
        arriving.unlink(missing_ok=True)


def safe(name: str) -> str:
    """A name that stays in its folder anywhere: no separators, no dot in front, at most 180 bytes."""
    name = re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "-", name).strip(" ").lstrip(".")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    stem = stem.encode()[: 180 - len(ending.encode())].decode(errors="ignore")
    return f"{stem}{dot}{ending}" or "file"


class Missing(ValueError):
    """A path that is no file that can be read; `str()` says so."""


def file_ref(path: str) -> FileRef:
    """A file of this machine as something that was sent. Missing if it cannot be read now.

    Its bytes are read when the desk fetches them; a file that is changed until then arrives as it is then.
    """
    file = Path(path).expanduser().absolute()
    name = os.fsencode(file.name).decode("utf-8", "replace")
    try:
        kind = file.stat().st_mode
        if stat.S_ISREG(kind):
            with file.open("rb") as readable:
                size = os.fstat(readable.fileno()).st_size
    except OSError as error:
        raise Missing(f"{name} cannot be read: {error.strerror}") from None
    except ValueError:
        raise Missing(f"{name!r} is no path") from None
    if stat.S_ISDIR(kind):
        raise Missing(f"{name} is a folder; drop its files one by one")
    if not stat.S_ISREG(kind):
        raise Missing(f"{name} is no file")
    return FileRef(NAME, file.as_uri(), name, size, mimetypes.guess_type(name)[0])
