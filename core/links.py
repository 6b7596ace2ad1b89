"""Private links: what a browser may see, send and fetch of an order, and until when.

A link is unsigned wherever the house keeps it. The door that sends it has it signed, so that the rows alone
open no audio (decision 8).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.people import Role


@dataclass(frozen=True, slots=True)
class Link:
    """One file of an order, by its content; with `together`, also what was made to be sent with it.

    It opens nothing once the order counts another epoch: so its artist stops all that they were sent.
    """

    order: str
    sha256: str  # of the file, hexadecimal
    epoch: int
    until: datetime  # aware UTC, in whole seconds
    together: bool = False


class Standing(StrEnum):
    """As what somebody comes to the page of an order."""

    ARTIST = "artist"  # whose order it is
    STAFF = "staff"  # who works on it
    MEMBER = "member"  # whom its artist has let in


@dataclass(frozen=True, slots=True)
class Pass:
    """The page of one order for one person, who does there what they may do in the chat.

    It opens nothing once the order counts another epoch, or the person stands otherwise to it: of the staff,
    once they may no longer act as what they were when they were given it.
    """

    order: str
    person: str  # an account
    standing: Standing
    epoch: int
    until: datetime  # aware UTC, in whole seconds
    role: Role = Role.SUPPORT  # of the staff; SUPPORT is the least that sees an order
