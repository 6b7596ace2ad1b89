"""A clipper before the limiter: it takes the top off lone hits, so that the music around them is not ducked.

Hits are told from music by how long they stand. What a song is over its ceiling by is closed over gaps of
30 ms, so that the half waves of a bass note are one, and opened by 20 ms (grey-scale morphology: J. Serra,
Image Analysis and Mathematical Morphology, 1982): what is left stands for longer than a hit and is the
limiter's. The rest is cut off here, no deeper than asked, by a gain that dips for some two milliseconds: no
tone is bent, and nothing folds back from above half the sample rate as it does behind a clipper of samples.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size
from dsp.kernels.gain import averaged, held_least

APART_SECONDS = 0.030
"""Peaks that come after less than this belong together: longer than half a period of 17 Hz."""
HIT_SECONDS = 0.020
"""What lasts no longer is a hit."""
COARSE = 4
"""Blocks of the clock on which hits are looked for."""
ROUND = 3
"""Blocks over which a dip is rounded."""
REACH = 1 + ROUND // 2
"""Blocks around a peak over which the dip stands: the straight lines to its middle touch it too."""


def clipping(wanted: NDArray[np.float32], most_db: float, rate: int) -> NDArray[np.float32]:
    """Gain of each block of dsp.blocks (linear, at most 1) that takes the top off hits, by most_db at most.

    wanted: what each block may be multiplied by (linear, at most 1).
    """
    hit = lasting(wanted, rate)
    np.divide(wanted, hit, out=hit)
    np.minimum(np.float32(1), hit, out=hit)
    np.maximum(hit, np.float32(10 ** (-most_db / 20)), out=hit)
    lowest = _lowest(hit, REACH, REACH)
    averaged(lowest, ROUND, hit)
    return hit


def lasting(wanted: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """`wanted` without what lasts no longer than a hit."""
    coarse = np.minimum.reduceat(wanted, np.arange(0, wanted.size, COARSE))
    clock = rate / (block_size(rate) * COARSE)
    apart, hit = round(APART_SECONDS * clock), round(HIT_SECONDS * clock)
    closed = _highest(_lowest(coarse, apart, 0), 0, apart)
    opened = _lowest(_highest(closed, 0, hit), hit, 0)
    return np.asarray(np.repeat(opened, COARSE)[: wanted.size], np.float32)


def _lowest(gain: NDArray[np.float32], before: int, after: int) -> NDArray[np.float32]:
    """The lowest from `before` blocks earlier to `after` blocks later."""
    found = np.empty(gain.size, np.float32)
    held_least(gain, before, after, found)
    return found


def _highest(gain: NDArray[np.float32], before: int, after: int) -> NDArray[np.float32]:
    return -_lowest(-gain, before, after)
