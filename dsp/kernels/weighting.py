"""K-weighted energy (ITU-R BS.1770-5 Annex 1): two biquads per channel and a square, block by block."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled

# Keeps the filter states of digital silence out of the slow denormal numbers: 500 dB under full scale.
REST = 1e-25


@compiled("void(float32[:, ::1], float64[::1], float64[::1], float64[:, ::1], int64[::1], float64[::1])")
def weighted_energy(
    audio: NDArray[np.float32],
    weights: NDArray[np.float64],
    biquads: NDArray[np.float64],
    state: NDArray[np.float64],
    edges: NDArray[np.int64],
    energy: NDArray[np.float64],
) -> None:
    """Fill energy[b] with the K-weighted sum of squares of frames edges[b] to edges[b+1], channel by weight.

    weights (channels); biquads: b0 b1 b2 a1 a2 of the shelf, then of the high-pass (a0 = 1); state
    (channels, 4): what the filters hold, zeros at the beginning of a song, advanced for the next call to go
    on where this one ended.
    """
    b0, b1, b2, a1, a2 = biquads[0], biquads[1], biquads[2], biquads[3], biquads[4]
    c0, c1, c2, d1, d2 = biquads[5], biquads[6], biquads[7], biquads[8], biquads[9]
    channels = audio.shape[0]
    energy[:] = 0.0
    # Two at a time: each is one long chain of additions, and two chains take no longer than one.
    for here in range(0, channels, 2):
        there = min(here + 1, channels - 1)
        left, right = audio[here], audio[there]
        weight = weights[here]
        other = weights[there] if there > here else 0.0
        p1, p2, q1, q2 = state[here, 0], state[here, 1], state[here, 2], state[here, 3]
        r1, r2, s1, s2 = state[there, 0], state[there, 1], state[there, 2], state[there, 3]
        for block in range(energy.size):
            total = 0.0
            beside = 0.0
            for i in range(edges[block], edges[block + 1]):
                x = left[i] + REST
                y = b0 * x + p1
                p1 = b1 * x - a1 * y + p2
                p2 = b2 * x - a2 * y
                z = c0 * y + q1
                q1 = c1 * y - d1 * z + q2
                q2 = c2 * y - d2 * z
                x = right[i] + REST
                y = b0 * x + r1
                r1 = b1 * x - a1 * y + r2
                r2 = b2 * x - a2 * y
                w = c0 * y + s1
                s1 = c1 * y - d1 * w + s2
                s2 = c2 * y - d2 * w
                total += z * z
                beside += w * w
            energy[block] += weight * total + other * beside
        state[there, 0], state[there, 1], state[there, 2], state[there, 3] = r1, r2, s1, s2
        state[here, 0], state[here, 1], state[here, 2], state[here, 3] = p1, p2, q1, q2
