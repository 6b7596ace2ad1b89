"""Cards: one message each, brought to the state that is wanted.

A message is named `ID`, or `ID.PICTURES` where it shows some: `PICTURES` tells which. Pictures stay when a
card wants none any more, for a message that has one cannot lose it.
"""

import asyncio
from dataclasses import dataclass
from hashlib import sha256

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bots.telegram.letters import Letters, Place
from bots.telegram.outlet import Outlet
from bots.telegram.refusals import gone, of_another_kind, unchanged
from bots.telegram.writing import CAPTION, Run, Runs, bar, length, shortened
from core.messages import Media
from core.ports import Later, Outgoing

PACE = 3.0
"""Seconds between two edits of one message: more often is answered with minutes of silence."""


@dataclass(frozen=True, slots=True)
class _Name:
    message: int
    pictures: str = ""

    @classmethod
    def of(cls, name: str) -> "_Name":
        message, _, pictures = name.partition(".")
        return cls(int(message), pictures)

    def __str__(self) -> str:
        return f"{self.message}.{self.pictures}" if self.pictures else str(self.message)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A card as it should be seen. Words too long for a caption come without pictures."""

    words: Runs
    buttons: InlineKeyboardMarkup | None
    pictures: tuple[Media, ...]

    @property
    def fits(self) -> bool:
        """Whether the words can stand below a picture."""
        return length(self.words) <= CAPTION


class Cards:
    """Sends and edits cards. Raises Later where a message was edited less than `pace` seconds ago."""

    def __init__(self, outlet: Outlet, letters: Letters, pace: float = PACE) -> None:
        self._outlet = outlet
        self._letters = letters
        self._pace = pace
        self._edited: dict[tuple[int, int], float] = {}  # loop time of the last edit of each message

    async def send(self, place: Place, outgoing: Outgoing) -> str:
        """The name of the message that now is the card. TelegramError, Later."""
        drawn = self._drawn(outgoing)
        if outgoing.message is None:
            return str(await self._anew(place, drawn))
        name = _Name.of(outgoing.message)
        self._wait_for(place, name)
        try:
            return str(await self._edit(place, name, drawn))
        except BadRequest as error:
            if unchanged(error):
                return outgoing.message
            if not gone(error) and not of_another_kind(error):
                raise
        await self._outlet.take_back(place, name.message)
        return str(await self._anew(place, drawn))

    def _drawn(self, outgoing: Outgoing) -> _Drawn:
        card, reach = outgoing.card, outgoing.reach
        if card is None:
            raise ValueError("there is no card to send")
        words = self._letters.words(card.text, card.to, reach)
        if card.progress is not None:
            words = (*words, Run(f"\n{bar(card.progress)}"))
        pictures = tuple(media for media in card.media if media.kind == "picture")
        return _Drawn(shortened(words), self._letters.keyboard(card.buttons, reach), pictures)

    async def _anew(self, place: Place, drawn: _Drawn) -> _Name:
        if drawn.pictures and drawn.fits:
            sent = await self._outlet.show(place, drawn.pictures, drawn.words, drawn.buttons)
            return _Name(sent.message_id, _print(drawn.pictures))
        return _Name((await self._outlet.say(place, drawn.words, drawn.buttons)).message_id)

    async def _edit(self, place: Place, name: _Name, drawn: _Drawn) -> _Name:
        """Bring a message to what is drawn, or put another one in its place."""
        if drawn.fits and drawn.pictures and _print(drawn.pictures) != name.pictures:
            await self._outlet.change_pictures(
                place, name.message, drawn.pictures, drawn.words, drawn.buttons
            )
            return _Name(name.message, _print(drawn.pictures))
        if not name.pictures:
            await self._outlet.change_words(place, name.message, drawn.words, drawn.buttons)
            return name
        if drawn.fits:
            await self._outlet.change_caption(place, name.message, drawn.words, drawn.buttons)
            return name
        sent = await self._anew(place, drawn)
        await self._outlet.take_back(place, name.message)
        return sent

    def _wait_for(self, place: Place, name: _Name) -> None:
        now = asyncio.get_running_loop().time()
        self._edited = {key: at for key, at in self._edited.items() if now - at < self._pace}
        key = (place.chat, name.message)
        if (last := self._edited.get(key)) is not None:
            raise Later(self._pace - (now - last))
        self._edited[key] = now


def _print(pictures: tuple[Media, ...]) -> str:
    return sha256("".join(picture.sha256 for picture in pictures).encode()).hexdigest()[:12]
