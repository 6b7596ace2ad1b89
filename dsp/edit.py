"""Where a song begins and ends: trims before anything else, fades after the dynamics."""

import numpy as np
from numpy.typing import NDArray

from dsp.decode import LEAST_SECONDS
from dsp.errors import Refused
from dsp.settings import Settings


def trim(audio: NDArray[np.float32], rate: int, settings: Settings) -> NDArray[np.float32]:
    """What is left of (channels, frames), C-contiguous; the same array when nothing is trimmed.

    Raises Refused("too-short") when nothing measurable is left.
    """
    frames = audio.shape[1]
    first, last = round(settings.trim_start * rate), frames - round(settings.trim_end * rate)
    if last - first < LEAST_SECONDS * rate:
        raise Refused("too-short", {"seconds": max(0, last - first) / rate, "least": LEAST_SECONDS})
    return np.ascontiguousarray(audio[:, first:last])


def fade_gain(blocks: int, block: int, frames: int, rate: int, settings: Settings) -> NDArray[np.float32]:
    """Gain in the middle of each block of frames: raised cosines, from nothing and to nothing.

    A fade longer than the song takes all of the song.
    """
    gain = np.ones(blocks, np.float32)
    middle = (np.arange(blocks) + 0.5) * block
    for seconds, distance in ((settings.fade_in, middle), (settings.fade_out, frames - middle)):
        if seconds > 0:
            gone = np.clip(distance / min(max(seconds * rate, 1.0), frames), 0.0, 1.0)
            gain *= (0.5 - 0.5 * np.cos(np.pi * gone)).astype(np.float32)
    return gain
