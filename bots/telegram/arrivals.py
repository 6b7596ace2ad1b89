"""What is done with each update, however it comes: it is written down before it is confirmed."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

import structlog
from telegram import Bot
from telegram.error import TelegramError

from bots.doors import Front
from bots.stopping import cancelled
from bots.telegram.checkout import Checkout
from bots.telegram.owed import Owed
from bots.telegram.reading import NAME, Json, Myself, Unreadable, number, read
from bots.turns import Turns
from core.messages import Incoming
from core.ports import Unreachable

TRIES = 5
"""How often an update is handed in that the house cannot write down, though its database answers."""

log = structlog.get_logger()


class Arrivals:
    """Takes updates for one bot. `bot` answers presses, and waits for nobody."""

    def __init__(self, front: Front, bot: Bot, me: Myself, checkout: Checkout) -> None:
        self._front = front
        self._bot = bot
        self._me = me
        self._checkout = checkout
        self._turns = Turns()
        self._owed = Owed()
        self._failed: Counter[int] = Counter()
        self._hands: set[asyncio.Task[None]] = set()

    def check_out(self, update: Json) -> bool:
        """Begin to answer if the update is a checkout; False if it is none."""
        query = update.get("pre_checkout_query")
        if query is None:
            return False
        if self._checkout.fresh(query):
            self._beside(self._checkout.answer(self._front, query))
        return True

    async def take(self, update: Json) -> None:
        """Hand an update in; then it may be confirmed. Unreachable: not now.

        What one person did goes in as it came, though the platform tells of several deeds at once. An update
        that cannot be read, or not be written down though others can, is let go: the next ones wait.
        """
        try:
            event = number(update)
            incoming = read(update, self._me, self._front.clock.now())
        except Unreadable as error:
            log.error("update cannot be read", door=NAME, update=update.get("update_id"), why=str(error))
            return
        if incoming is not None:
            person = incoming.person or incoming.place
            async with self._turns.take(person) as turn:
                await turn.come()
                try:
                    if self._owed.before(person, event):
                        raise Unreachable("what they did before is to come again first")
                    await self._written_down(event, incoming)
                except Unreachable:
                    self._owed.add(person, event)
                    raise
                self._owed.settle(person, event)
        press = update.get("callback_query")
        if press is not None:
            self._beside(self._answered(str(press["id"])))

    async def _written_down(self, event: int, incoming: Incoming) -> None:
        """Return when a deed was written down, or let go after some tries. Unreachable."""
        try:
            await self._front.receive(incoming)
        except Unreachable:
            raise
        except Exception as error:
            self._failed[event] += 1
            if self._failed[event] < TRIES:
                log.exception("update cannot be written down", door=NAME, update=event)
                raise Unreachable(type(error).__name__) from error
            log.exception("update let go", door=NAME, update=event)
        self._failed.pop(event, None)

    async def close(self) -> None:
        """Leave what is being answered."""
        await cancelled(self._hands)

    async def _answered(self, press: str) -> None:
        """Tell the app that a press came, so that it stops to wait. It may be too old for that."""
        try:
            await self._bot.answer_callback_query(press)
        except TelegramError as error:
            log.info("press not answered", door=NAME, why=type(error).__name__)

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._hands.add(task)
        task.add_done_callback(self._hands.discard)
