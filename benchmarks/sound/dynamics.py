"""Whether compressor and clipper earn their places: the same master with and without, at the same loudness.

What either saves the limiter counts, for that is what moves the level of all that plays; the other price is
what the hits lose. Tone and width are left alone here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.sound import engine, meters
from benchmarks.sound.corpus import Song
from benchmarks.sound.onsets import crest_loss
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import LOUD, Run
from benchmarks.sound.spectra import ratio_db
from dsp.settings import STYLES, Style

LOUDEST = -8.0
SONGS, QUICK_SONGS = 8, 3
SECONDS = 60.0
NEAR_LU = 0.1
PLAIN = replace(STYLES["balanced"], key="plain")
UNCLIPPED = replace(PLAIN, clipping_db=0.0)
UNPRESSED = replace(PLAIN, ratio=1.0)


@dataclass(frozen=True, slots=True)
class Made:
    """A master: LUFS by another meter, mean reduction (dB) by limiter and clipper, what is left of it when
    its song is taken out (dB), what hits lose (dB, median).
    """

    lufs: float
    reduction: float
    null: float
    crest: float

    @property
    def told(self) -> str:
        hits = f"hits lose {self.crest:.2f} dB"
        return f"{self.reduction:.2f} dB, null {self.null:.1f} dB, {hits}, {self.lufs:.2f} LUFS"


def made(song: Song, target: float, style: Style) -> Made:
    """A song at `target` LUFS."""
    master = engine.master_in(style, song.audio, song.rate, target)
    audio, exact = master.audio.astype(np.float64), song.audio.astype(np.float64)
    gain = float((exact * audio).sum() / np.square(exact).sum())
    return Made(
        meters.integrated(master.audio, song.rate),
        master.reduction_mean_db,
        ratio_db(audio - gain * exact, audio),
        crest_loss(song.audio, master.audio, song.rate)[0],
    )


def rows(run: Run) -> list[Row]:
    """The clipper on the dense piece as loud as it goes, the compressor on what is as loud either way."""
    dense = run.dense.excerpt(min(SECONDS, run.seconds))
    clipped, plain = made(dense, LOUDEST, PLAIN), made(dense, LOUDEST, UNCLIPPED)
    songs = [source.song(SECONDS) for source in run.corpus.chosen(QUICK_SONGS if run.quick else SONGS)]
    pairs = [(made(song, LOUD, PLAIN), made(song, LOUD, UNPRESSED)) for song in songs]
    pairs = [pair for pair in pairs if all(abs(each.lufs - LOUD) < NEAR_LU for each in pair)]
    pressed, free = zip(*pairs, strict=True) if pairs else ((), ())
    hits = [_mean(each.crest for each in masters) for masters in (pressed, free)]
    return [
        Row(
            "clipper, dense, -8 LUFS: left to the limiter",
            clipped.reduction,
            Bar(plain.reduction, unit=" dB"),
            f"{clipped.told}; without it {plain.told}",
        ),
        Row(
            "bus compressor, -9 LUFS: left to the limiter",
            _mean(each.reduction for each in pressed),
            Bar(_mean(each.reduction for each in free), unit=" dB"),
            f"{len(pairs)} of {len(songs)} songs are as loud either way;"
            f" hits lose {hits[0]:.2f} dB, {hits[1]:.2f} without",
        ),
    ]


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values) or [math.nan]))
