"""The same conversations before SimCord, a Discord that was written by others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bots.app import open_house
from bots.clock import open_clock
from bots.home import Home
from bots.rooms import Premises, Rooms
from core.rules import HouseRules
from tests.bots.lathe import NOON
from tests.scenarios.on_simcord import SimCordStage, SimulatedDoor
from tests.scenarios.play import Play
from tests.scenarios.script import FOLDER, Scenario, read
from tests.scenarios.theatre import CONNECTING, own_settings

PLAYED = ("a-first-order", "b-changes", "c-separate", "details", "master", "orders", "staff-desk", "terms")
"""Not those for which SimCord has no means: other languages, closed messages, a second door."""

Plays = Callable[[Scenario, Path], Awaitable[None]]


@asynccontextmanager
async def before_simcord(folder: Path) -> AsyncIterator[Plays]:
    """A house whose only door is connected to SimCord, and how a scenario is played there."""
    home, doors, opened = Home(folder), [], []

    def door(rooms: Rooms) -> dict[str, SimulatedDoor]:
        opened.append(rooms)
        doors.append(SimulatedDoor(rooms.blobs, rooms.catalogues, rooms.premises.clock, rooms.links))
        return {doors[0].name: doors[0]}

    with home.held("the tests") as hold:
        clock = open_clock(home.clock_file, kind="manual", now=datetime.fromisoformat(NOON))
        premises = Premises(own_settings(folder), home, clock, HouseRules(), hold)
        async with open_house(premises, grace=0.0, gateways=door) as house:
            async with asyncio.timeout(CONNECTING):
                await doors[0].there.wait()
            stage = SimCordStage(doors[0].simulated)

            async def play(scenario: Scenario, folder: Path) -> None:
                await Play(scenario, stage, None, house, opened[0], home, folder).run()

            yield play


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plays(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Plays]:
    """The house of this module, in a task of its own: it ends in the task in which it began."""
    opened: asyncio.Future[Plays] = asyncio.get_running_loop().create_future()
    closing = asyncio.Event()

    async def keep() -> None:
        async with before_simcord(tmp_path_factory.mktemp("simcord") / "home") as play:
            opened.set_result(play)
            await closing.wait()

    keeper = asyncio.create_task(keep())
    await asyncio.wait([opened, keeper], return_when=asyncio.FIRST_COMPLETED)
    if keeper.done():
        keeper.result()  # which raises
    yield opened.result()
    closing.set()
    await keeper


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", PLAYED)
async def test_a_conversation_goes_as_it_is_written_down_before_a_second_judge(
    plays: Plays, name: str, tmp_path: Path
) -> None:
    await plays(read(FOLDER / f"{name}.chat"), tmp_path)
