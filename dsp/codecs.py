"""Lossy encoders, and what comes out of them again: MP3 by the LAME that pedalboard carries, AAC and Opus by
PyAV, Ogg Vorbis by libsndfile.

Each works at its own default quality: ffmpeg's faster AAC coder was measured 6 dB further from the music at
256 kbit/s, LAME's faster modes save nothing behind pedalboard.
"""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Literal, cast

import av
import numpy as np
import soundfile
import soxr
from av.audio.format import AudioFormat
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.stream import AudioStream
from numpy.typing import NDArray
from pedalboard.io import AudioFile

from dsp.sound import PIECE, Kept, Sound, pieces

OPUS_RATE = 48000
LOSSY_RATES = (44100, 48000, 32000)
"""What MP3 (MPEG-1 layer III) knows; AAC is written at these too."""
VORBIS_COMPRESSION = 0.5
"""libsndfile's scale for Vorbis: one less quality over ten, so this is quality 5, about 160 kbit/s."""

Name = Literal["mp3", "aac", "opus", "vorbis"]


@dataclass(frozen=True, slots=True)
class Codec:
    """One way of encoding. kbps: of all channels together; Vorbis takes its own."""

    name: Name
    kbps: int

    def rate(self, rate: int) -> int:
        """The sample rate at which a song of `rate` Hz is encoded."""
        return OPUS_RATE if self.name == "opus" else lossy_rate(rate)


# PyAV's encoder, container and sample format
ENCODERS: Mapping[Name, tuple[str, str, Literal["fltp", "flt"]]] = {
    "aac": ("aac", "ipod", "fltp"),
    "opus": ("libopus", "ogg", "flt"),
}


def lossy_rate(rate: int) -> int:
    """The rate an MP3 of this song has: its own where MP3 knows it, else 48 or 44.1 kHz."""
    return rate if rate in LOSSY_RATES else 48000 if rate % 48000 == 0 else 44100


def encode(
    sound: Sound, codec: Codec, to: Path | BinaryIO, progress: Callable[[float], None] | None = None
) -> None:
    """Write a song of the rate that `codec.rate` gives to a file or a seekable stream.

    progress: called with the share done, 0..1.
    """
    if codec.name == "mp3":
        _lame(sound, codec.kbps, to, progress)
    elif codec.name == "vorbis":
        _vorbis(sound, to, progress)
    else:
        _ffmpeg(sound, codec, to, progress)


def decoded(sound: Sound, codec: Codec, folder: Path | None) -> Sound:
    """What a listener gets of a song of any rate: samples that may exceed 1, at the rate of the codec.

    Frame 0 is frame 0 of the song; the last packet may be filled up with a little silence. folder: where it
    is kept, as in dsp.sound.Kept.
    """
    with tempfile.TemporaryFile(dir=folder) as data:
        encode(resampled(sound, codec.rate(sound.rate), folder), codec, data)
        data.seek(0)
        heard = Kept(folder, sound.channels, codec.rate(sound.rate))
        if codec.name == "vorbis":
            with soundfile.SoundFile(data) as file:
                for block in file.blocks(PIECE, dtype="float32", always_2d=True):
                    heard.append(np.ascontiguousarray(block.T))
        else:
            with av.open(data, "r") as box:
                for frame in box.decode(audio=0):
                    heard.append(_planar(frame))
    return heard


def resampled(sound: Sound, rate: int, folder: Path | None) -> Sound:
    """A song at another rate by soxr's very high quality; the same where the rate is right already.

    Its peaks are other ones. folder: where it is kept, as in dsp.sound.Kept.
    """
    if rate == sound.rate:
        return sound
    stream = soxr.ResampleStream(sound.rate, rate, sound.channels, dtype="float32", quality="VHQ")
    changed = Kept(folder, sound.channels, rate)
    for start, stop in pieces(sound.frames):
        block = np.ascontiguousarray(sound.read(start, stop).T)
        changed.append(np.ascontiguousarray(stream.resample_chunk(block, last=stop == sound.frames).T))
    return changed


def _blocks(
    sound: Sound, progress: Callable[[float], None] | None
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """First frame and (channels, frames) of each piece."""
    for start, stop in pieces(sound.frames):
        yield start, sound.read(start, stop)
        if progress is not None:
            progress(stop / sound.frames)


def _lame(sound: Sound, kbps: int, to: Path | BinaryIO, progress: Callable[[float], None] | None) -> None:
    """A quarter of the time of the same encoder behind PyAV; writes the header from which players know where
    the song begins and ends.
    """
    stream = to.open("wb+") if isinstance(to, Path) else to
    try:
        with AudioFile(
            stream, "w", samplerate=sound.rate, num_channels=sound.channels, quality=kbps, format="mp3"
        ) as out:
            for _, block in _blocks(sound, progress):
                out.write(block)
    finally:
        if isinstance(to, Path):
            stream.close()


def _vorbis(sound: Sound, to: Path | BinaryIO, progress: Callable[[float], None] | None) -> None:
    with soundfile.SoundFile(
        to, "w", sound.rate, sound.channels, "VORBIS", format="OGG", compression_level=VORBIS_COMPRESSION
    ) as out:
        for _, block in _blocks(sound, progress):
            out.write(block.T)


def _ffmpeg(
    sound: Sound, codec: Codec, to: Path | BinaryIO, progress: Callable[[float], None] | None
) -> None:
    encoder, container, kind = ENCODERS[codec.name]
    layout = "stereo" if sound.channels == 2 else "mono"
    with av.open(str(to) if isinstance(to, Path) else to, "w", format=container) as box:
        stream = cast(AudioStream, box.add_stream(encoder, rate=sound.rate))
        context = stream.codec_context
        context.bit_rate, context.format = codec.kbps * 1000, AudioFormat(kind)
        context.layout = AudioLayout(layout)
        for start, block in _blocks(sound, progress):
            samples = block if kind == "fltp" else np.ascontiguousarray(block.T.reshape(1, -1))
            frame = AudioFrame.from_ndarray(samples, kind, layout)
            frame.sample_rate, frame.pts, frame.time_base = sound.rate, start, Fraction(1, sound.rate)
            box.mux(stream.encode(frame))
        box.mux(stream.encode(None))


def _planar(frame: AudioFrame) -> NDArray[np.float32]:
    samples = frame.to_ndarray()
    if frame.format.is_planar:
        return np.asarray(samples, np.float32)
    return np.asarray(samples.reshape(-1, frame.layout.nb_channels).T, np.float32)
