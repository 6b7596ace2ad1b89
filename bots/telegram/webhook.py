"""Updates by webhook: the platform calls us, and calls again until we have written down what it tells."""

import asyncio
import hmac
import json
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bots.telegram.api import Api
from bots.telegram.arrivals import Arrivals
from bots.telegram.patience import insisted
from bots.telegram.reading import NAME, WANTED
from core.ports import Unreachable

PATH = "/hooks/telegram"

SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of a header

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Address:
    """Where the platform calls us, and what it proves itself by (1-256 of A-Z, a-z, 0-9, _ and -)."""

    url: str
    secret: str = field(repr=False)


class Webhook:
    """Takes calls between the start of `run` and `stop`. `trouble`: what keeps it from that now."""

    def __init__(self, api: Api, address: Address) -> None:
        self._api = api
        self._address = address
        self._arrivals: Arrivals | None = None
        self._over = asyncio.Event()
        self.trouble: str | None = "not connected yet"

    def stop(self) -> None:
        """Take no more calls; the platform keeps what it could not tell for a day."""
        self._arrivals = None
        self._over.set()

    async def run(self, arrivals: Arrivals) -> None:
        """Misconfigured when the token is not taken."""
        self._arrivals = arrivals
        await insisted(
            lambda: self._api.quick.set_webhook(
                self._address.url, secret_token=self._address.secret, allowed_updates=list(WANTED)
            )
        )
        self.trouble = None
        await self._over.wait()

    async def answer(self, request: web.Request) -> web.Response:
        """200: it is written down. 401: it does not come from the platform. 503: not now, call again."""
        if request.method != "POST":
            raise web.HTTPMethodNotAllowed(request.method, ["POST"])
        shown = request.headers.get(SECRET, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._address.secret.encode()):
            raise web.HTTPUnauthorized
        if self._arrivals is None:
            return web.Response(status=503)
        try:
            update = json.loads(await request.read())
        except ValueError:
            raise web.HTTPBadRequest from None
        if not isinstance(update, dict):
            raise web.HTTPBadRequest
        try:
            if not self._arrivals.check_out(update):
                await self._arrivals.take(update)
        except Unreachable as away:
            log.warning("updates wait at the platform", door=NAME, why=str(away))
            return web.Response(status=503)
        return web.Response()
