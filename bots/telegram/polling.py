"""Updates by long polling: a batch is confirmed by asking for the next one, once all of it was taken."""

import asyncio
from collections.abc import Sequence

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bots.doors import Misconfigured
from bots.telegram.api import HELD, Api
from bots.telegram.arrivals import Arrivals
from bots.telegram.patience import REFUSED, insisted, longer, unless
from bots.telegram.reading import NAME, Json
from bots.telegram.refusals import pause
from core.ports import Unreachable

log = structlog.get_logger()


class Polling:
    """Asks for updates until `stop`. `trouble`: what keeps it from that now."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._over = asyncio.Event()
        self.trouble: str | None = "not connected yet"

    def stop(self) -> None:
        """Ask no more. What was not confirmed comes again at the next start."""
        self._over.set()

    async def run(self, arrivals: Arrivals) -> None:
        """Misconfigured when the token is not taken any more."""
        await insisted(lambda: self._api.quick.delete_webhook(drop_pending_updates=False))
        offset, rest = 0, 0.0
        while not self._over.is_set():
            try:
                batch = await unless(self._over, self._api.updates(offset, 0 if self.trouble else HELD))
            except InvalidToken:
                await self._check_token()
                rest = self._troubled("the platform is away", rest)
            except Conflict:
                rest = self._troubled("another process asks for the updates of this bot", rest)
                await self._free()
            except RetryAfter as error:
                self._troubled("held back", rest)
                rest = pause(error)
            except TelegramError as error:
                rest = self._troubled(f"the platform is away ({type(error).__name__})", rest)
            else:
                if batch is None:
                    return
                self.trouble = None
                if await self._taken(arrivals, batch):
                    offset = max([offset, *(int(update.get("update_id", -1)) + 1 for update in batch)])
                    rest = 0.0
                    continue
                rest = longer(rest)
            await unless(self._over, asyncio.sleep(rest))

    async def _taken(self, arrivals: Arrivals, batch: Sequence[Json]) -> bool:
        """Whether all of a batch was taken. Checkouts come first: they have seconds, deeds have a day."""
        deeds = [update for update in batch if not arrivals.check_out(update)]
        try:
            for update in deeds:
                await arrivals.take(update)
        except Unreachable as away:
            log.warning("updates wait at the platform", door=NAME, why=str(away))
            return False
        return True

    async def _check_token(self) -> None:
        """A path that is not found looks like a token that is not taken: only the latter is final."""
        try:
            await self._api.myself()
        except InvalidToken:
            raise Misconfigured(REFUSED) from None
        except TelegramError:
            return

    async def _free(self) -> None:
        """Take a webhook away that somebody set meanwhile; what waits there comes to us."""
        try:
            await self._api.quick.delete_webhook(drop_pending_updates=False)
        except TelegramError:
            return

    def _troubled(self, why: str, rest: float) -> float:
        self.trouble = why
        log.warning("no updates", door=NAME, why=why)
        return longer(rest)
