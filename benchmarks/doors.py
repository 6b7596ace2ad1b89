"""`./lathe bench doors`: updates a second through each platform, and how long people wait for a reply.

The platform is a double on loopback with its people, in this process. The house is another one: the real
door, inbox, desk, store on SQLite and relay; no song is ordered, so that the engine has nothing to do. A
reply is timed from the moment somebody does something until they see what is answered. It is on the disk
before that: how often that stood still by itself, and the replies that it had no part in, are told apart.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, zip_longest
from pathlib import Path
from typing import Protocol

import click
import structlog

from benchmarks.disk import Disk, Span, watched_disk
from benchmarks.replies import share
from benchmarks.table import table
from bots.app import open_house
from bots.clock import WallClock
from bots.discord.door import DiscordDoor
from bots.doors import Gateway
from bots.home import Home
from bots.pauses import keep_what_is_here
from bots.rooms import Premises, Rooms
from bots.settings import load_settings
from bots.telegram.door import TelegramDoor
from core.rules import HouseRules
from tests.doubles import telegram as bot_api
from tests.doubles.discord.people import Deed, Person
from tests.doubles.discord.server import Discord, running_discord
from tests.doubles.discord.state import Limits

BOUND = 0.100  # seconds that the p99 of a reply may take
PEOPLE = 200  # who take turns, so that nobody does more than a deed in some seconds
CONNECTING = 60.0  # seconds that a house may take to be there
LONGEST = 600.0  # seconds that the last reply may take
LOOKS = 0.2  # seconds between two looks at a crowd
PATIENCE = Limits(first_answer=timedelta(seconds=LONGEST))
"""A crowd is served in turn: it waits, and Discord with it, for longer than 3 s."""

TURNS = ("de", "en")
"""The languages that each of a crowd asks for, with words in between."""

HEARD = (
    "Ab jetzt spreche ich Deutsch",
    "nicht verstanden",
    "From now on I speak English",
    "did not understand",
)
"""What each hears if their deeds are done in the order in which they were."""


class Customer(Protocol):
    """Somebody at a platform."""

    async def arrives(self) -> None:
        """Say hello, and see the answer."""
        ...

    async def commands(self) -> None:
        """Ask how things stand, and see the answer."""
        ...

    async def presses(self) -> None:
        """Press a button of the first answer, and see what comes."""
        ...

    async def asks_all(self) -> None:
        """Ask for each language, say something after each, and wait for nothing."""
        ...

    @property
    def heard(self) -> list[str]:
        """What the house has said, in order."""
        ...


@dataclass
class OnTelegram:
    """Somebody with Telegram's app."""

    platform: bot_api.Telegram
    person: bot_api.Person

    async def arrives(self) -> None:
        await self._seeing(self.person.starts())

    async def commands(self) -> None:
        await self._seeing(self.person.says("/orders"))

    async def presses(self) -> None:
        hello = self.person.received[0]
        await self._seeing(self.person.press(hello, "Terms"))

    async def asks_all(self) -> None:
        for language in TURNS:
            await self.person.says(f"/language {language}")
            await self.person.says("and then?")

    @property
    def heard(self) -> list[str]:
        return [message.words for message in self.person.received]

    async def _seeing(self, deed: Awaitable[object]) -> None:
        history = self.person.chat.history
        await deed
        mine = len(history)
        await self.platform.until(lambda: len(history) > mine, LONGEST)


@dataclass
class OnDiscord:
    """Somebody with Discord's client."""

    platform: Discord
    person: Person
    asked: list[Deed] = field(default_factory=list)

    async def arrives(self) -> None:
        await (await self.person.command("start")).answer(LONGEST)

    async def commands(self) -> None:
        await (await self.person.command("orders")).answer(LONGEST)

    async def presses(self) -> None:
        messages = self.person.dm_channel.messages
        hello = next(message for message in self.person.inbox if "Terms" in message.labels)
        before = len(messages)
        await self.person.press(hello, "Terms")
        await self.platform.until(lambda: len(messages) > before, LONGEST)

    async def asks_all(self) -> None:
        for language in TURNS:
            self.asked.append(await self.person.command("language", options={"code": language}))
            await self.person.dm("and then?")

    @property
    def heard(self) -> list[str]:
        """A command is answered in its own place, so what is said between stands below: it is put back."""
        inbox = self.person.inbox
        in_place = [deed.message for deed in self.asked if deed.message is not None]
        places = {message.id for message in in_place}
        between = [message for message in inbox if message.id not in places]
        pairs = zip_longest(in_place, between)
        return [one.text for pair in pairs for one in pair if one is not None and not one.waiting]


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at one platform. Rates in deeds a second."""

    platform: str
    rate: float
    replies: Sequence[Span]
    disk: Disk  # while the replies were waited for
    crowd: int
    lost: int  # people of the crowd who did not hear all
    mixed: int  # people of the crowd who heard it in another order
    crowd_rate: float


@asynccontextmanager
async def at_telegram(folder: Path) -> AsyncIterator[Callable[[int], Customer]]:
    """People at Telegram, and a house that is connected to it."""
    async with bot_api.running() as platform:
        platform.world.judge = None
        where = {"token": platform.token, "api": platform.base_url, "files": platform.file_url}
        async with _house(folder, "telegram", where):
            await platform.until(lambda: platform.polled, CONNECTING)
            yield lambda number: OnTelegram(platform, platform.person(f"Person {number}"))


@asynccontextmanager
async def at_discord(folder: Path) -> AsyncIterator[Callable[[int], Customer]]:
    """People at Discord, and a house that is connected to it."""
    async with running_discord(limits=PATIENCE, judged=False) as platform:
        where = {
            "token": platform.token,
            "api": platform.addresses.api,
            "gateway": platform.addresses.gateway,
        }
        async with _house(folder, "discord", where):
            await platform.until(lambda: platform.gateway.connected, CONNECTING)
            await platform.until(lambda: platform.called("PUT /applications/{application_id}/commands"))
            yield lambda number: OnDiscord(platform, platform.person(f"person{number}"))


PLATFORMS = {"discord": at_discord, "telegram": at_telegram}


async def measured(platform: str, rate: float, seconds: float, crowd: int) -> Measured:
    """Offer deeds at a rate, then let a crowd come at one moment."""
    with tempfile.TemporaryDirectory(prefix="lathe-bench-") as folder:
        async with PLATFORMS[platform](Path(folder)) as newcomer:
            people = [newcomer(number) for number in range(min(PEOPLE, max(2, int(rate * 4))))]
            for person in people:
                await person.arrives()
            with watched_disk(Path(folder)) as disk:
                begun = time.monotonic()
                replies = await _offered(people, rate, seconds)
                lasted = time.monotonic() - begun
            many = [newcomer(PEOPLE + number) for number in range(crowd)]
            took = await _came_at_once(many)
            orders = [_order(person.heard) for person in many]
    return Measured(
        platform,
        len(replies) / lasted,
        replies,
        disk,
        crowd,
        sum(order is None for order in orders),
        sum(order is False for order in orders),
        crowd * len(HEARD) / took if took else 0.0,
    )


async def _offered(people: Sequence[Customer], rate: float, seconds: float) -> list[Span]:
    """When each reply was waited for. Deeds come at fixed moments, answered or not."""
    took: list[Span] = []

    async def timed(deed: Callable[[], Awaitable[None]], at: float) -> None:
        await deed()
        took.append((at, time.monotonic()))

    turns = cycle(deed for person in people for deed in (person.commands, person.presses))
    begin = time.monotonic()
    async with asyncio.TaskGroup() as hands:
        for number in range(int(rate * seconds)):
            at = begin + number / rate
            await asyncio.sleep(max(0.0, at - time.monotonic()))
            hands.create_task(timed(next(turns), at))
    return took


async def _came_at_once(many: Sequence[Customer]) -> float:
    """Seconds until all of a crowd has heard all, or nothing more comes."""
    begin = latest = time.monotonic()
    for person in many:
        await person.asks_all()
    waiting, heard = list(many), 0
    while waiting and time.monotonic() - latest < CONNECTING:
        await asyncio.sleep(LOOKS)
        waiting = [person for person in waiting if len(person.heard) < len(HEARD)]
        now = sum(len(person.heard) for person in many)
        if now > heard:
            heard, latest = now, time.monotonic()
    return latest - begin


def _order(heard: Sequence[str]) -> bool | None:
    """Whether somebody heard what they should in this order; None if not all of it."""
    if len(heard) < len(HEARD):
        return None
    return len(heard) == len(HEARD) and all(
        words in message for words, message in zip(HEARD, heard, strict=True)
    )


@asynccontextmanager
async def _house(folder: Path, platform: str, where: Mapping[str, str]) -> AsyncIterator[None]:
    """A house in a process of its own until the context ends."""
    spawned = multiprocessing.get_context("spawn")
    process = spawned.Process(target=_serve, args=(folder, platform, dict(where)), daemon=False)
    process.start()
    try:
        yield
    finally:
        if process.pid is not None and process.is_alive():
            os.kill(process.pid, signal.SIGTERM)
        await asyncio.to_thread(process.join, CONNECTING)
        if process.is_alive():
            process.kill()


def _serve(folder: Path, platform: str, where: Mapping[str, str]) -> None:
    """The house, until it is told to stop."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    asyncio.run(_open(folder, platform, where))


async def _open(folder: Path, platform: str, where: Mapping[str, str]) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    own = {"database_url": None, "blob_url": None, "tills": ("demo", "credit"), "workers": 1}
    settings = load_settings(folder / "home", None).model_copy(update=own)
    home, rules = Home(settings.folder), HouseRules()
    with home.held("lathe bench doors") as hold:
        premises = Premises(settings, home, WallClock(), rules, hold)
        async with open_house(premises, grace=0.0, gateways=lambda rooms: _door(rooms, platform, where)):
            keep_what_is_here()
            await stopping.wait()


def _door(rooms: Rooms, platform: str, where: Mapping[str, str]) -> Mapping[str, Gateway]:
    """The real door. Telegram's own limits, which it keeps to, are lifted: they are not what is measured."""
    premises = rooms.premises
    if platform == "discord":
        discord = DiscordDoor(
            where["token"],
            rooms.blobs,
            rooms.catalogues,
            premises.clock,
            rooms.links,
            api_url=where["api"],
            gateway_url=where["gateway"],
        )
        return {discord.name: discord}
    telegram = TelegramDoor(
        where["token"],
        rooms.blobs,
        rooms.catalogues,
        premises.clock,
        premises.rules.zone,
        rooms.links,
        api_url=where["api"],
        file_url=where["files"],
        messages=0,
    )
    return {telegram.name: telegram}


HEAD = ("platform", "deeds/s", "p50", "p90", "p99", "max", "disk stood still", "longest", "left out",
        "p99 of the rest", "max of the rest", "crowd", "lost", "mixed up", "crowd's deeds/s")  # fmt: skip


def shown(rows: Sequence[Measured]) -> str:
    """What was measured, in milliseconds."""
    return table(HEAD, [_row(row) for row in rows])


def _row(row: Measured) -> Sequence[object]:
    seconds, rest = [end - begin for begin, end in row.replies], row.disk.undisturbed(row.replies)
    times = (f"{1000 * share(seconds, part):.0f}" for part in (0.5, 0.9, 0.99, 1.0))
    own = (f"{1000 * share(rest, part):.0f}" for part in (0.99, 1.0))
    left_out = len(seconds) - len(rest)
    disk = (f"{100 * row.disk.share:.1f} %", f"{1000 * row.disk.longest:.0f}", left_out)
    return (row.platform, f"{row.rate:.0f}", *times, *disk, *own, f"{row.crowd:,}", row.lost, row.mixed,
            f"{row.crowd_rate:.0f}")  # fmt: skip


def held(rows: Sequence[Measured]) -> bool:
    """Whether replies came within the bound, and everybody of the crowd heard all in its order."""
    return all(row.disk.p99(row.replies) < BOUND and not row.lost and not row.mixed for row in rows)


@click.command()
@click.option("--platform", type=click.Choice([*PLATFORMS, "both"]), default="both", show_default=True)
@click.option("--rate", default=50.0, show_default=True, help="Deeds a second.")
@click.option("--seconds", default=60.0, show_default=True, help="How long they are done.")
@click.option("--crowd", default=2000, show_default=True, help="People who then come at one moment.")
def command(platform: str, rate: float, seconds: float, crowd: int) -> None:
    """Deeds a second through each platform's door, and how long a reply takes, in milliseconds.

    Exit code 1 if the p99 of the replies that the disk had no part in is 100 ms or more, or if
    anybody of the crowd lost an answer or heard them in another order than that of what they did.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    names = list(PLATFORMS) if platform == "both" else [platform]
    rows = [asyncio.run(measured(name, rate, seconds, crowd)) for name in names]
    click.echo(shown(rows))
    if not held(rows):
        raise SystemExit(1)
