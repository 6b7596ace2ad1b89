"""What was destroyed, noted beside the audio: a backup from before holds the keys still, and must not bring
back what somebody had the right to see gone.

Each note is an object of its own below `destroyed/`, written before the keys go and never removed. It names
a scope or one object, and until when what was filed there is meant.
"""

import json
import uuid
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass

from storage.objects import Objects

NOTES = "destroyed"


@dataclass(frozen=True, slots=True)
class Destroyed:
    """All blobs of a scope, or one object; filed not later than `until`, seconds since 1970."""

    until: int
    scope: str | None = None
    object: str | None = None

    @property
    def forget(self) -> str:
        """The statement that destroys the keys; `?` stands for its values."""
        column = "scope" if self.scope is not None else "object"
        return f"DELETE FROM blob_keys WHERE {column} = ? AND created <= ?"  # noqa: S608

    @property
    def values(self) -> tuple[str | None, int]:
        return (self.scope if self.scope is not None else self.object), self.until

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
