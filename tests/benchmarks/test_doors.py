"""The bench of the doors does what it says: every deed is answered, and a crowd is answered in its order."""

import asyncio

import pytest

from benchmarks.disk import Disk, Span
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
    assert held([Measured("telegram", 50, [(1.0, 1.0 + reply)] * 100, Disk(), 10, lost, mixed, 100)]) is holds


@pytest.mark.parametrize(("still", "holds"), [((0.9, 1.15), True), ((3.0, 3.5), False)])
def test_a_reply_that_came_while_the_disk_stood_still_is_not_held_against_it(
    still: Span, *, holds: bool
) -> None:
    late, quick = [(1.0, 1.2)] * 5, [(2.0, 2.05)] * 100
    assert held([Measured("telegram", 50, late + quick, Disk(0.0, 10.0, [still]), 10, 0, 0, 100)]) is holds
