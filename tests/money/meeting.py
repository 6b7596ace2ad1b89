"""Deeds that meet over the same money, and their exploration."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from random import Random

from core.rules import HouseRules, Rebate
from tests.money.explorer import Deed, Explored, Explorer
from tests.money.process import Moment, World
from tests.money.setting import PROCESSES, Setting

REBATES = {"SUMMER": Rebate(percent=20)}
"""A code that takes something off one order of a person's."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Deeds over the same money, and the setting that makes them, for a song of so many cents."""

    name: str
    begin: Callable[[Setting], Awaitable[Sequence[Deed]]]
    price: int = 600
    charge: str = "before-work"
    undo: int = 0  # seconds in which a decision of the staff can be taken back

    def rules(self) -> HouseRules:
        """The house rules that it happens under."""
        usual = HouseRules()
        line = usual.service.automatic.model_copy(update={"price": self.price})
        services = usual.service.model_copy(update={"automatic": line})
        staff = usual.staff.model_copy(update={"undo_seconds": self.undo})
        return usual.model_copy(
            update={"service": services, "charge": self.charge, "staff": staff, "rebates": REBATES}
        )


Plant = Callable[[World], AbstractAsyncContextManager[None]]
"""Takes something away that keeps money safe, until the context ends."""


async def explored(
    world: World,
    meeting: Meeting,
    empty: Moment,
    *,
    most: int = 3,
    inside: bool = False,
    plant: Plant | None = None,
    schedules: int | None = None,
) -> Explored:
    """Explore deeds that meet, from a world in which nothing has happened yet. `most` findings are enough.

    Two meet between all their calls, with a crash anywhere; three between their commits.
    `inside`: also within transactions that are open at the same time; needs PostgreSQL.
    `schedules`: only so many, picked at random, but the same ones each time.
    """
    await world.restore(empty)
    world.rules = meeting.rules()
    async with plant(world) if plant else nullcontext():
        deeds = await meeting.begin(Setting(world))
        names = PROCESSES[: len(deeds)]
        explorer = Explorer(world, deeds, names, most=most, inside=inside, commits=len(deeds) > 2)
        start = await world.save()
        if schedules is None:
            return await explorer.explore(start)
        return await explorer.wander(start, schedules, Random(meeting.name))
