"""Original and master side by side, equally loud: the only fair way to hear what mastering did."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dsp.codecs import resampled
from dsp.gain import Scaled
from dsp.loudness import GRID, grid_edges, grid_energy
from dsp.meter import Meter, Reading
from dsp.sound import Changed, Excerpt, Joined, Sound, pieces

SEGMENT_SECONDS = 15.0
PASSAGES = 2
FADE_SECONDS = 0.010
PEAK_DBTP = -1.0

Side = Literal["original", "master"]


@dataclass(frozen=True, slots=True)
class Segment:
    """start, end: seconds in the clip; at: second of the song it begins with; which: what is heard."""

    start: float
    end: float
    at: float
    which: Side


@dataclass(frozen=True, slots=True)
class Clip:
    """matched_gain_db: gain of the master against the original, which is positive when it was the original
    that had to come down.
    """

    sound: Sound
    matched_gain_db: float
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Faded(Changed):
    """`sound` with a fade at either end."""

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        from_start = np.arange(start, stop) + 0.5
        nearest = np.minimum(from_start, self.frames - from_start)
        gain = np.minimum(1.0, nearest / (FADE_SECONDS * self.rate)).astype(np.float32)
        return np.asarray(self.sound.read(start, stop) * gain, np.float32)


@dataclass(frozen=True)
class Doubled(Changed):
    """One channel as two."""

    @property
    def channels(self) -> int:
        return 2

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        return np.repeat(self.sound.read(start, stop), 2, axis=0)


def alike(one: Sound, other: Sound, folder: Path | None) -> tuple[Sound, Sound]:
    """Two songs at the rate of the second, in stereo where one of them is, so that they can be joined.

    folder: where what had to be resampled is kept, as in dsp.sound.Kept.
    """
    same = resampled(one, other.rate, folder)
    if same.channels == other.channels:
        return same, other
    return (Doubled(same), other) if same.channels == 1 else (same, Doubled(other))


def ab_clip(original: Sound, mastered: Sound) -> Clip:
    """At most 60 s from the loudest part: 15 s of the original, the same 15 s of the master, and once more.

    Both are of the same song from the same beginning. The louder one is turned down to the quieter one, and
    both, if need be, until nothing exceeds -1 dBTP. Each segment has fades of 10 ms.
    """
    rate, frames = mastered.rate, min(original.frames, mastered.frames)
    length = min(int(SEGMENT_SECONDS * rate), frames)
    passages = max(1, min(PASSAGES, frames // length))
    first = _loudest(Excerpt(mastered, 0, frames), passages * length)
    heard = [_heard(Excerpt(sound, first, passages * length)) for sound in (original, mastered)]
    quieter = min(reading.loudness.integrated for reading in heard)
    # Two that are silent, or one, have no loudness to match.
    gains = [
        min(0.0, quieter - reading.loudness.integrated) if math.isfinite(quieter) else 0.0
        for reading in heard
    ]
    peak = max(reading.true_peak + gain for reading, gain in zip(heard, gains, strict=True))
    down = min(0.0, PEAK_DBTP - peak)
    sides: tuple[tuple[Side, Sound, float], ...] = (
        ("original", original, gains[0] + down),
        ("master", mastered, gains[1] + down),
    )
    turns: list[Sound] = []
    segments: list[Segment] = []
    for at in range(first, first + passages * length, length):
        for which, sound, gain in sides:
            start = len(turns) * length / rate
            segments.append(Segment(start, start + length / rate, at / rate, which))
            turns.append(Scaled(Faded(Excerpt(sound, at, length)), 10 ** (gain / 20)))
    return Clip(Joined(tuple(turns)), gains[1] - gains[0], tuple(segments))


def _heard(sound: Sound) -> Reading:
    meter = Meter(sound.rate, sound.channels)
    for start, stop in pieces(sound.frames):
        meter.add(sound.read(start, stop))
    return meter.reading()


def _loudest(sound: Sound, length: int) -> int:
    """First frame of the loudest stretch of `length` frames."""
    edges = grid_edges(sound.frames, sound.rate)
    total = np.concatenate(([0.0], np.cumsum(grid_energy(sound))))
    steps = min(length * GRID // sound.rate, edges.size - 1)
    loudest = int(np.argmax(total[steps:] - total[: total.size - steps]))
    return min(int(edges[loudest]), sound.frames - length)
