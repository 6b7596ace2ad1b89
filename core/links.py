"""Private links: what a browser may fetch of an order, and until when.

A link is unsigned wherever the house keeps it. The door that sends it has it signed, so that the rows alone
open no audio (decision 8).
"""

from dataclasses import dataclass
from datetime import datetime


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
