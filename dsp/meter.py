"""A meter that hears a programme piece by piece: loudness and true peak of what it has heard so far.

It works through whole seconds, whatever the pieces are cut to, so that the same programme reads the same to
the last bit. What it keeps is one number per 1/100 s and the second that is not full yet.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.overs import highest_between
from dsp.kernels.peaks import BEFORE, CHUNK, TAPS
from dsp.loudness import GRID, WEIGHTS, Loudness, energy, filters_at_rest, grid_edges, of_energy
from dsp.true_peak import decibels, sample_peak

FULL_SCALE = np.float32(1.0)
AHEAD = TAPS - BEFORE - 1
"""Frames that have to be known beyond a frame for the curve from it to the next."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter says.

    loudness      dsp.loudness
    true_peak     dBTP; sample_peak: dBFS
    overs         (start, end) in seconds, 1/100 s and longer, of the places where the true peak is over full
                  scale, in order and apart
    """

    loudness: Loudness
    true_peak: float
    sample_peak: float
    overs: tuple[tuple[float, float], ...]


class Meter:
    """BS.1770-5 of a programme of 1, 2, 5 or 6 channels (dsp.loudness.WEIGHTS) at `rate` Hz."""

    def __init__(self, rate: int, channels: int, oversampling: Literal[4, 8] = 8) -> None:
        """Raises ValueError for any other number of channels."""
        if channels not in WEIGHTS:
            raise ValueError(f"A programme of {channels} channels has no loudness.")
        self._rate = rate
        self._oversampling = oversampling
        # One second, and before it what the interpolation still needs of the one before.
        self._heard = np.zeros((channels, TAPS + rate), np.float32)
        self._fill = 0
        self._seconds = 0
        self._filters = filters_at_rest(channels)
        self._energy: list[NDArray[np.float64]] = []
        self._true_peak = np.float32(0)
        self._sample_peak = 0.0
        self._overs: list[int] = []

    def add(self, block: NDArray[np.float32]) -> None:
        """Hear the next (channels, frames), as many as there are."""
        if block.shape[0] != self._heard.shape[0]:
            raise ValueError(f"There are {self._heard.shape[0]} channels, not {block.shape[0]}.")
        done = 0
        while done < block.shape[1]:
            taken = min(block.shape[1] - done, self._rate - self._fill)
            at = TAPS + self._fill
            self._heard[:, at : at + taken] = block[:, done : done + taken]
            self._fill += taken
            done += taken
            if self._fill == self._rate:
                self._take_in()

    def reading(self) -> Reading:
        """Of all that was heard; more may follow."""
        rest = self._heard[:, : TAPS + self._fill].copy()
        sums = [*self._energy, energy(rest, self._rate, self._edges(), self._filters.copy())]
        peak, overs = self._peaks(rest, rest.shape[1] + BEFORE)
        total = np.concatenate(([0.0], np.cumsum(np.concatenate(sums))))
        return Reading(
            loudness=of_energy(total, grid_edges(self._seconds * self._rate + self._fill, self._rate)),
            true_peak=decibels(float(peak)),
            sample_peak=decibels(max(self._sample_peak, sample_peak(rest))),
            overs=self._places([*self._overs, *overs]),
        )

    def _take_in(self) -> None:
        """The second is full."""
        self._energy.append(energy(self._heard, self._rate, self._edges(), self._filters))
        self._true_peak, overs = self._peaks(self._heard, self._heard.shape[1] - AHEAD)
        self._sample_peak = max(self._sample_peak, sample_peak(self._heard))
        self._overs += overs
        self._heard[:, :TAPS] = self._heard[:, -TAPS:]
        self._seconds += 1
        self._fill = 0

    def _edges(self) -> NDArray[np.int64]:
        return TAPS + grid_edges(self._fill, self._rate)

    def _peaks(self, heard: NDArray[np.float32], end: int) -> tuple[np.float32, list[int]]:
        """The true peak of all up to `end`, and the frames of the programme at which chunks over full scale
        begin that were not known yet.
        """
        first = TAPS - AHEAD
        peak = max(self._true_peak, np.float32(sample_peak(heard)))
        marks = np.zeros((end - first) // CHUNK + 1, np.uint8)
        for channel in heard:
            peak = highest_between(channel, self._oversampling, first, end, peak, FULL_SCALE, marks)
        began = self._seconds * self._rate - AHEAD
        return peak, (began + CHUNK * np.flatnonzero(marks)).tolist()

    def _places(self, overs: list[int]) -> tuple[tuple[float, float], ...]:
        """Chunks that follow each other within 1/100 s are one place."""
        places: list[tuple[int, int]] = []
        for start in overs:
            if places and start - places[-1][1] <= self._rate // GRID:
                places[-1] = (places[-1][0], start + CHUNK)
            else:
                places.append((max(start, 0), start + CHUNK))
        return tuple((start / self._rate, end / self._rate) for start, end in places)
