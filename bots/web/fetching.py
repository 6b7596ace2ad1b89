"""Files behind links: fetched from whoever has them, as far as a stranger's address may lead us.

One request is one connection. Redirects are followed here, each judged as the first address was. What breaks
off is taken up where it was, if the server says that the file is still the same, until all of it is there.

How much that is says the first answer, else the first part. If none does, what ends cleanly is whole: in
chunks the server says so itself, without them only the end of the connection tells (RFC 9112, 6.3).
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from dataclasses import dataclass
from time import monotonic

import aiohttp
from yarl import URL

from bots.web.outside import PORTS, Forbidden, Outside
from core.messages import FileRef
from core.ports import Away, TooLarge, Unfit
from core.providers import PAGE, place_of
from core.songs import Trouble, own_name
from core.sources import DOOR, guessed

HOPS = 5
"""Redirects that are followed."""

CHUNK = 1 << 18

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOCKED = frozenset({401, 403})
_GONE = frozenset({404, 410})
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html|head)\b", re.IGNORECASE)
_PART = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_BROKEN = (aiohttp.ClientError, OSError, TimeoutError)
_HEADERS = {"User-Agent": "Lathe", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a server may take, in seconds; after `grace` it must bring `least` bytes a second."""

    answer: float = 30.0
    idle: float = 30.0
    whole: float = 3600.0
    grace: float = 60.0
    least: int = 32 << 10
    pauses: tuple[float, ...] = (1.0, 3.0, 9.0)  # before it is asked for the rest again, until more comes


class LinkDoor:
    """The way in for what is behind a link, at most `most` bytes of each."""

    name = DOOR

    def __init__(self, most: int, outside: Outside | None = None, patience: Patience | None = None) -> None:
        self._most = most
        self._outside = outside or Outside()
        self._patience = patience or Patience()

    def fetch(self, file: FileRef) -> "Download":
        """What is behind a link. Unfit, with a code for the reason; TooLarge; Away."""
        return Download(file.ref, self._most, self._outside, self._patience)


class Download(AsyncIterator[bytes]):
    """A file on its way, in pieces. `name`: what its server calls it, known with the first piece."""

    def __init__(self, url: str, most: int, outside: Outside, patience: Patience) -> None:
        self.name: str | None = None
        self._most = most
        self._outside = outside
        self._patience = patience
        self._received = 0
        self._waited = 0.0  # seconds, for the server
        self._pieces = self._fetched(url)

    async def __anext__(self) -> bytes:
        return await anext(self._pieces)

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._pieces.aclose()

    async def _fetched(self, url: str) -> AsyncGenerator[bytes, None]:
        address, page = _asked(url)
        unsure: list[BaseException] = []  # why it broke off, since bytes came last
        validator: str | None = None
        total: int | None = None
        async with self._session() as session:
            while True:
                before = self._received
                part = {"Range": f"bytes={before}-", "If-Range": validator} if validator else {}
                try:
                    async with await self._answer(session, address, part) as answer:
                        if validator:
                            total = _judge_rest(answer, before, total, validator, address)
                        else:
                            self._judge(answer, page)
                            validator, total = _validator(answer), answer.content_length
                        while piece := await self._piece(answer):
                            if not before and self._received == len(piece) and _PAGE.match(piece):
                                raise _unfit(page, address)
                            yield piece
                    if total is None or self._received == total:
                        return
                    raise aiohttp.ClientPayloadError(f"{self._received} of {total} bytes")
                except _BROKEN as broken:
                    unsure = [broken] if self._received > before else [*unsure, broken]
                    if not self._received or not validator or len(unsure) > len(self._patience.pauses):
                        raise _away(address) from broken
                pause = self._patience.pauses[len(unsure) - 1]
                self._waited += pause
                await asyncio.sleep(pause)

    def _session(self) -> aiohttp.ClientSession:
        patience = self._patience
        return aiohttp.ClientSession(
            connector=self._outside.connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers=_HEADERS,
            auto_decompress=False,  # what comes packed is refused, not unpacked
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=patience.answer, sock_read=patience.idle),
        )

    async def _answer(
        self, session: aiohttp.ClientSession, address: URL, part: Mapping[str, str]
    ) -> aiohttp.ClientResponse:
        """What an address answers in the end."""
        begun = monotonic()
        for _ in range(HOPS + 1):
            _judge_address(address)
            try:
                async with asyncio.timeout(self._patience.answer):
                    answer = await session.get(address, headers=part, allow_redirects=False)
            except aiohttp.InvalidURL as reason:
                raise _unfit(_FORBIDDEN, address) from reason
            except aiohttp.ClientSSLError as reason:
                raise _unfit(_ODD, address) from reason
            except aiohttp.ClientConnectorError as reason:
                if isinstance(reason.os_error, Forbidden):
                    raise _unfit(_FORBIDDEN, address) from reason
                raise
            if answer.status not in _REDIRECTS:
                self._waited += monotonic() - begun
                return answer
            answer.close()
            address = _led(address, answer)
        raise _unfit(_ODD, address)

    def _judge(self, answer: aiohttp.ClientResponse, page: Trouble) -> None:
        """Whether a first answer is a file, and what it is called."""
        if answer.status in _LOCKED:
            raise _unfit(Trouble("link-locked") if page == PAGE else page, answer.url)
        if answer.status in _GONE:
            raise _unfit(Trouble("link-gone") if page == PAGE else page, answer.url)
        if answer.status == 429 or answer.status >= 500:
            raise _away(answer.url)
        if answer.content_type in _PAGES:
            raise _unfit(page, answer.url)
        if answer.status != 200 or not _plain(answer):
            raise _unfit(_ODD, answer.url)
        if (answer.content_length or 0) > self._most:
            raise TooLarge(f"{answer.content_length} bytes")
        given = answer.content_disposition
        name = given.filename if given and given.filename else guessed(str(answer.url))
        self.name = own_name(name) if name else None

    async def _piece(self, answer: aiohttp.ClientResponse) -> bytes:
        """The next bytes, none at the end."""
        begun = monotonic()
        piece = await answer.content.read(CHUNK)
        self._waited += monotonic() - begun
        self._received += len(piece)
        if self._received > self._most:
            raise TooLarge(f"more than {self._most} bytes")
        patience, slow = self._patience, self._received < self._waited * self._patience.least
        if self._waited > patience.whole or (self._waited > patience.grace and slow):
            raise _unfit(Trouble("link-away"), answer.url)
        return piece


_FORBIDDEN = Trouble("link-address")
_ODD = Trouble("link-odd")


def _asked(url: str) -> tuple[URL, Trouble]:
    """Where a file is asked for, and what it means if a page comes from there."""
    try:
        place = place_of(url)
        if place is None:
            return _url(url), PAGE
        if place.trouble is not None:
            raise Unfit(place.trouble.code, place.trouble.details)
        return _url(place.address), place.page
    except ValueError as reason:
        raise Unfit(_FORBIDDEN.code, {}) from reason


def _url(written: str) -> URL:
    """An address, spelt as it was: some are signed. ValueError."""
    return URL(written, encoded=written.isascii())


def _judge_address(address: URL) -> None:
    """Whether an address may be asked at all; where it leads is judged when it is connected to."""
    if (
        not _possible(address)
        or address.scheme not in ("http", "https")
        or address.port not in PORTS
        or address.raw_user is not None
        or address.raw_password is not None
    ):
        raise _unfit(_FORBIDDEN, address)


def _possible(address: URL) -> bool:
    """Whether the name in an address can be one: some that are spelt in Punycode stand for nothing."""
    try:
        return bool(address.host)
    except UnicodeError:
        return False


def _led(address: URL, answer: aiohttp.ClientResponse) -> URL:
    """Where a redirect leads; never from what is encrypted to what is not."""
    try:
        following = address.join(_url(answer.headers["Location"]))
    except KeyError as reason:
        raise _unfit(_ODD, address) from reason
    except ValueError as reason:
        raise _unfit(_FORBIDDEN, address) from reason
    if address.scheme == "https" and following.scheme == "http":
        raise _unfit(_ODD, address)
    return following


def _judge_rest(
    answer: aiohttp.ClientResponse, received: int, total: int | None, validator: str, address: URL
) -> int:
    """The size of the whole file, of which an answer goes on after what was received; else Away.

    Then the file comes from its start again.
    """
    part = _PART.fullmatch(answer.headers.get("Content-Range", ""))
    same = _validator(answer) in (None, validator)
    if answer.status != 206 or not same or not _plain(answer) or not part or int(part[1]) != received:
        raise _away(address)
    whole = total if part[2] == "*" else int(part[2])
    if whole is None or total not in (None, whole):
        raise _away(address)
    return whole


def _plain(answer: aiohttp.ClientResponse) -> bool:
    return answer.headers.get("Content-Encoding", "identity").lower() in ("", "identity")


def _validator(answer: aiohttp.ClientResponse) -> str | None:
    """What tells this file from a later one of the same address (RFC 9110, 13.1.5); None if nothing does."""
    tag = answer.headers.get("ETag", "")
    if tag.startswith('"'):  # a weak one says only that they are alike
        return tag
    return answer.headers.get("Last-Modified") if not tag else None


def _unfit(trouble: Trouble, address: URL) -> Unfit:
    return Unfit(trouble.code, {**trouble.details, "host": _host(address)})


def _away(address: URL) -> Away:
    return Away("link-away", {"host": _host(address)})


def _host(address: URL) -> str:
    """Whom a person reads about."""
    return ((address.host if _possible(address) else address.raw_host) or "")[:80]
