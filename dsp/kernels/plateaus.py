"""Where a waveform stands still: tops cut off flat at a ceiling, and dropouts."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled

CORNER = np.float32(0.001)
"""A step; the crest of a slow sine has equal neighbours too, but is neither entered nor left with one."""
EDGE = np.float32(0.02)
"""The step with which a dropout begins and ends."""


@compiled("int64(float32[::1], float32, int64, int64, int64, float64[::1], float64[:, ::1])")
def plateaus(
    channel: NDArray[np.float32],
    least: np.float32,
    gap: int,
    dropout: int,
    began: int,
    state: NDArray[np.float64],
    places: NDArray[np.float64],
) -> int:
    """Fill places[n] = (first, end, samples, height) with where the wave stands still; returns n.

    channel: the next piece, whose first sample is frame `began` of the song. A flat top is three
    and more neighbours of one value, at least `least` in magnitude, entered or left with a step of CORNER;
    those less than `gap` frames apart are one place, as high as its highest. A dropout is at least `dropout`
    frames of exactly nothing, entered and left with a step of EDGE; its height is 0. state: value, length of
    the plateau so far and the step into it; (0, 0, 0) at the beginning of a song.
    """
    value = np.float32(state[0])
    length = int(state[1])
    entered = np.float32(state[2])
    found = 0
    joined = -1
    for i in range(channel.size):
        x = channel[i]
        if x == value:
            length += 1
            continue
        if length >= 3:
            left = abs(x - value)
            end = began + i
            height = abs(value)
            if height >= least and max(entered, left) > CORNER:
                if joined >= 0 and end - length - places[joined, 1] < gap:
                    places[joined, 1] = end
                    places[joined, 2] += length
                    places[joined, 3] = max(places[joined, 3], height)
                else:
                    joined = found
                    found += 1
                    places[joined, 0], places[joined, 1] = end - length, end
                    places[joined, 2], places[joined, 3] = length, height
            elif height == 0 and length >= dropout and min(entered, left) > EDGE:
                places[found, 0], places[found, 1] = end - length, end
                places[found, 2], places[found, 3] = length, 0.0
                found += 1
        entered = abs(x - value)
        value = x
        length = 1
    state[0], state[1], state[2] = value, length, entered
    return found
