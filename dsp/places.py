"""Changes of one stretch of a song: its tone before anything else, its level after the dynamics.

Both come and go over FADE_SECONDS outside the stretch, as raised cosines, so that nothing clicks and all of
the stretch has all of the change.
"""

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dsp import tone
from dsp.loudness import energy, filters_at_rest
from dsp.settings import BANDS, Place, Settings
from dsp.sound import Changed, Excerpt, Sound, pieces
from dsp.spectrum import THIRD_OCTAVES, average_sound, banded

FADE_SECONDS = 0.15
AROUND_SECONDS = 10.0
"""How much before and after a stretch it is compared with."""
EDGE = 1.1
"""A band's gain is reached this factor inside its edges."""


@dataclass(frozen=True)
class Retouched(Changed):
    """`sound` with the tone of one stretch changed. It is worked out anew whenever it is read."""

    place: Place

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        audio = self.sound.read(start, stop)
        first = max(start, math.floor((self.place.start - FADE_SECONDS) * self.rate))
        last = min(stop, math.ceil((self.place.end + FADE_SECONDS) * self.rate))
        if first >= last:
            return audio
        reach = self._equaliser.reach
        wet = self._equaliser.filtered(self.sound.read(first - reach, last + reach))
        seconds = np.asarray((np.arange(first, last) + 0.5) / self.rate, np.float64)
        share = presence(seconds, self.place).astype(np.float32)
        out = audio.copy()
        dry = out[:, first - start : last - start]
        dry += share * (wet - dry)
        return out

    @cached_property
    def _equaliser(self) -> tone.Equaliser:
        asked = Settings(intensity=0.0, tone_db=((self.place.what, self.place.gain_db),))
        return tone.Equaliser(tone.wished(asked), self.rate)


def retouched(sound: Sound, settings: Settings) -> Sound:
    """A song, trimmed as `settings` say, with the tone of their places changed."""
    for place in _heard(settings):
        if place.what in BANDS:
            sound = Retouched(sound, place)
    return sound


def level(blocks: int, block: int, rate: int, settings: Settings) -> NDArray[np.float32]:
    """Gain in the middle of each block of frames, linear and at most 1: where some place is louder, all else
    is softer, and the level that comes afterwards makes up for it.
    """
    decibels = np.zeros(blocks, np.float32)
    for place in _heard(settings):
        if place.what == "volume":
            # The song's other blocks, which may be millions, are left alone.
            first = max(0, math.floor((place.start - FADE_SECONDS) * rate / block))
            last = min(blocks, math.ceil((place.end + FADE_SECONDS) * rate / block))
            seconds = np.asarray((np.arange(first, last) + 0.5) * (block / rate), np.float64)
            decibels[first:last] += (place.gain_db * presence(seconds, place)).astype(np.float32)
    decibels -= decibels.max(initial=0.0)
    decibels *= np.float32(math.log2(10) / 20)
    return np.exp2(decibels, out=decibels)


def presence(seconds: NDArray[np.float64], place: Place) -> NDArray[np.float64]:
    """How much of a change there is at each time: 1 within its place, 0 beyond its fades."""
    nearest = np.minimum(seconds - place.start, place.end - seconds)
    gone = np.clip(1 + nearest / FADE_SECONDS, 0.0, 1.0)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * gone), np.float64)


def moved(before: Sound, after: Sound, settings: Settings) -> list[float | None]:
    """What two versions of a song, trimmed alike, really differ by at each of the places of `settings`, dB.

    What changed in 10 s around a place, as the loudness of all does, is taken off; of a band, what all other
    bands did there as well, since the compressor lets go where something is taken away. None where there is
    nothing to compare: one of them is silent there, the place was trimmed off, or it is the whole song.
    """
    gone = settings.trim_start
    return [
        _moved(before, after, _earlier(place, gone)) if place.end > gone else None
        for place in settings.places
    ]


def _moved(before: Sound, after: Sound, place: Place) -> float | None:
    inside = ((place.start, place.end),)
    around = (
        (place.start - FADE_SECONDS - AROUND_SECONDS, place.start - FADE_SECONDS),
        (place.end + FADE_SECONDS, place.end + FADE_SECONDS + AROUND_SECONDS),
    )
    levels = [_levels(sound, where, place.what) for where in (inside, around) for sound in (before, after)]
    was, became, elsewhere_was, elsewhere_became = levels
    change = (became - was) - (elsewhere_became - elsewhere_was)
    if place.what == "volume":
        return float(change[0]) if np.isfinite(change[0]) else None
    low, high = BANDS[place.what]
    hertz = np.array(THIRD_OCTAVES[: change.size])
    band = change[(hertz > low * EDGE) & (hertz < high / EDGE) & np.isfinite(change)]
    others = change[((hertz < low / EDGE) | (hertz > high * EDGE)) & np.isfinite(change)]
    return float(band.mean() - np.median(others)) if band.size and others.size else None


def _levels(sound: Sound, stretches: tuple[tuple[float, float], ...], what: str) -> NDArray[np.float64]:
    """Level in some stretches (seconds) together, dB: K-weighted for the volume, else of each third octave;
    NaN where there is nothing.
    """
    powers = []
    for begin, end in stretches:
        start, stop = max(0, round(begin * sound.rate)), min(sound.frames, round(end * sound.rate))
        if stop > start:
            powers.append(_powers(Excerpt(sound, start, stop - start), what) * (stop - start))
    total = np.sum(powers, axis=0) if powers else np.zeros(1)
    return np.asarray(10 * np.log10(np.where(total > 0, total, np.nan)), np.float64)


def _powers(sound: Sound, what: str) -> NDArray[np.float64]:
    """Mean squares of a stretch: K-weighted for the volume, else of each third octave."""
    if what == "volume":
        filters, total = filters_at_rest(sound.channels), np.zeros(1)
        for start, stop in pieces(sound.frames):
            total += energy(sound.read(start, stop), sound.rate, np.array([0, stop - start]), filters)
        return total / sound.frames
    spectrum = average_sound(sound)
    thirds = banded(spectrum.hertz, spectrum.left + spectrum.right)
    return np.array([10 ** (level / 10) for _, level in thirds])


def _heard(settings: Settings) -> list[Place]:
    """The places by the clock of the trimmed song; those that were trimmed off are gone."""
    gone = settings.trim_start
    return [_earlier(place, gone) for place in settings.places if place.end > gone]


def _earlier(place: Place, seconds: float) -> Place:
    return replace(place, start=max(0.0, place.start - seconds), end=place.end - seconds)
