"""/livez: the process answers. /readyz: it can do its work. /metrics: how it does (bots.web.metrics)."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import structlog
from aiohttp import hdrs, web

from bots.meters import LoopLag
from bots.web.errors import go_on, worded
from bots.web.headers import guarded
from bots.web.metrics import Metrics
from bots.web.refusals import Refusals
from core.wording import Catalogues

Check = Callable[[], Awaitable[None]]
"""Raises when something that the service needs is not there."""

Routes = Mapping[str, Callable[[web.Request], Awaitable[web.StreamResponse]]]
"""What answers for a path and all below it, as `/f`. They are there while the service is open."""

PATIENCE = 2.0
"""Seconds after which a check has failed."""

PARTING = 0.5
"""Seconds that answers which are on their way have when the door closes."""

STUCK = 5.0
"""Seconds of lag from which on the loop counts as stuck, though it comes round now and then."""

log = structlog.get_logger()


class CannotListen(Exception):
    """The web door's address cannot be had; `str()` says why."""


class Stage(StrEnum):
    """How far a process is between its start and its end."""

    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"  # it takes no more work, and ends what it has


@dataclass(slots=True)
class Health:
    """What a process tells about itself; it is ready while it is open and each check passes."""

    lag: LoopLag = field(default_factory=LoopLag)
    checks: Mapping[str, Check] = field(default_factory=dict)
    stage: Stage = Stage.OPENING
    metrics: Metrics | None = None  # none before there is a house to look at
    routes: Routes = field(default_factory=dict)
    refusals: Refusals = field(default_factory=lambda: Refusals(Catalogues({}, {}), "Lathe"))

    @contextmanager
    def open(
        self,
        checks: Mapping[str, Check],
        metrics: Metrics,
        routes: Routes | None = None,
        refusals: Refusals | None = None,
    ) -> Iterator[None]:
        """Be open inside the context, and closing from its end on. `refusals`: the words of the house."""
        self.checks, self.metrics, self.routes, self.stage = checks, metrics, routes or {}, Stage.OPEN
        self.refusals = refusals or self.refusals
        try:
            yield
        finally:
            self.stage = Stage.CLOSING


def application(health: Health, patience: float = PATIENCE) -> web.Application:
    """The routes. /livez is 503 while the loop is stuck, /readyz unless all is open and each check passes."""
    app = web.Application(middlewares=[worded(lambda: health.refusals)])
    app.on_response_prepare.append(guarded)

    async def livez(_request: web.Request) -> web.Response:
        lag = health.lag
        alive = lag.newest < STUCK
        told = {
            "ok": alive,
            "loop_lag_ms": round(1000 * lag.newest, 1),
            "worst_ms": round(1000 * lag.worst, 1),
        }
        return web.json_response(told, status=200 if alive else 503)

    async def readyz(_request: web.Request) -> web.Response:
        checks = health.checks if health.stage is Stage.OPEN else {}
        passed = await asyncio.gather(*(_passes(name, check, patience) for name, check in checks.items()))
        found = dict(zip(checks, passed, strict=True))
        ready = health.stage is Stage.OPEN and all(found.values())
        told = {"ok": ready, "stage": health.stage.value, "checks": found}
        return web.json_response(told, status=200 if ready else 503)

    async def metrics(request: web.Request) -> web.Response:
        if health.metrics is None:
            raise web.HTTPServiceUnavailable
        page, content_type = await health.metrics.page(request.headers.get(hdrs.ACCEPT, ""))
        return web.Response(body=page, headers={hdrs.CONTENT_TYPE: content_type})

    async def beyond(request: web.Request) -> web.StreamResponse:
        if request.path in telling:
            raise web.HTTPMethodNotAllowed(request.method, [hdrs.METH_GET, hdrs.METH_HEAD])
        if health.stage is not Stage.OPEN:
            raise web.HTTPServiceUnavailable(headers={hdrs.RETRY_AFTER: "5"})
        for path, answer in health.routes.items():
            if request.path == path or request.path.startswith(f"{path}/"):
                return await answer(request)
        raise web.HTTPNotFound

    telling = {"/livez": livez, "/readyz": readyz, "/metrics": metrics}
    for path, tells in telling.items():
        app.router.add_get(path, tells, expect_handler=go_on)
    app.router.add_route("*", "/{path:.*}", beyond, expect_handler=go_on)
    return app


async def _passes(name: str, check: Check, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            await check()
    except Exception:  # whatever it is: a check that raises has failed, and this page is how one learns of it
        log.exception("not ready", check=name)
        return False
    return True


@asynccontextmanager
async def serving(
    health: Health, host: str, port: int, patience: float = PATIENCE
) -> AsyncIterator[tuple[str, int]]:
    """Serve until the context ends, at the address that is given back (port 0 finds one). CannotListen."""
    looking = asyncio.create_task(health.lag.run())
    runner = web.AppRunner(
        application(health, patience), access_log=None, handle_signals=False, shutdown_timeout=PARTING
    )
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            raise CannotListen(f"{host}:{port}: {reason}; LATHE_WEB_BIND says where to listen") from None
        address = runner.addresses[0]
        yield str(address[0]), int(address[1])
    finally:
        looking.cancel()
        await runner.cleanup()
