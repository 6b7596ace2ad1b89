"""What a master reads, piece by piece: the proof that it is as loud and no higher than asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size
from dsp.kernels.peaks import BEFORE, NEAR, TAPS, highest_under
from dsp.limiter import surrounded
from dsp.loudness import Loudness, energy, filters_at_rest, grid_edges, of_energy
from dsp.sound import Sound


@dataclass(frozen=True, slots=True)
class Reading:
    """loudness; peak: true peak (linear, 8 times oversampled); sample_peak (linear)."""

    loudness: Loudness
    peak: float
    sample_peak: float


def read(sound: Sound, bounds: NDArray[np.float32]) -> Reading:
    """Measure all of a song. bounds: what the true peak around each block cannot exceed (linear): only where
    that is more than what was found already does it need to be looked at, so the result is exact.
    """
    block = block_size(sound.rate)
    edges = grid_edges(sound.frames, sound.rate)
    sums = np.zeros(edges.size - 1)
    filters = filters_at_rest(sound.channels)
    peak = sample_peak = np.float32(0)
    for first, padded in surrounded(sound):
        start = max(first, 0)
        stop = min(first + padded.shape[1] - TAPS + 1 - 2 * NEAR, sound.frames)
        piece = np.ascontiguousarray(padded[:, start - first + BEFORE + NEAR :][:, : stop - start])
        sample_peak = max(sample_peak, piece.max(), -piece.min())
        peak = max(peak, sample_peak)
        for channel in padded:
            peak = highest_under(channel, first, block, bounds, peak)
        low = int(np.searchsorted(edges, start, "right")) - 1
        high = int(np.searchsorted(edges, stop, "left"))
        within = np.clip(edges[low : high + 1], start, stop) - start
        sums[low:high] += energy(piece, sound.rate, within, filters)
    total = np.concatenate(([0.0], np.cumsum(sums)))
    return Reading(of_energy(total, edges), float(peak), float(sample_peak))
