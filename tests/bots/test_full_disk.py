"""A disk that is full while a song is worked on: the job waits for room, and the file is not blamed."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bots.catalogues import load_catalogues
from bots.papers import Papers
from bots.sound import open_sound
from core.jobs import Job, JobKind
from core.ports import DiskFull
from core.rules import load_rules
from core.work.recipes import Recipes
from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.database import open_database
from storage.objects import open_objects
from storage.secret import SecretKey
from tests.disks import small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 MB."""
    with small_disk(tmp_path / "disk", "size=64m") as folder:
        yield folder


@pytest.fixture
async def blobs(url: str, disk: Path, tmp_path: Path) -> AsyncIterator[SealedBlobs]:
    async with open_database(url) as database:
        objects = open_objects((tmp_path / "blobs").as_uri())
        yield SealedBlobs(objects, BlobKeys(database), SecretKey.fresh(), disk)


def lying(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_a_song_that_finds_no_room_is_not_called_broken_and_passes_once_there_is_some(
    blobs: SealedBlobs, disk: Path, song: Path, tmp_path: Path
) -> None:
    source = await blobs.put(song, scope="ann")
    asked = {"source": source.key, "title": "Midnight Drive", "max_minutes": 15, "scope": "ann"}
    job = Job("job-1", JobKind.INTAKE, "ann", payload=asked)
    full = disk / "full"
    full.write_bytes(bytes((64 << 20) - source.size - (1 << 20)))  # the copy has room, its samples have not
    async with open_sound(1, tmp_path) as sound:
        recipes = Recipes(blobs, sound, {}, {}, load_rules(None), load_catalogues(), disk, Papers())
        with pytest.raises(DiskFull):
            await recipes.perform(job, lambda share, stage: None)
        assert lying(disk) == ["full"]
        full.unlink()
        assert (await recipes.perform(job, lambda share, stage: None))["pcm"]


async def test_with_no_room_for_its_copy_a_blob_is_not_even_begun(
    blobs: SealedBlobs, disk: Path, song: Path
) -> None:
    source = await blobs.put(song, scope="ann")
    (disk / "full").write_bytes(bytes((64 << 20) - source.size // 2))
    with pytest.raises(DiskFull):
        async with blobs.open(source.key):
            pass
    assert lying(disk) == ["full"]


async def test_a_disk_that_is_full_is_counted_and_seen_to_be(disk: Path) -> None:
    objects = open_objects((disk / "blobs").as_uri())
    (disk / "full").write_bytes(bytes(63 << 20))
    assert (left := objects.free()) is not None
    assert left <= 1 << 20

    async def pieces() -> AsyncIterator[bytes]:
        yield bytes(2 << 20)

    with pytest.raises(DiskFull):
        await objects.write("sealed/a", pieces())
    assert objects.failures == {"full": 1}
    (disk / "full").unlink()
    assert objects.free() == left + (63 << 20)
