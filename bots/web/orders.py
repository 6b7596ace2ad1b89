"""The page of an order and what is done on it. Each press and each form is a deed like one in the chat."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import NoReturn, Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from aiohttp import hdrs, web

from bots.web import handing_in
from bots.web.admission import Admission, Admitted
from bots.web.assets import Assets
from bots.web.card import card
from bots.web.deeds import Deciding, decided
from bots.web.downloads import crawls
from bots.web.fields import fields
from bots.web.handover import Handover
from bots.web.headers import PRIVATE
from bots.web.links import Links
from bots.web.routes import ANYBODY, ARTIST, LISTENERS, PATH, STAFF, Route
from bots.web.sheet import STAMP, VALUE, Preview, Reader, Sheet, bare, drawn, status
from bots.web.stamps import BadStamp, Stamps
from core.desk.pressing import OF_ARTIST, OF_MEMBER
from core.ids import derive
from core.links import Standing
from core.messages import WEB, Action, Answer, Field, Incoming, Kind, Question, To
from core.page import OrderPage
from core.rules import HouseRules
from core.text import Title
from core.visits import PAGE, Visits
from core.wording import Voice

PATIENCE = 8.0
"""Seconds after which a page is shown again though the desk has not decided yet."""

_MOST_CARDS = 200  # pictures that are remembered, some 30 kB each
_MOST_SAID = 10_000  # deeds whose outcome is remembered, for who presses twice

_ASKING = frozenset({"changes", "files", "show", "style", "terms"})  # that only ask, without a choice

Upload = Callable[[Admitted, str, str], Awaitable[str]]
"""The part of the page where files are sent, for who was admitted, with their token and a stamp."""


class House(Deciding, Protocol):
    """The house, as its pages see it."""

    async def receive(self, incoming: Incoming) -> bool:
        """Write a deed down, to be decided soon; False if it stood there already. Unreachable."""
        ...

    async def ask(self, question: Question) -> Answer:
        """What can be known without doing anything. Unreachable."""
        ...


class Orders:
    """Handlers; `routes` is what they add to the door."""

    def __init__(
        self,
        admission: Admission,
        house: House,
        links: Links,
        stamps: Stamps,
        visits: Visits,
        handover: Handover,
        assets: Assets,
        rules: HouseRules,
        upload: Upload,
        patience: float,
    ) -> None:
        self._admission = admission
        self._house = house
        self._links = links
        self._stamps = stamps
        self._visits = visits
        self._handover = handover
        self._assets = assets
        self._rules = rules
        self._upload = upload
        self._patience = patience
        self._cards: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._said: OrderedDict[str, str] = OrderedDict()  # what became of a deed, by its event
        self.routes = (
            Route(hdrs.METH_GET, "", self.page, ANYBODY, for_crawlers=True),
            Route(hdrs.METH_GET, "/card.png", self.card, ANYBODY, for_crawlers=True),
            Route(hdrs.METH_POST, "/press", self.press, LISTENERS),
            Route(hdrs.METH_POST, "/form", self.form, ARTIST),
            Route(hdrs.METH_GET, "/media/{sha256}", handover.media, LISTENERS),
            Route(hdrs.METH_GET, "/files/{sha256}", handover.file, ARTIST),
            Route(hdrs.METH_GET, "/files/{sha256}/{name}", handover.file, ARTIST),
            Route(hdrs.METH_GET, "/originals/{sha256}", handover.original, STAFF),
            Route(hdrs.METH_GET, "/everything.zip", handover.everything, ARTIST),
        )

    async def page(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> web.Response:
        """The page, or with `?part=status` its first section; for an app that draws previews neither."""
        page, token = await self._asked(request, who), _token(request)
        preview = self._preview(who, page, token)
        if crawls(request):
            return _html(bare(preview, who.say.language))
        fragment = request.query.get("part") == "status"
        own = who.shown.standing is Standing.ARTIST
        stamp = self._stamps.make(token, who.now)
        order = who.project.order
        sheet = Sheet(
            page=page,
            reader=self._reader(who),
            preview=preview,
            token=token,
            stamp=stamp,
            assets=self._assets.names,
            visits=[] if fragment or not own else await self._visits.of_order(order.id),
            until=who.shown.until,
            member=who.shown.standing is Standing.MEMBER,
            zip_size=self._handover.zip_size(who) if page.files else 0,
            said=_said(who.say, request.query.get("said", "")),
            upload=await self._upload(who, token, stamp) if page.takes_songs else "",
            hand_in=self._hand_in(who, page, token, stamp),
        )
        if fragment:
            return _html(status(sheet))
        if request.method == hdrs.METH_GET:
            await self._visits.begun(order.id, who.person.id, who.shown.standing, PAGE, who.now)
        return _html(drawn(sheet))

    async def card(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> web.Response:
        """The picture of a preview."""
        preview = self._preview(who, await self._asked(request, who), _token(request))
        key = preview.title, preview.told
        if key not in self._cards:
            self._cards[key] = await asyncio.to_thread(card, preview.house, *key)
        self._cards.move_to_end(key)
        while len(self._cards) > _MOST_CARDS:
            self._cards.popitem(last=False)
        return web.Response(body=self._cards[key], content_type="image/png", headers=PRIVATE)

    async def press(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> NoReturn:
        """A button: a deed, and back to the page."""
        nonce, values = await self._posted(request, who)
        action = values.get("action", "")
        verbs = frozenset(OF_ARTIST if who.shown.standing is Standing.ARTIST else OF_MEMBER)
        if not _pressable(action, who.project.order.id, verbs, await self._asked(request, who)):
            raise web.HTTPBadRequest(headers=PRIVATE)
        await self._done(request, who, nonce, Kind.PRESS, {"action": action})

    async def form(self, request: web.Request, who: Admitted, parts: Mapping[str, str]) -> NoReturn:
        """A form that was filled in: a deed, and back to the page."""
        nonce, values = await self._posted(request, who)
        name, _, id_ = values.get("form", "").partition(":")
        page = await self._asked(request, who)
        shown = next((one for one in page.forms if (one.form.name, one.id) == (name, id_)), None)
        if shown is None:
            raise _back(request, "old")
        filled = {field.name: _value(field, values) for field in shown.form.fields}
        for field in shown.form.fields:
            if field.required and not filled[field.name]:
                raise _back(request, "empty")
            if len(filled[field.name]) > field.most:
                raise _back(request, "long")
        payload = {"form": name, "id": id_, "values": filled}
        await self._done(request, who, nonce, Kind.FORM, payload)

    async def _asked(self, request: web.Request, who: Admitted) -> OrderPage:
        question = Question(WEB, who.person.id, "page", {"order": who.project.order.id})
        found = (await self._house.ask(question)).page
        if found is None:
            raise self._admission.refusals.nothing(request)
        return found

    async def _posted(self, request: web.Request, who: Admitted) -> tuple[str, dict[str, str]]:
        """The nonce and the fields of a form of this very page. HTTPForbidden, HTTPSeeOther and others."""
        if not _from_here(request, self._links.origin):
            raise self._admission.refusals.from_elsewhere(request, who.say)
        values = await fields(request)
        try:
            return self._stamps.read(_token(request), values.pop(STAMP, ""), who.now), values
        except BadStamp:
            raise _back(request, "old") from None

    async def _done(
        self,
        request: web.Request,
        who: Admitted,
        nonce: str,
        kind: Kind,
        payload: Mapping[str, object],
    ) -> NoReturn:
        event = f"web:{derive(nonce, kind.value, repr(payload))}"
        if event in self._said:
            raise _back(request, self._said[event])
        deed = Incoming(WEB, event, who.person.id, "", private=True, kind=kind, at=who.now, payload=payload)
        if not await decided(self._house, deed, self._patience):
            raise _back(request, "soon")
        moved = await self._admission.revision(who.project.order.id) != who.project.order.rev
        self._said[event] = _outcome(kind, payload, moved)
        while len(self._said) > _MOST_SAID:
            self._said.popitem(last=False)
        raise _back(request, self._said[event])

    def _hand_in(self, who: Admitted, page: OrderPage, token: str, stamp: str) -> str:
        reader, most = self._reader(who), self._rules.limits.file_bytes
        songs = tuple((place, reader.plain(title)) for place, title in page.hand_in)
        return handing_in.section(who.say, token, stamp, most, songs) if songs else ""

    def _reader(self, who: Admitted) -> Reader:
        zone = ZoneInfo(who.person.zone) if who.person.zone else self._rules.zone
        staff = who.shown.standing is Standing.STAFF
        to = To.staff() if staff else To.person(who.person.id)
        return Reader(who.say, to, zone, who.now, who.project.order.confidential)

    def _preview(self, who: Admitted, page: OrderPage, token: str) -> Preview:
        """A confidential order is one like any other."""
        neutral = who.say.word("Mastering preview")
        address = self._links.url(who.shown)
        picture = f"{address}/card.png" if address else None
        if page.confidential:
            return Preview(self._rules.house.name, neutral, "", picture)
        named = any(isinstance(part, Title) for part in page.title.parts)
        title = (page.title if named else page.heading).plain(moment=str, title=_titled)
        return Preview(self._rules.house.name, title, neutral, picture)


def _titled(title: Title) -> str:
    return title.title


def _token(request: web.Request) -> str:
    return request.path.removeprefix(f"{PATH}/").partition("/")[0]


def _back(request: web.Request, said: str) -> web.HTTPSeeOther:
    """To the page again, which says what became of it."""
    return web.HTTPSeeOther(f"../{_token(request)}?said={said}", headers=PRIVATE)


def _pressable(action: str, order: str, verbs: frozenset[str], page: OrderPage) -> bool:
    """Whether a press is one of this page, or was when it was drawn: what is stale, the desk says itself.

    A pass opens no other order, and nothing that is about its artist and not about the order. `verbs`: what
    its reader may press of it.
    """
    try:
        pressed = Action.unpack(action)
    except ValueError:
        return False
    if pressed.id != order:
        return False
    return pressed.verb in verbs or action in {button.action for button in page.buttons}


def _outcome(kind: Kind, payload: Mapping[str, object], moved: bool) -> str:
    """What became of a deed: some only ask, and are answered where no page is."""
    if kind is Kind.PRESS:
        pressed = Action.unpack(str(payload["action"]))
        if pressed.verb in _ASKING and pressed.choice is None:
            return "asked"
    return "done" if moved else "sent" if kind is Kind.FORM else "same"


def _value(field: Field, values: Mapping[str, str]) -> str:
    value = values.get(f"{VALUE}{field.name}", "").replace("\r\n", "\n")
    return " ".join(value.split()) if field.kind == "text" else value.strip()


def _from_here(request: web.Request, public: str | None) -> bool:
    """Whether a browser says that a form was sent from one of our pages, as far as it says anything.

    Without a referrer it names its origin as `null` (Fetch, "append a request Origin header"). `public` is
    the origin that it knows us by: another server before this one may ask for us by another name.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get(hdrs.ORIGIN, "null")
    return origin in ("null", public) or urlsplit(origin).netloc == request.host


def _said(say: Voice, code: str) -> str:
    """What became of the last press, in words."""
    return {
        "done": say.word("Done. The answer is in your chat too."),
        "same": say.word("Nothing was changed by that. This is how things stand now."),
        "asked": say.word("The answer is in your chat."),
        "sent": say.word("Sent. The answer is in your chat."),
        "soon": say.word("It is noted and will be done in a moment."),
        "old": say.word("This page was too old, so nothing was done. Here is how things stand now."),
        "empty": say.word("Something was left empty, so nothing was sent."),
        "long": say.word("That was too long, so nothing was sent."),
    }.get(code, "")


def _html(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=PRIVATE)
