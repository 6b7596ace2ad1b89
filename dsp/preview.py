"""Original and master side by side, equally loud: the only fair way to hear what mastering did."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dsp.loudness import GRID, energy, grid_edges, measure
from dsp.true_peak import decibels, linear_peak

SEGMENT_SECONDS = 15.0
PASSAGES = 2
FADE_SECONDS = 0.010
PEAK_DBTP = -1.0


@dataclass(frozen=True, slots=True)
class Segment:
    """start, end: seconds in the clip; at: second of the song it begins with; which: what is heard."""

    start: float
    end: float
    at: float
    which: Literal["original", "master"]


@dataclass(frozen=True, slots=True)
class Clip:
    """audio: (channels, frames); matched_gain_db: gain of the master against the original, which is positive
    when it was the original that had to come down.
    """

    audio: NDArray[np.float32]
    matched_gain_db: float
    segments: tuple[Segment, ...]


def ab_clip(original: NDArray[np.float32], mastered: NDArray[np.float32], rate: int) -> Clip:
    """At most 60 s from the loudest part: 15 s of the original, the same 15 s of the master, and once more.

    Both are (channels, frames) of the same song from the same beginning. The louder one is turned down to the
    quieter one, and both, if need be, until nothing exceeds -1 dBTP. Each segment has fades of 10 ms.
    """
    frames = min(original.shape[1], mastered.shape[1])
    length = min(int(SEGMENT_SECONDS * rate), frames)
    passages = max(1, min(PASSAGES, frames // length))
    first = _loudest(np.ascontiguousarray(mastered[:, :frames]), rate, passages * length)
    part = slice(first, first + passages * length)
    sounds = (np.ascontiguousarray(original[:, part]), np.ascontiguousarray(mastered[:, part]))
    loudness = [measure(sound, rate).integrated for sound in sounds]
    quieter = min(loudness)
    # Two that are silent, or one, have no loudness to match.
    gains = [min(0.0, quieter - lufs) if np.isfinite(quieter) else 0.0 for lufs in loudness]
    peak = max(decibels(linear_peak(sound)) + gain for sound, gain in zip(sounds, gains, strict=True))
    down = min(0.0, PEAK_DBTP - peak)
    fade = _fade(length, rate)
    pieces: list[NDArray[np.float32]] = []
    segments: list[Segment] = []
    for passage in range(passages):
        for which, sound, gain in zip(("original", "master"), sounds, gains, strict=True):
            piece = sound[:, passage * length : (passage + 1) * length] * fade
            start = len(pieces) * length / rate
            at = (first + passage * length) / rate
            segments.append(
                Segment(start, start + length / rate, at, "original" if which == "original" else "master")
            )
            pieces.append(piece * np.float32(10 ** ((gain + down) / 20)))
    return Clip(np.concatenate(pieces, axis=1), gains[1] - gains[0], tuple(segments))


def _loudest(audio: NDArray[np.float32], rate: int, length: int) -> int:
    """First frame of the loudest stretch of `length` frames."""
    edges = grid_edges(audio.shape[1], rate)
    total = np.concatenate(([0.0], np.cumsum(energy(audio, rate, edges))))
    steps = min(length * GRID // rate, edges.size - 1)
    loudest = int(np.argmax(total[steps:] - total[: total.size - steps]))
    first = int(edges[loudest])
    return min(first, int(audio.shape[1]) - length)


def _fade(length: int, rate: int) -> NDArray[np.float32]:
    ramp = np.minimum(1.0, (np.arange(length) + 0.5) / (FADE_SECONDS * rate))
    return np.asarray(np.minimum(ramp, ramp[::-1]), np.float32)
