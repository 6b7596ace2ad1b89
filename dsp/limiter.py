"""A look-ahead true-peak limiter, as a gain curve.

What every block may be multiplied by follows from its true peak. The least of that is held for 12 ms, longer
than half a period of 42 Hz, so that the gain stands still while a bass note swings. It comes back in two
times at once: quickly after a lone peak, slowly to where it has been for the last second when peaks follow
each other, which keeps low notes clean below 42 Hz too. And it is rounded by two moving averages, so that it
has already arrived when the peak does. At every block the curve is at most what that block may take.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size, share_gone
from dsp.kernels.gain import averaged, held_least, released
from dsp.kernels.peaks import envelope

LOOK_AHEAD_SECONDS = 0.002
HOLD_SECONDS = 0.012
FAST_SECONDS = 0.040
SLOW_SECONDS = 0.300
BUILD_SECONDS = 1.0
SPARE = 0.6
"""Peaks are found this much deeper than asked, because the search for the level will ask for more."""


class BlockPeaks:
    """The true peaks of a song's blocks under a slow gain, found as deep down as they are asked for."""

    def __init__(self, audio: NDArray[np.float32], rate: int, shape: NDArray[np.float32]) -> None:
        """audio: (channels, frames); shape: gain of each block, at most 1, straight from middle to middle."""
        self._audio = audio
        self._block = block_size(rate)
        # A block is touched by the lines from its middle to its neighbours' middles: the largest of the
        # three counts.
        padded = np.pad(shape, 1, mode="edge")
        self._gain = np.maximum(np.maximum(padded[:-2], padded[2:]), shape)
        self._floor = np.inf
        self._peaks = np.empty(0, np.float32)

    def above(self, floor: float) -> NDArray[np.float32]:
        """True peak of each block (linear, 8 times oversampled), exact where it exceeds `floor`."""
        if floor < self._floor:
            self._floor = floor * SPARE
            self._peaks = np.zeros(self._gain.size, np.float32)
            for channel in self._audio:
                envelope(channel, self._block, np.float32(self._floor), self._peaks)
            self._peaks *= self._gain
        return self._peaks


def limiting(peaks: NDArray[np.float32], most: float, rate: int) -> NDArray[np.float32]:
    """Gain of each block, linear and at most 1, under which no block's peak exceeds `most`.

    peaks: true peak of each block (linear); most in the same unit. The gain between the middles of two blocks
    is meant to go straight from one to the other.
    """
    rate_of_blocks = rate / block_size(rate)
    half = max(1, round(LOOK_AHEAD_SECONDS * rate_of_blocks / 2))
    # One block more on either side: the straight line to the next middle passes through this block too.
    reach = 2 * half + 1
    wanted = np.minimum(np.float32(1), np.float32(most) / np.maximum(peaks, np.float32(1e-12)))
    gain = np.empty_like(wanted)
    held_least(wanted, reach + round(HOLD_SECONDS * rate_of_blocks), reach, gain)
    fast, slow, build = (share_gone(s, rate) for s in (FAST_SECONDS, SLOW_SECONDS, BUILD_SECONDS))
    released(gain, fast, slow, build)
    averaged(gain, 2 * half + 1, wanted)
    averaged(wanted, 2 * half + 1, gain)
    return gain
