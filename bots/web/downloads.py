"""`/f/TOKEN` is the page of a private link, `/f/TOKEN/file` what it opens, in whole or in part.

The page does nothing: chat apps look at it to draw a preview of the link, and they only ever see that. Who
fetches a file has it, which the desk is told (C3). What a link opens is looked up at each request.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from pathlib import PurePath
from time import monotonic
from zoneinfo import ZoneInfo

import structlog
from aiohttp import hdrs, web

from bots.web.fetches import Fetches, Visitor
from bots.web.links import Links, NotALink
from bots.web.pages import Page, Piece, drawn, headers
from bots.web.rates import Busy, Gate, Lanes
from bots.web.refusals import Refusals
from bots.web.sending import Body, send
from core.access import Opened, opened
from core.links import Link, Standing
from core.messages import HOUSE, Incoming, Media
from core.orders import Order, Parcel
from core.people import Person
from core.ports import Blobs, Clock, Damaged, Store, Unreachable
from core.rules import HouseRules
from core.snapshot import Needs
from core.text import Moment
from core.visits import Visits
from core.wording import Catalogues, Voice

CRAWLERS = (
    "applebot",
    "bingbot",
    "discordbot",
    "facebookexternalhit",
    "googlebot",
    "linkedinbot",
    "skypeuripreview",
    "slackbot",
    "telegrambot",
    "twitterbot",
    "whatsapp/",
)
"""In the user agent of who draws a preview of an address that somebody posts."""

PATH = "/f"

WAYS = ("", "/file")
"""What follows `/f/TOKEN`: nothing for the page, and what brings the file."""

log = structlog.get_logger()


class Downloads:
    """Answers below `/f`. `receive` writes a deed down; False if it stood there already.

    `seconds` is a clock that only goes on, for how often somebody may ask.
    """

    def __init__(
        self,
        links: Links,
        store: Store,
        blobs: Blobs,
        catalogues: Catalogues,
        rules: HouseRules,
        clock: Clock,
        receive: Callable[[Incoming], Awaitable[bool]],
        visits: Visits,
        lanes: Lanes,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._links = links
        self._store = store
        self._blobs = blobs
        self._catalogues = catalogues
        self._rules = rules
        self._clock = clock
        self._receive = receive
        self._fetches = Fetches(visits)
        self._lanes = lanes
        self._gate = Gate(seconds)
        self._refusals = Refusals(catalogues, rules.house.name)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """404 for what this house has not signed, 410 for what opens nothing any more, 429 for too much."""
        if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
            raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_GET, hdrs.METH_HEAD])
        token, slash, rest = request.path.removeprefix(f"{PATH}/").partition("/")
        try:
            if slash + rest not in WAYS:
                raise NotALink(rest)
            link = self._links.read(token)
            self._gate.known(token)
            return await self._opened(request, link, whole=bool(slash))
        except NotALink:
            self._gate.stranger(request)
            raise self._refusals.nothing(request) from None
        except Unreachable:
            raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: "5"}) from None

    async def _opened(self, request: web.Request, link: Link, *, whole: bool) -> web.StreamResponse:
        now = self._clock.now()
        snapshot = await self._store.load(Needs(HOUSE, order=link.order))
        project, artist = snapshot.project, snapshot.artist
        found = opened(project, link, now) if project else None
        if project is None or artist is None or found is None:
            raise self._refusals.closed(request, self._catalogues.voice(artist.locale) if artist else None)
        crawling = crawls(request)
        if not whole or crawling:
            return _html(self._page(project.order, artist, link, found, now, discreet=crawling))
        say = self._catalogues.voice(artist.locale)
        try:
            with self._lanes.one(link):
                return await self._file(request, project.order, link, found, now)
        except Busy:
            raise self._refusals.busy(request, say) from None
        except FileNotFoundError:
            raise self._refusals.closed(request) from None
        except Damaged as damaged:
            log.error("a file is damaged", order=project.order.id, blob=str(damaged))
            raise self._refusals.damaged(request, say) from None

    async def _file(
        self, request: web.Request, order: Order, link: Link, found: Opened, now: datetime
    ) -> web.StreamResponse:
        media = found.media
        body = Body(
            media.name, media.media_type, media.size, media.sha256, partial(self._blobs.read, media.blob)
        )
        if media.kind == "picture":  # it is seen with the page, and is not the music
            return await send(request, body)
        visitor = Visitor(order.id, order.person, Standing.ARTIST, media.sha256, link)
        heard = found.heard(order, now)
        return await self._fetches.send(request, body, visitor, now, partial(self._receive, heard))

    def _page(
        self, order: Order, artist: Person, link: Link, found: Opened, now: datetime, *, discreet: bool
    ) -> Page:
        say = self._catalogues.voice(artist.locale)
        zone = ZoneInfo(artist.zone) if artist.zone else self._rules.zone
        card = say.word("Private preview") if found.parcel is Parcel.PREVIEW else say.word("Private file")
        told = (
            say.word("Order {number}, version {version}.", number=str(order.number), version=found.version),
            say.word("This link works until {until}.", until=say.moment(Moment(link.until), now, zone)),
            say.word("Whoever has it can open it: keep it to yourself. /revoke in the chat stops it."),
        )
        untitled = discreet or order.confidential
        pieces = tuple(
            self._piece(say, number, media, link, untitled=untitled)
            for number, media in enumerate(found.beside or (found.media,), 1)
        )
        return Page(say.language, card, self._rules.house.name, card, told, pieces)

    def _piece(self, say: Voice, number: int, media: Media, link: Link, *, untitled: bool) -> Piece:
        if untitled and media.kind == "file":
            title = say.word("File {number}", number=number)
        else:
            title = media.title.plain(
                moment=str, title=lambda one: say.word("a song") if untitled else one.title
            )
        form = PurePath(media.name).suffix.lstrip(".").upper()
        megabytes = say.number(media.size / 1e6)
        about = say.word("{form}, {megabytes} MB", form=form, megabytes=megabytes) if form else ""
        token = self._links.token(Link(link.order, media.sha256, link.epoch, link.until))
        return Piece(media.kind, title, about, f"{token}/file", say.word("Download"))


def crawls(request: web.Request) -> bool:
    """Whether an app looks at an address to draw a preview of it."""
    agent = request.headers.get(hdrs.USER_AGENT, "").casefold()
    return any(name in agent for name in CRAWLERS)


def _html(page: Page, status: int = 200) -> web.Response:
    return web.Response(text=drawn(page), status=status, content_type="text/html", headers=headers())
