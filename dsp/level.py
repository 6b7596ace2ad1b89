"""How far to turn a song up so that it reaches its loudness through clipper and limiter, and when to stop.

Loudness through a limiter rises with the drive and flattens, so it is searched between two brackets and never
extrapolated. The K-weighted energy of a limited song is taken to be that of each block times its squared
gain, which holds because the gain moves slowly; the master is measured afterwards all the same.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.blocks import block_size
from dsp.kernels.gain import hop_energy
from dsp.limiter import limiting
from dsp.loudness import gated, lufs

MOST_GAIN_DB = 40.0
WITHIN_LU = 0.004
STEPS = 24
MOST_STEP_DB = 3.0
AUDIBLE_LU = -20.0
STEADY_PERCENT = 95.0
LASTING_SECONDS = 1.0
LASTING_DB = 2.0
"""So much more than the cap it may be on average for as long as that, in what is too short for the 95 %."""
SPARED_LU = 0.1
"""A target that lies no further beyond the limiter's cap is worth the tenth: nobody hears it, and a song that
stops at -9.1 for -9 helps nobody."""
SPARED_DB = 1.0
"""But it is driven no further than this for it: a limiter may eat up all that is added."""
EVERY = 8
"""Percentiles are read from every eighth block: the curve holds still for longer than that."""


@dataclass(frozen=True, slots=True)
class Music:
    """What the search has to know of a song, per block of dsp.blocks.

    energy: K-weighted sum of squares; shape: gain before the level (linear); peaks(floor): true peak under
    that gain (linear), exact where it exceeds `floor`.
    """

    energy: NDArray[np.float32]
    shape: NDArray[np.float32]
    peaks: Callable[[float], NDArray[np.float32]]
    frames: int
    rate: int

    def loudness(self, reduction: NDArray[np.float32] | None = None, drive_db: float = 0.0) -> float:
        """Integrated loudness (LUFS) under the limiter's gain and a drive."""
        gain = self.shape if reduction is None else self.shape * reduction
        return integrated(self.energy, gain, self.frames, self.rate, drive_db)


@dataclass(frozen=True, slots=True)
class Drive:
    """How far a song is turned up (dB), and what comes of it.

    lufs: the integrated loudness to expect; most_db, mean_db, steady_db, lasting_db: the reduction by clipper
    and limiter at its deepest, on average, as 95 % of the audible blocks stay under it, and over the worst
    second.
    """

    db: float
    lufs: float
    most_db: float
    mean_db: float
    steady_db: float
    lasting_db: float


@dataclass(frozen=True, slots=True)
class Level:
    """The drive that was found.

    gain: of each block (linear): shape, drive, clipper and limiter together; stopped: "limiter-cap" or
    "gain-cap" when the target was out of reach, else None.
    """

    drive: Drive
    gain: NDArray[np.float32]
    stopped: str | None


def integrated(
    energy: NDArray[np.float32], gain: NDArray[np.float32], frames: int, rate: int, drive_db: float = 0.0
) -> float:
    """Integrated loudness (LUFS) from the K-weighted energy of each block, under a gain (linear) for each and
    one for all. Gating blocks begin anywhere.
    """
    hop = rate / 10
    hops = np.empty(int(frames / hop))
    hop_energy(energy, gain, block_size(rate), frames, hop, hops)
    total = np.concatenate(([0.0], np.cumsum(hops))) * 10 ** (drive_db / 10)
    return gated((total[4:] - total[:-4]) / (4 * hop))


def solve(music: Music, target: float, ceiling: float, cap_db: float, clipping_db: float = 0.0) -> Level:
    """The drive at which a song reads `target` LUFS with no block above `ceiling` (linear).

    clipping_db: how far the clipper may go before the limiter. It stops short of the target where the steady
    reduction reaches cap_db, or that of some second LASTING_DB more, and at MOST_GAIN_DB. A song without
    loudness (LUFS) at any drive is turned up by MOST_GAIN_DB.
    """
    audible = _audible(music)

    def reduction(drive_db: float) -> NDArray[np.float32]:
        most = ceiling / 10 ** (drive_db / 20)
        return limiting(music.peaks(most), most, music.rate, clipping_db)

    def at(drive_db: float) -> Drive:
        reduced = reduction(drive_db)
        sampled = reduced[::EVERY]
        heard = sampled[audible]
        return Drive(
            drive_db,
            music.loudness(reduced, drive_db),
            most_db=_decibels(float(reduced.min())),
            mean_db=_decibels(float(heard.mean(dtype=np.float64))),
            steady_db=_decibels(float(np.percentile(heard, 100 - STEADY_PERCENT))),
            lasting_db=_decibels(_lasting(sampled, music.rate / block_size(music.rate) / EVERY)),
        )

    def harmful(drive: Drive) -> float:
        return max(drive.lufs - target, drive.steady_db - cap_db, drive.lasting_db - cap_db - LASTING_DB)

    def loud(drive: Drive) -> float:
        return drive.lufs - target

    start = at(min(_unlimited(music, target), MOST_GAIN_DB))
    if harmful(start) > WITHIN_LU and start.most_db > 0:
        # Something is above the ceiling here, and the highest of it is known exactly.
        loudest = float(music.peaks(ceiling / 10 ** (start.db / 20)).max())
        found = _between(at(20 * math.log10(ceiling / loudest)), start, at, harmful)
    else:
        found = _upwards(start, at, harmful, MOST_GAIN_DB)
    if WITHIN_LU < target - found.lufs <= SPARED_LU:
        spared = _upwards(found, at, loud, min(found.db + SPARED_DB, MOST_GAIN_DB))
        found = spared if loud(spared) >= -WITHIN_LU else found
    stopped = None
    if found.lufs < target - WITHIN_LU:
        stopped = "gain-cap" if found.db >= MOST_GAIN_DB else "limiter-cap"
    gain = reduction(found.db)
    gain *= music.shape
    gain *= np.float32(10 ** (found.db / 20))
    return Level(found, gain, stopped)


def _upwards(
    low: Drive, at: Callable[[float], Drive], too_far: Callable[[Drive], float], most_db: float
) -> Drive:
    """Where too_far is zero from a drive on that is not too far yet, or most_db. A limiter that is at work
    leaves half of what is added, or less: each step goes twice as far as is missing, and never so far that
    peaks would be looked for that nobody asks for in the end.
    """
    high = low
    while too_far(high) < -WITHIN_LU and high.db < most_db:
        step = min(-2 * too_far(high), MOST_STEP_DB)
        low, high = high, at(min(high.db + step, most_db))
    return _between(low, high, at, too_far)


def _between(
    low: Drive, high: Drive, at: Callable[[float], Drive], too_far: Callable[[Drive], float]
) -> Drive:
    """Where too_far is zero between two drives, by false position with the Illinois rule."""
    below, above = too_far(low), too_far(high)
    for _ in range(STEPS):
        best = low if abs(below) <= abs(above) else high
        if abs(too_far(best)) <= WITHIN_LU or high.db - low.db < WITHIN_LU or above <= 0:
            return best
        tried = at(low.db + (high.db - low.db) * below / (below - above))
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
        loudness = music.loudness(drive_db=drive)
        if not math.isfinite(loudness):
            return MOST_GAIN_DB
        drive += target - loudness
    return drive


def _audible(music: Music) -> NDArray[np.bool_]:
    """Which of every eighth block is no more than 20 LU under the song's loudness; the one before the loudest
    where all of a song, such as a click, lies between two of them.
    """
    least = block_size(music.rate) * 10 ** ((music.loudness() + AUDIBLE_LU - lufs(1.0)) / 10)
    audible = np.asarray(music.energy[::EVERY] * np.square(music.shape[::EVERY]) >= least)
    if not audible.any():
        audible[music.energy.argmax() // EVERY] = True
    return audible


def _lasting(gain: NDArray[np.float32], clock: float) -> float:
    """The lowest mean gain of LASTING_SECONDS; clock: values in a second."""
    window = round(LASTING_SECONDS * clock)
    total = np.cumsum(gain, dtype=np.float64)
    return float((total[window:] - total[:-window]).min(initial=window)) / window


def _decibels(gain: float) -> float:
    return max(0.0, -20 * math.log10(gain))
