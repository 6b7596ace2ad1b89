"""Artists who order one thing after the other: they look at their cards and press what is on them."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import count
from random import Random
from typing import TypeVar

from benchmarks.survive.songs import Songs
from benchmarks.survive.talk import Message, Talk

PATIENCE = 8.0
"""Seconds after which somebody looks at the card again, and presses again what did not come through."""

THINKING = 2.0
"""Seconds that an artist takes at most between two orders."""

SONGS_EACH = 80
"""Songs that one artist orders: a purse of demo money holds more, but not for ever."""

STAFF = "!staff bo"
WISHES = ("1 dB louder", "less bass", "brighter, wider", "1 dB softer, more bass")
NAMES = ("anna", "ben", "cleo", "dan", "eve", "finn", "gus", "hana")
CREDITED = f"{NAMES[0]}-1"
"""The artist who begins with credit."""

T = TypeVar("T")


class Course(StrEnum):
    """What becomes of an order."""

    PLAIN = "one song"
    ALBUM = "an album"
    SEPARATE = "separate songs"
    CHANGES = "a round of changes"
    CANCELLED = "cancelled"
    REFUNDED = "the money back"


OFTEN = {
    Course.PLAIN: 8,
    Course.ALBUM: 3,
    Course.SEPARATE: 2,
    Course.CHANGES: 4,
    Course.CANCELLED: 2,
    Course.REFUNDED: 2,
}


@dataclass(frozen=True, slots=True)
class Ordered:
    """What an artist knows of an order.

    `titles` were dropped and taken; `quoted` is the price on the button that was pressed, in minor units,
    None if it was not to be paid.
    """

    order: str
    artist: str
    titles: tuple[str, ...]
    course: Course
    quoted: int | None


class Eyes:
    """What somebody sees: the newest state of each card and each notice."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._news = asyncio.Event()

    def see(self, message: Message) -> None:
        key = str(message["card"] or message["notice"])
        self._messages.pop(key, None)
        self._messages[key] = message  # the newest last
        self._news.set()

    async def until(self, look: Callable[[], T | None]) -> T | None:
        """What one looks for, as soon as it is there; None when patience has run out."""
        try:
            async with asyncio.timeout(PATIENCE):
                while (found := look()) is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        return found

    def order_of(self, titles: tuple[str, ...]) -> str | None:
        """The order whose card names one of these songs."""
        named = re.compile("|".join(rf"\b{title}\b" for title in titles))
        for key, message in self._messages.items():
            if key.startswith("order:") and named.search(message["text"]):
                return key.removeprefix("order:")
        return None

    def card(self, order: str) -> Message:
        """The newest state of an order's card."""
        return self._messages[f"order:{order}"]

    def another(self, order: str, seen: Message) -> Message | None:
        """An order's card when it is not the one that was seen; None if it is."""
        card = self.card(order)
        return None if card is seen else card

    def offers(self, action: str) -> bool | None:
        """Whether there is a button, on any message, whose action begins so; None if not."""
        shown = (button for message in self._messages.values() for button in message["buttons"])
        return any(str(button.get("action")).startswith(action) for button in shown) or None


class Studio:
    """Everybody who talks to the house: artists side by side, and one member of the staff."""

    def __init__(self, talk: Talk, songs: Songs, random: Random) -> None:
        self.orders: list[Ordered] = []
        self._talk = talk
        self._songs = songs
        self._random = random
        self._eyes: dict[str, Eyes] = {}
        self._titles = count(1)
        self._deeds = count(1)
        self._complaining = asyncio.Lock()
        self._watching: dict[str, str] = {}  # what artists with an order saw last
        self._leaving = False

    def leave(self) -> None:
        """Order nothing more."""
        self._leaving = True

    def hears(self, message: Message) -> None:
        """A message of the house, to whoever it is for."""
        if "to" in message:
            self._eyes_of(message["to"] if message["place"] == "dm" else f"terminal:{message['place']}").see(
                message
            )

    async def open(self) -> None:
        """Give the staff their desk."""
        await self._talk.deed(self._name("bo"), STAFF, "/help")

    def waiting(self) -> str:
        """Who still waits for an order to come to its end, and what they see."""
        return "; ".join(f"{artist} sees {words!r}" for artist, words in self._watching.items())

    async def order_on(self, name: str) -> None:
        """Order one thing after the other until it is time to leave; what was begun is brought to its end."""
        for life in count(1):
            artist, dropped = f"{name}-{life}", 0
            while dropped < SONGS_EACH:
                await asyncio.sleep(self._random.uniform(0, THINKING))
                if self._leaving:
                    return
                (course,) = self._random.choices(list(OFTEN), list(OFTEN.values()))
                songs = self._random.randint(2, 3) if course in {Course.ALBUM, Course.SEPARATE} else 1
                await self._order(artist, course, songs)
                dropped += songs

    async def _order(self, artist: str, course: Course, songs: int) -> None:
        titles = tuple(f"{artist}-song-{next(self._titles)}" for _ in range(songs))
        order = await self._drop(artist, titles)
        eyes = self._eyes_of(f"terminal:{artist}")
        quoted: int | None = None
        wished = False
        while not _ended(card := eyes.card(order)):
            self._watching[artist] = card["text"]
            if _label(card, "pay") and course is Course.CANCELLED:
                await self._deed(artist, ">cancel")
            elif _label(card, "one album"):
                await self._deed(artist, ">one album" if course is Course.ALBUM else ">separate songs")
            elif pay := _label(card, "pay"):
                quoted = _price(pay)
                await self._deed(artist, ">pay")
            elif _label(card, "ask for changes") and course is Course.CHANGES and not wished:
                wished = await self._ask_for_changes(artist, order)
            elif _label(card, "approve"):
                await self._deed(artist, ">approve")
            await eyes.until(partial(eyes.another, order, card))
        if course is Course.REFUNDED and "Approved" in card["text"]:
            await self._complain(artist, order)
        self._watching.pop(artist, None)
        self.orders.append(Ordered(order, artist, titles, course, quoted))

    async def _drop(self, artist: str, titles: tuple[str, ...]) -> str:
        """Drop songs, and say so until the house has them; their order."""
        files = [await asyncio.to_thread(self._songs.write, title) for title in titles]
        name, line = self._name(artist), " ".join(f'@"{file}"' for file in files)
        eyes = self._eyes_of(f"terminal:{artist}")
        reason = await self._talk.deed(name, f"!as {artist}", line)
        while (order := await eyes.until(lambda: eyes.order_of(titles))) is None:
            self._watching[artist] = f"nothing of {titles}"
            if reason is not None:
                reason = await self._talk.deed(name, f"!as {artist}", line)
        return order

    async def _ask_for_changes(self, artist: str, order: str) -> bool:
        """Ask for one or several changes and send them off; whether that came through."""
        eyes = self._eyes_of(f"terminal:{artist}")
        await self._deed(artist, ">ask for changes")
        if not await eyes.until(lambda: eyes.offers(f"wish.volume-up:{order}")):
            return False
        await self._deed(artist, self._random.choice(WISHES))
        if not await eyes.until(lambda: eyes.offers(f"send:{order}")):
            return False
        await self._deed(artist, ">send")
        return True

    async def _complain(self, artist: str, order: str) -> None:
        """Have the staff give the money back; one artist at a time, so that the staff know whom they mean."""
        async with self._complaining:
            await self._deed(artist, ">talk to a human")
            await self._deed(artist, "the chorus is distorted")
            eyes = self._eyes_of(f"terminal:{artist}")
            (number,) = re.findall(r"Order (\d+)", eyes.card(order)["text"])
            while "Cancelled" not in eyes.card(order)["text"]:
                await self._talk.deed(self._name("bo"), STAFF, f"/refund approve {number} it is distorted")
                await eyes.until(lambda: "Cancelled" in eyes.card(order)["text"] or None)

    async def _deed(self, artist: str, line: str) -> None:
        # A reason why not needs no answer: whoever sees no change looks at the card again.
        await self._talk.deed(self._name(artist), f"!as {artist}", line)

    def _name(self, who: str) -> str:
        return f"{who}-deed-{next(self._deeds)}"

    def _eyes_of(self, who: str) -> Eyes:
        return self._eyes.setdefault(who, Eyes())


def _label(card: Message, beginning: str) -> str | None:
    """The label of a card's button that begins so, whatever its case."""
    labels = (str(button["label"]) for button in card["buttons"])
    return next((label for label in labels if label.lower().startswith(beginning)), None)


def _price(label: str) -> int:
    """Minor units of the price on a button such as `Pay $13.50 (demo money)`."""
    found = re.search(r"\$(\d+)(?:\.(\d\d))?", label)
    assert found, label
    return int(found[1]) * 100 + int(found[2] or 0)


def _ended(card: Message) -> bool:
    """Whether the artist can do no more: what is left is up to the house, also where it has failed."""
    return any(word in card["text"] for word in ("Approved", "Cancelled", "wrong on our side"))
