"""Clipped places and dropouts, heard piece by piece."""

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.plateaus import plateaus
from dsp.spots import NEAR_SECONDS, Spots, few

NEAR_PEAK = 0.85
"""A flat top lies this near to the song's highest sample: lower ones are the shape of an instrument."""
QUIETEST = 10 ** (-70 / 20)
DROPOUT_SECONDS = 0.001
MOST_DROPOUTS = 100
"""A wave that stands at nothing more often than this is meant to: it is a pulse."""


class Flat:
    """Where the waves of a song stand still."""

    def __init__(self, rate: int, channels: int) -> None:
        self._rate = rate
        self._state = np.zeros((channels, 3))
        self._peak = 0.0
        self._tops: list[NDArray[np.float64]] = []
        self._dropouts: list[tuple[float, float]] = []

    def hear(self, piece: NDArray[np.float32], began: int) -> None:
        """The next (channels, frames), whose first is frame `began` of the song."""
        self._peak = max(self._peak, float(piece.max(initial=0.0)), -float(piece.min(initial=0.0)))
        least = np.float32(max(NEAR_PEAK * self._peak, QUIETEST))
        gap, dropout = round(NEAR_SECONDS * self._rate), max(3, round(DROPOUT_SECONDS * self._rate))
        places = np.empty((piece.shape[1] // gap + piece.shape[1] // dropout + 3, 4))
        for state, channel in zip(self._state, piece, strict=True):
            found = places[: plateaus(channel, least, gap, dropout, began, state, places)]
            tops = found[found[:, 3] > 0]
            self._tops.append(tops)
            silent = found[found[:, 3] == 0]
            self._dropouts += [
                (start / self._rate, end / self._rate) for start, end in silent[:, :2].tolist()
            ]

    def clipped(self) -> tuple[int, Spots]:
        """Samples on flat tops, all channels together, and the places they are in."""
        tops = np.concatenate([np.empty((0, 4)), *self._tops])
        tops = tops[tops[:, 3] >= NEAR_PEAK * self._peak]
        return int(tops[:, 2].sum()), few([tuple(place) for place in (tops[:, :2] / self._rate).tolist()])

    def dropouts(self) -> Spots:
        """Where the sound stops dead and starts again; none in a wave that is made of such places."""
        return few(self._dropouts) if len(self._dropouts) <= MOST_DROPOUTS else ()
