"""The part of an order's page where its engineer hands a master in: a plain form, one file for one song.

A master is too large for most chats. It is filed as it comes; the desk hears of it when all of it is here.
"""

from collections.abc import Mapping
from html import escape
from typing import NoReturn

from aiohttp import BodyPartReader, hdrs, web

from bots.web.admission import Admission, Admitted
from bots.web.deeds import Deciding, decided
from bots.web.flow import Flow
from bots.web.headers import PRIVATE
from bots.web.receiving import Crowded, Occupied, Receiving, in_words
from bots.web.routes import PATH as ORDERS
from bots.web.routes import STAFF, Route
from bots.web.stamps import BadStamp, Stamps
from core.access import works_on
from core.ids import derive
from core.messages import WEB, FileRef, Incoming, Kind
from core.ports import Blob, Blobs, DiskFull, TooLarge
from core.songs import own_name
from core.wording import Voice

WAY = "/handin"
STAMP, SONG, FILE = "stamp", "song", "file"

_WORDS = 200  # bytes at most of a field that is no file
_CHUNK = 1 << 17
_NEVER = float("inf")


def section(say: Voice, token: str, stamp: str, most: int, songs: tuple[tuple[int, str], ...]) -> str:
    """What the page shows there. `songs`: numbers and titles of those of which a master may be handed in."""
    heading, send = escape(say.word("Hand in a master")), escape(say.word("Send"))
    large = escape(say.word("Each may have up to {size}.", size=in_words(say, most)))
    options = "".join(f'<option value="{place}">{place}. {escape(title)}</option>' for place, title in songs)
    return (
        f'<section id="hand-in">\n<h2>{heading}</h2>\n<p>{large}</p>\n'
        f'<form method="post" action="{escape(token)}{WAY}" enctype="multipart/form-data">\n'
        f'<input type="hidden" name="{STAMP}" value="{escape(stamp)}">\n'
        f'<p><label for="hand-in-song">{escape(say.word("Song"))}</label>\n'
        f'<select id="hand-in-song" name="{SONG}">{options}</select></p>\n'
        f'<p><label for="hand-in-file">{escape(say.word("The master, named as its song"))}</label>\n'
        f'<input id="hand-in-file" type="file" name="{FILE}" required></p>\n'
        f"<button>{send}</button>\n</form>\n</section>\n"
    )


class HandIn:
    """Answers that form. `routes` is what it adds to the door."""

    def __init__(
        self,
        admission: Admission,
        house: Deciding,
        receiving: Receiving,
        blobs: Blobs,
        stamps: Stamps,
        patience: float,
    ) -> None:
        self._admission = admission
        self._house = house
        self._receiving = receiving
        self._blobs = blobs
        self._stamps = stamps
        self._patience = patience
        self.routes = (Route(hdrs.METH_POST, WAY, self.answer, STAFF),)

    async def answer(self, request: web.Request, who: Admitted, _parts: Mapping[str, str]) -> NoReturn:
        """File what comes, tell the desk, and back to the page. 404 for who does not work on the order."""
        if not works_on(who.project, who.person):
            raise self._admission.refusals.nothing(request)
        token = request.path.removeprefix(f"{ORDERS}/").partition("/")[0]
        if request.content_type != "multipart/form-data":
            raise web.HTTPBadRequest(headers=PRIVATE)
        try:
            nonce, song, part = await self._read(request, token, who)
        except (BadStamp, ValueError):
            raise _back(token, "old") from None
        name = own_name(part.filename or "")
        blob = await self._filed(request, part, who, nonce)
        file = FileRef(WEB, "", name, blob.size, part.headers.get(hdrs.CONTENT_TYPE))
        payload = {
            "form": "handin",
            "id": who.project.order.id,
            "values": {"song": song},
            "stored": {"source": blob.key, "sha256": blob.sha256, "size": blob.size},
        }
        event = f"web:{derive(nonce, WAY)}"
        deed = Incoming(
            WEB,
            event,
            who.person.id,
            "",
            private=True,
            kind=Kind.FORM,
            at=who.now,
            payload=payload,
            files=(file,),
        )
        in_time = await decided(self._house, deed, self._patience)
        raise _back(token, "sent" if in_time else "soon")

    async def _read(self, request: web.Request, token: str, who: Admitted) -> tuple[str, str, BodyPartReader]:
        """The nonce of the page, the number of the song, and the file, of which nothing is read yet."""
        fields = await request.multipart()
        stamp = await _words(await fields.next(), STAMP)
        nonce = self._stamps.read(token, stamp, who.now)
        song = await _words(await fields.next(), SONG)
        part = await fields.next()
        if not isinstance(part, BodyPartReader) or part.name != FILE or not part.filename:
            raise ValueError("a form without its file")
        return nonce, song, part

    async def _filed(self, request: web.Request, part: BodyPartReader, who: Admitted, key: str) -> Blob:
        """All of the file as one blob, with what else is the artist's."""
        most = self._receiving.most
        flow = Flow(lambda: part.read_chunk(_CHUNK), most, piece=most, cut=_NEVER)
        try:
            async with self._receiving.sending(key, who.person.id, flow):
                blob = None
                async for piece in flow.pieces():
                    blob = await self._blobs.put_stream(piece, most, scope=who.project.order.person)
        except TooLarge:
            raise web.HTTPRequestEntityTooLarge(most, most, headers=PRIVATE) from None
        except (Occupied, Crowded):
            raise self._admission.refusals.busy(request, who.say) from None
        except DiskFull:
            raise web.HTTPInsufficientStorage(headers=PRIVATE) from None
        if blob is None or flow.broken:
            raise web.HTTPRequestTimeout(headers=PRIVATE)
        return blob


async def _words(part: object, name: str) -> str:
    """What a field says that is no file. ValueError."""
    if not isinstance(part, BodyPartReader) or part.name != name:
        raise ValueError(f"a form without its {name}")
    said = await part.read_chunk(_WORDS)
    if not part.at_eof() and await part.read_chunk(_WORDS):
        raise ValueError("a field that says too much")
    return said.decode("ascii", "replace")


def _back(token: str, said: str) -> web.HTTPSeeOther:
    """To the page again, which says what became of it."""
    return web.HTTPSeeOther(f"../{token}?said={said}", headers=PRIVATE)
