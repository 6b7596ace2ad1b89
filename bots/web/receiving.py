"""Files that come in pieces beside the chat: which are taken, and what of them is safe.

The desk is told of a file before its first byte is taken, and when all of it is here; between the two only
the rows of its pieces say how far it has come. So nothing is lost with a process, but the piece that is on
its way.
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, repeat

import structlog

from bots.web.admission import Admitted
from bots.web.flow import CUT, PIECE, Flow
from core.desk.ordering.arriving import Refusal, refusal, waits_until
from core.messages import WEB, Incoming
from core.orders import Project
from core.ports import Blob, Blobs, Clock, Outdated, Store, Unreachable, Uploads
from core.rules import HouseRules
from core.snapshot import Needs
from core.songs import Song, own_name
from core.uploads import Heard, Upload
from core.wording import Voice

PER_PERSON = 8
"""Requests of one person that may bring bytes at the same time."""

AT_ONCE = 256
"""Those of all: each holds a few megabytes while it is at work."""

ALIVE = 5.0
"""Seconds for which a request counts as alive that has brought nothing since."""

DRAWN = 3.0
"""Seconds between two times that the card in the chat shows how far an order has come."""

DRAWS = 2.0
"""How often in a second that is done for all orders together."""

NOTED = 2
"""Pieces whose rows are written at the same time: what people say in the chat is not to wait for all."""

SOON = 10.0
"""Seconds in which the desk has decided about a file, or it is not taken now."""

CRUMBS = 2000
"""Pieces of a file beside those that it has by its size, and by the time that a slow line takes."""

SPARE = 2 << 30
"""Bytes that stay free beside a file: for what is made of it."""

_LOOKS = (0.0, 0.02, 0.03, 0.05, 0.1, 0.2)  # seconds before each look whether the desk has decided
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,60}")
_UNKNOWN = "application/octet-stream"

log = structlog.get_logger()


class NotTaken(Exception):
    """A file that is not taken; `str()` says why to who sends it, `status` to their browser."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class Occupied(Exception):
    """Another request brings the same file at this moment."""


class Crowded(Exception):
    """As many requests as may are bringing bytes; or those of one file brought hardly any each."""


class Mismatch(Exception):
    """What came is not what it was said to be; nothing of it was kept."""


class Receiving:
    """Takes files in. `receive` writes a deed down, `moved` draws how far the files of an order have come.

    `free` tells how many bytes there is room for; None where there is no end.
    """

    def __init__(
        self,
        store: Store,
        uploads: Uploads,
        blobs: Blobs,
        rules: HouseRules,
        clock: Clock,
        receive: Callable[[Incoming], Awaitable[bool]],
        moved: Callable[[str], Awaitable[None]],
        free: Callable[[], int | None],
    ) -> None:
        self._store = store
        self._uploads = uploads
        self._blobs = blobs
        self._rules = rules
        self._clock = clock
        self._receive = receive
        self._moved = moved
        self._free = free
        self._flows: dict[str, tuple[str, Flow]] = {}  # by upload: who sends, and what comes
        self._drawn: dict[str, float] = {}  # by order: when
        self._noting = asyncio.Semaphore(NOTED)

    @property
    def most(self) -> int:
        """Bytes of a file at most."""
        return self._rules.limits.file_bytes

    def waits_until(self, upload: Upload) -> datetime:
        """When a file is given up of which nothing comes any more."""
        return waits_until(upload, self._rules)

    def check(self, admitted: Admitted, size: int) -> None:
        """NotTaken unless the order takes one more file of `size` bytes, and the disk has room for it."""
        say = admitted.say
        match refusal(admitted.project, size, self._rules):
            case Refusal.EMPTY:
                raise NotTaken(400, say.word("This file is empty."))
            case Refusal.LARGE:
                raise NotTaken(413, too_large(say, self.most))
            case Refusal.CLOSED:
                raise NotTaken(409, closed(say))
            case Refusal.FULL:
                most = self._rules.limits.songs_per_order
                why = say.word("One order takes {most} songs, and this one has them.", most=most)
                raise NotTaken(409, why)
        free = self._free()
        if free is not None and free < 2 * size + SPARE:  # its pieces, and the whole that they make
            log.error("no room for a file", megabytes=size // 10**6, free_megabytes=free // 10**6)
            raise NotTaken(507, say.word("There is no room for this file just now. Please try again later."))

    async def begin(self, admitted: Admitted, name: str, size: int, media_type: str, key: str = "") -> Upload:
        """Expect a file, whose song stands in the order when this returns. NotTaken, Unreachable.

        Asked again with the same `key`, whatever was heard of the first time, it is the same file, as far as
        it has come by then.
        """
        now, order, person = self._clock.now(), admitted.project.order, admitted.person.id
        id_ = _id_of(order.id, person, key) if key else secrets.token_hex(16)
        upload = await self._uploads.find(id_) if key else None
        if upload is None:
            self.check(admitted, size)
            kind = media_type.lower() if _MEDIA_TYPE.fullmatch(media_type.lower()) else _UNKNOWN
            upload = Upload(id_, order.id, person, own_name(name), size, kind, now, now)
            if not await self._uploads.begin(upload):
                upload = await self._uploads.find(id_) or upload  # another request was faster
        if upload.state == "gone":
            self.check(admitted, size)
            raise NotTaken(410, admitted.say.word("This file was taken out. Please choose it again."))
        if upload.size != size:
            raise NotTaken(409, admitted.say.word("That did not work. Please reload the page and try again."))
        await self._receive(upload.heard(Heard.BEGUN, upload.begun))  # it stands there: look now
        try:
            async with asyncio.timeout(SOON):
                taken = await self._expected(upload)
        except TimeoutError:
            if not key:  # nobody could ask for it again
                await self.give_up(upload)
            raise Unreachable("the desk has not decided about a file") from None
        if not taken:
            await self.give_up(upload)
            raise NotTaken(409, closed(admitted.say))
        log.info("upload begun", order=order.id, megabytes=size // 10**6)
        return upload

    async def find(self, admitted: Admitted, id_: str) -> Upload | None:
        """A file of this very order."""
        upload = await self._uploads.find(id_)
        return upload if upload is not None and upload.order == admitted.project.order.id else None

    async def again(self, admitted: Admitted) -> Admitted:
        """The same with the order as it stands now."""
        project = await self._project(admitted.project.order.id)
        return replace(admitted, project=project) if project else admitted

    @asynccontextmanager
    async def sending(self, upload: str, person: str, flow: Flow) -> AsyncIterator[None]:
        """Be the only request here that brings this file. Occupied, Crowded.

        One that has fallen silent makes way: its line is dead, and its sender is back on another.
        """
        await self.rest(upload)
        if upload in self._flows:
            raise Occupied
        mine = sum(who == person for who, _ in self._flows.values())
        if mine >= PER_PERSON or len(self._flows) >= AT_ONCE:
            raise Crowded
        self._flows[upload] = person, flow
        try:
            yield
        finally:
            del self._flows[upload]
            flow.finished.set()

    async def rest(self, upload: str, *, even_alive: bool = False) -> None:
        """End a request that brings this file and has fallen silent, so that what it brought is counted."""
        _, flow = self._flows.get(upload, ("", None))
        if flow is None:
            return
        if even_alive or flow.heard < asyncio.get_running_loop().time() - ALIVE:
            flow.halt()
            with suppress(TimeoutError):
                async with asyncio.timeout(ALIVE):
                    await flow.finished.wait()

    def check_pace(self, upload: Upload) -> None:
        """Crowded if a file has come in more pieces than a slow line that breaks often explains."""
        pieces_of_time = (self._clock.now() - upload.begun).total_seconds() / (CUT / 2)
        if upload.pieces > upload.received / PIECE + pieces_of_time + CRUMBS:
            raise Crowded

    async def take(self, upload: Upload, flow: Flow, checksum: tuple[str, bytes] | None = None) -> Upload:
        """Make what comes safe, piece by piece; with a checksum (algorithm, digest) all of it or nothing.

        The upload as it is then. Mismatch, core.ports.TooLarge, Outdated, DiskFull or Unreachable.
        """
        if checksum is None:
            async for piece in flow.pieces():
                upload = await self._safe(upload, await self._filed(upload.person, piece))
            return upload
        algorithm, wanted = checksum
        digest = hashlib.new(algorithm, usedforsecurity=False)
        blobs = [
            await self._filed(upload.person, _read_along(piece, digest.update))
            async for piece in flow.pieces()
        ]
        if flow.broken or digest.digest() != wanted:
            raise Mismatch
        for blob in blobs:
            upload = await self._safe(upload, blob)
        return upload

    async def take_whole(
        self, admitted: Admitted, name: str, media_type: str, flow: Flow, key: str = ""
    ) -> Upload | None:
        """Take a file whose size nobody has said; None if it broke off, and nothing is kept. NotTaken.

        What came before with the same `key` is not taken again.
        """
        if (
            not key
            or await self._uploads.find(_id_of(admitted.project.order.id, admitted.person.id, key)) is None
        ):
            self.check(admitted, 1)
        person = admitted.person.id
        blobs = [await self._filed(person, piece) async for piece in flow.pieces()]
        if flow.broken:
            return None
        upload = await self.begin(admitted, name, sum(blob.size for blob in blobs), media_type, key)
        at = 0
        for blob in blobs:
            if at == upload.received:
                upload = await self._safe(upload, blob)
            at += blob.size
        return upload

    async def give_up(self, upload: Upload) -> bool:
        """Take nothing more of a file, and let go what came; False if all of it is here already."""
        await self.rest(upload.id, even_alive=True)
        now = self._clock.now()
        if not await self._uploads.give_up(upload.id, now):
            return False
        await self._receive(upload.heard(Heard.GONE, now))  # it stands there: look now
        return True

    async def digest(self, upload: Upload) -> str | None:
        """The SHA-256 of a file that was put together, hexadecimal."""
        song = await self._song(upload)
        return song.sha256 if song else None

    async def _filed(self, scope: str, piece: AsyncIterator[bytes]) -> Blob:
        return await self._blobs.put_stream(piece, self.most, scope=scope)

    async def _safe(self, upload: Upload, piece: Blob) -> Upload:
        now = self._clock.now()
        async with self._noting:
            upload = await self._uploads.append(upload.id, upload.received, piece, now)
            if upload.whole:
                await self._receive(upload.heard(Heard.ARRIVED, now))  # it stands there: look now
            await self._draw(upload.order)
        return upload

    async def _draw(self, order: str) -> None:
        now = asyncio.get_running_loop().time()
        pause = max(DRAWN, len(self._drawn) / DRAWS)
        self._drawn = {other: at for other, at in self._drawn.items() if now - at < pause}
        if order in self._drawn:
            return
        self._drawn[order] = now
        try:
            await self._moved(order)
        except (Outdated, Unreachable):  # it is drawn again with the next piece
            log.info("progress not drawn", order=order)

    async def _expected(self, upload: Upload) -> bool:
        """Whether the desk makes a song of a file, once it has decided."""
        for pause in chain(_LOOKS, repeat(_LOOKS[-1])):
            await asyncio.sleep(pause)
            if await self._song(upload) is not None:
                return True
            found = await self._uploads.find(upload.id)
            if found is None or found.state == "gone":  # the desk has let it go
                break
        return False

    async def _song(self, upload: Upload) -> Song | None:
        return _song_in(await self._project(upload.order), upload)

    async def _project(self, order: str) -> Project | None:
        return (await self._store.load(Needs(WEB, order=order))).project


def _id_of(order: str, person: str, key: str) -> str:
    """Where somebody's file goes that their browser names so: known before the first answer came back."""
    return hashlib.sha256("\x1f".join((order, person, key)).encode()).hexdigest()[:32]


def closed(say: Voice) -> str:
    """Why an order takes no file."""
    return say.word("This order takes no more songs. Begin a new one in the chat.")


def too_large(say: Voice, most: int) -> str:
    """Why a file is not taken that is larger than the house rules let it be."""
    return say.word("This file is too large: at most {size}.", size=in_words(say, most))


def in_words(say: Voice, size: int) -> str:
    """A number of bytes as people say it: `66.1 MB`, `2 GB`, `1 kB` for less than that as well."""
    if size < 10**5:
        return f"{say.number(max(1, round(size / 1e3)), 0)}\u00a0kB"
    unit, name = (1e9, "GB") if size >= 10**9 else (1e6, "MB")
    figure = round(size / unit, 1)
    return f"{say.number(figure, 0 if figure.is_integer() else 1)}\u00a0{name}"


def _song_in(project: Project | None, upload: Upload) -> Song | None:
    return next((song for song in project.songs if song.id == upload.song), None) if project else None


async def _read_along(pieces: AsyncIterator[bytes], update: Callable[[bytes], None]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        await asyncio.to_thread(update, piece)
        yield piece
