"""How the house stands, in numbers: what waits and since when, what runs, and whether the books agree."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """So many things wait, the oldest since then; None if none waits, or if that was not noted."""

    count: int = 0
    since: datetime | None = None

    def age(self, now: datetime) -> float:
        """Seconds that the oldest has waited; 0 while nothing waits."""
        return max(0.0, (now - self.since).total_seconds()) if self.since else 0.0


@dataclass(frozen=True, slots=True)
class JobClass:
    """Jobs that wait in one line: a queue, a plan and a kind."""

    queue: str
    plan: str
    kind: str


@dataclass(frozen=True, slots=True)
class Held:
    """A lease, who has it, and for how many seconds it is held from now on, unless it is renewed."""

    name: str
    holder: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of the newest so many, at most a hundred; None of none."""

    count: int = 0
    mean: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """What the rows say at one time."""

    queued: Mapping[JobClass, Backlog] = field(default_factory=dict)
    running: Mapping[tuple[str, str], int] = field(default_factory=dict)  # by queue and kind
    inbox: Backlog = Backlog()
    aside: int = 0  # events that raised too often
    cards: int = 0  # not shown as they should be
    notices: Backlog = Backlog()  # not sent yet
    orders: Mapping[str, int] = field(default_factory=dict)  # the open ones, by state
    talks: Backlog = Backlog()  # tickets that wait for the staff
    first_answer: Mean = Mean()  # seconds that the artists of the newest tickets waited for it (B17)
    rating: Mean = Mean()  # 1 to 5, of the newest orders that were rated (B18)
    leases: tuple[Held, ...] = ()
    mismatched: int = 0  # orders delivered and not paid for, or paid for and not owed; must be 0
