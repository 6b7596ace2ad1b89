"""Whether compressor and clipper earn their places: the same master with and without, at the same loudness.

What either saves the limiter counts, for that is what moves the level of all that plays; the other price is
what the hits lose. Tone and width are left alone here.
"""

from dataclasses import dataclass, replace
from statistics import mean

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
SECONDS, QUICK_SECONDS = 60.0, 20.0
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
    """The clipper on the dense piece as loud as it goes without, the compressor on all kinds likewise."""
    seconds = QUICK_SECONDS if run.quick else SECONDS
    dense = run.dense.excerpt(seconds)
    plain = made(dense, LOUDEST, UNCLIPPED)
    clipped = made(dense, plain.lufs, PLAIN)
    songs = [source.song(seconds) for source in run.corpus.chosen(QUICK_SONGS if run.quick else SONGS)]
    free = [made(song, LOUD, UNPRESSED) for song in songs]
    pressed = [made(song, other.lufs, PLAIN) for song, other in zip(songs, free, strict=True)]
    hits = [mean(each.crest for each in masters) for masters in (pressed, free)]
    return [
        Row(
            "clipper, dense, up to -8 LUFS: left to the limiter",
            clipped.reduction,
            Bar(plain.reduction, unit=" dB"),
            f"{clipped.told}; without it {plain.told}",
        ),
        Row(
            "bus compressor, up to -9 LUFS: left to the limiter",
            mean(each.reduction for each in pressed),
            Bar(mean(each.reduction for each in free), unit=" dB"),
            f"{len(songs)} songs as loud as without; hits lose {hits[0]:.2f} dB, {hits[1]:.2f} without",
        ),
    ]
