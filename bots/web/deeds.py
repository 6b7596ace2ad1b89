"""A deed on a page: written down, and decided while its reader waits for the page."""

import asyncio
from typing import Protocol

from core.messages import Incoming
from core.ports import Unreachable


class Deciding(Protocol):
    """The house, as a deed comes to it."""

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        """Write a deed down and return when it was decided; `written` is set in between."""
        ...


async def decided(house: Deciding, deed: Incoming, patience: float) -> bool:
    """Whether a deed was decided within so many seconds; if not, it is soon. Unreachable: it is not known."""
    written = asyncio.Event()
    try:
        async with asyncio.timeout(patience):
            await house.decide(deed, written)
    except TimeoutError:
        if not written.is_set():
            raise Unreachable("a deed could not be written down") from None
        return False
    return True
