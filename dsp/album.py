"""What the songs of one album have in common: a level that keeps their differences, and one tone correction.

Pure standard library, as dsp.settings is: the desk plans an album without loading the sound stack. The
loudest song meets the target and the others keep their distance from it (AES TD1008, album normalisation).
The tone correction is designed for the mean of all songs, each at the same level, so that what the artist
meant to sound different between them stays different.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dsp.settings import LIMITS, Bands, Settings

MOST_DISTANCE = 8.0
"""LU: a hidden track at -40 should still be heard on an album at -14."""
KEPT_LU = 0.05
"""A step between two songs that is off by less is kept."""
HARMED = ("limiter-cap", "codec-cap")
"""Why a song stays softer than it should (dsp.master.Mastered.why), so that its album follows."""
BODY_HERTZ = (100.0, 5000.0)
"""Where songs are brought to one level before their spectra are compared."""
NOTHING = -100.0
"""dB under the body from which a band counts as empty."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a song before its album is planned: LUFS (minus infinity for silence), and its third
    octaves of mid and side as dsp.analysis measures them.
    """

    lufs: float
    mid: Bands
    side: Bands


def targets(loudness: Sequence[float], target: float) -> list[float]:
    """Each song's own target in LUFS, from the loudness that each came with."""
    loudest = max(loudness)
    if not math.isfinite(loudest):
        return [target for _ in loudness]
    least = LIMITS["target_lufs"][0]
    return [round(max(target - min(loudest - lufs, MOST_DISTANCE), least), 2) for lufs in loudness]


def planned(songs: Sequence[Heard], base: Settings) -> list[Settings]:
    """The settings of each song: `base` with its own target and the album's tone."""
    mid, side = _mean([song.mid for song in songs], songs), _mean([song.side for song in songs], songs)
    return [
        replace(base, target_lufs=level, album_mid=mid, album_side=side)
        for level in targets([song.lufs for song in songs], base.target_lufs)
    ]


def lowered(asked: Sequence[Settings], short: Sequence[float]) -> list[Settings]:
    """The settings once it is known by how much each song stayed under its target (LU, 0 if it did not).

    All come down by the most of it: a step from song to song is worth more than the level of all.
    """
    down = max(short)
    least = LIMITS["target_lufs"][0]
    return [replace(each, target_lufs=round(max(each.target_lufs - down, least), 2)) for each in asked]


def _mean(spectra: Sequence[Bands], songs: Sequence[Heard]) -> Bands:
    """The mean in dB of each third octave that every song has, relative to the body of the song's mid."""
    bodies = [_body(song.mid) for song in songs]
    shared = set.intersection(*({hertz for hertz, _ in spectrum} for spectrum in spectra))
    sums = dict.fromkeys(sorted(shared), 0.0)
    for spectrum, body in zip(spectra, bodies, strict=True):
        for hertz, level in spectrum:
            if hertz in sums:
                sums[hertz] += max(level - body, NOTHING) / len(spectra)
    return tuple((hertz, round(level, 2)) for hertz, level in sums.items())


def _body(mid: Bands) -> float:
    """Mean level of the body's third octaves, dB."""
    low, high = BODY_HERTZ
    levels = [level for hertz, level in mid if low <= hertz <= high and math.isfinite(level)]
    return sum(levels) / len(levels) if levels else 0.0
