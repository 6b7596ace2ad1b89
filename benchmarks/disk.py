"""What the disk takes by itself, all the while that a bench runs beside it.

A reply waits until what it says is on the disk, and the disk of a shared machine stands still now and then
for tenths of a second, whoever asks it. So a process of its own writes a page every few milliseconds into a
file that is as long as it will be, waits for it, and notes when that took long. What is judged are the
replies that the disk had no part in; both figures are shown, and how many were left out.
"""

import math
import mmap
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

EVERY = 0.01  # seconds between two pages
STILL = 0.02  # seconds that a page takes if the disk stands still: some forty times the usual
PAGES = 256
LOOK = 20.0  # seconds for which a disk and the cores are watched before they are said to rest
RESTING = 0.01  # the share of them that it may stand still then
USUAL = 0.002  # seconds in which nineteen pages of twenty are on a disk that rests: some four times the usual
BUSY = 0.1  # the part of one core that others may use meanwhile
ENOUGH = 100  # spans from which a p99 can be told
PATIENCE = 900.0  # seconds that it may take to come to rest
LASTING = 10.0  # seconds after which a process that does not end is left to itself

Span = tuple[float, float]
"""From when to when, in seconds of the monotonic clock, which is the same in all processes."""


@dataclass(slots=True)
class Disk:
    """When a disk stood still while it was watched; known when the watch is over."""

    begun: float = 0.0
    ended: float = 0.0
    still: list[Span] = field(default_factory=list)
    slow: float = 0.0  # the part (0..1) of the pages that took longer than USUAL
    spent: float = 0.0  # seconds of a core that watching took

    @property
    def share(self) -> float:
        """The part (0..1) of the time in which it stood still."""
        return self.waited((self.begun, self.ended)) / max(1e-9, self.ended - self.begun)

    @property
    def longest(self) -> float:
        """Seconds that it stood still at most."""
        return max((end - begin for begin, end in self.still), default=0.0)

    def waited(self, span: Span) -> float:
        """Seconds of a span in which the disk stood still."""
        return sum(max(0.0, min(end, span[1]) - max(begin, span[0])) for begin, end in self.still)

    def undisturbed(self, spans: Sequence[Span]) -> list[float]:
        """Seconds that those spans lasted that the disk had no part in.

        Left out is what it stood still in, and what began while such a one still went on: whoever comes after
        a standstill waits for all who came in it.
        """
        lasted, until = [], -math.inf
        for begin, end in sorted(spans):
            if begin < until or self.waited((begin, end)) > 0:
                until = max(until, end)
            else:
                lasted.append(end - begin)
        return lasted

    def p99(self, spans: Sequence[Span]) -> float:
        """Seconds under which 99 of 100 of those stayed; infinite where too few are left to say."""
        lasted = sorted(self.undisturbed(spans))
        return lasted[int(0.99 * len(lasted))] if len(lasted) >= ENOUGH else math.inf


@contextmanager
def watched_disk(folder: Path) -> Iterator[Disk]:
    """The disk that a folder lies on, watched until the context ends."""
    disk = Disk()
    mine, its = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_watch, args=(folder, its), daemon=True)
    process.start()
    its.close()
    try:
        mine.recv()  # it has begun
        disk.begun = time.monotonic()
        yield disk
    finally:
        disk.ended = time.monotonic()
        with mine:
            mine.send(None)
            if mine.poll(LASTING):
                still, disk.slow, disk.spent = mine.recv()
                disk.still.extend(still)
        process.join(LASTING)
        process.kill()


def comes_to_rest(folder: Path) -> None:
    """Return when what was written before is done with and the cores are free, or after a quarter of an hour.

    The disk of a machine that is one of many is given so much to do in a time: who has just written some
    tens of gigabytes has used that up, and every page then waits for its turn.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with watched_disk(folder) as disk:
            before = _worked()
            time.sleep(LOOK)
            worked = _worked() - before
        busy = (worked - disk.spent) / LOOK
        if disk.share < RESTING and disk.slow < 0.05 and busy < BUSY:
            return


def _worked() -> float:
    """Seconds of a core that all processes of this machine have used (proc(5), `stat`)."""
    user, nice, system, *_ = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def _watch(folder: Path, watcher: Connection) -> None:
    """Write pages until the watcher says something, then answer when the disk stood still."""
    page = mmap.PAGESIZE
    still: list[Span] = []
    slow = 0
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(page * PAGES))
        file.flush()
        os.fsync(file.fileno())
        watcher.send(None)
        before = time.process_time()
        for number in count():
            begun = time.monotonic()
            os.pwrite(file.fileno(), number.to_bytes(8, "little") * (page // 8), page * (number % PAGES))
            os.fdatasync(file.fileno())
            ended = time.monotonic()
            slow += ended - begun > USUAL
            if ended - begun > STILL:
                still.append((begun, ended))
            if watcher.poll(EVERY):
                break
    watcher.send((still, slow / (number + 1), time.process_time() - before))
