"""WAV files written front to back, of any length: RIFF, or RF64 (EBU Tech 3306) once they outgrow 4 GiB.

Nothing in them depends on the clock, so the same samples are the same bytes.
"""

import struct
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Literal, Self

import numpy as np
from numpy.typing import NDArray

Encoding = Literal["pcm16", "pcm24", "float32"]

# format tag (RFC 2361) and bytes a sample
FORMATS: dict[Encoding, tuple[int, int]] = {"pcm16": (1, 2), "pcm24": (1, 3), "float32": (3, 4)}
LARGEST_RIFF = 0xFFFFFFFF


class WavWriter:
    """Writes one WAV file block by block; a context manager. An error leaves a broken file behind.

    `write` takes interleaved little-endian samples of the encoding given here.
    """

    def __init__(self, path: Path, rate: int, channels: int, encoding: Encoding, extra: bytes = b"") -> None:
        """extra: whole chunks that stand before the samples, such as `dsp.broadcast.extension`."""
        self._file: BinaryIO = path.open("wb")
        self._rate = rate
        self._encoding: Encoding = encoding
        self._frame_bytes = channels * FORMATS[encoding][1]
        self._channels = channels
        self._data_bytes = 0
        self._extra = extra
        self._file.write(self._header())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._file.close()

    def write(self, samples: NDArray[np.float32] | NDArray[np.int16] | NDArray[np.uint8]) -> None:
        """Append interleaved samples, whole frames, C-contiguous."""
        self._file.write(samples.data.cast("B"))
        self._data_bytes += samples.nbytes

    def _finish(self) -> None:
        if self._data_bytes % 2:
            self._file.write(b"\0")
        self._file.seek(0)
        self._file.write(self._header())

    def _header(self) -> bytes:
        tag, width = FORMATS[self._encoding]
        frames = self._data_bytes // self._frame_bytes
        form = struct.pack(
            "<4sIHHIIHH", b"fmt ", 16, tag, self._channels, self._rate,
            self._rate * self._frame_bytes, self._frame_bytes, 8 * width,
        )  # fmt: skip
        if tag != 1:
            form += struct.pack("<4sII", b"fact", 4, min(frames, LARGEST_RIFF))
        form += self._extra
        riff_bytes = 4 + 36 + len(form) + 8 + self._data_bytes + self._data_bytes % 2
        if riff_bytes <= LARGEST_RIFF:
            opening = struct.pack("<4sI4s4sI28x", b"RIFF", riff_bytes, b"WAVE", b"JUNK", 28)
        else:
            opening = struct.pack("<4sI4s4sI", b"RF64", LARGEST_RIFF, b"WAVE", b"ds64", 28)
            opening += struct.pack("<QQQI", riff_bytes, self._data_bytes, frames, 0)
        return opening + form + struct.pack("<4sI", b"data", min(self._data_bytes, LARGEST_RIFF))
