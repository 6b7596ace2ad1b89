"""Flat tops: where a waveform ran into a ceiling and was cut off."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled


@compiled("int64(float32[::1], float32, int64, int64[:, ::1])")
def flat_tops(channel: NDArray[np.float32], least: np.float32, gap: int, places: NDArray[np.int64]) -> int:
    """Find plateaus: three or more neighbours of one value, at least `least` in magnitude, entered or left
    with a corner.

    A corner is a step of more than 0.001: the crest of a slow sine has equal neighbours too, but no corner.
    Fills places[n] = (first, end, samples) of regions, plateaus less than `gap` frames apart together;
    returns n. places must hold frames // gap + 1 rows.
    """
    corner = np.float32(0.001)
    found = 0
    i = 1
    size = channel.size
    while i < size:
        value = channel[i]
        if abs(value) < least or channel[i - 1] != value:
            i += 1
            continue
        first = i - 1
        while i < size and channel[i] == value:
            i += 1
        entered = abs(value - channel[first - 1]) > corner if first > 0 else False
        left = abs(value - channel[i]) > corner if i < size else False
        if i - first < 3 or not (entered or left):
            continue
        if found > 0 and first - places[found - 1, 1] < gap:
            places[found - 1, 1] = i
            places[found - 1, 2] += i - first
        else:
            places[found, 0] = first
            places[found, 1] = i
            places[found, 2] = i - first
            found += 1
    return found
