"""Sixteen bits without distortion: triangular dither of two LSB, drawn for each channel on its own (Lipshitz,
Wannamaker and Vanderkooy 1992), the same every time for the same seed.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.words import words_16


class Dither:
    """Turns one song into 16-bit words block by block; what it has drawn so far goes on in the next block."""

    def __init__(self, seed: str, channels: int) -> None:
        """seed: any text, such as the fingerprint of a version."""
        digests = (hashlib.sha256(f"{seed}:{channel}".encode()).digest() for channel in range(channels))
        # The generator must not start at zero.
        self._state = np.array([int.from_bytes(d[:8], "little") | 1 for d in digests], np.uint64)

    def words(self, audio: NDArray[np.float32]) -> NDArray[np.int16]:
        """(frames, channels) of (channels, frames); full scale at 1, what exceeds it is held there."""
        words = np.empty((audio.shape[1], audio.shape[0]), np.int16)
        words_16(np.ascontiguousarray(audio), self._state, words)
        return words
