"""HTTP: each request read, struck by a fault or carried out, answered, remembered and, in the end, judged."""

import asyncio
import json
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from aiohttp import web

from tests.doubles.discord import refusals
from tests.doubles.discord.asked import Asked, Call, read
from tests.doubles.discord.cdn import Cdn
from tests.doubles.discord.faults import Fault, Faults, Struck
from tests.doubles.discord.gateway import Gateway
from tests.doubles.discord.refusals import Refused
from tests.doubles.discord.rest import CREATED, Handler
from tests.doubles.discord.state import Json, World
from tests.doubles.judge import DISCORD, Judge

API = "/api/v10"
_LIMITS = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "999", "X-RateLimit-Reset-After": "1.0"}


@cache
def discord_judge() -> Judge | None:
    """Who reads Discord's document; None where that is not there."""
    return Judge.of(DISCORD)


class Serving:
    """The routes of REST, gateway and CDN as one application, with every call it has answered."""

    def __init__(self, world: World, routes: Mapping[tuple[str, str], Handler], token: str) -> None:
        self._world = world
        self._routes = routes
        self._token = token
        self.faults = Faults()
        self.calls: list[Call] = []
        self.complaints: list[str] = []
        self._judged = 0  # so many of the calls were read out to the judge

    def judged_by(self, judge: Judge) -> None:
        """Have what was called since the last time judged; what was wrong goes to the complaints."""
        unjudged, self._judged = self.calls[self._judged :], len(self.calls)
        self.complaints += [said for call in unjudged for said in _read_out(judge, call)]

    def application(self, cdn: Cdn, gateway: Gateway) -> web.Application:
        """What listens."""
        app = web.Application(client_max_size=1 << 30)
        for (method, route), handler in self._routes.items():
            app.router.add_route(method, API + route, self._served(route, handler))
        for room in ("attachments", "ephemeral-attachments"):
            for path in (f"/cdn/{room}", f"/{room}"):
                app.router.add_get(f"{path}/{{channel}}/{{attachment}}/{{name}}", cdn.download)
        app.router.add_get("/gateway", gateway.connect)
        app.router.add_get("/", gateway.connect)
        app.router.add_route("*", "/{unknown:.*}", self._unknown)
        return app

    async def _unknown(self, request: web.Request) -> web.Response:
        self.complaints.append(f"{request.method} {request.path} is not a route of this Discord")
        self._world.changed()
        return web.Response(status=501, text=f"The double does not know {request.method} {request.path}")

    def _served(self, route: str, handler: Handler) -> Callable[[web.Request], Any]:
        async def serve(request: web.Request) -> web.StreamResponse:
            asked = await read(request, route)
            struck = self.faults.strike(asked.method, route)
            if struck is not None and struck.fault is Fault.SLOW:
                await asyncio.sleep(struck.seconds)
            before = None if struck is None else _instead(struck)
            if before is not None:
                return self._finish(request, asked, *before)
            status, answer = self._done(request, asked, handler)
            if struck is not None and struck.fault is Fault.BROKEN_AFTER:
                return self._finish(request, asked, struck.status, None)
            if struck is not None and struck.fault is Fault.CUT_AFTER:
                return self._finish(request, asked, 0, None)
            return self._finish(request, asked, status, answer)

        return serve

    def _done(self, request: web.Request, asked: Asked, handler: Handler) -> tuple[int, Any]:
        """Carry a request out, or refuse it."""
        free = asked.route.startswith(("/interactions/", "/webhooks/"))
        try:
            if not free and request.headers.get("Authorization") != f"Bot {self._token}":
                raise refusals.unauthorized()
            if asked.size > self._world.limits.body:
                raise refusals.too_large()
            answer = handler(asked)
        except Refused as refused:
            return refused.status, refused.body()
        except Exception:  # a request we cannot make sense of fails its test, not the server
            self.complaints.append(f"{asked.method} {asked.route}: {traceback.format_exc()}")
            return HTTPStatus.INTERNAL_SERVER_ERROR, None
        if answer is None:
            return HTTPStatus.NO_CONTENT, None
        made = asked.method == "POST" and asked.route in CREATED
        return HTTPStatus.CREATED if made else HTTPStatus.OK, answer

    def _finish(self, request: web.Request, asked: Asked, status: int, answer: Any) -> web.StreamResponse:
        """Answer and remember. Status 0 cuts the connection; a 5xx speaks HTML, as the edge does."""
        files = [(one.name, one.length) for one in asked.files.values()]
        self.calls.append(
            Call(
                asked.method,
                asked.route,
                asked.params,
                asked.query,
                asked.media_type,
                asked.body,
                files,
                status,
                answer,
            )
        )
        self._world.changed()
        if status == 0:
            if request.transport is not None:
                request.transport.close()
            return web.Response()
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return web.Response(status=status, text="<html>Bad Gateway</html>", content_type="text/html")
        headers = dict(_LIMITS)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            headers |= {"Via": "1.1 google", "Retry-After": "1", "X-RateLimit-Scope": "user"}
        if answer is None:
            return web.Response(status=status, headers=headers)
        body = json.dumps(answer).encode()
        return web.Response(status=status, body=body, content_type="application/json", headers=headers)


def _read_out(judge: Judge, call: Call) -> list[str]:
    """What the judge says of a call and our answer to it. A refused request was judged by its refusal."""
    complaints: list[str] = []
    if call.status // 100 != 4:
        complaints += judge.request(call.method, call.route, call.media_type, call.body)
    if call.status and call.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        complaints += judge.answer(call.method, call.route, call.status, call.answer)
    return complaints


def _instead(struck: Struck) -> tuple[int, Json | None] | None:
    """What is answered instead of doing what was asked."""
    match struck.fault:
        case Fault.LIMITED:
            body = {"message": "You are being rate limited.", "retry_after": struck.seconds, "global": False}
            return 429, {**body, "code": 0}
        case Fault.BROKEN:
            return struck.status, None
        case Fault.CUT:
            return 0, None
        case Fault.REFUSED:
            return struck.status, {"message": "As the test wished", "code": struck.code}
        case _:
            return None
