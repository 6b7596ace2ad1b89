"""Waiting for a platform that is away, and not waiting any more."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import structlog
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bots.doors import Misconfigured
from bots.stopping import cancelled
from bots.telegram.reading import NAME
from bots.telegram.refusals import pause

FIRST = 0.5
"""Seconds of the first pause; each next one is twice as long."""

LONGEST = 30.0

REFUSED = "Telegram does not take LATHE_TELEGRAM_TOKEN; @BotFather tells which token the bot has."

T = TypeVar("T")

log = structlog.get_logger()


async def insisted(ask: Callable[[], Awaitable[T]]) -> T:
    """What the platform answers, however often it must be asked. Misconfigured: the token is not taken."""
    rest = 0.0
    while True:
        try:
            return await ask()
        except InvalidToken:
            raise Misconfigured(REFUSED) from None
        except TelegramError as error:
            log.warning("the platform is waited for", door=NAME, why=type(error).__name__)
            rest = longer(rest)
            await asyncio.sleep(pause(error) if isinstance(error, RetryAfter) else rest)


async def unless(over: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """What work comes to; None if something was over first, and the work is left."""
    doing = asyncio.create_task(work)
    waiting = asyncio.create_task(over.wait())
    try:
        await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
        return doing.result() if doing.done() else None
    finally:
        await cancelled((doing, waiting))


def longer(rest: float) -> float:
    """The pause after one of `rest` seconds, 0 for the first."""
    return min(LONGEST, 2 * rest) if rest else FIRST
