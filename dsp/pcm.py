"""The house's own intermediate files, read piece by piece: WAVs written by dsp.wav, and only those.

A stranger's file goes through dsp.decode first.
"""

import struct
import weakref
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.words import floats_24, planar
from dsp.sound import fill, padded


class Stored:
    """A 24-bit or float WAV that this house wrote, as a dsp.sound.Sound: only what is asked for is read.

    The file is not mapped: what was read of a mapped one stays in memory until somebody else needs the room.
    """

    def __init__(self, path: Path) -> None:
        """Raises ValueError when it is something else."""
        file = path.open("rb", buffering=0)
        weakref.finalize(self, file.close)
        header = file.read(128)
        at = header.find(b"data", 72)
        if header[:4] not in (b"RIFF", b"RF64") or header[48:52] != b"fmt " or at < 0:
            raise ValueError(f"{path.name} was not written by this engine.")
        tag, channels, rate, _, width, bits = struct.unpack_from("<HHIIHH", header, 56)
        (size,) = struct.unpack_from("<I", header, at + 4)
        if header[:4] == b"RF64":
            (size,) = struct.unpack_from("<Q", header, 28)
        if (tag, bits) not in ((3, 32), (1, 24)):
            raise ValueError(f"{path.name} is neither a 24-bit nor a float WAV.")
        self.rate: int = rate
        self.channels: int = channels
        self.frames: int = size // width
        self._width: int = width
        self._floats = bits == 32
        self._descriptor = file.fileno()
        self._begin = at + 8

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        first = min(max(start, 0), self.frames)
        count = max(min(stop, self.frames) - first, 0)
        found = np.empty((self.channels, count), np.float32)
        words = np.empty(count * self._width, np.uint8)
        fill(words.data, self._descriptor, self._begin + first * self._width)
        if self._floats:
            planar(words.view(np.float32).reshape(-1, self.channels), found)
        else:
            floats_24(words, found)
        return padded(found, self, start, stop)


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """All of it in memory: (channels, frames) float32 and the sample rate of a WAV as `Stored` takes it.

    Raises ValueError when it is something else.
    """
    sound = Stored(path)
    return sound.read(0, sound.frames), sound.rate
