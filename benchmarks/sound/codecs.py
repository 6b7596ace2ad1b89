"""True peak after the ways a master is sent: six lossy encodes, decoded to floats."""

import io
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

import av
import numpy as np
import soundfile
import soxr
from av.audio.format import AudioFormat
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from benchmarks.sound import meters

Audio = NDArray[np.float32]
OPUS_RATE = 48000
PACKET = 1024
VORBIS_BLOCK = 1 << 16

ENCODES: Mapping[str, tuple[str, str, int]] = {
    "mp3 320": ("libmp3lame", "mp3", 320_000),
    "mp3 128": ("libmp3lame", "mp3", 128_000),
    "aac 256": ("aac", "mp4", 256_000),
    "aac 128": ("aac", "mp4", 128_000),
    "opus 128": ("libopus", "ogg", 128_000),
}
"""Encoder, container and bit rate; the sixth is Vorbis at quality 5 by libsndfile."""
VORBIS = "vorbis q5"
NAMES = (*ENCODES, VORBIS)


def decoded(audio: Audio, rate: int, name: str) -> tuple[Audio, int]:
    """(channels, frames) as they come out of an encode, and their rate."""
    if name == VORBIS:
        return _vorbis(audio, rate)
    codec, container, bits = ENCODES[name]
    if codec == "libopus" and rate != OPUS_RATE:
        audio = np.stack([soxr.resample(channel, rate, OPUS_RATE, quality="VHQ") for channel in audio])
        rate = OPUS_RATE
    data = _encoded(audio, rate, codec, container, bits)
    with av.open(io.BytesIO(data), "r") as box:
        blocks = [_planar(frame) for frame in box.decode(audio=0)]
    return np.concatenate(blocks, axis=1), rate


def true_peaks(audio: Audio, rate: int) -> dict[str, float]:
    """The true peak (dBTP) after each encode, by soxr sixteen times oversampled."""
    return {name: meters.soxr_peak(*decoded(audio, rate, name)) for name in NAMES}


def _encoded(audio: Audio, rate: int, codec: str, container: str, bits: int) -> bytes:
    out = io.BytesIO()
    layout = "stereo" if audio.shape[0] == 2 else "mono"
    kind = "flt" if codec == "libopus" else "fltp"
    with av.open(out, "w", format=container) as box:
        stream = cast(AudioStream, box.add_stream(codec, rate=rate))
        context = stream.codec_context
        context.bit_rate, context.format = bits, AudioFormat(kind)
        context.layout = AudioLayout(layout)
        for start in range(0, audio.shape[1], PACKET):
            block = np.ascontiguousarray(audio[:, start : start + PACKET])
            samples = block if kind == "fltp" else np.ascontiguousarray(block.T.reshape(1, -1))
            frame = AudioFrame.from_ndarray(samples, kind, layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))
    return out.getvalue()


def _planar(frame: AudioFrame) -> Audio:
    samples = frame.to_ndarray()
    if frame.format.is_planar:
        return np.asarray(samples, np.float32)
    return np.asarray(samples.reshape(-1, frame.layout.nb_channels).T, np.float32)


def _vorbis(audio: Audio, rate: int) -> tuple[Audio, int]:
    out = io.BytesIO()
    with soundfile.SoundFile(
        out, "w", rate, audio.shape[0], format="OGG", subtype="VORBIS", compression_level=0.5
    ) as file:
        for start in range(0, audio.shape[1], VORBIS_BLOCK):
            file.write(audio[:, start : start + VORBIS_BLOCK].T)
    out.seek(0)
    samples, _ = soundfile.read(out, dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples.T), rate
