"""The part of an order's page where files are sent, and its plain form for a browser without scripts.

The form brings whole files in one request, which cannot go on where it broke off; with the script each goes
by tus (bots.web.tus). Both end as the same pieces.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from aiohttp import BodyPartReader, hdrs, web

from bots.web.admission import Admitted
from bots.web.flow import Flow
from bots.web.headers import PRIVATE
from bots.web.pages import Page, Way, drawn, headers
from bots.web.receiving import Crowded, NotTaken, Occupied, Receiving, in_words, too_large
from bots.web.routes import ARTIST, Route
from bots.web.routes import PATH as ORDERS
from bots.web.stamps import BadStamp, Stamps
from bots.web.tus import PATTERN
from core.ports import DiskFull, Outdated, TooLarge
from core.songs import Song, SongState, own_name
from core.uploads import Upload
from core.wording import Voice

FORM = f"{PATTERN}/form"
STAMP = "stamp"
FILES = "files"

_STAMP_BYTES = 200
_ASIDE = 1 << 16  # bytes at most of a part that is no file
_CHUNK = 1 << 17
_NEVER = float("inf")


def section(who: Admitted, token: str, stamp: str, most: int, uploads: Sequence[Upload]) -> str:
    """What the page shows there. `uploads`: the files of the order that have come or begun to."""
    say, endpoint = who.say, escape(f"{token}{PATTERN}")
    songs = {song.id: song for song in who.project.songs if song.state is not SongState.DROPPED}
    rows = "".join(_row(say, one, songs[one.song]) for one in uploads if one.song in songs)
    about = say.word("I take WAV, AIFF, FLAC, MP3, M4A, OGG and Opus.")
    large = say.word("Each may have up to {size}.", size=in_words(say, most))
    heading, choose, send = say.word("Send files"), say.word("Choose files"), say.word("Send")
    return (
        f'<section id="upload" data-order="{escape(who.project.order.id)}" data-endpoint="{endpoint}" '
        f'data-most="{most}" data-words="{escape(json.dumps(_words(say, most)))}">\n'
        f"<h2>{escape(heading)}</h2>\n"
        f"<p>{escape(about)} {escape(large)}</p>\n"
        f'<form method="post" action="{escape(token)}{FORM}" enctype="multipart/form-data">\n'
        f'<input type="hidden" name="{STAMP}" value="{escape(stamp)}">\n'
        f'<label for="upload-files">{escape(choose)}</label>\n'
        f'<input id="upload-files" type="file" name="{FILES}" multiple required>\n'
        f'<button type="submit">{escape(send)}</button>\n'
        f"</form>\n<ul>{rows}</ul>\n"
        '<p role="status"></p>\n</section>\n'
    )


def _row(say: Voice, upload: Upload, song: Song) -> str:
    """A file on its way, which the script finds by its id; or one that is here, with its hash if known."""
    name = f"<strong>{escape(upload.name or song.title)}</strong>"
    if song.state is SongState.REFUSED:
        refused = say.word("not taken")
        return f"<li>{name} <span>{escape(refused)}</span></li>"
    if upload.whole:
        arrived = say.word("arrived")
        told = f"{in_words(say, upload.size)}, {arrived}"
        code = f" <code>SHA-256 {song.sha256}</code>" if song.sha256 else ""
        return f"<li>{name} <span>{escape(told)}</span>{code}</li>"
    share = 100 * upload.received // upload.size
    told = say.word("{percent} % is here. Choose the same file again, and it goes on.", percent=share)
    return (
        f'<li data-upload="{escape(upload.id)}" data-name="{escape(upload.name)}">'
        f"{name} <span>{escape(told)}</span></li>"
    )


def _words(say: Voice, most: int) -> Mapping[str, str]:
    """What the script says. It fills in what stands in braces itself."""
    return {
        "language": say.language,
        "drop": say.word("Drop files or folders here"),
        "files": say.word("Choose files"),
        "folder": say.word("Choose a folder"),
        "waits": say.word("waits for its turn"),
        "of": say.word("{done} of {size}", done="{done}", size="{size}"),
        "seconds": say.word("{seconds} s left", seconds="{seconds}"),
        "minutes": say.word("{minutes} min left", minutes="{minutes}"),
        "hours": say.word("{hours} h {minutes} min left", hours="{hours}", minutes="{minutes}"),
        "again": say.word("The line is gone. This goes on by itself."),
        "arrived": say.word("arrived"),
        "inall": say.word("In all {share} %", share="{share}"),
        "done": say.word("All files have arrived. How it goes on stands in your chat and on this page."),
        "rest": say.word("The other files have arrived."),
        "remove": say.word("Remove"),
        "removed": say.word("removed"),
        "large": too_large(say, most),
        "left": say.word("Left out, because they hold no sound: {files}", files="{files}"),
        "failed": say.word("That did not work. Please reload the page and try again."),
    }


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a form; why it was not taken, if it was not."""

    name: str
    why: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class _Tried:
    """The files of a form that were looked at; `broken_off`: there may be more behind the last."""

    files: tuple[_File, ...]
    broken_off: bool = False


class UploadForm:
    """Answers the plain form. `routes` is what it adds to the door."""

    def __init__(self, receiving: Receiving, stamps: Stamps, house: str) -> None:
        self._receiving = receiving
        self._stamps = stamps
        self._house = house
        self.routes = (Route(hdrs.METH_POST, FORM, self.answer, ARTIST),)

    async def answer(
        self, request: web.Request, admitted: Admitted, _parts: Mapping[str, str]
    ) -> web.StreamResponse:
        """Take the files of a form, one after the other; then back to the page, or told which were not."""
        say = admitted.say
        token = request.path.removeprefix(f"{ORDERS}/").partition("/")[0]
        try:
            tried = await self._take(request, admitted, token)
        except ValueError:  # among them BadStamp
            old = say.word("This page is too old. Please reload it and try again.")
            return self._told(say, token, [old], 400)
        refused = [one for one in tried.files if one.why]
        if tried.files and not refused:
            raise web.HTTPSeeOther(_page_of(token), headers=dict(PRIVATE))
        if not refused:
            return self._told(say, token, [say.word("No file was chosen.")], 400)
        told = [f"{one.name}: {one.why}" for one in refused]
        taken = [one.name for one in tried.files if not one.why]
        if taken:
            told.append(say.word("Taken: {files}", files=", ".join(taken)))
        if tried.broken_off:
            told.append(say.word("Files behind it were not looked at. Please choose them again."))
        return self._told(say, token, told, refused[0].status)

    async def _take(self, request: web.Request, admitted: Admitted, token: str) -> _Tried:
        if request.content_type != "multipart/form-data":
            raise ValueError("files come as multipart/form-data")
        fields = await request.multipart()
        first = await fields.next()
        if not isinstance(first, BodyPartReader) or first.name != STAMP:
            raise BadStamp("a form begins with its stamp")
        stamp = await first.read_chunk(_STAMP_BYTES)
        nonce = self._stamps.read(token, stamp.decode("ascii", "replace"), admitted.now)
        files: list[_File] = []
        while (part := await fields.next()) is not None:
            if not isinstance(part, BodyPartReader):
                raise ValueError("a form in a form")
            if part.name == FILES and part.filename:
                files.append(await self._file(part, admitted, f"{nonce}:{len(files) + 1}"))
                if not part.at_eof():  # a file that is not wanted may be as long as it likes
                    return _Tried(tuple(files), broken_off=True)
                admitted = await self._receiving.again(admitted)
            else:
                await _pass_over(part)
        return _Tried(tuple(files))

    async def _file(self, part: BodyPartReader, admitted: Admitted, key: str) -> _File:
        """Take a file. The same form sent again, by whoever reloads, makes it no second time."""
        say, name = admitted.say, own_name(part.filename or "")
        flow = Flow(lambda: part.read_chunk(_CHUNK), self._receiving.most, cut=_NEVER)
        try:
            async with self._receiving.sending(key, admitted.person.id, flow):
                media_type = part.headers.get(hdrs.CONTENT_TYPE, "")
                if not await self._receiving.take_whole(admitted, name, media_type, flow, key):
                    raise web.HTTPRequestTimeout
        except NotTaken as refused:
            return _File(name, str(refused), refused.status)
        except TooLarge:
            return _File(name, too_large(say, self._receiving.most), 413)
        except Occupied:
            return _File(name, say.word("These files are on their way already."), 409)
        except Outdated:
            why = say.word("This file was taken out while it came. Please choose it again.")
            return _File(name, why, 409)
        except Crowded:
            return _File(name, say.word("Too many files at the same time. Please try again."), 429)
        except DiskFull:
            why = say.word("There is no room for this file just now. Please try again later.")
            return _File(name, why, 507)
        return _File(name)

    def _told(self, say: Voice, token: str, told: Sequence[str], status: int) -> web.Response:
        heading, back = say.word("Not taken"), Way(_page_of(token), say.word("Back to the order"))
        page = drawn(Page(say.language, heading, self._house, heading, tuple(told), back=back))
        return web.Response(text=page, status=status, content_type="text/html", headers=headers())


def _page_of(token: str) -> str:
    """The page, as seen from the form."""
    return f"../../{token}"


async def _pass_over(part: BodyPartReader) -> None:
    """Read what nobody asked for, if it is little: ValueError."""
    seen = 0
    while some := await part.read_chunk(_CHUNK):
        seen += len(some)
        if seen > _ASIDE:
            raise ValueError("a form of this page says little beside its files")
