"""The deeds of one person go in as they came, however long each takes to be made ready."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType


class Turn:
    """A place in the row of one person, left when its context ends; `after` is called then."""

    def __init__(self, before: "Turn | None", after: Callable[["Turn"], None]) -> None:
        self._before = before
        self._after = after
        self._left = asyncio.Event()
        self._given_up = False

    async def come(self) -> None:
        """Wait for those who came before."""
        if self._before is not None:
            await self._before._over()
            self._before = None

    async def __aenter__(self) -> "Turn":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self.come()  # who gives up lets nobody overtake those before
        finally:
            self._left.set()
            self._after(self)

    def give_up(self) -> None:
        """Leave before it comes: who is behind waits for those before."""
        self._given_up = True
        self._left.set()

    async def _over(self) -> None:
        await self._left.wait()
        if self._given_up:
            await self.come()


class Kept:
    """Places before what people do from now on; `of` takes one."""

    def __init__(self, take: Callable[[str], Turn]) -> None:
        self._take = take
        self._places: dict[str, Turn] = {}

    def before_next(self, person: str) -> None:
        """Somebody is about to take a place: the one before it is kept, if none was."""
        if person not in self._places:
            self._places[person] = self._take(person)

    def of(self, person: str) -> Turn:
        """The place of this person that was kept."""
        self.before_next(person)
        return self._places.pop(person)

    def give_up(self) -> None:
        for turn in self._places.values():
            turn.give_up()


class Turns:
    """Hands out places; `take` does not wait, so a deed has its place before anything is awaited."""

    def __init__(self) -> None:
        self._last: dict[str, Turn] = {}
        self._keeping: list[Kept] = []

    def take(self, person: str) -> Turn:
        """The next place in this person's row."""
        for kept in self._keeping:
            kept.before_next(person)
        return self._next(person)

    @contextmanager
    def kept(self) -> Iterator[Kept]:
        """Keep a place for everybody, before all that they do from now on.

        For what is not known yet but comes first. Places not taken when the context ends are given up.
        """
        kept = Kept(self._next)
        self._keeping.append(kept)
        try:
            yield kept
        finally:
            self._keeping.remove(kept)
            kept.give_up()

    def _next(self, person: str) -> Turn:
        def left(turn: Turn) -> None:
            if self._last.get(person) is turn:
                del self._last[person]

        turn = Turn(self._last.get(person), left)
        self._last[person] = turn
        return turn
