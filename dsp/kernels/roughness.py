"""How smooth a waveform is, and how loud, cell by cell: what clicks and silence are found in."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled


@compiled("void(float32[::1], int64, float32[::1], float32[::1], float32[::1])")
def roughness(
    around: NDArray[np.float32],
    cell: int,
    energy: NDArray[np.float32],
    peak: NDArray[np.float32],
    level: NDArray[np.float32],
) -> None:
    """Fill one value per cell of `cell` frames. around: the samples, with two more on either side.

    energy, peak: mean and largest square of how far a sample lies off the cubic through the two before and
    the two behind it, next to nothing for what is smooth; level: largest magnitude of a sample.
    """
    third, sixth = np.float32(4.0 / 6.0), np.float32(1.0 / 6.0)
    for b in range(energy.size):
        total = np.float32(0)
        rough = np.float32(0)
        loud = np.float32(0)
        for i in range(b * cell + 2, (b + 1) * cell + 2):
            told = third * (around[i - 1] + around[i + 1]) - sixth * (around[i - 2] + around[i + 2])
            off = (around[i] - told) * (around[i] - told)
            total += off
            rough = max(rough, off)
            loud = max(loud, abs(around[i]))
        energy[b] = total / np.float32(cell)
        peak[b] = rough
        level[b] = loud
