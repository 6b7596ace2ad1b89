"""Where a song begins and ends: trims before anything else, fades after the dynamics, the gap after all; and
the mean that is taken out of what is between.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.decode import LEAST_SECONDS
from dsp.errors import Refused
from dsp.settings import Settings
from dsp.sound import Changed, Excerpt, Sound, pieces

CENTRING_SECONDS = 0.010
"""How long it takes until a mean is taken away in full."""


def trim(sound: Sound, settings: Settings) -> Sound:
    """What is left of a song; the same one when nothing is trimmed.

    Raises Refused("too-short") when nothing measurable is left.
    """
    rate, frames = sound.rate, sound.frames
    first, last = round(settings.trim_start * rate), frames - round(settings.trim_end * rate)
    if last - first < LEAST_SECONDS * rate:
        raise Refused("too-short", {"seconds": max(0, last - first) / rate, "least": LEAST_SECONDS})
    return sound if last - first == frames else Excerpt(sound, first, last - first)


def spaced(sound: Sound, settings: Settings) -> Sound:
    """A song and the silence that is to follow it."""
    gap = round(settings.gap * sound.rate)
    return Excerpt(sound, 0, sound.frames + gap) if gap else sound


def fade_gain(blocks: int, block: int, frames: int, rate: int, settings: Settings) -> NDArray[np.float32]:
    """Gain in the middle of each block of frames: raised cosines, from nothing and to nothing.

    A fade longer than the song takes all of the song.
    """
    gain = np.ones(blocks, np.float32)
    for seconds, into in ((settings.fade_in, True), (settings.fade_out, False)):
        if seconds > 0:
            length = min(max(seconds * rate, 1.0), frames)
            count = min(blocks, math.ceil(length / block) + 1)
            touched = slice(0, count) if into else slice(blocks - count, blocks)
            middle = (np.arange(touched.start, touched.stop) + 0.5) * block
            distance = middle if into else frames - middle
            gone = np.clip(distance / length, 0.0, 1.0)
            gain[touched] *= (0.5 - 0.5 * np.cos(np.pi * gone)).astype(np.float32)
    return gain


@dataclass(frozen=True)
class Centred(Changed):
    """A song without the `mean` (channels,) that it has from frame `first` to `last` (channels,)."""

    mean: NDArray[np.float32]
    first: NDArray[np.int64]
    last: NDArray[np.int64]

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        at = np.arange(start, stop) + 0.5
        inside = np.minimum(at - self.first[:, None], self.last[:, None] - at)
        share = np.clip(inside / (CENTRING_SECONDS * self.rate), 0.0, 1.0).astype(np.float32)
        share[:, (at < 0) | (at > self.frames)] = 0
        return np.asarray(self.sound.read(start, stop) - self.mean[:, None] * share, np.float32)


def centred(sound: Sound) -> Centred:
    """A song without its mean, as silent as it was before and after the music, which begins and ends with a
    sample above half the mean. The mean goes and comes back within CENTRING_SECONDS, but where there is less
    than that before or after the music.
    """
    mean = np.zeros(sound.channels)
    for start, stop in pieces(sound.frames):
        mean += sound.read(start, stop).sum(axis=1, dtype=np.float64) / sound.frames
    first, last = np.full(sound.channels, sound.frames), np.zeros(sound.channels, np.int64)
    for start, stop in pieces(sound.frames):
        high = np.abs(sound.read(start, stop)) > np.abs(mean[:, None]) / 2
        found = high.any(axis=1)
        first = np.where(found, np.minimum(first, start + high.argmax(axis=1)), first)
        last = np.where(found, stop - high[:, ::-1].argmax(axis=1), last)
    mean *= sound.frames / np.maximum(last - first, 1)
    least = round(CENTRING_SECONDS * sound.rate) + 1
    first -= 2 * least * (first < least)
    last += 2 * least * (last > sound.frames - least)
    return Centred(sound, mean.astype(np.float32), first, last)
