"""Which blobs an order holds, so that one that nobody holds any more can be removed."""

from collections.abc import Iterator, Sequence

from core.songs import Song, Version
from storage.models import BlobRow


async def hold(entities: Sequence[Song | Version]) -> None:
    """Note the blobs that songs and versions speak of."""
    held = {(key, entity.order) for entity in entities for key in _blobs(entity)}
    rows = [BlobRow(key=key, order=order) for key, order in sorted(held)]
    await BlobRow.bulk_create(rows, ignore_conflicts=True)


def _blobs(entity: Song | Version) -> Iterator[str]:
    match entity:
        case Song():
            keys = [entity.source, entity.pcm, entity.picture and entity.picture.blob]
        case Version():
            keys = [entity.master, *(media.blob for media in (*entity.previews, *entity.files))]
    yield from (key for key in keys if key)
