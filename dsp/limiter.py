"""A look-ahead true-peak limiter, as a gain curve.

What every block may be multiplied by follows from its true peak. The least of that is held for 12 ms, longer
than half a period of 42 Hz, so that the gain stands still while a bass note swings. It comes back in two
times at once: quickly after a lone peak, slowly to where it has been for the last second when peaks follow
each other, which keeps low notes clean below 42 Hz too. And it is rounded by two moving averages, so that it
has already arrived when the peak does. At every block the curve is at most what that block may take. Where a
style wants it, the clipper (dsp.clipper) takes the top off lone hits first; its dips are part of the curve.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size, share_gone
from dsp.clipper import clipping
from dsp.kernels.gain import averaged, bounded, held_least, released
from dsp.kernels.peaks import BEFORE, NEAR, REACH_8, TAPS, envelope
from dsp.sound import Sound, pieces

LOOK_AHEAD_SECONDS = 0.002
HOLD_SECONDS = 0.012
FAST_SECONDS = 0.040
SLOW_SECONDS = 0.300
BUILD_SECONDS = 1.0
ROUNDING = 1e-4
"""What single precision may add to a sum of products, with room."""
SPARE = 0.4
"""Peaks are found this much deeper than asked, because the search for the level will ask for more."""


class BlockPeaks:
    """The true peaks of a song's blocks under a slow gain, found as deep down as they are asked for."""

    def __init__(self, sound: Sound, shape: NDArray[np.float32], highest: float = np.inf) -> None:
        """shape: gain of each block, straight from middle to middle; highest: the largest magnitude of any
        sample, if it is known: where that is under the floor the limiter will have little to do.
        """
        self._sound = sound
        self._block = block_size(sound.rate)
        self._gain = _highest_within(shape)
        self._highest = highest
        self._floor = np.inf
        self._peaks = np.full(shape.size, np.inf, np.float32)

    @property
    def known(self) -> NDArray[np.float32]:
        """What is known of the true peaks of the song itself: exact, or no less than they are."""
        return self._peaks

    def above(self, floor: float, spare: float = SPARE) -> NDArray[np.float32]:
        """True peak of each block (linear, 8 times oversampled), exact where it exceeds `floor`.

        spare: how much deeper to look, as a share of `floor`.
        """
        if floor < self._floor:
            self._floor = floor * (spare if self._highest > floor else 1.0)
            self._peaks = np.zeros(self._gain.size, np.float32)
            for first, padded in surrounded(self._sound):
                for channel in padded:
                    envelope(channel, first, self._block, np.float32(self._floor), self._peaks)
        return self._peaks * self._gain


def surrounded(sound: Sound) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Piece after piece with the samples around it that interpolation reaches for, and the frame it looks at
    first: BEFORE frames before the song the curve between the samples may be above it already, and as long
    after it.
    """
    for start, stop in pieces(sound.frames):
        first = start or -BEFORE
        end = stop if stop < sound.frames else stop + BEFORE
        yield first, sound.read(first - BEFORE - NEAR, end - BEFORE + TAPS - 1 + NEAR)


def limiting(
    peaks: NDArray[np.float32], most: float, rate: int, clipping_db: float = 0.0
) -> NDArray[np.float32]:
    """Gain of each block, linear and at most 1, under which no block's peak exceeds `most`.

    peaks: true peak of each block (linear); most in the same unit; clipping_db: how far the clipper
    (dsp.clipper) may go before. The gain between the middles of two blocks is meant to go straight from one
    to the other.
    """
    wanted = np.maximum(peaks, np.float32(1e-12))
    np.divide(np.float32(most), wanted, out=wanted)
    np.minimum(np.float32(1), wanted, out=wanted)
    if wanted.min() >= 1:
        return wanted
    if not clipping_db:
        return _held(wanted, rate)
    clipped = clipping(wanted, clipping_db, rate)
    wanted /= _highest_within(clipped)
    np.minimum(np.float32(1), wanted, out=wanted)
    gain = _held(wanted, rate)
    gain *= clipped
    return gain


def _highest_within(gain: NDArray[np.float32]) -> NDArray[np.float32]:
    """The highest gain within each block: it is touched by the straight lines to its neighbours' middles."""
    highest = gain.copy()
    np.maximum(highest[:-1], gain[1:], out=highest[:-1])
    np.maximum(highest[1:], gain[:-1], out=highest[1:])
    return highest


def _held(wanted: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The least of what is wanted around each block, held, let go and rounded; `wanted` is used up."""
    rate_of_blocks = rate / block_size(rate)
    half = max(1, round(LOOK_AHEAD_SECONDS * rate_of_blocks / 2))
    # One block more on either side: the straight line to the next middle passes through this block too.
    reach = 2 * half + 1
    gain = np.empty_like(wanted)
    held_least(wanted, reach + round(HOLD_SECONDS * rate_of_blocks), reach, gain)
    fast, slow, build = (share_gone(s, rate) for s in (FAST_SECONDS, SLOW_SECONDS, BUILD_SECONDS))
    released(gain, fast, slow, build)
    averaged(gain, 2 * half + 1, wanted)
    averaged(wanted, 2 * half + 1, gain)
    return gain


def bounds(peaks: NDArray[np.float32], gain: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """What the true peak around each block cannot exceed under a gain per block.

    peaks: true peaks of the blocks without it, or more. Where the gain stands still the curve between the
    samples is turned down with them. Where it moves, the curve is at most that under the highest gain around,
    and what the gains around differ by times what a filter can make of the highest samples around.
    """
    reach = -(-TAPS // 2 // block_size(rate)) + 1
    found = np.empty_like(gain)
    bounded(peaks, gain, reach, REACH_8, found)
    found *= np.float32(1 + ROUNDING)
    return found
