"""Members of a project: whom the one whose order it is lets in, to hear it and to add to its list of changes.

They are let in by a code that its owner passes on. What they are given is to be heard, and nothing more: no
right in the music, no money, no file, and no link that they could pass on. # B46-B50
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST = 8
"""Members of one order, beside whose it is."""

USE = "invite"
"""What its codes are for (core/linking.py)."""

VALID = timedelta(days=7)
"""How long a code lets people in. It is good for several of them, until then or until its owner stops it."""


class MemberState(StrEnum):
    IN = "in"
    GONE = "gone"  # they left, or were removed


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody else who hears an order.

    `name` and `locale` are those of their account now; the row keeps neither.
    """

    id: str
    order: str
    person: str  # an account
    state: MemberState
    since: datetime
    name: str = ""
    locale: str = "en"
    rev: int = 0

    @property
    def is_in(self) -> bool:
        return self.state is MemberState.IN


@dataclass(frozen=True, slots=True)
class Invitation:
    """The code that lets people in, by its hash. An order has one at a time."""

    hash: str
    until: datetime
