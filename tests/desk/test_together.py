"""Two processes at one database: what happens when many do something at the same moment."""

import asyncio

from bots.catalogues import load_catalogues
from core.desk.desk import Desk
from core.desk.loops.inbox import LANES
from core.desk.scene import Ways
from core.messages import FileRef, Incoming, Kind
from core.rules import HouseRules
from core.snapshot import Needs
from storage.store import TortoiseStore, open_store
from tests.databases import EVERY
from tests.desk.studio import START, Clock

pytestmark = EVERY


def dropped(who: str) -> Incoming:
    return Incoming(
        "terminal",
        f"{who} drops",
        who,
        who,
        private=True,
        kind=Kind.MESSAGE,
        at=START,
        payload={"text": "", "complete": True},
        files=(FileRef("terminal", f"/music/{who}.wav", f"{who}.wav", 1000),),
        locale="en",
        name=who,
    )


def desk_at(store: TortoiseStore) -> Desk:
    return Desk(store, HouseRules(), Clock(), load_catalogues(), Ways({"terminal": ("demo",)}))


async def test_all_who_begin_at_the_same_moment_have_an_order_with_a_number_of_its_own(url: str) -> None:
    crowd = [f"artist-{n}" for n in range(2 * LANES)]
    async with open_store(url, Clock(), {}) as here, open_store(url, Clock(), {}) as there:
        desks = [desk_at(here), desk_at(there)]
        await asyncio.gather(*[desks[n % 2].handle(dropped(who)) for n, who in enumerate(crowd)])
        numbers = []
        for who in crowd:
            (project,) = (await here.load(Needs("terminal", external=who))).open
            numbers.append(project.order.number)
    assert len(set(numbers)) == len(crowd)


async def test_a_deed_that_reaches_both_at_the_same_moment_is_done_once(url: str) -> None:
    async with open_store(url, Clock(), {}) as here, open_store(url, Clock(), {}) as there:
        await asyncio.gather(*[desk_at(each).handle(dropped("ada")) for each in (here, there) * 3])
        (project,) = (await here.load(Needs("terminal", external="ada"))).open
    assert len(project.songs) == 1
