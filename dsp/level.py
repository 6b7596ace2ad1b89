"""How far to turn a song up so that it reaches its loudness through the limiter, and when to stop.

Loudness through a limiter rises with the drive and flattens, so it is searched between two brackets and never
extrapolated. The K-weighted energy of a limited song is taken to be that of each block times its squared
gain, which holds because the gain moves slowly; the master is measured afterwards all the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_edges
from dsp.limiter import limiting
from dsp.loudness import gated, lufs

MOST_GAIN_DB = 40.0
WITHIN_LU = 0.004
STEPS = 24
AUDIBLE_LU = -20.0
STEADY_PERCENT = 95.0
EVERY = 8
"""Percentiles are read from every eighth block: the curve holds still for longer than that."""


@dataclass(frozen=True, slots=True)
class Music:
    """What the search has to know of a song, per block of dsp.blocks.

    energy: K-weighted sum of squares; peaks(floor): true peak (linear), exact where it exceeds `floor`.
    """

    energy: NDArray[np.float64]
    peaks: Callable[[float], NDArray[np.float32]]
    frames: int
    rate: int

    def loudness(self, gain: NDArray[np.float32] | float) -> float:
        """Integrated loudness (LUFS) under a gain per block."""
        return integrated(self.energy * np.square(gain, dtype=np.float64), self.frames, self.rate)


@dataclass(frozen=True, slots=True)
class Level:
    """One drive and what comes of it.

    gain: of each block (linear), drive and limiter together; drive_db: how far the song is turned up; lufs:
    the integrated loudness to expect; most_db, mean_db, steady_db: the limiter's reduction, at its deepest,
    on average and as 95 % of the audible blocks stay under it; stopped: "limiter-cap" or "gain-cap" when the
    target was out of reach, else None.
    """

    gain: NDArray[np.float32]
    drive_db: float
    lufs: float
    most_db: float
    mean_db: float
    steady_db: float
    stopped: str | None = None


def integrated(energy: NDArray[np.float64], frames: int, rate: int) -> float:
    """Integrated loudness (LUFS) from the K-weighted energy of each block. Gating blocks begin anywhere."""
    total = np.concatenate(([0.0], np.cumsum(energy)))
    edges = block_edges(frames, rate)
    hop = rate / 10
    starts = hop * np.arange(int(frames / hop) - 3)
    return gated((np.interp(starts + 4 * hop, edges, total) - np.interp(starts, edges, total)) / (4 * hop))


def solve(music: Music, target: float, ceiling: float, cap_db: float) -> Level:
    """The drive at which a song reads `target` LUFS with no block above `ceiling` (linear).

    It stops short of the target where the limiter's steady reduction reaches cap_db, and at MOST_GAIN_DB.
    """
    audible = _audible(music)

    def at(drive_db: float) -> Level:
        drive = 10 ** (drive_db / 20)
        reduction = limiting(music.peaks(ceiling / drive), ceiling / drive, music.rate)
        heard = reduction[::EVERY][audible]
        gain = reduction * np.float32(drive)
        return Level(
            gain,
            drive_db,
            music.loudness(gain),
            most_db=_decibels(float(reduction.min())),
            mean_db=_decibels(float(heard.mean(dtype=np.float64))),
            steady_db=_decibels(float(np.percentile(heard, 100 - STEADY_PERCENT))),
        )

    def too_far(level: Level) -> float:
        return max(level.lufs - target, level.steady_db - cap_db)

    start = at(min(_unlimited(music, target), MOST_GAIN_DB))
    if too_far(start) > 0 and start.most_db > 0:
        loudest = float(music.peaks(0.0).max())
        low, high = at(20 * math.log10(ceiling / loudest)), start
    else:
        low, high, step = start, start, 1.0
        while too_far(high) < -WITHIN_LU and high.drive_db < MOST_GAIN_DB:
            low, high = high, at(min(high.drive_db + step, MOST_GAIN_DB))
            step *= 2
    level = _between(low, high, at, too_far)
    if level.lufs >= target - 0.05:
        return level
    return replace(level, stopped="gain-cap" if level.drive_db >= MOST_GAIN_DB else "limiter-cap")


def _between(
    low: Level, high: Level, at: Callable[[float], Level], too_far: Callable[[Level], float]
) -> Level:
    """Where too_far is zero between two levels, by false position with the Illinois rule."""
    below, above = too_far(low), too_far(high)
    for _ in range(STEPS):
        best = low if abs(below) <= abs(above) else high
        if abs(too_far(best)) <= WITHIN_LU or high.drive_db - low.drive_db < WITHIN_LU or above <= 0:
            return best
        tried = at(low.drive_db + (high.drive_db - low.drive_db) * below / (below - above))
        missing = too_far(tried)
        if missing > 0:
            high, above, below = tried, missing, below / 2
        else:
            low, below, above = tried, missing, above / 2
    return low


def _unlimited(music: Music, target: float) -> float:
    """Drive (dB) that gives the target without a limiter. No plain difference: there is the absolute gate."""
    drive = 0.0
    for _ in range(4):
        loudness = music.loudness(10 ** (drive / 20))
        if not math.isfinite(loudness):
            return MOST_GAIN_DB
        drive += target - loudness
    return drive


def _audible(music: Music) -> NDArray[np.bool_]:
    """Which of every eighth block is no more than 20 LU under the song's loudness."""
    step = np.diff(block_edges(music.frames, music.rate))[::EVERY]
    least = 10 ** ((music.loudness(1.0) + AUDIBLE_LU - lufs(1.0)) / 10)
    return np.asarray(music.energy[::EVERY] / step >= least)


def _decibels(gain: float) -> float:
    return max(0.0, -20 * math.log10(gain))
