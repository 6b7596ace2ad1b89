"""Mid and side."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.compiled import compiled


@compiled("void(float32[:, ::1], float32)")
def scale_side(audio: NDArray[np.float32], gain: np.float32) -> None:
    """Multiply (left - right) / 2 by `gain`, in place."""
    left, right = audio[0], audio[1]
    half = np.float32(0.5)
    for i in range(audio.shape[1]):
        mid = half * (left[i] + right[i])
        side = half * (left[i] - right[i]) * gain
        left[i] = mid + side
        right[i] = mid - side
