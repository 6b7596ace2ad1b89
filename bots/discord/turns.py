"""The deeds of one person go in as they came, however long each takes to be made ready."""

import asyncio
from collections.abc import Callable
from types import TracebackType


class Turn:
    """A place in the row of one person, left when its context ends; `after` is called then."""

    def __init__(self, before: asyncio.Event | None, after: Callable[["Turn"], None]) -> None:
        self._before = before
        self._after = after
        self.over = asyncio.Event()

    async def come(self) -> None:
        """Wait for those who came before."""
        if self._before is not None:
            await self._before.wait()

    async def __aenter__(self) -> "Turn":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.come()  # who gives up lets nobody overtake those before
        finally:
            self.over.set()
            self._after(self)


class Turns:
    """Hands out places; `take` does not wait, so a deed has its place before anything is awaited."""

    def __init__(self) -> None:
        self._last: dict[str, Turn] = {}

    def take(self, person: str) -> Turn:
        """The next place in this person's row."""

        def left(turn: Turn) -> None:
            if self._last.get(person) is turn:
                del self._last[person]

        last = self._last.get(person)
        turn = Turn(last.over if last is not None else None, left)
        self._last[person] = turn
        return turn
