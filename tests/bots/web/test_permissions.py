"""Who may take which way into the house by the web: every route of the running app is tried by everybody."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiohttp import web

from bots.telegram.webhook import PATH as HOOK
from bots.telegram.webhook import SECRET
from bots.web import assets, downloads
from bots.web.health import application
from bots.web.links import Links
from bots.web.routes import PATH, Route
from bots.web.stamps import Stamps
from bots.web.tus import BYTES
from core.changes import Changes, Move
from core.links import Link, Pass, Standing
from core.uploads import Upload
from tests.bots.web.browsing import Answer
from tests.bots.web.ordering import Studio, open_orders
from tests.core.samples import START
from tests.storage.things import message

REFUSED = (403, 404, 410)
HOOKED = "the-secret-of-the-webhook"
OTHERS = Links(b"another house " * 3, None)


@dataclass(frozen=True, slots=True)
class Way:
    """How a route is tried. `object`: it names something that belongs to one order.

    `booked`: it is for who of the staff works on the order, which nobody here does (test_originals).
    """

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] | bytes | None = None
    object: bool = False
    booked: bool = False


TUS = {"Tus_Resumable": "1.0.0"}
BRINGING = {**TUS, "Upload_Offset": "0", "Content_Type": BYTES}

ORDER_WAYS = {
    "GET /o/TOKEN": Way(""),
    "GET /o/TOKEN/card.png": Way("/card.png"),
    "POST /o/TOKEN/press": Way("/press", data={"stamp": "{stamp}", "action": "cancel:order1"}),
    "POST /o/TOKEN/form": Way("/form", data={"stamp": "{stamp}", "form": "human:order1", "v.words": "hello"}),
    "GET /o/TOKEN/media/{sha256}": Way("/media/{clip}", object=True),
    "GET /o/TOKEN/files/{sha256}": Way("/files/{file}", object=True),
    "GET /o/TOKEN/files/{sha256}/{name}": Way("/files/{file}/Midnight%20Drive.wav", object=True),
    "GET /o/TOKEN/originals/{sha256}": Way("/originals/{clip}", object=True, booked=True),
    "POST /o/TOKEN/handin": Way("/handin", booked=True),
    "GET /o/TOKEN/everything.zip": Way("/everything.zip", object=True),
    "POST /o/TOKEN/uploads/form": Way("/uploads/form"),
    "OPTIONS /o/TOKEN/uploads": Way("/uploads"),
    "OPTIONS /o/TOKEN/uploads/{upload}": Way("/uploads/{upload}"),
    "POST /o/TOKEN/uploads": Way("/uploads", {**TUS, "Upload_Length": "10"}),
    "HEAD /o/TOKEN/uploads/{upload}": Way("/uploads/{upload}", TUS, object=True),
    "PATCH /o/TOKEN/uploads/{upload}": Way("/uploads/{upload}", BRINGING, b"music", object=True),
    "DELETE /o/TOKEN/uploads/{upload}": Way("/uploads/{upload}", TUS, object=True),
    "POST /o/TOKEN/uploads/{upload}": Way(
        "/uploads/{upload}", {**TUS, "X_HTTP_Method_Override": "DELETE"}, object=True
    ),
}
"""What is below the page of an order: each object is a real one, also the file that is being sent."""

LINK_WAYS = {f"GET {downloads.PATH}/TOKEN{way}": way for way in downloads.WAYS}
"""What a private link opens."""

HOOK_WAYS = {f"* {HOOK}"}
"""What a platform calls."""

OPEN = {
    "GET /livez": "a process answers, and how late it is: asked by whatever starts it again",
    "GET /readyz": "which parts of the service work, and not why: asked by who sends it requests",
    "GET /metrics": "figures without names; who opens the door to others keeps them to the monitoring",
    "GET /static/{name}": "style, script, type and icon of every page: the same for all",
}
"""What anybody may have, and why."""

TRIED = {*ORDER_WAYS, *LINK_WAYS, *HOOK_WAYS, *OPEN}


def served(app: web.Application, studio: Studio) -> set[str]:
    """Every way of the app, and those of the tables behind what it passes on."""
    found = {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    found.remove("* /{path}")
    for area in studio.health.routes:
        match area:
            case "/o":
                found |= {named(route) for route in studio.pages.orders.routes}
            case downloads.PATH:
                found |= {f"GET {area}/TOKEN{way}" for way in downloads.WAYS}
            case assets.PATH:
                found.add(f"GET {area}/{{name}}")
            case _:
                found.add(f"* {area}")
    return found


def named(route: Route) -> str:
    return f"{route.method} {PATH}/TOKEN{route.pattern}"


@pytest.fixture
async def studio(place: Path) -> AsyncIterator[Studio]:
    """An order of ada's that was released, another of hers, and one of bob's."""
    async with open_orders(place, hook=HOOKED) as opened:
        hers = replace(opened.order, id="order3", number=1044)
        await opened.rooms.store.commit(message(), Changes(orders=(Move(None, hers),)))
        await opened.released()
        yield opened


async def test_no_way_into_the_house_goes_untried(studio: Studio) -> None:
    assert served(application(studio.health), studio) == TRIED


async def test_a_way_that_is_added_anywhere_is_seen(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response()

    app = application(studio.health)
    app.router.add_post("/admin", answer)
    secret = Route("GET", "/secret", studio.pages.orders.routes[0].handler, frozenset(Standing))
    studio.pages.orders.routes += (secret,)
    monkeypatch.setattr(downloads, "WAYS", (*downloads.WAYS, "/all"))
    with studio.health.open({}, studio.metrics, {**studio.health.routes, "/api": answer}):
        added = served(app, studio) - TRIED
    assert added == {"POST /admin", "GET /o/TOKEN/secret", "GET /f/TOKEN/all", "* /api"}


# The page of an order, and all below it


def a_pass(studio: Studio, **parts: Any) -> Pass:
    return studio.rooms.links.read_pass(studio.shown(**parts))


def a_link(studio: Studio, **parts: Any) -> Link:
    return replace(Link("order1", studio.clip.sha256, 0, START + timedelta(days=1)), **parts)


def signed(studio: Studio, **parts: Any) -> str:
    return studio.rooms.links.token(a_link(studio, **parts))


LET_IN: dict[str, Callable[[Studio], str]] = {
    "the artist": lambda studio: studio.shown(),
    "the staff": lambda studio: studio.staff,
    "a member": lambda studio: studio.member,
}

ELSEWHERE: dict[str, Callable[[Studio], str]] = {
    "another artist with a pass of their own": lambda studio: studio.shown(order="order2", person="bob"),
    "the artist with a pass to another order": lambda studio: studio.shown(order="order3"),
    "the staff with a pass to another order": lambda studio: studio.shown(
        order="order2", person="eva", standing=Standing.STAFF
    ),
}

SHUT_OUT: dict[str, tuple[Callable[[Studio], str], int]] = {
    "another artist": (lambda studio: studio.shown(person="bob"), 410),
    "the artist as a member": (lambda studio: studio.shown(standing=Standing.MEMBER), 410),
    "a member as artist": (lambda studio: studio.shown(person="mia"), 410),
    "a member as staff": (lambda studio: studio.shown(person="mia", standing=Standing.STAFF), 410),
    "who is no member": (lambda studio: studio.shown(person="bob", standing=Standing.MEMBER), 410),
    "a member's pass that was revoked": (
        lambda studio: studio.shown(person="mia", standing=Standing.MEMBER, epoch=9),
        410,
    ),
    "the artist as staff": (lambda studio: studio.shown(standing=Standing.STAFF), 410),
    "the staff as artist": (lambda studio: studio.shown(person="eva"), 410),
    "somebody who is gone": (lambda studio: studio.shown(person="zoe"), 410),
    "a pass to an order that is gone": (lambda studio: studio.shown(order="order9"), 410),
    "a pass that was revoked": (lambda studio: studio.shown(epoch=9), 410),
    "a pass of the staff that was revoked": (
        lambda studio: studio.shown(person="eva", standing=Standing.STAFF, epoch=9),
        410,
    ),
    "a pass that has run out": (lambda studio: studio.shown(until=START - timedelta(seconds=1)), 410),
    "a pass of another house": (lambda studio: OTHERS.pass_token(a_pass(studio)), 404),
    "a link to a file": (signed, 404),
    "nobody": (lambda studio: "", 404),
}


async def tried(studio: Studio, route: Route, token: str) -> Answer:
    """Take a way by a token. Each time there is a file that the artist has begun to send."""
    way = ORDER_WAYS[named(route)]
    upload = await begun(studio)
    stamp = Stamps(studio.rooms.stamping).make(token, studio.rooms.premises.clock.now())
    parts = {
        "{clip}": studio.clip.sha256,
        "{file}": studio.files[0].sha256,
        "{upload}": upload.id,
        "{stamp}": stamp,
    }

    def filled(text: str) -> str:
        return re.sub(r"\{\w+\}", lambda match: parts[match[0]], text)

    data = way.data
    if isinstance(data, Mapping):
        data = {name: filled(value) for name, value in data.items()}
    return await studio.ask(filled(way.path), route.method, token=token, data=data, **way.headers)


async def begun(studio: Studio) -> Upload:
    now = studio.rooms.premises.clock.now()
    upload = Upload(token_hex(16), "order1", "ada", "Midnight.wav", 10, "audio/wav", now, now)
    assert await studio.rooms.uploads.begin(upload)
    return upload


@pytest.mark.parametrize("role", LET_IN)
async def test_each_route_lets_in_whom_it_is_for(studio: Studio, role: str) -> None:
    """Who is let in may be told that their request is bad."""
    token = LET_IN[role](studio)
    standing = studio.rooms.links.read_pass(token).standing
    for route in studio.pages.orders.routes:
        answer = await tried(studio, route, token)
        if standing in route.who and ORDER_WAYS[named(route)].booked:
            assert answer.status == 404, named(route)
        elif standing in route.who:
            assert answer.status not in REFUSED, named(route)
        else:
            assert answer.status == 403, named(route)


@pytest.mark.parametrize("role", SHUT_OUT)
async def test_each_route_shuts_everybody_else_out(studio: Studio, role: str) -> None:
    token, status = SHUT_OUT[role][0](studio), SHUT_OUT[role][1]
    routes = studio.pages.orders.routes
    for route in routes:
        assert (await tried(studio, route, token)).status == status, named(route)
    await nothing_has_happened(studio)


@pytest.mark.parametrize("role", ELSEWHERE)
async def test_no_pass_opens_anything_of_another_order(studio: Studio, role: str) -> None:
    token = ELSEWHERE[role](studio)
    standing = studio.rooms.links.read_pass(token).standing
    for route in studio.pages.orders.routes:
        answer = await tried(studio, route, token)
        if standing not in route.who:
            assert answer.status == 403, named(route)
        elif ORDER_WAYS[named(route)].object:
            assert answer.status == 404, named(route)
        for secret in (b"Midnight", b"1042", studio.clip.sha256.encode()):
            assert secret not in answer.body, named(route)
    await nothing_has_happened(studio)


async def nothing_has_happened(studio: Studio) -> None:
    """To the order, to the files that are on their way to it, and at the desk."""
    uploads = await studio.rooms.uploads.of_order("order1")
    assert len(uploads) == len(studio.pages.orders.routes)
    assert {(one.received, one.state) for one in uploads} == {(0, "open")}
    assert await studio.visits() == []
    assert studio.front.deeds == []


# A private link


LINKS: dict[str, tuple[Callable[[Studio], str], int]] = {
    "who has it": (signed, 200),
    "one to a file of another order": (lambda studio: signed(studio, order="order2"), 410),
    "one to an order that is gone": (lambda studio: signed(studio, order="order9"), 410),
    "one to what the order has not": (lambda studio: signed(studio, sha256="0" * 64), 410),
    "one that was revoked": (lambda studio: signed(studio, epoch=9), 410),
    "one that has run out": (lambda studio: signed(studio, until=START - timedelta(seconds=1)), 410),
    "one of another house": (lambda studio: OTHERS.token(a_link(studio)), 404),
    "a pass to the page": (lambda studio: studio.shown(), 404),
    "a pass of the staff": (lambda studio: studio.staff, 404),
    "nobody": (lambda studio: "", 404),
}


@pytest.mark.parametrize("role", LINKS)
async def test_each_way_of_a_link_opens_to_who_has_it_and_to_nobody_else(studio: Studio, role: str) -> None:
    token, status = LINKS[role][0](studio), LINKS[role][1]
    for way in LINK_WAYS.values():
        answer = await studio.fetch(f"{studio.base}{downloads.PATH}/{token}{way}")
        assert answer.status == status, way
    assert len(studio.front.deeds) == (status == 200)


# What a platform calls


@pytest.mark.parametrize("shown", [None, "", HOOKED[:-1], f"{HOOKED}!", HOOKED.upper()])
async def test_nobody_calls_the_webhook_without_its_secret(studio: Studio, shown: str | None) -> None:
    headers = {} if shown is None else {SECRET: shown}
    answer = await studio.fetch(f"{studio.base}{HOOK}", "POST", data=b'{"update_id": 1}', **headers)
    assert answer.status == 401
    assert studio.front.deeds == []


async def test_the_platform_calls_the_webhook_by_its_secret(studio: Studio) -> None:
    """It is heard, though this house does not serve Telegram now: it is to call again."""
    answer = await studio.fetch(f"{studio.base}{HOOK}", "POST", data=b"{}", **{SECRET: HOOKED})
    assert answer.status == 503


# What is open to anybody


async def test_what_is_open_to_anybody_says_nothing_of_anybody(studio: Studio) -> None:
    names = studio.pages.static.names.values()
    paths = [way.removeprefix("GET ") for way in OPEN if "{" not in way]
    for path in (*paths, *(f"{assets.PATH}/{name}" for name in names)):
        answer = await studio.fetch(f"{studio.base}{path}")
        assert answer.status == 200, path
        for secret in (b"Midnight", b"order1", b"ada\x00", studio.shown().encode()):
            assert secret not in answer.body, path
