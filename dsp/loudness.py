"""Loudness as people hear it: ITU-R BS.1770-5 Annex 1 (integrated), EBU Tech 3341 (momentary, short-term) and
EBU Tech 3342 (loudness range).

All values in LUFS, minus infinity for silence. A mono file is measured as the one channel it is, so the same
signal on two channels reads 3 LU more, as the standard has it.
"""

import cmath
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.weighting import weighted_energy
from dsp.sound import Sound

OFFSET = -0.691
ABSOLUTE_GATE = -70.0
RELATIVE_GATE = -10.0
RANGE_GATE = -20.0
NOTHING = 1e-30
"""Mean squares up to here are the rest that keeps the filters awake, not sound."""
GRID = 100
"""Energies are kept per 1/100 s: a coarser grid misses short maxima (Tech 3341, case 13)."""
MOMENTARY = 40
SHORT_TERM = 300
HOP = 10
"""Windows in units of the grid: 400 ms, 3 s, and the 100 ms by which gating blocks follow each other."""

WEIGHTS: Mapping[int, tuple[float, ...]] = {
    1: (1.0,),
    2: (1.0, 1.0),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
    6: (1.0, 1.0, 1.0, 0.0, 1.41, 1.41),
}
"""Of each channel by how many there are (table 3): left and right; with centre and surrounds; with LFE
fourth, which does not count."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """integrated, momentary_max, short_term_max in LUFS; range in LU, 0 below 3 s."""

    integrated: float
    momentary_max: float
    short_term_max: float
    range: float


def measure(audio: NDArray[np.float32], rate: int) -> Loudness:
    """Loudness of (channels, frames) at `rate` Hz; 1, 2, 5 (L R C Ls Rs) or 6 channels (LFE fourth)."""
    edges = grid_edges(audio.shape[1], rate)
    return of_energy(np.concatenate(([0.0], np.cumsum(energy(audio, rate, edges)))), edges)


def of_energy(total: NDArray[np.float64], edges: NDArray[np.int64]) -> Loudness:
    """Loudness from `total`, the K-weighted energy up to each of the `edges` (frames) of the grid."""
    momentary = _windowed(total, edges, MOMENTARY)
    short = _windowed(total, edges, SHORT_TERM)
    return Loudness(
        integrated=gated(momentary[::HOP]),
        momentary_max=lufs(momentary.max(initial=0.0)),
        short_term_max=lufs(short.max(initial=0.0)),
        range=_range(short[::HOP]),
    )


def energy(
    audio: NDArray[np.float32],
    rate: int,
    edges: NDArray[np.int64],
    state: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """K-weighted sum of squares of all channels between each edge (frames) and the next.

    state: `filters_at_rest` at the beginning of a song that is measured in pieces, handed in again with each
    next piece; left out where `audio` is all of it.
    """
    channels = audio.shape[0]
    sums = np.empty(max(edges.size - 1, 0))
    held = filters_at_rest(channels) if state is None else state
    weighted_energy(audio, np.array(WEIGHTS[channels]), k_weighting(rate), held, edges, sums)
    return sums


def grid_energy(sound: Sound) -> NDArray[np.float64]:
    """`energy` of each step of the grid, of a song that is read second by second: no step is cut in two, so
    it is to the last bit that of all of it at once.
    """
    filters, sums = filters_at_rest(sound.channels), [np.empty(0)]
    for start in range(0, sound.frames, sound.rate):
        second = sound.read(start, min(start + sound.rate, sound.frames))
        sums.append(energy(second, sound.rate, grid_edges(second.shape[1], sound.rate), filters))
    return np.concatenate(sums)


def filters_at_rest(channels: int) -> NDArray[np.float64]:
    """What the K-weighting filters of so many channels hold before the first sample."""
    return np.zeros((channels, 4))


def grid_edges(frames: int, rate: int) -> NDArray[np.int64]:
    """Frame numbers of the grid, as far as whole steps fit."""
    steps = np.arange(frames * GRID // rate + 1, dtype=np.int64)
    return steps * rate // GRID


def gated(power: NDArray[np.float64]) -> float:
    """Integrated loudness of the mean squares of gating blocks: BS.1770-5 Annex 1, equations 3 to 7."""
    audible = power[power > _power(ABSOLUTE_GATE)]
    if not audible.size:
        return -math.inf
    counted = audible[audible > audible.mean() * 10 ** (RELATIVE_GATE / 10)]
    return lufs(float(counted.mean()))


def lufs(power: float) -> float:
    """Loudness of one K-weighted mean square (equation 2)."""
    return OFFSET + 10 * math.log10(power) if power > NOTHING else -math.inf


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The two biquads of Annex 1 at any rate: b0 b1 b2 a1 a2 of the shelf and of the high-pass.

    The standard tabulates them for 48 kHz only; these are the analogue filters behind that table, brought to
    `rate` by the bilinear transform, and to the level that the table has at 997 Hz, where the standard is
    calibrated. At 48 kHz they are the table.
    """
    shelf, high_pass = _analogue(rate)
    level = math.prod(_response(biquad, 48000) for biquad in _analogue(48000))
    level /= _response(shelf, rate) * _response(high_pass, rate)
    return np.array(shelf + tuple(level * b for b in high_pass[:3]) + high_pass[3:])


def _analogue(rate: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Shelf and high-pass, b0 b1 b2 a1 a2 each."""
    tan = math.tan(math.pi * 1681.974450955533 / rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    a0 = 1 + tan / q + tan * tan
    shelf = (
        (high + middle * tan / q + tan * tan) / a0,
        2 * (tan * tan - high) / a0,
        (high - middle * tan / q + tan * tan) / a0,
        2 * (tan * tan - 1) / a0,
        (1 - tan / q + tan * tan) / a0,
    )
    tan, q = math.tan(math.pi * 38.13547087602444 / rate), 0.5003270373238773
    a0 = 1 + tan / q + tan * tan
    high_pass = (1.0, -2.0, 1.0, 2 * (tan * tan - 1) / a0, (1 - tan / q + tan * tan) / a0)
    return shelf, high_pass


def _response(biquad: tuple[float, ...], rate: int) -> float:
    """By what a biquad multiplies a tone of 997 Hz."""
    b0, b1, b2, a1, a2 = biquad
    z = cmath.exp(-2j * math.pi * 997.0 / rate)
    return abs((b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z))


def _windowed(total: NDArray[np.float64], edges: NDArray[np.int64], steps: int) -> NDArray[np.float64]:
    """Mean squares of all windows of `steps` grid steps, one a step; empty when none fits."""
    return (total[steps:] - total[:-steps]) / (edges[steps:] - edges[:-steps])


def _range(power: NDArray[np.float64]) -> float:
    """Loudness range of short-term mean squares (EBU Tech 3342)."""
    audible = power[power > _power(ABSOLUTE_GATE)]
    if not audible.size:
        return 0.0
    counted = np.sort(audible[audible > audible.mean() * 10 ** (RANGE_GATE / 10)])
    low, high = (counted[round((counted.size - 1) * share)] for share in (0.10, 0.95))
    return lufs(float(high)) - lufs(float(low))


def _power(loudness: float) -> float:
    return float(10 ** ((loudness - OFFSET) / 10))
