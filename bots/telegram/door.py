"""The Telegram door: connects, hands in what people do, and sends what the desk says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web
from telegram.error import ChatMigrated, TelegramError

from bots.doors import Front, Links
from bots.stopping import cancelled
from bots.telegram.api import Api
from bots.telegram.arrivals import Arrivals
from bots.telegram.cards import PACE, Cards
from bots.telegram.checkout import Checkout
from bots.telegram.commands import show_commands
from bots.telegram.files import Files
from bots.telegram.letters import Letters, Place
from bots.telegram.notices import Notices
from bots.telegram.outlet import CLOUD_MOST, LOCAL_MOST, Outlet
from bots.telegram.patience import insisted, unless
from bots.telegram.polling import Polling
from bots.telegram.reading import NAME, Myself, moved
from bots.telegram.refusals import outcome
from bots.telegram.webhook import Address, Webhook
from bots.telegram.writing import led
from core.messages import Button, FileRef, Media
from core.ports import Blobs, Clock, Outgoing, Reach, Unreachable
from core.wording import Catalogues

MESSAGES = 30.0
"""Messages a second over all chats (core.telegram.org/bots/faq, "My bot is hitting limits")."""


class TelegramDoor:
    """A bot on Telegram, as bots.doors.Gateway says."""

    name = NAME

    def __init__(
        self,
        token: str,
        blobs: Blobs,
        catalogues: Catalogues,
        clock: Clock,
        zone: ZoneInfo,
        links: Links,
        *,
        api_url: str | None = None,
        file_url: str | None = None,
        local: bool = False,
        folder: Path | None = None,
        webhook: Address | None = None,
        messages: float = MESSAGES,
        pace: float = PACE,
    ) -> None:
        """`zone` is for people who named none. `local`: the server at `api_url` runs with --local.

        `folder`: where that server's files must lie; None for anywhere. `messages`: how many a second, 0 for
        as many as there are. `pace`: seconds between two edits of one message.
        """
        self._api = Api(token, api_url, file_url, messages)
        self._catalogues = catalogues
        self._files = Files(self._api, local=local, folder=folder)
        outlet = Outlet(self._api.steady, blobs)
        letters = Letters(catalogues, clock, zone, links)
        self._cards = Cards(outlet, letters, pace)
        self._notices = Notices(outlet, letters, LOCAL_MOST if local else CLOUD_MOST)
        self._line: Polling | Webhook = Webhook(self._api, webhook) if webhook else Polling(self._api)
        self._closed = asyncio.Event()
        self._front: Front | None = None
        self._me: Myself | None = None

    async def run(self, front: Front) -> None:
        """Connect, stay connected and hand in what people do, until `close`. Misconfigured."""
        await unless(self._closed, self._serve(front))

    def hush(self) -> None:
        """Take nothing more in; what is on its way out may still go."""
        self._line.stop()

    async def close(self) -> None:
        """Disconnect."""
        self._line.stop()
        self._closed.set()
        await self._api.close()

    async def check(self) -> None:
        """ConnectionError if the platform is not connected."""
        if self._line.trouble is not None:
            raise ConnectionError(self._line.trouble)

    async def hook(self, request: web.Request) -> web.Response:
        """What the platform calls at bots.telegram.webhook.PATH."""
        if isinstance(self._line, Webhook):
            return await self._line.answer(request)
        return web.Response(status=404)

    async def send_card(self, outgoing: Outgoing) -> str:
        card = outgoing.card
        if card is None:
            raise ValueError("there is no card to send")
        _keep_out_of_rooms(card.media, outgoing.reach)
        return await self._sent(outgoing)

    async def send_notice(self, outgoing: Outgoing) -> str:
        notice = outgoing.notice
        if notice is None:
            raise ValueError("there is no notice to send")
        _keep_out_of_rooms(notice.media, outgoing.reach)
        return await self._sent(outgoing)

    def fetch(self, file: FileRef) -> AsyncIterator[bytes]:
        return self._files.fetch(file)

    async def _serve(self, front: Front) -> None:
        self._front = front
        self._me = await insisted(self._api.myself)
        quick = self._api.quick
        arrivals = Arrivals(front, quick, self._me, Checkout(quick, self._catalogues))
        menus = asyncio.create_task(show_commands(quick, self._catalogues))
        try:
            await self._line.run(arrivals)
            await self._closed.wait()
        finally:
            await cancelled((menus,))
            await arrivals.close()

    async def _sent(self, outgoing: Outgoing) -> str:
        place = Place.of(outgoing.reach.address)
        try:
            try:
                return await self._delivered(place, outgoing)
            except ChatMigrated as elsewhere:
                await self._tell_moved(place.chat, elsewhere.new_chat_id)
                return await self._delivered(
                    Place(elsewhere.new_chat_id), replace(outgoing, message=None)
                )  # no message of the old group can be edited in the new one
        except TelegramError as error:
            raise outcome(error) from None

    async def _delivered(self, place: Place, outgoing: Outgoing) -> str:
        outgoing = self._led(outgoing)
        if outgoing.card is not None:
            return await self._cards.send(place, outgoing)
        return await self._notices.send(place, outgoing, self._ways(outgoing.reach))

    def _led(self, outgoing: Outgoing) -> Outgoing:
        """In a group, buttons for the private chat lead there: a bot cannot write first."""
        card, notice, me = outgoing.card, outgoing.notice, self._me
        if outgoing.reach.private or me is None:
            return outgoing
        if card is not None:
            card = replace(card, buttons=led(card.buttons, me.username))
        if notice is not None:
            notice = replace(notice, buttons=led(notice.buttons, me.username))
        return replace(outgoing, card=card, notice=notice)

    def _ways(self, reach: Reach) -> tuple[Button, ...]:
        """The way from a group to the private chat, which a person must open first; in no language."""
        if self._me is None or reach.private:
            return ()
        return (Button(f"@{self._me.username}", url=f"https://t.me/{self._me.username}?start=here"),)

    async def _tell_moved(self, old: int, new: int) -> None:
        """Hand in that a group has another id, which a refusal told us. The platform tells it too."""
        if self._front is not None:
            with suppress(Unreachable):
                await self._front.receive(moved(str(old), str(new), self._front.clock.now()))


def _keep_out_of_rooms(media: tuple[Media, ...], reach: Reach) -> None:
    """ValueError for a preview or a file where others read along."""
    if media and not reach.private:
        raise ValueError("no audio and no picture goes to a group")
