"""What the house and a door to a platform want of each other."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Protocol

from core.links import Link, Pass
from core.messages import Answer, Button, Incoming, Question
from core.ports import Clock, Door, Unheard


class Misconfigured(Exception):
    """A platform will not have us, however often we try; `str()` says in one sentence what to do."""


class Front(Protocol):
    """The house, as a door sees it."""

    @property
    def clock(self) -> Clock: ...

    async def receive(self, incoming: Incoming) -> bool:
        """Write a deed down, to be decided soon; False if it stood there already.

        Unreachable: it is not written down, so the door acknowledges nothing.
        """
        ...

    async def decide(self, incoming: Incoming, written: asyncio.Event | None = None) -> None:
        """Write a deed down; return when it was decided and what it wants to be said was sent.

        However long the database is away; `written` is set when it may be acknowledged. What a door cannot
        send now is waited for no longer.
        """
        ...

    async def ask(self, question: Question) -> Answer:
        """What can be known without doing anything. Unreachable."""
        ...

    async def unheard(self, door: str) -> Sequence[Unheard]:
        """Whom a door reads up on after it was away. Unreachable."""
        ...


class Gateway(Door, Protocol):
    """A door that is connected to a platform."""

    async def run(self, front: Front) -> None:
        """Connect, stay connected and hand in what people do, until `close`.

        A platform that is away is tried again for ever. Misconfigured: no retry can mend it.
        """
        ...

    def hush(self) -> None:
        """Take nothing more in; what is on its way out may still go."""
        ...

    async def close(self) -> None:
        """Disconnect."""
        ...

    async def check(self) -> None:
        """Raise if the platform is not connected."""
        ...


class Links(Protocol):
    """Addresses of private links, as a door asks for them."""

    def url(self, link: Link | Pass) -> str | None:
        """Where a browser opens it; None where the house has no public address."""
        ...


def addressed(buttons: Iterable[Button], links: Links, *, alone: bool) -> tuple[Button, ...]:
    """The buttons with an address in place of each private link.

    Left out are those that have none, and all of them unless the person is `alone` with what is sent.
    """
    drawn = []
    for button in buttons:
        if button.link is None:
            drawn.append(button)
        elif alone and (url := links.url(button.link)) is not None:
            drawn.append(Button(button.label, url=url))
    return tuple(drawn)
