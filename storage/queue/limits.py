"""What one run in a process of the pool may take."""

from dataclasses import dataclass
from pathlib import Path

GIGABYTE = 1 << 30


@dataclass(frozen=True, slots=True)
class Confines:
    """What a run may open: `reads` for reading (files, and all below folders), all below `writes` (folders),
    and Python's libraries.
    """

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """seconds: of the clock, from the moment a process has the run; it is killed then.

    memory: bytes that it may map on top of what the process holds already; beyond it dies.
    file: bytes that one of its files may grow to; writing more is an OSError (EFBIG).
    confines: None leaves all files of this user to it. Needs Landlock (Linux), nothing happens without.
    """

    seconds: float = 1800.0
    memory: int = 3 * GIGABYTE
    file: int = GIGABYTE
    confines: Confines | None = None
