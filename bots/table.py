"""Figures before and after, for people who read them in a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Row = Sequence[str]

FIGURES = (("LUFS", "lufs"), ("dBTP", "true_peak"), ("LRA", "lra"))


def figure(value: float | None) -> str:
    """A level to one decimal; silence has none."""
    return "-inf" if value is None else f"{value:.1f}"


def change(before: float | None, after: float | None) -> str:
    return f"{figure(before)} → {figure(after)}"


def comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> Row:
    """The three figures of a song, each before and after."""
    return [change(before.get(key), after.get(key)) for _, key in FIGURES]


def table(head: Row, rows: Iterable[Row]) -> str:
    """Columns wide enough for what they hold; the first flush left, the others flush right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def shortened(name: str, most: int = 32) -> str:
    """A name that leaves room for the figures beside it."""
    return name if len(name) <= most else name[: most - 1] + "…"
