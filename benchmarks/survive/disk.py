"""A disk in memory that can be full: only root may mount one, elsewhere that fault is left out."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Disk:
    """A mounted file system of its own, of `size` bytes."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._size = size

    def fill(self) -> None:
        """Leave no room: from now on the disk is as large as what lies on it."""
        while not self._resize(self._used()):  # somebody wrote meanwhile
            pass

    def clear(self) -> None:
        """Give the room back."""
        self._resize(self._size)

    def _used(self) -> int:
        found = os.statvfs(self._folder)
        return (found.f_blocks - found.f_bfree) * found.f_frsize

    def _resize(self, size: int) -> bool:
        return _run("mount", "-o", f"remount,size={size}", str(self._folder))


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Disk | None]:
    """A disk of `size` bytes at a new folder until the context ends; None where that is not allowed."""
    folder.mkdir()
    mounted = os.geteuid() == 0 and _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    try:
        yield Disk(folder, size) if mounted else None
    finally:
        if mounted:
            _run("umount", "--lazy", str(folder))


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
