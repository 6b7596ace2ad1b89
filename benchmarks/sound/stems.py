"""A rough mix from stems: faders that were pulled apart come back to where the artist had them."""

from collections.abc import Sequence
from itertools import combinations
from math import inf
from random import Random
from statistics import mean

from benchmarks.sound import engine
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run

APART_DB = 12.0
TRIES = 4
SECONDS, QUICK_SECONDS = inf, 60.0
"""A balance is that of a whole song: an excerpt has no rests, or no solo."""


def astray(wanted: Sequence[float], given: Sequence[float]) -> float:
    """By how much two faders stand apart otherwise than they should, dB, on average over all pairs."""
    off = [there - here for here, there in zip(wanted, given, strict=True)]
    return mean(abs(one - other) for one, other in combinations(off, 2))


def rows(run: Run) -> list[Row]:
    random = Random(1)
    found: list[float] = []
    songs = run.corpus.with_stems[: 1 if run.quick else None]
    for source in songs:
        stems = source.stems(QUICK_SECONDS if run.quick else SECONDS)
        for _ in range(TRIES):
            pulled = [random.uniform(-APART_DB, APART_DB) for _ in stems]
            turned = [stem.turned(db).audio for stem, db in zip(stems, pulled, strict=True)]
            given = engine.faders(turned, stems[0].rate, [stem.name for stem in stems])
            found.append(astray([-db for db in pulled], given))
    if not found:
        return []
    return [Row("stems, faders off by", mean(found), Bar(2.4, 1.8, unit=" dB"), f"{len(songs)} songs")]
