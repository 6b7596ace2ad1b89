"""A song as the stages read it: piece by piece, from any place and as often as they like, so that none of
them has to hold all of it.
"""

import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

PIECE = 98304
"""Frames of a piece, 2.2 s at 44.1 kHz: whole blocks of dsp.blocks at every rate, and fit for the cache."""


class Sound(Protocol):
    """One or two channels of audio at `rate` Hz, `frames` long."""

    @property
    def rate(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def frames(self) -> int: ...

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        """(channels, stop - start), C-contiguous, not to be written to; zeros before and after the song."""
        ...


def pieces(frames: int) -> Iterator[tuple[int, int]]:
    """Where each piece of a song starts and stops; the last one may be shorter."""
    for start in range(0, frames, PIECE):
        yield start, min(start + PIECE, frames)


def whole(sound: Sound) -> NDArray[np.float32]:
    """All of a song in memory, (channels, frames)."""
    return sound.read(0, sound.frames)


@dataclass(frozen=True, slots=True)
class Held:
    """A song in memory: audio is (channels, frames)."""

    audio: NDArray[np.float32]
    rate: int

    @property
    def channels(self) -> int:
        return int(self.audio.shape[0])

    @property
    def frames(self) -> int:
        return int(self.audio.shape[1])

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        return padded(np.ascontiguousarray(self.audio[:, max(start, 0) : max(stop, 0)]), self, start, stop)


@dataclass(frozen=True)
class Changed:
    """A song that is `sound` with something done to it, worked out anew whenever it is read."""

    sound: Sound

    @property
    def rate(self) -> int:
        return self.sound.rate

    @property
    def channels(self) -> int:
        return self.sound.channels

    @property
    def frames(self) -> int:
        return self.sound.frames


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A song without its beginning and its end: `frames` frames of `sound` from `first` on."""

    sound: Sound
    first: int
    frames: int

    @property
    def rate(self) -> int:
        return self.sound.rate

    @property
    def channels(self) -> int:
        return self.sound.channels

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        inside = max(start, 0), max(0, min(stop, self.frames))
        found = self.sound.read(inside[0] + self.first, max(inside) + self.first)
        return padded(found, self, start, stop)


@dataclass(frozen=True, slots=True)
class Joined:
    """Songs of one rate and as many channels, at least one of them, one after the other."""

    sounds: tuple[Sound, ...]

    @property
    def rate(self) -> int:
        return self.sounds[0].rate

    @property
    def channels(self) -> int:
        return self.sounds[0].channels

    @property
    def frames(self) -> int:
        return sum(sound.frames for sound in self.sounds)

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        out = np.zeros((self.channels, stop - start), np.float32)
        begin = 0
        for sound in self.sounds:
            first, last = max(start, begin), min(stop, begin + sound.frames)
            if first < last:
                out[:, first - start : last - start] = sound.read(first - begin, last - begin)
            begin += sound.frames
        return out


class Kept:
    """A song put down piece by piece: in a file without a name, which is gone when nobody reads it any more,
    in a crash too; or in memory.

    The file holds piece after piece, in each of them channel after channel. highest: the largest magnitude of
    any sample.
    """

    def __init__(self, folder: Path | None, channels: int, rate: int) -> None:
        """folder: where the disk has room for 4 bytes a sample; None keeps it in memory."""
        self.rate = rate
        self.channels = channels
        self.frames = 0
        self.highest = 0.0
        self._waiting = np.empty((channels, PIECE), np.float32)
        self._pieces: list[NDArray[np.float32]] = []
        self._descriptor = -1
        if folder is not None:
            file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - outlives this
            weakref.finalize(self, file.close)
            self._descriptor = file.fileno()

    def append(self, audio: NDArray[np.float32]) -> None:
        """Add (channels, any number of frames)."""
        taken = 0
        if audio.size:
            self.highest = max(self.highest, float(audio.max()), -float(audio.min()))
        while taken < audio.shape[1]:
            filled = self.frames % PIECE
            room = min(PIECE - filled, audio.shape[1] - taken)
            self._waiting[:, filled : filled + room] = audio[:, taken : taken + room]
            taken += room
            self.frames += room
            if filled + room == PIECE:
                self._put_down()

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        out = np.zeros((self.channels, stop - start), np.float32)
        at = max(start, 0)
        while at < min(stop, self.frames):
            number, within = divmod(at, PIECE)
            end = min(at - within + PIECE, stop, self.frames)
            part = out[:, at - start : end - start]
            if number == self.frames // PIECE:
                part[:] = self._waiting[:, within : within + end - at]
            elif self._descriptor < 0:
                part[:] = self._pieces[number][:, within : within + end - at]
            else:
                for channel, target in enumerate(part):
                    place = 4 * ((number * self.channels + channel) * PIECE + within)
                    fill(target.data.cast("B"), self._descriptor, place)
            at = end
        return out

    def _put_down(self) -> None:
        if self._descriptor < 0:
            self._pieces.append(self._waiting)
            self._waiting = np.empty((self.channels, PIECE), np.float32)
            return
        view = self._waiting.data.cast("B")
        while view:
            view = view[os.write(self._descriptor, view) :]


def fill(view: memoryview, descriptor: int, place: int) -> None:
    """Read bytes from `place` of a file on, as many as the view has room for.

    Raises OSError when there are fewer.
    """
    while view:
        read = os.preadv(descriptor, [view], place)
        if not read:
            raise OSError("a song on disk is shorter than it was when it was written")
        view, place = view[read:], place + read


def padded(found: NDArray[np.float32], sound: Sound, start: int, stop: int) -> NDArray[np.float32]:
    """What there is of a song between start and stop, with zeros before and after the song."""
    if found.shape[1] == stop - start:
        return found
    out = np.zeros((sound.channels, stop - start), np.float32)
    first = max(0, -start)
    out[:, first : first + found.shape[1]] = found
    return out
