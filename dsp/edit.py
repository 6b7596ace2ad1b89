"""Where a song begins and ends: trims before anything else, fades after the dynamics."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.decode import LEAST_SECONDS
from dsp.errors import Refused
from dsp.settings import Settings
from dsp.sound import Changed, Excerpt, Sound, pieces


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
            middle = (np.arange(blocks) + 0.5) * block
            distance = middle if into else frames - middle
            gone = np.clip(distance / min(max(seconds * rate, 1.0), frames), 0.0, 1.0)
            gain *= (0.5 - 0.5 * np.cos(np.pi * gone)).astype(np.float32)
    return gain


@dataclass(frozen=True)
class Centred(Changed):
    """A song without `mean` (channels,)."""

    mean: NDArray[np.float32]

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        audio = self.sound.read(start, stop).copy()
        audio[:, max(-start, 0) : max(self.frames - start, 0)] -= self.mean[:, None]
        return audio


def centred(sound: Sound) -> Centred:
    """A song without the mean that it has."""
    total = np.zeros(sound.channels)
    for start, stop in pieces(sound.frames):
        total += sound.read(start, stop).sum(axis=1, dtype=np.float64)
    return Centred(sound, (total / sound.frames).astype(np.float32))
