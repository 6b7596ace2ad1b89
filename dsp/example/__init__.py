"""A song of our own making, so that there is always something to master.

Drums, bass, pads, keys and a lead play a piece with a form; then it is mixed badly on purpose: far
too quiet, muddy, dull, its bass out of step between the sides, two hits clipped. All follows from the seed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from dsp.example import mixdown, score

_BAR_SECONDS = score.BAR * 60 / score.TEMPO
_FADE_SECONDS = 2.5


def example_song(seconds: float = 75, rate: int = 44_100, seed: int = 7) -> NDArray[np.float32]:
    """A song of exactly `seconds`, planar (2, frames), full scale 1.0, about -22 LUFS.

    The same arguments give the same samples. Raises ValueError for less than 10 s or a rate below 16 kHz.
    """
    if seconds < 10 or rate < 16_000:
        raise ValueError(f"an example song has at least 10 s and 16 kHz, not {seconds} s and {rate} Hz")
    random = np.random.default_rng(seed)
    frames = round(seconds * rate)
    bars = max(1, round(seconds / _BAR_SECONDS))
    mix = mixdown.played(score.notes(bars, random), frames, rate, random)
    fade = min(frames, round(_FADE_SECONDS * rate))
    mix[:, frames - fade :] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    hot = [beat * 60 / score.TEMPO for beat in score.chorus_starts(bars)]
    return mixdown.spoiled(mix, rate, hot)


def write_example(path: Path, *, seconds: float = 75, rate: int = 44_100, seed: int = 7) -> None:
    """Write `example_song` as a 24-bit file; the suffix says which kind (.wav, .flac, .aiff)."""
    song = example_song(seconds, rate, seed)
    soundfile.write(path, song.T, rate, subtype="PCM_24")
