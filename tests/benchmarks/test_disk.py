"""A bench knows when the disk stood still while it ran."""

from pathlib import Path

import pytest

from benchmarks.disk import Disk, watched_disk


def test_what_a_span_waited_is_what_it_shares_with_the_moments_of_standing_still() -> None:
    disk = Disk(0.0, 10.0, [(1.0, 1.5), (4.0, 4.1)])
    assert disk.waited((1.2, 4.05)) == pytest.approx(0.35)
    assert disk.waited((2.0, 3.0)) == 0
    assert disk.without([(0.0, 2.0), (1.1, 1.4)]) == pytest.approx([1.5, 0.0])
    assert (disk.share, disk.longest) == pytest.approx((0.06, 0.5))


def test_a_page_that_takes_long_is_noted_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    with watched_disk(tmp_path) as disk:
        pass
    assert disk.ended > disk.begun
    assert all(begin < end for begin, end in disk.still)
    assert not list(tmp_path.iterdir())
