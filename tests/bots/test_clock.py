"""The clocks of the house."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bots.clock import ClockError, ManualClock, WallClock, open_clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_home_has_the_wall_clock_unless_told_otherwise(tmp_path: Path) -> None:
    clock = open_clock(tmp_path / "clock.json")
    assert isinstance(clock, WallClock)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_manual_clock_stands_still_until_it_is_moved(tmp_path: Path) -> None:
    clock = open_clock(tmp_path / "clock.json", kind="manual", now=NOON)
    assert isinstance(clock, ManualClock)
    assert clock.now() == NOON
    clock.advance(NOON + timedelta(days=5))
    assert clock.now() == NOON + timedelta(days=5)


def test_the_home_keeps_its_manual_clock_and_where_it_stood(tmp_path: Path) -> None:
    first = open_clock(tmp_path / "clock.json", kind="manual", now=NOON)
    assert isinstance(first, ManualClock)
    first.advance(NOON + timedelta(hours=3))
    assert open_clock(tmp_path / "clock.json").now() == NOON + timedelta(hours=3)
    assert open_clock(tmp_path / "clock.json", kind="manual").now() == NOON + timedelta(hours=3)


def test_a_clock_never_goes_back(tmp_path: Path) -> None:
    clock = open_clock(tmp_path / "clock.json", kind="manual", now=NOON)
    assert isinstance(clock, ManualClock)
    with pytest.raises(ClockError, match="does not go back"):
        clock.advance(NOON - timedelta(seconds=1))
    assert clock.now() == NOON


def test_a_flag_that_contradicts_the_home_is_refused(tmp_path: Path) -> None:
    manual, wall = tmp_path / "manual.json", tmp_path / "wall.json"
    open_clock(manual, kind="manual", now=NOON)
    open_clock(wall)
    with pytest.raises(ClockError, match="has a manual clock"):
        open_clock(manual, kind="wall")
    with pytest.raises(ClockError, match="it is 2026-03-02T12:00:00"):
        open_clock(manual, now=NOON + timedelta(days=1))
    with pytest.raises(ClockError, match="has a wall clock"):
        open_clock(wall, kind="manual")
    with pytest.raises(ClockError, match="cannot be set"):
        open_clock(wall, now=NOON)


def test_a_flag_that_agrees_with_the_home_is_fine(tmp_path: Path) -> None:
    open_clock(tmp_path / "clock.json", kind="manual", now=NOON)
    assert open_clock(tmp_path / "clock.json", kind="manual", now=NOON).now() == NOON


def test_now_alone_does_not_make_a_manual_clock(tmp_path: Path) -> None:
    with pytest.raises(ClockError, match="--clock manual"):
        open_clock(tmp_path / "clock.json", now=NOON)
    assert not (tmp_path / "clock.json").exists()


def test_a_clock_file_that_tells_no_time_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_text("{half")
    with pytest.raises(ClockError, match="does not tell the time"):
        open_clock(tmp_path / "clock.json")
