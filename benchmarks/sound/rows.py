"""Rows of the table: a figure, what it must reach, and what others reach in the same run."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.table import table


@dataclass(frozen=True, slots=True)
class Bar:
    """What a figure must reach and what it should: at most that, or without `most` at least.

    A figure without a floor is only told. unit is written behind each, digits are those behind the point.
    """

    floor: float | None = None
    target: float | None = None
    most: bool = True
    unit: str = ""
    digits: int = 2

    def reached(self, value: float, wanted: float) -> bool:
        """Whether a value is as good as wanted, as it is printed; a value that is no number is not."""
        shown = round(value, self.digits)
        return shown <= wanted if self.most else shown >= wanted

    def words(self, wanted: float | None) -> str:
        if wanted is None:
            return ""
        return f"{'≤' if self.most else '≥'} {wanted:.{_digits(wanted, self.digits)}f}{self.unit}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line; `remark` says on what it was measured."""

    measure: str
    value: float
    bar: Bar
    remark: str = ""
    peers: str = ""

    @property
    def verdict(self) -> str:
        floor, target = self.bar.floor, self.bar.target
        if floor is not None and not self.bar.reached(self.value, floor):
            return "NO"
        if target is None:
            return "–" if floor is None else "yes"
        if self.bar.reached(self.value, target):
            return "target"
        return "–" if floor is None else "floor"

    @property
    def holds(self) -> bool:
        return self.verdict != "NO"

    @property
    def figure(self) -> str:
        if math.isinf(self.value):
            return "nothing" if self.value < 0 else "endless"
        return f"{self.value:.{self.bar.digits}f}{self.bar.unit}"


def printed(rows: Iterable[Row]) -> str:
    """The table."""
    head = ("measure", "this engine", "floor", "target", "holds", "others, same run", "remark")
    return table(
        head,
        [
            (
                row.measure,
                row.figure,
                row.bar.words(row.bar.floor),
                row.bar.words(row.bar.target),
                row.verdict,
                row.peers,
                row.remark,
            )
            for row in rows
        ],
    )


def _digits(wanted: float, most: int) -> int:
    """As many digits as the bound needs."""
    return next((n for n in range(most) if round(wanted, n) == round(wanted, most)), most)
