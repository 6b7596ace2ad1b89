"""Organisations: a community server, a group, a label, or one person who orders for many (B41, C21).

An organisation is a wrapper that pays. One named person answers for it, and every file in its orders belongs
to the one who dropped it (B80).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Organisation:
    """On whose behalf somebody accepted. `person` is the account that answers for it, `role` theirs there."""

    id: str
    name: str
    person: str
    role: str
    since: datetime
    rev: int = 0


def of_name(name: str, known: Iterable[Organisation]) -> Organisation | None:
    """The organisation of this name among some, in capitals or small letters."""
    wanted = " ".join(name.split()).casefold()
    return next((one for one in known if one.name.casefold() == wanted), None)
