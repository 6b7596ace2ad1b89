"""A bench knows when the disk stood still while it ran."""

import math
from pathlib import Path

import pytest

from benchmarks.disk import Disk, watched_disk


def test_what_a_span_waited_is_what_it_shares_with_the_moments_of_standing_still() -> None:
    disk = Disk(0.0, 10.0, [(1.0, 1.5), (4.0, 4.1)])
    assert disk.waited((1.2, 4.05)) == pytest.approx(0.35)
    assert disk.waited((2.0, 3.0)) == 0
    assert (disk.share, disk.longest) == pytest.approx((0.06, 0.5))


def test_a_page_that_takes_long_is_noted_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    with watched_disk(tmp_path) as disk:
        pass
    assert disk.ended > disk.begun
    assert all(begin < end for begin, end in disk.still)
    assert not list(tmp_path.iterdir())


def test_what_came_in_a_standstill_or_waited_for_who_had_is_left_out() -> None:
    disk = Disk(0.0, 10.0, [(1.0, 1.5)])
    before, over, in_it, behind, after = (0.1, 0.2), (0.9, 1.6), (1.2, 2.0), (1.9, 2.2), (2.3, 2.4)
    assert disk.undisturbed([before, over, in_it, behind, after]) == pytest.approx([0.1, 0.1])
    assert disk.undisturbed([behind]) == pytest.approx([0.3])


def test_of_hardly_anything_nothing_is_said() -> None:
    disk = Disk(0.0, 10.0, [])
    assert disk.p99([(1.0, 1.1)] * 99) == math.inf
    assert disk.p99([(1.0, 1.1)] * 100) == pytest.approx(0.1)
