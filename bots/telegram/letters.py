"""What is to be sent, as one reader gets it: in their language and zone, with addresses for private links."""

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from telegram import InlineKeyboardMarkup

from bots.doors import Links, addressed
from bots.telegram.writing import Runs, keyboard, runs
from core.messages import Button, To
from core.ports import Clock, Reach
from core.text import Text
from core.wording import Catalogues, Voice


@dataclass(frozen=True, slots=True)
class Place:
    """A chat, or a topic in it."""

    chat: int
    thread: int | None = None

    @classmethod
    def of(cls, address: str) -> "Place":
        """Read `CHAT` or `CHAT/THREAD`."""
        chat, _, thread = address.partition("/")
        return cls(int(chat), int(thread) if thread else None)


@dataclass(frozen=True, slots=True)
class Letters:
    """`zone` is for readers who named none."""

    catalogues: Catalogues
    clock: Clock
    zone: ZoneInfo
    links: Links

    def voice(self, reach: Reach) -> Voice:
        return self.catalogues.voice(reach.locale)

    def words(self, text: Text, to: To, reach: Reach) -> Runs:
        zone = ZoneInfo(reach.zone) if reach.zone else self.zone
        return runs(text, to, self.voice(reach), self.clock.now(), zone, alone=reach.private)

    def keyboard(self, buttons: Iterable[Button], reach: Reach) -> InlineKeyboardMarkup | None:
        return keyboard(addressed(buttons, self.links, alone=reach.private))
