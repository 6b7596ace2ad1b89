"""The time of the house: the machine's, or one moved by hand and kept in the home. Neither goes back."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

ClockKind = Literal["wall", "manual"]


class ClockError(ValueError):
    """The clock cannot do what was asked; `str()` says why."""


class WallClock:
    """The machine's time; where that is set back, it stands still until the machine has caught up."""

    def __init__(self) -> None:
        self._latest = datetime.now(UTC)

    def now(self) -> datetime:
        self._latest = max(self._latest, datetime.now(UTC))
        return self._latest


class ManualClock:
    """A time that only moves when it is told to, kept in a file so that the next process goes on from it."""

    def __init__(self, file: Path, now: datetime) -> None:
        self._file = file
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, to: datetime) -> None:
        """Go on to a later time. ClockError if it is an earlier one."""
        if to < self._now:
            raise ClockError(f"the clock does not go back from {self._now.isoformat()} to {to.isoformat()}")
        _keep(self._file, "manual", to)
        self._now = to


class FollowedClock:
    """The clock of a home that another process holds: as that one moves it, or the machine's time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._wall = WallClock()

    def now(self) -> datetime:
        kept = _kept(self._file)
        return kept[1] if kept and kept[0] == "manual" else self._wall.now()


Clock = WallClock | ManualClock


def open_clock(file: Path, *, kind: ClockKind | None = None, now: datetime | None = None) -> Clock:
    """The clock that a home keeps, or the one that it will keep from now on.

    `kind` and `now` are what somebody asked for; ClockError if the home says otherwise.
    """
    kept = _kept(file)
    if kept is None:
        kind = kind or "wall"
        if now is not None and kind == "wall":
            raise ClockError("--now sets a manual clock: add --clock manual")
        start = (now or datetime.now(UTC)).astimezone(UTC)
        _keep(file, kind, start)
        return ManualClock(file, start) if kind == "manual" else WallClock()
    kept_kind, kept_now = kept
    if kind is not None and kind != kept_kind:
        raise ClockError(
            f"this home has a {kept_kind} clock, and keeps it; another home can have a {kind} one"
        )
    if kept_kind == "wall":
        if now is not None:
            raise ClockError("this home has a wall clock, which cannot be set")
        return WallClock()
    if now is not None and now != kept_now:
        raise ClockError(f"in this home it is {kept_now.isoformat()} already; !advance moves its clock")
    return ManualClock(file, kept_now)


def _kept(file: Path) -> tuple[ClockKind, datetime] | None:
    try:
        kept = json.loads(file.read_text("utf-8"))
        return ("manual" if kept["kind"] == "manual" else "wall"), datetime.fromisoformat(kept["now"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ClockError(f"{file} does not tell the time: {error}") from None


def _keep(file: Path, kind: ClockKind, now: datetime) -> None:
    fresh = file.with_name(file.name + ".new")
    with fresh.open("w", encoding="utf-8") as out:
        json.dump({"kind": kind, "now": now.isoformat()}, out)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
