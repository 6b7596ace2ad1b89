"""The houses in which scenarios are played: real ones, with all their doors, shared by all who play there."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from bots.app import House, open_house
from bots.clock import open_clock
from bots.discord.door import DiscordDoor
from bots.doors import Gateway
from bots.home import Home
from bots.rooms import Premises, Rooms
from bots.settings import Settings, load_settings
from bots.telegram.door import TelegramDoor
from core.rules import HouseRules
from tests.bots.lathe import NOON
from tests.doubles.discord.server import Discord, running_discord
from tests.doubles.telegram import Telegram, running
from tests.doubles.web import running_web
from tests.scenarios.on_discord import DiscordStage
from tests.scenarios.on_telegram import TelegramStage
from tests.scenarios.on_terminal import Board, TerminalStage
from tests.scenarios.outside import furnish
from tests.scenarios.play import Play
from tests.scenarios.script import DOORS, Scenario
from tests.scenarios.stage import Exercised, Stage

WORKERS = 2
CONNECTING = 20.0
"""Seconds that a door may take to connect."""

PACE = 0.02
"""Seconds between two edits of a message: Telegram itself wants more."""


Rules = tuple[tuple[str, str], ...]
"""House rules that are not the usual ones, as a scenario names them."""


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went at a door: what came through it, and what was not as written down."""

    exercised: frozenset[Exercised]
    differs: BaseException | None


@dataclass
class Studio:
    """A running house and its stages, by door. Its people are known by name: each plays in one scenario."""

    house: House
    rooms: Rooms
    home: Home
    stages: Mapping[str, Stage]
    discord: Discord
    casts: dict[str, str] = field(default_factory=dict)  # person or room: the scenario they play in

    def cast(self, scenario: Scenario) -> None:
        for name in (*(actor.name for actor in scenario.people), *scenario.rooms):
            other = self.casts.setdefault(name, scenario.name)
            if other != scenario.name:
                raise ValueError(f"{name} plays in {other} and in {scenario.name}, in one house")


class Theatre:
    """Plays each scenario at each door once, whoever asks; in a house for each set of rules and address.

    programme: a folder in which all processes of a run note what went as written down, to play it but once.
    """

    def __init__(self, folder: Path, programme: Path) -> None:
        self._folder = folder
        self._programme = programme
        self._studios: dict[tuple[Rules, str | None], Studio] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._closing = asyncio.Event()
        self._played: dict[tuple[str, str], Played] = {}

    async def played(self, scenario: Scenario, door: str) -> Played:
        """How it goes, or went."""
        key = (scenario.name, door)
        note = self._programme / f"{scenario.name}-{door}.json"
        if key not in self._played and note.exists():
            exercised = frozenset((kind, name) for kind, name in json.loads(note.read_text()))
            self._played[key] = Played(exercised, None)
        if key not in self._played:
            self._played[key] = await self._play(scenario, door)
            if self._played[key].differs is None:
                written = self._folder / note.name
                written.write_text(json.dumps(sorted(self._played[key].exercised)))
                written.replace(note)
        return self._played[key]

    async def stage(self, door: str) -> Stage:
        """A door of the usual house."""
        return (await self._studio((), None)).stages[door]

    async def close(self) -> None:
        self._closing.set()
        await asyncio.gather(*self._keepers)

    async def _play(self, scenario: Scenario, door: str) -> Played:
        studio = await self._studio(scenario.rules, scenario.address)
        studio.cast(scenario)
        stage = studio.stages[door]
        other = next((studio.stages[name] for name in DOORS if name != door and name in studio.stages), None)
        folder = self._folder / f"{scenario.name}-{door}"
        folder.mkdir()
        before = frozenset(stage.exercised)
        stage.exercised.clear()
        try:
            # discord.py knows one Discord in a process: that of the house in which is played.
            with studio.discord.aimed():
                await Play(scenario, stage, other, studio.house, studio.rooms, studio.home, folder).run()
        except AssertionError as differs:
            return Played(frozenset(stage.exercised), differs)
        finally:
            exercised = frozenset(stage.exercised)
            stage.exercised |= before
        return Played(exercised, None)

    async def _studio(self, rules: Rules, address: str | None) -> Studio:
        if (rules, address) not in self._studios:
            opened: asyncio.Future[Studio] = asyncio.get_running_loop().create_future()
            home = self._folder / f"house-{len(self._studios)}"
            keeper = asyncio.create_task(self._keep(home, rules, address, opened))
            self._keepers.append(keeper)
            await asyncio.wait([opened, keeper], return_when=asyncio.FIRST_COMPLETED)
            if not opened.done():
                keeper.result()
            self._studios[rules, address] = opened.result()
        return self._studios[rules, address]

    async def _keep(
        self, home: Path, rules: Rules, address: str | None, opened: "asyncio.Future[Studio]"
    ) -> None:
        """Hold a house open in a task of its own: it ends in the task in which it began."""
        async with open_studio(home, dict(rules), address) as studio:
            opened.set_result(studio)
            await self._closing.wait()


@asynccontextmanager
async def open_studio(
    folder: Path, rules: Mapping[str, str], address: str | None = None
) -> AsyncIterator[Studio]:
    """A house with a manual clock and every door, with platforms on loopback behind them."""
    home, board = Home(folder), Board()
    async with AsyncExitStack() as stack:
        hold = stack.enter_context(home.held("the tests"))
        clock = open_clock(home.clock_file, kind="manual", now=datetime.fromisoformat(NOON))
        discord = await stack.enter_async_context(running_discord())
        telegram = await stack.enter_async_context(running())
        web = await stack.enter_async_context(running_web())
        furnish(web, folder.with_name(f"{folder.name}-outside"))

        opened: list[Rooms] = []

        def doors(rooms: Rooms) -> Mapping[str, Gateway]:
            opened.append(rooms)
            return {"discord": door_to_discord(rooms, discord), "telegram": door_to_telegram(rooms, telegram)}

        async def heard(event: str) -> None:
            await written_down(home.folder / "lathe.sqlite3", event)

        settings = own_settings(folder).model_copy(update={"public_url": address})
        premises = Premises(settings, home, clock, HouseRules.model_validate(_tables(rules)), hold)
        house = await stack.enter_async_context(
            open_house(premises, screen=board, grace=0.0, gateways=doors, outside=web.outside)
        )
        await discord.until(lambda: discord.gateway.connected, CONNECTING)
        await telegram.until(lambda: telegram.polled, CONNECTING)
        stages = (TerminalStage(house, board), TelegramStage(telegram), DiscordStage(discord, heard))
        yield Studio(house, opened[0], home, {stage.door: stage for stage in stages}, discord)


def _tables(rules: Mapping[str, str]) -> dict[str, Any]:
    """The usual rules, but for those that are named as in `rules.toml`."""
    tables: dict[str, Any] = HouseRules().model_dump()
    for name, value in rules.items():
        *above, last = name.split(".")
        table = tables
        for key in above:
            table = table.setdefault(key, {})
        table[last] = int(value) if value.isdecimal() else value
    return tables


def own_settings(folder: Path) -> Settings:
    """The settings of a house of the tests, whatever the machine has set."""
    own = {"database_url": None, "blob_url": None, "tills": ("demo", "credit"), "workers": WORKERS}
    return load_settings(folder, None).model_copy(update=own)


def door_to_discord(rooms: Rooms, platform: Discord) -> DiscordDoor:
    """The real door, before the loopback."""
    there = platform.addresses
    return DiscordDoor(
        platform.token,
        rooms.blobs,
        rooms.catalogues,
        rooms.premises.clock,
        rooms.links,
        api_url=there.api,
        gateway_url=there.gateway,
        cdn_hosts=platform.environment["LATHE_DISCORD_CDN_HOSTS"].split(","),
    )


def door_to_telegram(rooms: Rooms, platform: Telegram) -> TelegramDoor:
    """The real door, before the loopback, which is in no hurry to be spared."""
    return TelegramDoor(
        platform.token,
        rooms.blobs,
        rooms.catalogues,
        rooms.premises.clock,
        rooms.premises.rules.zone,
        rooms.links,
        api_url=platform.base_url,
        file_url=platform.file_url,
        messages=0,
        pace=PACE,
    )


async def written_down(database: Path, event: str) -> None:
    """Return when an event stands in the inbox. TimeoutError."""
    async with asyncio.timeout(CONNECTING):
        with closing(sqlite3.connect(database)) as rows:
            asked = "SELECT 1 FROM inbox WHERE event_id = ?"
            while not rows.execute(asked, (event,)).fetchone():  # noqa: ASYNC110  # a row rings no bell
                await asyncio.sleep(0.01)
