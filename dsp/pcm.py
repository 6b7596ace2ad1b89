"""The house's own intermediate files back into memory: WAVs written by dsp.wav, and only those.

A stranger's file goes through dsp.decode first.
"""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.kernels.words import floats_24, planar


def read(path: Path) -> tuple[NDArray[np.float32], int]:
    """(channels, frames) float32 and the sample rate of a 24-bit or float WAV that this house wrote.

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
    audio = np.empty((channels, frames), np.float32)
    if frames == 0:
        return audio, rate
    if (tag, bits) == (3, 32):
        planar(np.memmap(path, np.float32, "c", at + 8, (frames, channels)), audio)
    elif (tag, bits) == (1, 24):
        floats_24(np.memmap(path, np.uint8, "c", at + 8, (frames * channels * 3,)), audio)
    else:
        raise ValueError(f"{path.name} is neither a 24-bit nor a float WAV.")
    return audio, rate
