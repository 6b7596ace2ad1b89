"""A first balance of stems: which role each plays, how loud that role usually is, and the fader that follows.

Rules of thumb in the line of Perez-Gonzalez and Reiss (2009) and De Man and Reiss (2013): stems are compared
by their gated loudness (ITU-R BS.1770-5), so that rests do not count, and each role has its distance from
the lead. A guitar has two roles: one that comes and goes carries the song, one that never pauses is a bed
under it. Its loudness range (EBU Tech 3342) tells them apart.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.loudness import GRID, MOMENTARY, Loudness, energy, grid_edges, measure
from dsp.spectrum import average

MIX_LUFS = -18.0
"""What the faders bring the mix to: room for the master."""

OFFSETS: Mapping[str, float] = {
    "rest": 0.0,
    "lead": 0.0,
    "drums": -1.0,
    "bass": -3.0,
    "guitar": -4.5,
    "keys": -5.0,
    "backing": -6.0,
    "other": -4.5,
}
"""Loudness of a role against the lead, LU. The rest is a mix of all that has no stem of its own."""

NAMES: Mapping[str, re.Pattern[str]] = {
    "backing": re.compile(r"backing[ _-]?voc|harmon|choir|chor|bgv|bvs?\b"),
    "rest": re.compile(r"\b(song|rest|mix|backing|playback|instrumental|karaoke)\b"),
    "lead": re.compile(r"voc|voice|vox|lead|sing|gesang|stimme"),
    "drums": re.compile(r"drum|kick|snare|perc|beat|toms?\b|overhead|schlagzeug"),
    "bass": re.compile(r"bass|\bsub\b|808"),
    "guitar": re.compile(r"guit|gtr|gitarre|rhythm"),
    "keys": re.compile(r"key|piano|synth|organ|pad\b|strings|orgel|klavier"),
}
"""What file names say, the first that fits; "lead guitar" is a lead, "backing" alone is the rest."""

LOW_HERTZ = 200.0
MOST_IS_LOW = 0.8
STRIKES_DB = 5.0
"""A stem that nobody named is bass when so much of its energy is low, drums when 10 ms stand so far out."""

BED_LU, LEAD_LU = 1.0, 9.0
"""Loudness range up to which a guitar is a bed, and from which it carries the song as a lead does."""

Audio = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fader:
    """The role of a stem (a key of OFFSETS), its loudness as it came (LUFS) and its gain in the mix (dB)."""

    role: str
    lufs: float
    gain_db: float


def faders(stems: Sequence[Audio], rate: int, names: Sequence[str]) -> tuple[Fader, ...]:
    """Suggest a fader for each of some stems of one song, so that their mix reads MIX_LUFS.

    stems: (channels, frames) float32 at `rate` Hz, all of one shape, from the same beginning; names: what
    their files are called. A silent stem stays at 0 dB.
    """
    heard = [measure(stem, rate) for stem in stems]
    roles = [_role(name, stem, rate) for name, stem in zip(names, stems, strict=True)]
    gains = [
        _offset(role, loudness) - loudness.integrated if math.isfinite(loudness.integrated) else 0.0
        for role, loudness in zip(roles, heard, strict=True)
    ]
    mix = np.zeros_like(stems[0])
    for stem, gain in zip(stems, gains, strict=True):
        mix += stem * np.float32(10 ** (gain / 20))
    whole = measure(mix, rate).integrated
    level = MIX_LUFS - whole if math.isfinite(whole) else 0.0
    return tuple(
        Fader(role, loudness.integrated, gain + level if math.isfinite(loudness.integrated) else 0.0)
        for role, loudness, gain in zip(roles, heard, gains, strict=True)
    )


def _offset(role: str, loudness: Loudness) -> float:
    if role != "guitar":
        return OFFSETS[role]
    carries = min(max((loudness.range - BED_LU) / (LEAD_LU - BED_LU), 0.0), 1.0)
    return (1 - carries) * OFFSETS["guitar"] + carries * OFFSETS["lead"]


def _role(name: str, stem: Audio, rate: int) -> str:
    """By the file's name, else by its sound."""
    said = name.lower()
    for role, words in NAMES.items():
        if words.search(said):
            return role
    spectrum = average(stem, rate)
    power = spectrum.left + spectrum.right
    if power[spectrum.hertz < LOW_HERTZ].sum() > MOST_IS_LOW * power.sum():
        return "bass"
    return "drums" if _strikes(stem, rate) > STRIKES_DB else "other"


def _strikes(stem: Audio, rate: int) -> float:
    """How far the loudest 10 ms stand out of their 400 ms (dB), on average over what can be heard."""
    sums = energy(stem, rate, grid_edges(stem.shape[1], rate))
    windows = sums[: sums.size // MOMENTARY * MOMENTARY].reshape(-1, MOMENTARY)
    mean = windows.mean(axis=1)
    heard = mean > mean.max(initial=0.0) / GRID
    if not heard.any():
        return 0.0
    return float((10 * np.log10(windows.max(axis=1)[heard] / mean[heard])).mean())
