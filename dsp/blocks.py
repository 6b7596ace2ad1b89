"""The coarse clock of gain: compressor, clipper and limiter think in blocks of a third of a millisecond."""

import numpy as np
from numpy.typing import NDArray


def block_size(rate: int) -> int:
    """Frames of one block: 16 at 44.1 and 48 kHz, 64 at 192 kHz, never less than 4."""
    return max(4, 16 * round(rate / 48000))


def block_edges(frames: int, rate: int) -> NDArray[np.int64]:
    """Frame numbers where blocks begin, and the end; the last block may be shorter."""
    block = block_size(rate)
    return np.append(np.arange(0, frames, block, dtype=np.int64), frames)


def share_gone(seconds: float, rate: int) -> float:
    """How much of the way to a new value a one-pole smoother with this time constant goes in one block."""
    return float(-np.expm1(-block_size(rate) / (seconds * rate)))
