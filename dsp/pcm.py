"""The house's own intermediate files back into memory: WAVs written by dsp.wav, and only those.

A stranger's file goes through dsp.decode first.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.words import floats_24, planar


@dataclass(frozen=True, slots=True)
class Stored:
    """A 24-bit or float WAV that this house wrote, read as a dsp.sound.Sound: whatever is asked for."""

    rate: int
    channels: int
    frames: int
    words: NDArray[np.uint8]

    def read(self, start: int, stop: int) -> NDArray[np.float32]:
        first, end = max(start, 0), max(min(stop, self.frames), 0)
        inside = np.empty((self.channels, max(end - first, 0)), np.float32)
        if not inside.size:
            return np.zeros((self.channels, stop - start), np.float32)
        width = self.words.size // self.frames
        part = self.words[first * width : end * width]
        if width == 3 * self.channels:
            floats_24(part, inside)
        else:
            planar(part.view(np.float32).reshape(-1, self.channels), inside)
        if end - first == stop - start:
            return inside
        out = np.zeros((self.channels, stop - start), np.float32)
        out[:, first - start : end - start] = inside
        return out


def stored(path: Path) -> Stored:
    """The sound of a 24-bit or float WAV that this house wrote; nothing of it is read yet.

    Raises ValueError when it is something else.
    """
    with path.open("rb") as file:
        header = file.read(128)
    at = header.find(b"data", 72)
    if header[:4] not in (b"RIFF", b"RF64") or header[48:52] != b"fmt " or at < 0:
        raise ValueError(f"{path.name} was not written by this engine.")
    tag, channels, rate, _, frame_bytes, bits = struct.unpack_from("<HHIIHH", header, 56)
    (data_bytes,) = struct.unpack_from("<I", header, at + 4)
    if header[:4] == b"RF64":
        (data_bytes,) = struct.unpack_from("<Q", header, 28)
    frames = data_bytes // frame_bytes
    if (tag, bits) not in ((3, 32), (1, 24)):
        raise ValueError(f"{path.name} is neither a 24-bit nor a float WAV.")
    size = frames * frame_bytes
    # Copy on write: the kernels are compiled for arrays that can be written to.
    words = np.memmap(path, np.uint8, "c", at + 8, (size,)) if frames else np.empty(0, np.uint8)
    return Stored(rate, channels, frames, words.view(np.ndarray))


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """(channels, frames) float32 and the sample rate of a 24-bit or float WAV that this house wrote.

    Raises ValueError when it is something else.
    """
    sound = stored(path)
    return sound.read(0, sound.frames), sound.rate
