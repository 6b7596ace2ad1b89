"""Width: the level of what is different between left and right."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.stereo import scale_side


def widen(audio: NDArray[np.float32], side_db: float) -> None:
    """Raise or lower the side signal of (2, frames) in place; one channel has none."""
    if audio.shape[0] == 2 and side_db != 0.0:
        scale_side(audio, np.float32(10 ** (side_db / 20)))
