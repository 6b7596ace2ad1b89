"""What the staff did, saw and tried: one entry for each deed, appended and never changed (A07)."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.people import Role

HOUSE = "house"
"""Who did it where nobody of the staff did: whoever holds the machine, on its command line."""

LONGEST = 500  # characters of `details`


class Came(StrEnum):
    """What came of a deed."""

    DONE = "done"
    NOTHING = "nothing"  # it changed nothing: something was looked at, or somebody was faster
    REFUSED = "refused"  # whoever tried has no right to it


@dataclass(frozen=True, slots=True)
class Entry:
    """One deed of somebody of the staff.

    `name` and `details` can be forgotten without breaking the chain (docs/decisions): both are empty then.
    """

    id: str
    at: datetime
    by: str  # an account, or HOUSE
    role: Role | None  # that they held; None for HOUSE, and where the clock carried out what they decided
    what: str  # the command with its stroke, the verb of a button, the name of a form, the kind of a decision
    came: Came
    order: str | None = None
    number: int | None = None  # of that order
    name: str = ""
    details: str = ""  # as it was said or filled in; no title of a confidential order


USUAL = 10  # entries that are shown
MOST = 50


def asked(arguments: str) -> tuple[int | None, int] | None:
    """What `/audit [ORDER] [N]` asks for: the number of an order, and how many entries; None if neither."""
    found = re.fullmatch(r"\s*(?:(#\d{1,9}|\d{4,9})(?=\s|$))?\s*(\d{1,3})?\s*", arguments)
    if found is None:
        return None
    order, most = found.groups()
    return int(order.lstrip("#")) if order else None, min(max(1, int(most or USUAL)), MOST)
