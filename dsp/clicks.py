"""Clicks and silences, heard piece by piece on a grid of cells of two thirds of a millisecond.

A click is a spike or a step alone in what is smooth around it: of all that is rough within 5 ms, nearly all
is in one cell. An onset is rough too, but what follows it is as well.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.roughness import roughness
from dsp.spots import Spots

AROUND = 2
"""Frames that have to be known on either side of a piece."""
SILENCE = np.float32(10 ** (-70 / 20))
LEAST = 0.02**2
"""Square of the smallest click that is told of: 34 dB under full scale."""
ALONE = 10 ** (42 / 10)
"""By how much a click's largest square exceeds the mean squares on both sides of it: struck wood and plucked
strings come to 39 dB."""
SIDE = 8
"""Cells on either side that it is held against, without the one next to it."""
MOST_CLICKS = 60
"""A song with more of them in a minute is made of clicks."""
GAP_SECONDS = 1.0


def cell_frames(rate: int) -> int:
    """Frames of a cell: 32 at 44.1 and 48 kHz, 128 at 192 kHz, never less than 8."""
    return max(8, 32 * round(rate / 48000))


class Surface:
    """How rough and how loud a song is from cell to cell."""

    def __init__(self, rate: int, channels: int) -> None:
        self._cell = cell_frames(rate)
        self._seconds = self._cell / rate
        # Of the cells before: what the next ones are held against, and those that had no right side yet.
        self._energy = np.zeros((channels, 2 * SIDE), np.float32)
        self._peak = np.zeros((channels, 2 * SIDE), np.float32)
        self._heard = 0
        self._clicks: list[int] = []
        self._sounding: list[NDArray[np.bool_]] = []

    def hear(self, around: NDArray[np.float32]) -> None:
        """The next (channels, whole cells), with AROUND frames more on either side."""
        cells = (around.shape[1] - 2 * AROUND) // self._cell
        energy, peak, level = (np.empty((around.shape[0], cells), np.float32) for _ in range(3))
        for channel, *told in zip(around, energy, peak, level, strict=True):
            roughness(channel, self._cell, *told)
        self._sounding.append(np.asarray((level > SILENCE).any(axis=0)))
        energy = np.concatenate((self._energy, energy), axis=1)
        peak = np.concatenate((self._peak, peak), axis=1)
        for alone in np.flatnonzero(_alone(energy, peak).any(axis=0)).tolist():
            self._clicks.append(self._heard - SIDE + alone)
        self._energy, self._peak = energy[:, -2 * SIDE :], peak[:, -2 * SIDE :]
        self._heard += cells

    def clicks(self) -> tuple[float, ...]:
        """When there are clicks (s); none in a song that is made of them."""
        apart = [cell for n, cell in enumerate(self._clicks) if n == 0 or cell - self._clicks[n - 1] > 1]
        minutes = max(1.0, self._heard * self._seconds / 60)
        return tuple(cell * self._seconds for cell in apart) if len(apart) <= MOST_CLICKS * minutes else ()

    def silences(self, duration: float) -> tuple[float, Spots, float]:
        """Seconds of silence before the music, (start, end) of those of a second and more within it, and
        seconds of silence after it. All of a silent song lies before.
        """
        sounding = np.flatnonzero(np.concatenate([np.empty(0, np.bool_), *self._sounding]))
        if not sounding.size:
            return duration, (), 0.0
        long = np.flatnonzero(np.diff(sounding) * self._seconds > GAP_SECONDS)
        within = [((sounding[n] + 1) * self._seconds, sounding[n + 1] * self._seconds) for n in long]
        start, end = int(sounding[0]) * self._seconds, (int(sounding[-1]) + 1) * self._seconds
        return start, tuple((float(a), float(b)) for a, b in within), max(0.0, duration - end)


def _alone(energy: NDArray[np.float32], peak: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which cells hold a click, from the SIDE-th to the SIDE-th before the last."""
    total = np.concatenate(
        (np.zeros((energy.shape[0], 1)), np.cumsum(energy, axis=1, dtype=np.float64)), axis=1
    )
    width = SIDE - 1
    sides = (total[:, width:] - total[:, :-width]) / width
    cells = energy.shape[1] - 2 * SIDE
    left, right = sides[:, :cells], sides[:, SIDE + 2 : SIDE + 2 + cells]
    here = peak[:, SIDE : SIDE + cells]
    return np.asarray((here > LEAST) & (here > ALONE * np.maximum(left, right)))
