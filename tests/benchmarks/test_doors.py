"""The bench of the doors does what it says: every deed is answered, and a crowd is answered in its order."""

import asyncio

import pytest

from benchmarks.doors import PLATFORMS, Measured, held, measured, shown


@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_deed_is_answered_and_everybody_of_a_crowd_in_their_order(platform: str) -> None:
    found = asyncio.run(measured(platform, rate=10, seconds=2, crowd=10))
    assert len(found.replies) == 20
    assert (found.crowd, found.lost, found.mixed) == (10, 0, 0)
    assert f"| {platform}" in shown([found])


@pytest.mark.parametrize(
    ("reply", "lost", "mixed", "holds"),
    [(0.05, 0, 0, True), (0.2, 0, 0, False), (0.05, 1, 0, False), (0.05, 0, 1, False)],
)
def test_the_bound_holds_if_replies_are_quick_and_nothing_is_lost_or_mixed_up(
    reply: float, lost: int, mixed: int, *, holds: bool
) -> None:
    assert held([Measured("telegram", 50, [reply] * 100, 10, lost, mixed, 100)]) is holds
