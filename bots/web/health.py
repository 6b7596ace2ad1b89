"""/livez: the process answers. /readyz: it can do its work."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

Check = Callable[[], Awaitable[None]]
"""Raises when something that the service needs is not there."""

PATIENCE = 2.0
"""Seconds after which a check has failed."""


class CannotListen(Exception):
    """The web door's address cannot be had; `str()` says why."""


log = structlog.get_logger()


def application(checks: Mapping[str, Check], patience: float = PATIENCE) -> web.Application:
    """The routes; /readyz is 503 while one of the checks fails."""
    app = web.Application()

    async def livez(_request: web.Request) -> web.Response:
        began = time.perf_counter()
        await asyncio.sleep(0)  # one turn of the loop: as long as everybody else takes
        return web.json_response({"ok": True, "loop_lag_ms": round(1000 * (time.perf_counter() - began), 3)})

    async def readyz(_request: web.Request) -> web.Response:
        found = dict(
            zip(
                checks,
                await asyncio.gather(*(_passes(name, check, patience) for name, check in checks.items())),
                strict=True,
            )
        )
        ready = all(found.values())
        return web.json_response({"ok": ready, "checks": found}, status=200 if ready else 503)

    app.router.add_get("/livez", livez)
    app.router.add_get("/readyz", readyz)
    return app


async def _passes(name: str, check: Check, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            await check()
    except Exception:
        log.exception("not ready", check=name)
        return False
    return True


@asynccontextmanager
async def serving(app: web.Application, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    """Serve until the context ends, at the address that is given back (port 0 finds one). CannotListen."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
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
        await runner.cleanup()
