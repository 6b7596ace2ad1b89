"""Which song or version names which blob, so that one that nobody names any more can be removed."""

from collections.abc import Iterator, Sequence

from core.changes import Move
from core.songs import Song, Version
from storage.models import BlobUseRow


async def follow(moves: Sequence[Move[Song] | Move[Version]]) -> None:
    """Note the blobs that songs and versions name from now on, and that others are named no more."""
    rows = []
    for move in moves:
        before = set(blobs_of(move.before)) if move.before else set()
        after = set(blobs_of(move.after))
        rows += [BlobUseRow(key=key, holder=move.after.id) for key in sorted(after - before)]
        if before - after:
            await BlobUseRow.filter(holder=move.after.id, key__in=sorted(before - after)).delete()
    await BlobUseRow.bulk_create(rows, ignore_conflicts=True)


def blobs_of(entity: Song | Version) -> Iterator[str]:
    """The keys of the blobs that a song or a version names."""
    match entity:
        case Song():
            keys = [entity.source, entity.pcm, entity.picture and entity.picture.blob]
        case Version():
            keys = [entity.master, *(media.blob for media in (*entity.previews, *entity.files))]
    yield from (key for key in keys if key)
