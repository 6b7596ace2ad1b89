"""Twelve songs that belong together: what was meant between them stays, and both cores are used."""

from itertools import pairwise
from time import perf_counter

import soundfile

from benchmarks.sound import engine, meters
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run

SONGS = 12
SECONDS, QUICK_SECONDS = 240.0, 15.0
TARGET = -11.0
LEVEL = -26.0
"""LUFS of the first song: low enough that no file is cut off at full scale."""
STEPS_DB = (0.0, -3.0, 1.0, -6.0, 0.5, -1.5)
"""How the songs of the album differ on purpose."""


def rows(run: Run) -> list[Row]:
    seconds = QUICK_SECONDS if run.quick else SECONDS
    minutes = SONGS * seconds / 60
    # The floor is one of whole songs: of short ones a start counts for more.
    wall = Bar(None if run.quick else 12 * minutes / 48, 8 * minutes / 48, unit=" s", digits=1)
    spent, differ = _made(run, seconds)
    return [
        Row("album of 12, differences of loudness off by", differ, Bar(0.1, unit=" LU")),
        Row(f"album of 12, {minutes:.0f} min, wall", spent, wall, "on all cores"),
    ]


def _made(run: Run, seconds: float) -> tuple[float, float]:
    """Wall seconds, and the most by which a step from song to song has changed, LU."""
    paths, loud = [], []
    for number, source in enumerate(run.corpus.chosen(SONGS)):
        song = source.song(seconds).as_long_as(seconds)
        level = LEVEL + STEPS_DB[number % len(STEPS_DB)]
        song = song.turned(level - meters.integrated(song.audio, song.rate))
        loud.append(level)
        paths.append(run.written(song))
    began = perf_counter()
    masters = engine.album(paths, run.folder, TARGET)
    wall = perf_counter() - began
    became = []
    for path in masters:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
        became.append(meters.integrated(samples.T, rate))
    steps = [(b - a) - (y - x) for (a, b), (x, y) in zip(pairwise(became), pairwise(loud), strict=True)]
    return wall, max(map(abs, steps))
