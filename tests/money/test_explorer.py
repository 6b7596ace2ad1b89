"""Money when two processes meet and one of them dies: every schedule, on real SQL.

`./lathe bench money` explores all pairs of deeds; here are those that take seconds.
"""

import pytest

from tests.databases import EVERY
from tests.money.deeds import PAIRS, Pair, explored
from tests.money.planted import PLANTED, Planted
from tests.money.process import World
from tests.money.truth import wrongs_at_rest

BY_NAME = {pair.name: pair for pair in PAIRS}

SOON = (
    "pay with credit / pay another order with it",
    "the till takes it / another hand at the tills",
    "approve / the window ends",
)
"""Between them: a tap, a till and the clock; credit, money and earnings."""


@pytest.mark.parametrize("pair", [BY_NAME[name] for name in SOON], ids=lambda pair: pair.name)
async def test_however_two_deeds_meet_and_wherever_one_is_cut_off_the_books_are_right(
    world: World, pair: Pair
) -> None:
    found = await explored(world, pair, await world.save())
    assert not found.findings, "\n".join(map(str, found.findings))
    assert found.schedules > 10_000
    assert found.crash_points > 50


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.name)
async def test_a_planted_bug_is_found(world: World, bug: Planted) -> None:
    found = await explored(world, BY_NAME[bug.pair], await world.save(), most=1, plant=bug.plant)
    assert found.findings


@pytest.mark.databases("postgres")
async def test_transactions_that_are_open_at_once_end_as_if_one_had_come_after_the_other(
    world: World,
) -> None:
    pair = BY_NAME["the till takes it / another hand at the tills"]
    found = await explored(world, pair, await world.save(), inside=True)
    assert not found.findings, "\n".join(map(str, found.findings))
    assert found.overlaps > 50


@EVERY
async def test_what_is_put_back_is_what_was_saved(world: World) -> None:
    empty = await world.save()
    found = await explored(world, BY_NAME["the till takes it / another hand at the tills"], empty, most=1)
    assert not found.findings
    await world.restore(empty)
    assert (await world.save()).key == empty.key
    assert wrongs_at_rest(await world.ground.rows(), world.purses, world.received) == []
