"""What a mix is off by, estimated from what finished records sound like, or a reference does.

What stands between a mix and its place is the fault plus the song's own colour. Faults are broad: a tilt, a
hump, missing bass, a side signal too loud. Colour is fine, and different in every song. Both are taken to be
normal, each with its spread, and the fault to be expected under both is what a linear Bayesian estimator says
(Kay, Fundamentals of Statistical Signal Processing: Estimation Theory, 12.5). It knows how unsure it is, and
that is the corridor: what lies inside is left alone, what lies outside is moved as far as its edge. So a song
that was corrected once is not corrected again.

A reference says as much about a song as songs of one kind say about each other, and less the more its
dynamics differ. Unless it is the same recording: then even the fine structure is alike, nothing has to be
guessed, and the song goes all the way, band by band.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dsp.corridor import SPAN, Figures, figures, music
from dsp.profile import CENTRES, Profile

TILT_DB = 0.8
"""Faults: dB an octave,"""
HUMP_DB = 2.0
"""of broad humps and dips,"""
CUT = 0.7
"""of a missing bottom, as a share of a cut by 12 dB an octave below each of CUT_HERTZ,"""
CUT_HERTZ = (40.0, 70.0)
WIDTH_DB = 4.0
"""of all of the side,"""
SIDE_DB = 1.0
"""and of humps and dips of the side alone. Each as a standard deviation."""
LEVEL_DB = 20.0
"""How loud a mix is says nothing about its tone."""
EDGE = 0.45
"""Half the corridor's width, in standard deviations of what is not known of the fault."""
STEPS = 20
SAME_KIND = 0.7
"""Correlation of a song with a reference of its kind."""
DYNAMICS_LU = 12.0
"""Differences of loudness range and of peak to loudness ratio (LU) that make it a different kind."""
SAME_DB, OTHER_DB = 0.35, 0.9
"""Roughness (dB) of the difference between a recording and its like, and between any other two: what is left
of a band when the mean of its neighbours is taken away."""
READ_DB = 0.2
"""How well a band is read between two versions of a recording: where in it its notes lie is not told."""
MOST_DB = 24.0
"""The most that is done to a band of a recording that is the same as its reference."""
UNHEARD_DB = (-65.0, -55.0)
"""Bands this far under the loudest hold no music: raising them would raise noise."""

BANDS = len(CENTRES)


@dataclass(frozen=True, slots=True)
class Correction:
    """dB per band of dsp.profile.CENTRES, of mid and of side; likeness: 0..1, how surely the song and its
    reference are the same recording.
    """

    mid: Figures
    side: Figures
    likeness: float = 0.0


NOTHING = Correction(np.zeros(BANDS), np.zeros(BANDS))


def correction(song: Profile, references: Sequence[Profile] = (), most_db: float = 7.0) -> Correction:
    """What to do to a song, towards the mean of its references or, without any, towards finished records.

    most_db: the most that is done to a band, but to the same recording.
    """
    heard = figures(song)
    there = np.isfinite(heard)
    if not there[list(SPAN)].any():
        return NOTHING
    meant = _mean([figures(reference) for reference in references])
    moved = np.clip(_level(_estimated(heard, meant, *_told(song, references))), -most_db, most_db)
    likeness = _likeness(meant - heard)
    if likeness > 0:
        wanted = np.where(np.isfinite(meant), _level(_smoothed(meant - heard)), moved)
        moved += likeness * (np.clip(wanted, -MOST_DB, MOST_DB) - moved)
    mid = _carried(_spared(moved[:BANDS], heard[:BANDS]))
    side = _carried(_spared(moved[BANDS:], heard[BANDS:])) if there[BANDS:].any() else mid
    return Correction(mid, side, likeness)


def _estimated(heard: Figures, meant: Figures, weight: float, told: float) -> Figures:
    """dB to add to each band; NaN where the song has none.

    weight: how far the song is expected to go with what its references have of their own; told: the share of
    its spread that is known by it.
    """
    there = np.isfinite(heard)
    known = music()
    expected = known.mean + weight * np.where(np.isfinite(meant), meant - known.mean, 0.0)
    fault = _faults()[np.ix_(there, there)]
    all_of_it = (1 - told) * known.spread[np.ix_(there, there)] + fault + LEVEL_DB**2
    share = np.linalg.solve(all_of_it, fault).T
    edge = EDGE * np.sqrt(np.maximum(np.diag(fault - share @ fault), 0.0))
    off = heard[there] - expected[there]
    moved = np.zeros(off.size)
    for _ in range(STEPS):
        left = -share @ (off + moved)
        moved += np.sign(left) * np.maximum(np.abs(left) - edge, 0.0)
    whole = np.full(heard.size, np.nan)
    whole[there] = moved
    return whole


def _smoothed(difference: Figures) -> Figures:
    """The difference of two versions of one recording, as smooth as faults are; NaN where it is not known."""
    there = np.isfinite(difference)
    fault = _faults()[np.ix_(there, there)] + LEVEL_DB**2
    whole = np.full(difference.size, np.nan)
    read = fault + READ_DB**2 * np.eye(len(fault))
    whole[there] = fault @ np.linalg.solve(read, difference[there])
    return whole


def _told(song: Profile, references: Sequence[Profile]) -> tuple[float, float]:
    """What the mean of the references says of a song: its weight, and the share of the spread it explains.

    Regression on the mean of so many songs of one kind, any two of which correlate alike.
    """
    count = len(references)
    if not count:
        return 0.0, 0.0
    lra = sum(reference.lra for reference in references) / count - song.lra
    plr = sum(reference.plr for reference in references) / count - song.plr
    alike = SAME_KIND * math.exp(-(lra**2 + plr**2) / DYNAMICS_LU**2)
    weight = count * alike / (1 + (count - 1) * alike)
    return weight, weight * alike


def _likeness(difference: Figures) -> float:
    """How surely two recordings are the same, from how smooth the difference of their mids is."""
    told = difference[:BANDS][list(SPAN)]
    told = told[np.isfinite(told)]
    if told.size < len(SPAN) // 2:
        return 0.0
    rough = np.sqrt(np.mean(np.square(2 * told[1:-1] - told[2:] - told[:-2])) / 6)
    return float(np.clip((OTHER_DB - rough) / (OTHER_DB - SAME_DB), 0.0, 1.0))


def _faults() -> Figures:
    """The spread of what mixes are off by, alike in mid and side but for the width."""
    octaves = np.log2(np.array(CENTRES) / 1000.0)
    spread = TILT_DB**2 * np.outer(octaves, octaves)
    humps = np.exp(-0.5 * np.subtract.outer(octaves, octaves) ** 2)
    spread += HUMP_DB**2 * humps
    for hertz in CUT_HERTZ:
        cut = 10 * np.log10(1 + (hertz / np.array(CENTRES)) ** 4)
        spread += CUT**2 * np.outer(cut, cut)
    both = np.tile(spread, (2, 2))
    both[BANDS:, BANDS:] += WIDTH_DB**2 + SIDE_DB**2 * humps
    return both


def _spared(moved: Figures, heard: Figures) -> Figures:
    """Without raising what holds no music."""
    if not np.isfinite(heard).any():
        return moved
    least, enough = UNHEARD_DB
    under = heard - heard[np.isfinite(heard)].max()
    return np.where(moved > 0, moved * np.clip((under - least) / (enough - least), 0.0, 1.0), moved)


def _level(moved: Figures) -> Figures:
    """As loud as before, as far as the mid between 100 Hz and 5 kHz says."""
    return moved - np.nanmean(moved[list(SPAN)])


def _carried(moved: Figures) -> Figures:
    """With the bands a song does not have taken from their nearest neighbours."""
    there = np.isfinite(moved)
    return np.interp(np.arange(moved.size), np.flatnonzero(there), moved[there])


def _mean(levels: Sequence[Figures]) -> Figures:
    """Of each band over those that have it; NaN where nobody does."""
    if not levels:
        return np.full(2 * BANDS, np.nan)
    there = np.isfinite(levels)
    count = there.sum(axis=0)
    return np.where(count, np.where(there, levels, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
