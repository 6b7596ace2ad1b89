"""The last question before money moves: Telegram gives ten seconds to say yes or no.

It is answered at once, past the inbox and past the limits that hold other messages back.
"""

import asyncio
from collections import deque

import structlog
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from bots.doors import Front
from bots.telegram.reading import NAME, Json
from bots.telegram.refusals import pause
from core.messages import Question
from core.wording import Catalogues

ASKING = 5.0
"""Seconds that the house has to answer; after that nothing is taken."""

LONGEST = 9.5
"""Seconds until it is too late to answer: core.telegram.org/bots/api#answerprecheckoutquery says 10."""

_AGAIN = 0.3  # seconds between two tries to answer

log = structlog.get_logger()


class Checkout:
    """Answers each checkout once, though its update may come several times."""

    def __init__(self, bot: Bot, catalogues: Catalogues) -> None:
        self._bot = bot
        self._catalogues = catalogues
        self._met: deque[str] = deque(maxlen=1000)

    def fresh(self, query: Json) -> bool:
        """Whether a checkout was not met before."""
        if query["id"] in self._met:
            return False
        self._met.append(query["id"])
        return True

    async def answer(self, front: Front, query: Json) -> None:
        """Say whether an invoice may be paid."""
        try:
            async with asyncio.timeout(LONGEST):
                refusal = await self._refusal(front, query)
                await self._said(query["id"], refusal)
        except TimeoutError:
            log.error("checkout answered too late", door=NAME)
        except Exception:  # whatever it is: unanswered, the payment does not take place
            log.exception("checkout not answered", door=NAME)

    async def _refusal(self, front: Front, query: Json) -> str | None:
        person = query["from"]
        say = self._catalogues.voice(person.get("language_code"))
        order, _, version = str(query["invoice_payload"]).rpartition(":")
        if not order or not version.isdecimal():
            return say.word("This offer has changed. Nothing was charged; the newest one is in the chat.")
        told = {
            "order": order,
            "version": int(version),
            "amount": query["total_amount"],
            "currency": query["currency"],
        }
        question = Question(NAME, str(person["id"]), "checkout", told, say.language)
        try:
            async with asyncio.timeout(ASKING):
                return (await front.ask(question)).refusal
        except Exception:  # the house cannot answer, for whatever reason: no money moves
            log.exception("checkout could not be asked about", door=NAME)
            return say.word("I cannot take a payment at this moment. Nothing was charged; please try again.")

    async def _said(self, query: str, refusal: str | None) -> None:
        """Answer, however often it takes in the time there is."""
        while True:
            try:
                await self._bot.answer_pre_checkout_query(query, refusal is None, refusal)
            except BadRequest:  # too old, or answered by another process
                log.warning("checkout answered too late", door=NAME)
            except RetryAfter as error:
                await asyncio.sleep(pause(error))
                continue
            except TelegramError:
                await asyncio.sleep(_AGAIN)
                continue
            return
