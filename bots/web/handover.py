"""What the page of an order plays, and the files that its artist takes from it: one by one, or all in a zip.

What may be had is looked up in the order at each request, by its content. Bytes are decrypted as they pass.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from hashlib import sha256

import structlog
from aiohttp import hdrs, web

from bots.web.admission import Admission, Admitted
from bots.web.checks import Checks
from bots.web.fetches import Fetches, Visitor
from bots.web.rates import Busy, Lanes
from bots.web.sending import Body, send
from bots.web.zips import Archive, Entry, text_entry, unlike
from core.access import Opened, handed_over, originals, shown
from core.links import Standing
from core.messages import Incoming, Media
from core.orders import Parcel, Project
from core.ports import Blobs, Damaged
from core.songs import file_name, plain_name
from core.visits import EVERYTHING, Visits
from core.wording import Voice

ZIP = "application/zip"
CHECKSUMS = "sha256sums.txt"

log = structlog.get_logger()


class Handover:
    """Handlers. `receive` writes a deed down; `house` is what the studio is called."""

    def __init__(
        self,
        admission: Admission,
        blobs: Blobs,
        visits: Visits,
        lanes: Lanes,
        receive: Callable[[Incoming], Awaitable[bool]],
        house: str,
    ) -> None:
        self._admission = admission
        self._blobs = blobs
        self._fetches = Fetches(visits)
        self._lanes = lanes
        self._receive = receive
        self._house = house
        self._checks = Checks(blobs)

    async def media(
        self, request: web.Request, who: Admitted, parts: Mapping[str, str]
    ) -> web.StreamResponse:
        """A preview or a picture."""
        found = shown(who.project, parts["sha256"])
        if found is None:
            raise self._admission.refusals.nothing(request)
        media = found.media
        read = partial(self._blobs.read, media.blob)
        body = Body(media.name, media.media_type, media.size, media.sha256, read, "inline")
        if media.kind == "picture":  # it is seen with the page, and is not the music
            with self._readable(request, who):
                return await send(request, body)
        with self._lane(request, who), self._readable(request, who):
            return await self._taken(request, who, body, media.sha256, found)

    async def file(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> web.StreamResponse:
        """One of the released files, whatever name the address ends with."""
        files = handed_over(who.project, who.songs)
        media = next((one for one in files if one.sha256 == parts["sha256"]), None)
        if media is None:
            raise self._admission.refusals.nothing(request)
        read = partial(self._blobs.read, media.blob)
        body = Body(media.name, media.media_type, media.size, media.sha256, read)
        taken = Opened(media, Parcel.FILES, who.project.order.released_version or 0)
        with self._lane(request, who), self._readable(request, who):
            return await self._taken(request, who, body, media.sha256, taken)

    async def original(
        self, request: web.Request, who: Admitted, parts: Mapping[str, str]
    ) -> web.StreamResponse:
        """What was sent, for who works on it. That they opened it is written down."""
        found = originals(who.project, who.person)
        media = next((one for one in found if one.sha256 == parts["sha256"]), None)
        if media is None:
            raise self._admission.refusals.nothing(request)
        read = partial(self._blobs.read, media.blob)
        body = Body(media.name, media.media_type, media.size, media.sha256, read)
        with self._lane(request, who), self._readable(request, who):
            return await self._fetched(request, who, body, media.sha256, _nobody)

    async def everything(
        self, request: web.Request, who: Admitted, parts: Mapping[str, str]
    ) -> web.StreamResponse:
        """All released files in a zip, with their checksums."""
        files = handed_over(who.project, who.songs)
        if not files:
            raise self._admission.refusals.nothing(request)
        with self._lane(request, who), self._readable(request, who):
            return await self._zipped(request, who, files)

    async def _zipped(
        self, request: web.Request, who: Admitted, files: tuple[Media, ...]
    ) -> web.StreamResponse:
        checks = [0] * len(files)  # a look at its length needs no reading
        if request.method != hdrs.METH_HEAD:
            checks = [await self._checks.of(media) for media in files]
        archive = self._archive(who.project, who.say, files, checks)
        name = f"{file_name(_title(who.project))}.zip"
        sums = "".join(media.sha256 for media in files)
        tag = sha256(
            repr((sums, archive.at, [entry.name for entry in archive.entries], who.say.language)).encode()
        )
        body = Body(name, ZIP, archive.size, tag.hexdigest(), archive.read)
        taken = Opened(files[0], Parcel.FILES, who.project.order.released_version or 0)
        return await self._taken(request, who, body, EVERYTHING, taken)

    def zip_size(self, who: Admitted) -> int:
        """Bytes of the zip of all files."""
        files = handed_over(who.project, who.songs)
        return self._archive(who.project, who.say, files, [0] * len(files)).size

    def _archive(self, project: Project, say: Voice, files: tuple[Media, ...], checks: list[int]) -> Archive:
        order = project.order
        names = unlike([CHECKSUMS, "README.txt", *(plain_name(media.name) for media in files)])[2:]
        entries = [
            Entry(name, media.size, crc, partial(self._blobs.read, media.blob))
            for name, media, crc in zip(names, files, checks, strict=True)
        ]
        sums = "".join(f"{media.sha256}  {name}\n" for name, media in zip(names, files, strict=True))
        told = say.word("Order {number} of {house}: your files.", number=str(order.number), house=self._house)
        how = say.word(
            "{checksums} has the SHA-256 of each. Where there is sha256sum, this checks them all:",
            checksums=CHECKSUMS,
        )
        words = f"{told}\n\n{how}\n\n    sha256sum -c {CHECKSUMS}\n"
        at = order.approved_at or order.completed_at or order.created
        return Archive([text_entry("README.txt", words), text_entry(CHECKSUMS, sums), *entries], at)

    @contextmanager
    def _lane(self, request: web.Request, who: Admitted) -> Iterator[None]:
        try:
            with self._lanes.one(who.shown):
                yield
        except Busy:
            raise self._admission.refusals.busy(request, who.say) from None

    @contextmanager
    def _readable(self, request: web.Request, who: Admitted) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError:
            raise self._admission.refusals.nothing(request) from None
        except Damaged as damaged:
            log.error("a file is damaged", order=who.project.order.id, blob=str(damaged))
            raise self._admission.refusals.damaged(request, who.say) from None

    async def _taken(
        self, request: web.Request, who: Admitted, body: Body, what: str, taken: Opened
    ) -> web.StreamResponse:
        if who.shown.standing is not Standing.ARTIST:  # that others hear it begins nobody's days
            return await self._fetched(request, who, body, what, _nobody)
        heard = taken.heard(who.project.order, who.now)
        return await self._fetched(request, who, body, what, partial(self._receive, heard))

    async def _fetched(
        self,
        request: web.Request,
        who: Admitted,
        body: Body,
        what: str,
        tell: Callable[[], Awaitable[object]],
    ) -> web.StreamResponse:
        shown = who.shown
        visitor = Visitor(who.project.order.id, shown.person, shown.standing, what, shown)
        return await self._fetches.send(request, body, visitor, who.now, tell)


async def _nobody() -> None:
    """Who is told that somebody opens what is not theirs: the staff what they work on, a member a preview."""


def _title(project: Project) -> str:
    """What the zip is called."""
    songs = project.works
    return project.order.title or (songs[0].title if len(songs) == 1 else f"Order {project.order.number}")
