"""One way through a song from its first frame to its last, for everything that has to hear all of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.clicks import AROUND, Surface, cell_frames
from dsp.flat import Flat
from dsp.meter import Meter, Reading
from dsp.phase import Lowest, Phase
from dsp.quiet import Quiet, Rest
from dsp.sound import Sound
from dsp.spots import Spots

CELLS = 2048
"""Cells of a piece, 1.5 s at 44.1 kHz: a power of two, for the spectra of quiet pieces."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard. Times in seconds.

    peaks, means (channels): largest magnitude and mean of each, full scale at 1
    mono           one channel, or two that are equal
    clipped_samples, clipped    dsp.flat; also dropouts
    clicks, silence_start, gaps, silence_end   dsp.clicks
    least, least_low   where the channels agree least, of all and of the bass; None for one channel
    delay          frames by which right is later than left
    rest           dsp.quiet
    """

    reading: Reading
    peaks: NDArray[np.float64]
    means: NDArray[np.float64]
    mono: bool
    clipped_samples: int
    clipped: Spots
    dropouts: Spots
    clicks: tuple[float, ...]
    silence_start: float
    gaps: Spots
    silence_end: float
    least: Lowest | None
    least_low: Lowest | None
    delay: int
    rest: Rest | None


def listen(sound: Sound) -> Heard:
    """Hear all of a song, a piece at a time."""
    rate, channels, frames = sound.rate, sound.channels, sound.frames
    meter, flat = Meter(rate, channels), Flat(rate, channels)
    surface, quiet = Surface(rate, channels), Quiet(rate)
    phase = Phase(rate) if channels == 2 else None
    peaks, sums, mono = np.zeros(channels), np.zeros(channels), True
    size = CELLS * cell_frames(rate)
    for start in range(0, frames, size):
        heard = min(size, frames - start)
        cells = -(-heard // cell_frames(rate))
        around = sound.read(start - AROUND, start + cells * cell_frames(rate) + AROUND)
        piece = around[:, AROUND : AROUND + heard]
        peaks = np.maximum(peaks, np.maximum(piece.max(axis=1), -piece.min(axis=1)))
        sums += piece.sum(axis=1, dtype=np.float64)
        mono = mono and np.array_equal(piece[0], piece[-1])
        meter.add(piece)
        # The silence after the song ends what stands still until there.
        last = start + heard == frames
        flat.hear(around[:, AROUND : AROUND + heard + last], start)
        surface.hear(around)
        quiet.hear(piece, start)
        if phase:
            phase.hear(piece, start)
    samples, clipped = flat.clipped()
    before, gaps, after = surface.silences(frames / rate)
    return Heard(
        reading=meter.reading(),
        peaks=peaks,
        means=sums / frames,
        mono=mono,
        clipped_samples=samples,
        clipped=clipped,
        dropouts=flat.dropouts(),
        clicks=surface.clicks(),
        silence_start=before,
        gaps=gaps,
        silence_end=after,
        least=phase.lowest() if phase else None,
        least_low=phase.lowest(bass=True) if phase else None,
        delay=phase.delay() if phase else 0,
        rest=quiet.rest(),
    )
