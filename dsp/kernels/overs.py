"""The true peak of a part of a channel, and where in it the curve between the samples is over a limit."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled
from dsp.kernels.peaks import (
    BEFORE,
    CHUNK,
    NEAR,
    REACH_4,
    REACH_8,
    TAPS,
    interpolated_4,
    interpolated_8,
    looked_at,
    take,
)


@compiled("float32(float32[::1], int64, int64, int64, float32, float32, uint8[::1])")
def highest_between(
    channel: NDArray[np.float32],
    factor: int,
    first: int,
    end: int,
    known: np.float32,
    limit: np.float32,
    overs: NDArray[np.uint8],
) -> np.float32:
    """The highest true peak (linear) from frame `first` up to `end`, or `known` if nothing exceeds it.

    factor: 4 or 8. overs[n] becomes 1 where the n-th CHUNK of frames exceeds `limit`; it may be empty where
    the limit is infinite. What lies outside the channel is silence, and `first` and `end` may lie there.
    """
    padded = np.empty(CHUNK + TAPS - 1, np.float32)
    peaks = np.empty(CHUNK, np.float32)
    near = np.empty(CHUNK + 2 * NEAR, np.float32)
    reach = REACH_4 if factor == 4 else REACH_8
    best = known
    for start in range(first, end, CHUNK):
        if take(channel, start, padded) * reach <= min(best, limit):
            continue
        if factor == 4:
            interpolated_4(padded, peaks)
        else:
            here = start - BEFORE - NEAR
            if here < 0 or here + near.size + TAPS - 1 > channel.size:
                interpolated_8(padded, peaks)  # what comes before or after may not be silence
            elif looked_at(channel[here:][: near.size + TAPS - 1], near, peaks, min(best, limit)) >= 0:
                continue
        peak = np.float32(0)
        for i in range(min(CHUNK, end - start)):
            peak = max(peak, peaks[i])
        if peak > limit:
            overs[(start - first) // CHUNK] = 1
        best = max(best, peak)
    return best
