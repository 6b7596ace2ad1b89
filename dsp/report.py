"""How far a step has come: told with the share done (0..1) and the name of the stage."""

from collections.abc import Callable

Report = Callable[[float, str], None]


def unheard(share: float, stage: str) -> None:
    """A report nobody asked for."""


def part(report: Report, start: float, end: float) -> Report:
    """A report on one part of the way, from `start` to `end` of the whole."""
    return lambda share, stage: report(start + (end - start) * share, stage)
