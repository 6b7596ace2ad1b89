"""What was destroyed, noted beside the audio: a backup from before holds it still, and must not bring back
what somebody had the right to see gone.

Each note is an object of its own below `destroyed/`, written before the keys go and never removed. It names
a scope or one object, and until when what was filed there is meant.
"""

import json
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from storage.objects import Objects

NOTES = "destroyed"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """All blobs of a scope, or one object; filed not later than `until`, seconds since 1970."""

    until: int
    scope: str | None = None
    object: str | None = None

    def statements(self, *, visits: bool) -> Iterator[tuple[str, Sequence[str | int | None]]]:
        """What destroys the keys, and with a scope the `visits` of whose it was, if there is a table of them.

        `?` stands for the values. A visit bears the house's time and a note the machine's, so all of them go.
        """
        if self.scope is None:
            yield "DELETE FROM blob_keys WHERE object = ? AND created <= ?", (self.object, self.until)
            return
        yield "DELETE FROM blob_keys WHERE scope = ? AND created <= ?", (self.scope, self.until)
        if visits:
            yield "DELETE FROM visits WHERE person = ?", (self.scope,)

    def means(self, name: str, created: int) -> bool:
        """Whether an object is meant, that was filed then."""
        return created <= self.until and (
            name == self.object if self.scope is None else name.split("/")[1] == self.scope
        )


async def note(objects: Objects, destroyed: Destroyed) -> None:
    """Write a note down for good."""

    async def written() -> AsyncIterator[bytes]:
        yield json.dumps(asdict(destroyed)).encode()

    await objects.write(f"{NOTES}/{uuid.uuid4().hex}", written())


async def notes(objects: Objects) -> dict[str, Destroyed]:
    """All notes by their names."""
    found = {}
    async for page in objects.pages(NOTES):
        for named in page:
            size = await objects.size(named.name) or 0
            found[named.name] = Destroyed(**json.loads(await objects.read(named.name, 0, size)))
    return found


def meant(notes: Iterable[Destroyed], name: str, created: int) -> bool:
    """Whether an object that was filed then was destroyed since."""
    return any(one.means(name, created) for one in notes)
