"""What left and right have to do with each other, heard piece by piece: where they cancel, and whether one is
late.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LOW_HERTZ = 120.0
WINDOW_SECONDS = 0.19
MOST_DELAY_SECONDS = 0.03
LEAST_DELAY = 3
"""Frames. What is closer is within the width of the correlation's peak."""
DELAY_BAND = (100.0, 10000.0)
ALIKE = 0.5
"""Correlation of the channels at the delay: two microphones in a room are far below."""
AUDIBLE = 0.05
"""Pieces with less than this share of the mean power cancel unheard."""
STRETCH = 3
"""Pieces that are taken together."""


@dataclass(frozen=True, slots=True)
class Lowest:
    """The correlation of left and right where it is lowest, and when that is, s."""

    correlation: float
    at: float


class Phase:
    """Left and right of a stereo song, by one window from the middle of each piece."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = 1 << round(math.log2(rate * WINDOW_SECONDS))
        self._window = np.hanning(self._size + 1)[:-1].astype(np.float32)
        self._hertz = np.arange(self._size // 2 + 1) * (rate / self._size)
        self._cross = np.zeros(self._size // 2 + 1, np.complex128)
        self._power = np.zeros((2, self._size // 2 + 1))
        self._pieces: list[tuple[float, ...]] = []
        self._begins: list[float] = []

    def hear(self, piece: NDArray[np.float32], began: int) -> None:
        """The next (2, frames), whose first is frame `began` of the song."""
        start = max(0, (piece.shape[1] - self._size) // 2)
        cut = piece[:, start : start + self._size]
        bins = np.fft.rfft(cut * self._window[: cut.shape[1]], self._size)
        left, right = (np.square(side.real) + np.square(side.imag) for side in bins)
        cross = bins[0] * bins[1].conj()
        self._power += left, right
        self._cross += cross
        low = slice(1, int(np.searchsorted(self._hertz, LOW_HERTZ)))
        rest = slice(1, None)
        self._pieces.append(
            tuple(float(x[part].sum()) for part in (rest, low) for x in (left, right, cross.real))
        )
        self._begins.append(began / self._rate)

    def lowest(self, *, bass: bool = False) -> Lowest | None:
        """Where left and right agree least, of all or below 120 Hz; None where nothing is heard of it."""
        told = np.array(self._pieces).reshape(-1, 2, 3)[:, 1 if bass else 0]
        width = min(STRETCH, len(told))
        if not width:
            return None
        total = np.concatenate((np.zeros((1, 3)), np.cumsum(told, axis=0)))
        left, right, shared = (total[width:] - total[:-width]).T
        power = np.sqrt(np.maximum(left, 0) * np.maximum(right, 0))
        heard = power > AUDIBLE * float(power.mean())
        if not heard.any():
            return None
        correlation = np.where(heard, shared / np.where(heard, power, 1.0), 1.0)
        at = int(correlation.argmin())
        return Lowest(max(-1.0, float(correlation[at])), self._begins[at])

    def delay(self) -> int:
        """Frames by which right is later than left, negative where it is earlier; 0 where neither is.

        Found as the peak of the smoothed coherence transform (Carter, Nuttall and Cable, 1973): the
        cross-spectrum over the geometric mean of both spectra, back in time.
        """
        inside = (self._hertz > DELAY_BAND[0]) & (self._hertz < min(DELAY_BAND[1], 0.4 * self._rate))
        both = np.sqrt(self._power[0] * self._power[1])
        heard = inside & (both > 1e-12 * float(both.max(initial=1e-30)))
        if not heard.any():
            return 0
        coherent = np.where(heard, self._cross / np.where(heard, both, 1.0), 0.0)
        lags = np.abs(np.fft.irfft(coherent, self._size)) * self._size / (2 * np.count_nonzero(heard))
        most = min(round(MOST_DELAY_SECONDS * self._rate), self._size // 2 - 1)
        near = np.concatenate((lags[-most:], lags[: most + 1]))
        at = int(near.argmax()) - most
        found = abs(at) >= LEAST_DELAY and near.max() > max(ALIKE, 2 * lags[0])
        return -at if found else 0
