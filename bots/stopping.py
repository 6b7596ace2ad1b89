"""Being told to stop, and ending: in order, and if that does not come to an end, without it.

SIGTERM and SIGINT end the work in order, a second one at once. Whatever began to end has `LONGEST` seconds:
nothing depends on an orderly end (docs/architecture.md, "One deed"), so a process that cannot have one says
what it waits for, and dies.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import structlog

SIGNALS = (signal.SIGTERM, signal.SIGINT)

LONGEST = 14.5
"""Seconds from the beginning of an end until the process is gone."""

AGAIN = 0.5
"""Seconds after which what was cancelled and goes on is cancelled again."""

T = TypeVar("T")

log = structlog.get_logger()


async def until_told(work: Coroutine[Any, Any, T]) -> T | None:
    """Do the work and return what it comes to; None if it was told to stop, and has."""
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(work)
    told = False

    def deaf() -> None:
        for number in SIGNALS:
            loop.remove_signal_handler(number)

    def stop() -> None:
        nonlocal told
        told = True
        deaf()
        end_soon()
        task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if not told:
            raise
        return None
    finally:
        deaf()


@contextmanager
def ending() -> Iterator[None]:
    """From the end of the context on the process is ending, whatever ended it."""
    try:
        yield
    finally:
        end_soon()


def end_soon() -> None:
    """End this process within LONGEST seconds, with an orderly end or without."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        log.critical("the process does not end by itself, and is ended", waits_for=waits(loop))
        os._exit(1)

    timer = threading.Timer(LONGEST, end)
    timer.daemon = True  # it holds up nobody
    timer.start()


async def ended(running: "asyncio.Task[Any]", within: float) -> None:
    """Return when what was told to end has; after `within` seconds it is cancelled. Raises what it raised."""
    await asyncio.wait([running], timeout=within)
    if not running.done():
        log.error("does not end by itself, and is cancelled", waits_for=waits(asyncio.get_running_loop()))
        running.cancel()
        await asyncio.wait([running], timeout=AGAIN)
    if running.done() and not running.cancelled():
        running.result()


async def cancelled(tasks: "Iterable[asyncio.Task[Any]]") -> None:
    """Cancel tasks until they have ended.

    Once is not always enough: who is given a connection by psycopg_pool in the very moment in which they are
    cancelled goes on with it.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=AGAIN)


def waits(loop: asyncio.AbstractEventLoop) -> list[str]:
    """What each task of a loop waits for, from the outside inwards."""
    return sorted(" > ".join(_frames(task.get_coro())) for task in asyncio.all_tasks(loop))


def _frames(coroutine: Any) -> Iterator[str]:
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is not None:
            yield f"{frame.f_code.co_qualname}:{frame.f_lineno}"
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
