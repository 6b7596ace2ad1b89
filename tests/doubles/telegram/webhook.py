"""Telling a bot by webhook: again and again until it answers 2xx, one thing after the other in each chat."""

import asyncio
import time
from dataclasses import dataclass, field

import aiohttp

from tests.doubles.telegram.changes import Changes
from tests.doubles.telegram.limits import Times
from tests.doubles.telegram.state import Json
from tests.doubles.telegram.updates import Update, Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
GONE = 410


@dataclass
class Webhook:
    """The webhook, if `url` is set. A method in the body of an answer is not carried out."""

    updates: Updates
    changes: Changes
    times: Times
    url: str = ""
    secret: str = ""
    connections: int = 40
    error: str | None = None
    error_at: int | None = None
    answers: list[int] = field(default_factory=list)
    _pump: "asyncio.Task[None] | None" = None

    async def set(self, url: str, secret: str = "", connections: int = 40) -> None:
        """Begin to tell this address; end what told another one."""
        await self.remove()
        self.url, self.secret, self.connections, self.error = url, secret, connections, None
        self._pump = asyncio.create_task(self._deliver_all())

    async def remove(self) -> None:
        """Tell nobody any more."""
        self.url = ""
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            await asyncio.wait([pump])

    def json(self) -> Json:
        info: Json = {
            "url": self.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self.updates.pending),
        }
        if self.url:
            info |= {"max_connections": self.connections}
        if self.error is not None:
            info |= {"last_error_message": self.error, "last_error_date": self.error_at}
        if self.updates.allowed:
            info |= {"allowed_updates": list(self.updates.allowed)}
        return info

    async def _deliver_all(self) -> None:
        under_way: dict[int, Update] = {}  # lane → update

        def next_one() -> Update | None:
            if len(under_way) >= self.connections:
                return None
            return next((update for update in self.updates.pending if update.lane not in under_way), None)

        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:

            async def deliver(update: Update) -> None:
                if await self._deliver(session, update):
                    self.updates.done(update)
                del under_way[update.lane]
                self.changes.happened()

            while self.url:
                update = await self.changes.until(lambda: next_one() or not self.url, None)
                if isinstance(update, Update):
                    under_way[update.lane] = update
                    tasks.create_task(deliver(update))

    async def _deliver(self, session: aiohttp.ClientSession, update: Update) -> bool:
        """Whether the bot took it; False once the webhook is dropped."""
        pause = self.times.resend
        gone_since: float | None = None
        while self.url:
            status = await self._post(session, update)
            if 200 <= status < 300:
                return True
            gone_since = (gone_since or time.monotonic()) if status == GONE else None
            if gone_since is not None and time.monotonic() - gone_since >= self.times.gone:
                self.url = ""
                break
            await asyncio.sleep(pause)
            pause = min(2 * pause, self.times.resend_most)
        return False

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> int:
        """The status of the bot's answer, 0 if there was none."""
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        update.handed = True
        try:
            async with session.post(self.url, json=update.json(), headers=headers) as answer:
                status = answer.status
        except (aiohttp.ClientError, OSError, TimeoutError):
            status = 0
        self.answers.append(status)
        if not 200 <= status < 300:
            self.error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
            self.error_at = int(time.time())
        self.changes.happened()
        return status
