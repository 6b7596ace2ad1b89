"""Money when processes meet and one of them dies: schedules on real SQL.

`./lathe bench money` explores all that can happen; here the smallest are, and of the others some schedules.
"""

import pytest

from tests.databases import EVERY
from tests.money.meeting import explored
from tests.money.meetings import PAIRS, THREES
from tests.money.planted import PLANTED, Planted
from tests.money.process import World
from tests.money.truth import wrongs_at_rest

BY_NAME = {meeting.name: meeting for meeting in (*PAIRS, *THREES)}

SMALL = (
    "pay with credit / pay another order with it",
    "the till takes it / another hand at the tills",
    "approve / the window ends",
)
"""Between them: a tap, a till and the clock; credit, money and earnings."""


@pytest.mark.parametrize("name", SMALL)
async def test_however_two_deeds_meet_and_wherever_one_is_cut_off_the_books_are_right(
    world: World, name: str
) -> None:
    found = await explored(world, BY_NAME[name], await world.save())
    assert not found.findings, "\n".join(map(str, found.findings))
    assert found.schedules > 10_000
    assert found.crash_points > 50


@pytest.mark.parametrize("name", [name for name in BY_NAME if name not in SMALL])
async def test_in_schedules_picked_at_random_the_books_are_right(world: World, name: str) -> None:
    found = await explored(world, BY_NAME[name], await world.save(), schedules=3)
    assert not found.findings, "\n".join(map(str, found.findings))
    assert found.endings


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
async def test_a_planted_bug_is_found(world: World, bug: Planted) -> None:
    meeting, empty = BY_NAME[bug.meeting], await world.save()
    found = await explored(world, meeting, empty, most=1, plant=bug.plant, schedules=400)
    assert found.findings


@pytest.mark.databases("postgres")
@pytest.mark.parametrize(
    "name",
    [
        "the till takes it / another hand at the tills",
        "pay with a code / pay another order with it",
        "a song takes the last of a deposit / another one does, too",
    ],
)
async def test_transactions_that_are_open_at_once_end_as_if_one_had_come_after_the_other(
    world: World, name: str
) -> None:
    found = await explored(world, BY_NAME[name], await world.save(), inside=True, schedules=8)
    assert not found.findings, "\n".join(map(str, found.findings))
    assert found.overlaps > 30


@EVERY
async def test_what_is_put_back_is_what_was_saved(world: World) -> None:
    empty = await world.save()
    found = await explored(world, BY_NAME["the till takes it / another hand at the tills"], empty, most=1)
    assert not found.findings
    await world.restore(empty)
    assert (await world.save()).digest == empty.digest
    assert wrongs_at_rest(await world.ground.rows(), world.purses, world.received) == []
