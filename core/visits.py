"""Who opened what through the page of an order: its artist sees it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.links import Standing

PAGE = "page"
EVERYTHING = "everything"
"""What can be opened beside single files, which are called by their SHA-256: the page, and the zip of all."""


@dataclass(frozen=True, slots=True)
class Visit:
    """How often somebody began to open something of an order, had all of it, and when last."""

    person: str  # an account
    standing: Standing
    what: str  # PAGE, EVERYTHING, or a file by its SHA-256
    begun: int
    finished: int
    last: datetime


class Visits(Protocol):
    """Who opened what through the page of an order. Each method is one transaction. Unreachable."""

    async def begun(self, order: str, person: str, standing: Standing, what: str, now: datetime) -> None:
        """Count that somebody opened a page or began to fetch a file."""
        ...

    async def finished(self, order: str, person: str, standing: Standing, what: str, now: datetime) -> None:
        """Count that all bytes of a file have gone out to somebody."""
        ...

    async def of_order(self, order: str) -> Sequence[Visit]:
        """What was opened of an order and by whom, the newest first."""
        ...
