"""The tus protocol 1.0.0 (tus.io/protocols/resumable-upload): a file in as many requests as its line needs.

With the extensions creation, creation-with-upload, checksum, termination and expiration. What a header says
is checked before anything is made of it; what somebody is to read is in their language, the rest in English.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime

from aiohttp import hdrs, web

from bots.web.admission import Admitted
from bots.web.flow import Flow
from bots.web.headers import PRIVATE
from bots.web.receiving import Crowded, Mismatch, NotTaken, Occupied, Receiving
from bots.web.routes import ARTIST, Route
from core.ports import DiskFull, Outdated, TooLarge
from core.uploads import Upload

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
ALGORITHMS = ("sha1", "sha256")

PATTERN = "/uploads"
"""Where files are begun, below `/o/TOKEN`; each has its id after it."""

BYTES = "application/offset+octet-stream"
LONGEST = 4096  # characters of metadata

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]{1,64}", re.ASCII)  # no space and no comma

Handler = Callable[[web.Request, Admitted, Mapping[str, str]], Awaitable[web.Response]]


class BadHeader(ValueError):
    """A header that is missing, or is not what the protocol wants; `str()` says which."""


class WrongMedia(ValueError):
    """A body in a form in which no file comes."""


def number(text: str, name: str) -> int:
    """A count of bytes, as a header of this name says it. BadHeader."""
    if not _NUMBER.fullmatch(text):
        raise BadHeader(f"{name} is a number of bytes")
    return int(text)


def metadata(text: str) -> dict[str, str]:
    """What Upload-Metadata says by key; a value that is no text counts as empty. BadHeader."""
    if len(text) > LONGEST:
        raise BadHeader(f"Upload-Metadata has at most {LONGEST} characters")
    found: dict[str, str] = {}
    for pair in text.split(",") if text.strip() else ():
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found:
            raise BadHeader("Upload-Metadata names each key once, in ASCII")
        found[key] = _decoded(value, "Upload-Metadata").decode("utf-8", "ignore")
    return found


def checksum(text: str) -> tuple[str, bytes]:
    """The algorithm and the digest of an Upload-Checksum. BadHeader."""
    algorithm, _, value = text.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadHeader(f"Upload-Checksum is by {' or '.join(ALGORITHMS)}")
    digest = _decoded(value, "Upload-Checksum")
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise BadHeader("Upload-Checksum has another length than its algorithm gives")
    return algorithm, digest


def _decoded(value: str, name: str) -> bytes:
    try:
        return base64.b64decode(value.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise BadHeader(f"{name} is in base64") from None


class Tus:
    """Answers for the files of an order. `routes` is what it adds to the door."""

    def __init__(self, receiving: Receiving) -> None:
        self._receiving = receiving
        one = f"{PATTERN}/{{upload}}"
        self.routes = (
            Route(hdrs.METH_OPTIONS, PATTERN, self.options, ARTIST),
            Route(hdrs.METH_OPTIONS, one, self.options, ARTIST),
            Route(hdrs.METH_POST, PATTERN, _guarded(self.create), ARTIST),
            Route(hdrs.METH_HEAD, one, _guarded(self.head), ARTIST),
            Route(hdrs.METH_PATCH, one, _guarded(self.patch), ARTIST),
            Route(hdrs.METH_DELETE, one, _guarded(self.delete), ARTIST),
            Route(hdrs.METH_POST, one, _guarded(self.overridden), ARTIST),
        )

    async def options(
        self, _request: web.Request, _admitted: Admitted, _parts: Mapping[str, str]
    ) -> web.Response:
        """What this server can do."""
        return _answer(
            204,
            {
                "Tus-Version": VERSION,
                "Tus-Extension": EXTENSIONS,
                "Tus-Max-Size": str(self._receiving.most),
                "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
            },
        )

    async def create(
        self, request: web.Request, admitted: Admitted, _parts: Mapping[str, str]
    ) -> web.Response:
        """Expect a file, and take what of it comes with the request. 201, with where the rest goes.

        A file that its metadata give a `key` is begun once, however often it is asked for: so nothing is left
        of a request whose answer got lost but what the next one goes on with.
        """
        if "Upload-Defer-Length" in request.headers or "Upload-Concat" in request.headers:
            raise BadHeader("the length of a file is known when it is begun, and it comes as one")
        size = number(_alone(request, "Upload-Length"), "Upload-Length")
        told = metadata(_alone(request, "Upload-Metadata"))
        brings = request.can_read_body
        if brings:
            _check_body(request, size)
        key = told.get("key", "")
        upload = await self._receiving.begin(
            admitted, told.get("filename", ""), size, told.get("filetype", ""), key
        )
        if brings and not upload.received:
            try:
                upload = await self._take(request, admitted, upload.id, 0)
            except Exception:
                if not key:  # nobody was told where the rest goes, nor can ask again
                    await self._receiving.give_up(upload)
                raise
        where = {hdrs.LOCATION: f"{PATTERN.removeprefix('/')}/{upload.id}"}
        return _answer(201, where | self._standing(upload))

    async def head(self, _request: web.Request, admitted: Admitted, parts: Mapping[str, str]) -> web.Response:
        """How far a file has come; when it was put together, also its SHA-256 (RFC 9530)."""
        await self._find(admitted, parts)
        await self._receiving.rest(parts["upload"])
        upload = await self._find(admitted, parts)
        about = {"filename": upload.name, "filetype": upload.media_type}
        named = {key: value for key, value in about.items() if value}
        told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
        headers = {"Upload-Length": str(upload.size), "Upload-Metadata": told} | self._standing(upload)
        if upload.whole and (digest := await self._receiving.digest(upload)):
            headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
        return _answer(200, headers)

    async def patch(self, request: web.Request, admitted: Admitted, parts: Mapping[str, str]) -> web.Response:
        """Take the bytes that follow those that are here. 204, with how many there are now."""
        at = number(_alone(request, "Upload-Offset"), "Upload-Offset")
        upload = await self._find(admitted, parts)
        _check_body(request, upload.size - at)
        upload = await self._take(request, admitted, upload.id, at)
        return _answer(204, self._standing(upload))

    async def delete(
        self, _request: web.Request, admitted: Admitted, parts: Mapping[str, str]
    ) -> web.Response:
        """Take nothing more of a file. 409 if all of it is here."""
        upload = await self._find(admitted, parts)
        if not await self._receiving.give_up(upload):
            why = admitted.say.word("This file has arrived. Take its song out of the order instead.")
            raise NotTaken(409, why)
        return _answer(204, {})

    async def overridden(
        self, request: web.Request, admitted: Admitted, parts: Mapping[str, str]
    ) -> web.Response:
        """For who can send no PATCH or DELETE: X-HTTP-Method-Override says which it is."""
        match request.headers.get("X-HTTP-Method-Override", ""):
            case hdrs.METH_PATCH:
                return await self.patch(request, admitted, parts)
            case hdrs.METH_DELETE:
                return await self.delete(request, admitted, parts)
        raise web.HTTPMethodNotAllowed(
            hdrs.METH_POST, [hdrs.METH_DELETE, hdrs.METH_HEAD, hdrs.METH_OPTIONS, hdrs.METH_PATCH]
        )

    async def _find(self, admitted: Admitted, parts: Mapping[str, str]) -> Upload:
        upload = await self._receiving.find(admitted, parts["upload"])
        if upload is None:
            raise web.HTTPNotFound(text="no such upload\n", headers=_ALL)
        if upload.state == "gone":
            raise web.HTTPGone(text="this upload was given up\n", headers=_ALL)
        return upload

    async def _take(self, request: web.Request, admitted: Admitted, id_: str, at: int) -> Upload:
        wanted = _alone(request, "Upload-Checksum")
        agreed = checksum(wanted) if wanted else None
        upload = await self._find(admitted, {"upload": id_})
        flow = Flow(request.content.readany, upload.size - at)
        async with self._receiving.sending(id_, admitted.person.id, flow):
            upload = await self._find(admitted, {"upload": id_})  # as the one before us left it
            if upload.received != at:
                raise Outdated(id_)
            self._receiving.check_pace(upload)
            upload = await self._receiving.take(upload, flow, agreed)
        if flow.broken:
            raise web.HTTPRequestTimeout(text="the line fell silent\n", headers=_ALL | self._standing(upload))
        return upload

    def _standing(self, upload: Upload) -> dict[str, str]:
        standing = {"Upload-Offset": str(upload.received)}
        if upload.whole:
            return standing
        return standing | {
            "Upload-Expires": format_datetime(self._receiving.waits_until(upload), usegmt=True)
        }


def _check_body(request: web.Request, most: int) -> None:
    if request.content_type != BYTES:
        raise WrongMedia(f"bytes come as {BYTES}")
    if request.headers.get(hdrs.CONTENT_ENCODING, "identity") != "identity":
        raise WrongMedia("bytes come as they are, without an encoding")
    if request.content_length is not None and request.content_length > max(most, 0):
        raise TooLarge("more bytes than the file has left")


def _alone(request: web.Request, name: str) -> str:
    """A header that is sent once, or not at all."""
    found = request.headers.getall(name, [])
    if len(found) > 1:
        raise BadHeader(f"{name} was sent more than once")
    return found[0] if found else ""


def _guarded(handler: Handler) -> Handler:
    """What goes wrong, in the words of the protocol."""

    async def guarded(request: web.Request, admitted: Admitted, parts: Mapping[str, str]) -> web.Response:
        try:
            if _alone(request, "Tus-Resumable") != VERSION:
                return _answer(412, {"Tus-Version": VERSION}, f"this is tus {VERSION}")
            return await handler(request, admitted, parts)
        except BadHeader as bad:
            return _answer(400, {}, str(bad))
        except WrongMedia as wrong:
            return _answer(415, {}, str(wrong))
        except NotTaken as refused:
            return _answer(refused.status, {}, str(refused))
        except TooLarge as over:
            return _answer(413, {}, str(over))
        except Outdated:
            return _answer(409, {}, "Upload-Offset is not where this file goes on")
        except Occupied:
            return _answer(423, {hdrs.RETRY_AFTER: "1"}, "another request brings this file")
        except Crowded:
            return _answer(429, {hdrs.RETRY_AFTER: "5"}, "too many files, or pieces of one, at the same time")
        except Mismatch:
            return _answer(460, {}, "the checksum is another one", "Checksum Mismatch")
        except DiskFull:
            return _answer(507, {hdrs.RETRY_AFTER: "60"}, "there is no room for this")

    return guarded


_ALL = {"Tus-Resumable": VERSION, **PRIVATE}


def _answer(
    status: int, headers: Mapping[str, str], text: str = "", reason: str | None = None
) -> web.Response:
    told = f"{text}\n" if text else None
    return web.Response(status=status, reason=reason, text=told, headers=_ALL | dict(headers))
