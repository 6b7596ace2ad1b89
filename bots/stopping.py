"""Being told to stop: SIGTERM and SIGINT end the work in order, a second one at once."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

SIGNALS = (signal.SIGTERM, signal.SIGINT)

T = TypeVar("T")


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
