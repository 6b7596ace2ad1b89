"""What the files of a zip are called once they are out of it."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from core.songs import file_name


def named_apart(paths: Sequence[str]) -> list[str]:
    """A name for each file, no two of them alike: its own; where others of the zip have the same, after the
    folder that it was in; with a number where that does not help. paths: with slashes.
    """
    names = [_last(path, 1) for path in paths]
    alike = Counter(name.lower() for name in names)
    taken: set[str] = set()
    apart = []
    for path, name in zip(paths, names, strict=True):
        wanted = _last(path, 2) if alike[name.lower()] > 1 else name
        unlike, number = wanted, 1
        while unlike.lower() in taken:
            number += 1
            stem, dot, ending = wanted.rpartition(".")
            unlike = f"{stem} ({number}).{ending}" if dot else f"{wanted} ({number})"
        taken.add(unlike.lower())
        apart.append(unlike)
    return apart


def _last(path: str, parts: int) -> str:
    """The last parts of a path as a name that every file system takes."""
    return file_name(" - ".join(part for part in PurePosixPath(path).parts[-parts:] if part != "/"))
