"""Blobs for tests of what uses them, over the rows of a real database."""

from pathlib import Path

from storage.blob_keys import BlobKeys
from storage.blobs import SealedBlobs
from storage.objects import open_objects
from storage.secret import SecretKey


def blobs_in(folder: Path, keys: BlobKeys, secret: SecretKey | None = None) -> SealedBlobs:
    """Blobs in a folder, with the copies that are opened beside them; with a `secret`, also of before."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return SealedBlobs(open_objects((folder / "blobs").as_uri()), keys, secret or SecretKey.fresh(), scratch)
