"""What the page of an order plays, and the files that its artist takes from it: one by one, or all in a zip.

What may be had is looked up in the order at each request, by its content. Bytes are decrypted as they pass.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import PurePath

from aiohttp import hdrs, web

from bots.web.admission import Admission, Admitted
from bots.web.checks import Checks
from bots.web.sending import Body, send
from bots.web.zips import Archive, Entry, text_entry, unlike
from core.access import released, shown
from core.links import Standing
from core.messages import HOUSE, Incoming, Kind, Media
from core.orders import Parcel, Project
from core.ports import Blobs
from core.songs import file_name
from core.visits import EVERYTHING, Visits
from core.wording import Voice

ZIP = "application/zip"
CHECKSUMS = "sha256sums.txt"


class Handover:
    """Handlers. `receive` writes a deed down; `house` is what the studio is called."""

    def __init__(
        self,
        admission: Admission,
        blobs: Blobs,
        visits: Visits,
        receive: Callable[[Incoming], Awaitable[bool]],
        house: str,
    ) -> None:
        self._admission = admission
        self._blobs = blobs
        self._visits = visits
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
        own = who.shown.standing is Standing.ARTIST
        body = Body(
            found.media.name if own else f"{found.parcel.value}{PurePath(found.media.name).suffix}",
            found.media.media_type,
            found.media.size,
            found.media.sha256,
            partial(self._blobs.read, found.media.blob),
            "inline",
        )

        async def begun() -> None:
            if found.media.kind != "picture":  # it is seen with the page, and is not the music
                await self._tell(who, found.media, found.parcel, found.version)

        return await self._sent(request, body, begun)

    async def file(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> web.StreamResponse:
        """One of the released files, whatever name the address ends with."""
        media = next((one for one in released(who.project) if one.sha256 == parts["sha256"]), None)
        if media is None:
            raise self._admission.refusals.nothing(request)
        read = partial(self._blobs.read, media.blob)
        body = Body(media.name, media.media_type, media.size, media.sha256, read)
        return await self._taken(request, who, body, media.sha256, media)

    async def everything(
        self, request: web.Request, who: Admitted, parts: Mapping[str, str]
    ) -> web.StreamResponse:
        """All released files in a zip, with their checksums."""
        files = released(who.project)
        if not files:
            raise self._admission.refusals.nothing(request)
        checks = [0] * len(files)  # a look at its length needs no reading
        try:
            if request.method != hdrs.METH_HEAD:
                checks = [await self._checks.of(media) for media in files]
        except FileNotFoundError:
            raise self._admission.refusals.nothing(request) from None
        archive = self._archive(who.project, who.say, files, checks)
        name = f"{file_name(_title(who.project))}.zip"
        sums = "".join(media.sha256 for media in files)
        tag = sha256(
            repr((sums, archive.at, [entry.name for entry in archive.entries], who.say.language)).encode()
        )
        body = Body(name, ZIP, archive.size, tag.hexdigest(), archive.read)
        return await self._taken(request, who, body, EVERYTHING, files[0])

    def zip_size(self, project: Project, say: Voice) -> int:
        """Bytes of the zip of all files."""
        files = released(project)
        return self._archive(project, say, files, [0] * len(files)).size

    def _archive(self, project: Project, say: Voice, files: tuple[Media, ...], checks: list[int]) -> Archive:
        order = project.order
        names = unlike([CHECKSUMS, "README.txt", *(file_name(media.name) for media in files)])[2:]
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

    async def _taken(
        self, request: web.Request, who: Admitted, body: Body, what: str, media: Media
    ) -> web.StreamResponse:
        order, visitor = who.project.order, (who.shown.person, who.shown.standing)

        async def begun() -> None:
            await self._visits.begun(order.id, *visitor, what, who.now)
            await self._tell(who, media, Parcel.FILES, order.released_version or 0)

        async def finished() -> None:
            await self._visits.finished(order.id, *visitor, what, who.now)

        return await self._sent(request, body, begun, finished)

    async def _sent(
        self,
        request: web.Request,
        body: Body,
        begun: Callable[[], Awaitable[None]],
        finished: Callable[[], Awaitable[None]] | None = None,
    ) -> web.StreamResponse:
        try:
            return await send(request, body, begun, finished)
        except FileNotFoundError:
            raise self._admission.refusals.nothing(request) from None

    async def _tell(self, who: Admitted, media: Media, parcel: Parcel, version: int) -> None:
        """That its artist has it; a look of the staff is none of theirs."""
        order = who.project.order
        if who.person.id != order.person:
            return
        payload = {"order": order.id, "version": version, "kind": parcel.value}
        event = f"opened:{order.id}:{media.sha256[:12]}"
        await self._receive(
            Incoming(
                HOUSE, event, order.person, "", private=True, kind=Kind.OPENED, at=who.now, payload=payload
            )
        )


def _title(project: Project) -> str:
    """What the zip is called."""
    songs = project.ready
    return project.order.title or (songs[0].title if len(songs) == 1 else f"Order {project.order.number}")
