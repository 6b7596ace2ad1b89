"""Sixteen bits without distortion: triangular dither of two LSB, drawn for each channel on its own (Lipshitz,
Wannamaker and Vanderkooy 1992), the same every time for the same seed.

Shaped, the noise goes where it is not heard. What the quantiser added is fed back through a filter, the
linear prediction of noise that is weighted by the threshold of hearing (Verhelst and De Koning 2001): the
best of its length. No filter lowers the mean of a noise spectrum in dB (Gerzon and Craven 1989): what
becomes quieter around 3 kHz becomes louder above 15 kHz. That is also why no shaped noise reads much lower by
A, which hears 18 kHz nearly as well as 1 kHz: 1.6 dB is all there is at 44.1 kHz.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.words import words_16

TAPS = 9
DEAF_DB = 25.0
"""The threshold counts as no higher than this (dB SPL): it keeps the whole noise within 8 dB of white."""
POINTS = 8192


class Dither:
    """Turns one song into 16-bit words block by block; what it has drawn so far goes on in the next block."""

    def __init__(self, seed: str, channels: int, shaping: NDArray[np.float64] | None = None) -> None:
        """seed: any text, such as the fingerprint of a version; shaping: `shaped` for the rate, or none."""
        digests = (hashlib.sha256(f"{seed}:{channel}".encode()).digest() for channel in range(channels))
        # The generator must not start at zero.
        self._state = np.array([int.from_bytes(d[:8], "little") | 1 for d in digests], np.uint64)
        self._filter = np.empty(0) if shaping is None else shaping
        self._errors = np.zeros((channels, self._filter.size))

    def words(self, audio: NDArray[np.float32]) -> NDArray[np.int16]:
        """(frames, channels) of (channels, frames); full scale at 1, what exceeds it is held there."""
        words = np.empty((audio.shape[1], audio.shape[0]), np.int16)
        words_16(np.ascontiguousarray(audio), self._state, self._filter, self._errors, words)
        return words


def shaped(rate: int) -> NDArray[np.float64]:
    """The filter for errors at `rate` Hz: what is taken off the next sample for each of the last TAPS errors,
    the newest first.
    """
    hertz = np.arange(POINTS // 2 + 1) * (rate / POINTS)
    weight = 10 ** (-np.minimum(threshold(hertz), DEAF_DB) / 10)
    correlation = np.fft.irfft(weight)[: TAPS + 1]
    lags = np.abs(np.subtract.outer(np.arange(TAPS), np.arange(TAPS)))
    return np.asarray(np.linalg.solve(correlation[lags], correlation[1:]), np.float64)


def threshold(hertz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Of hearing in quiet, dB SPL (Terhardt 1979)."""
    kilohertz = np.maximum(hertz, 20.0) / 1000
    dip = 6.5 * np.exp(-0.6 * (kilohertz - 3.3) ** 2)
    return np.asarray(3.64 * kilohertz**-0.8 - dip + 1e-3 * kilohertz**4, np.float64)
