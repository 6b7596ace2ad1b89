"""A bell that wakes one loop."""

import asyncio
from contextlib import suppress


class Bell:
    """Rung by whoever has work for the loop that listens; a ring while the loop is busy is not lost."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, within: float) -> None:
        """Wait for a ring since the last call, at most `within` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._rung.wait()
        self._rung.clear()
