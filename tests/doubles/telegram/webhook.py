"""Telling a bot by webhook: again and again until it answers 2xx, one thing after the other in each lane.

Source: tdlib/telegram-bot-api, WebhookActor.cpp.
"""

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
    """The webhook, if `url` is set; `answers` are the statuses it gave, 0 where there was none.

    A method in the body of an answer is not carried out.
    """

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
    _gone_since: float | None = None

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
            if not pump.cancelled():
                pump.result()

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
        under_way: set[tuple[str, int]] = set()

        def next_one() -> Update | None:
            if len(under_way) >= self.connections:
                return None
            return next((update for update in self.updates.pending if update.lane not in under_way), None)

        async with aiohttp.ClientSession() as session, asyncio.TaskGroup() as tasks:

            async def deliver(update: Update) -> None:
                if await self._deliver(session, update):
                    self.updates.done(update)
                under_way.remove(update.lane)
                self.changes.happened()

            while self.url:
                update = await self.changes.until(lambda: next_one() or not self.url, None)
                if isinstance(update, Update):
                    under_way.add(update.lane)
                    tasks.create_task(deliver(update))

    async def _deliver(self, session: aiohttp.ClientSession, update: Update) -> bool:
        """Whether the bot took it; False once the webhook is dropped.

        What fails is told again at once, then after pauses that grow.
        """
        pause = 0.0
        while self.url:
            status, wait = await self._post(session, update)
            if 200 <= status < 300:
                self._gone_since = None
                return True
            self._count_gone(status)
            await asyncio.sleep(wait or pause)
            pause = min(2 * pause or self.times.resend, self.times.resend_most)
        return False

    def _count_gone(self, status: int) -> None:
        """Drop the webhook if it has answered 410, and nothing else, for too long."""
        if status != GONE:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = time.monotonic()
        elif time.monotonic() - self._gone_since >= self.times.gone:
            self.url = ""
            self.changes.happened()

    async def _post(self, session: aiohttp.ClientSession, update: Update) -> tuple[int, float]:
        """The status of the bot's answer, 0 if there was none, and the seconds of its Retry-After."""
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        update.handed = True
        status, wait, error = 0, 0.0, "Connection refused"
        try:
            async with session.post(self.url, json=update.json(), headers=headers) as answer:
                status, wait = answer.status, float(answer.headers.get("Retry-After", 0))
                error = f"Wrong response from the webhook: {status} {answer.reason}"
        except (aiohttp.ClientError, OSError, TimeoutError):
            pass
        self.answers.append(status)
        if not 200 <= status < 300:
            self.error, self.error_at = error, int(time.time())
        self.changes.happened()
        return status, wait
