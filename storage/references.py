"""Which song, version or agreement names which blob, so that what nobody names any more can be removed."""

from collections.abc import Iterator, Sequence

from core.agreements import Agreement
from core.changes import Move
from core.songs import Song, Version
from storage.database import change, insert


async def follow(moves: Sequence[Move[Song] | Move[Version] | Move[Agreement]]) -> None:
    """Note the blobs that these name from now on, and that others are named no more."""
    rows = []
    for move in moves:
        before = set(blobs_of(move.before)) if move.before else set()
        after = set(blobs_of(move.after))
        rows += [{"key": key, "holder": move.after.id} for key in sorted(after - before)]
        for key in sorted(before - after):
            await change("DELETE FROM blob_uses WHERE key = ? AND holder = ?", [key, move.after.id])
    await insert("blob_uses", rows, "ON CONFLICT DO NOTHING")


def blobs_of(entity: Song | Version | Agreement) -> Iterator[str]:
    """The keys of the blobs that a song, a version or an agreement names."""
    match entity:
        case Song():
            keys = [entity.source, entity.pcm, entity.picture and entity.picture.blob]
        case Agreement():
            keys = [entity.paper and entity.paper.blob]
        case Version():
            keys = [entity.master, *(media.blob for media in (*entity.previews, *entity.files))]
    yield from (key for key in keys if key)
