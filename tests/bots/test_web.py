"""How the service says how it is."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from bots.web.health import Check, application, serving


async def fine() -> None:
    pass


async def gone() -> None:
    raise ConnectionError("no database")


async def get(path: str, checks: Mapping[str, Check], patience: float = 2.0) -> tuple[int, Any]:
    async with (
        serving(application(checks, patience), "127.0.0.1", 0) as (host, port),
        aiohttp.ClientSession() as session,
        session.get(f"http://{host}:{port}{path}") as answer,
    ):
        return answer.status, await answer.json()


async def test_a_living_process_says_so_even_when_it_can_do_nothing() -> None:
    status, told = await get("/livez", {"database": gone})
    assert status == 200
    assert told["loop_lag_ms"] >= 0


async def test_the_service_is_ready_when_every_check_passes() -> None:
    assert await get("/readyz", {"database": fine, "blobs": fine}) == (
        200,
        {"ok": True, "checks": {"database": True, "blobs": True}},
    )


async def test_one_failing_check_is_named_and_says_nothing_of_why() -> None:
    assert await get("/readyz", {"database": gone, "blobs": fine}) == (
        503,
        {"ok": False, "checks": {"database": False, "blobs": True}},
    )


async def test_a_check_that_hangs_has_failed() -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    status, told = await get("/readyz", {"blobs": hangs}, patience=0.05)
    assert (status, told["checks"]) == (503, {"blobs": False})
