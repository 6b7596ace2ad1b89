"""Strangers' files opened for reading block by block, by soundfile (libsndfile) or, where it cannot, by PyAV.

Nothing a header says is believed: how long a file is shows when its samples have been decoded. ffmpeg is
told the container it has to expect and is given an open file, so that no playlist inside a file makes it
open another one.
"""

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import numpy as np
import soundfile
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from dsp.errors import Refused

BLOCK = 65536
LOSSY = frozenset({"aac", "mp3", "mp2", "opus", "vorbis", "ac3", "eac3", "wmav2"})
BITS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16, "PCM_24": 24, "PCM_32": 32, "FLOAT": 32, "DOUBLE": 64,
        "ALAC_16": 16, "ALAC_20": 20, "ALAC_24": 24, "ALAC_32": 32}  # fmt: skip
CODECS = {"FLOAT": "float", "DOUBLE": "float", "VORBIS": "vorbis", "OPUS": "opus", "MPEG_LAYER_III": "mp3",
          "MPEG_LAYER_II": "mp2", "ALAC_16": "alac", "ALAC_20": "alac", "ALAC_24": "alac",
          "ALAC_32": "alac"}  # fmt: skip
FULL_SCALE = {"u8": 2.0**7, "s16": 2.0**15, "s32": 2.0**31, "s64": 2.0**63, "flt": 1.0, "dbl": 1.0}
PROTECTED = ("drms", "enca", "aavd")
DEMUXERS = {"m4a": "mov", "aac": "aac", "mp3": "mp3", "opus": "ogg"}


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file turned out to be.

    rate in Hz; bits of one sample (None where the codec has no such notion); promised: seconds its header
    speaks of, None where it does not say or is known to be filled in carelessly.
    """

    container: str
    codec: str
    rate: int
    channels: int
    bits: int | None
    lossy: bool
    promised: float | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An open file. blocks: float32 (frames, channels), full scale at 1; raises Refused("broken") where
    it is damaged.
    """

    probe: Probe
    blocks: Iterator[NDArray[np.float32]]


def opened(path: Path, container: str) -> AbstractContextManager[Source]:
    """Open a file for reading. Raises Refused (not-audio, broken, drm) when no decoder can make
    anything of it.
    """
    return _through_av(path, container) if container in DEMUXERS else _through_soundfile(path, container)


@contextmanager
def _through_soundfile(path: Path, container: str) -> Iterator[Source]:
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        raise Refused("broken", {"reason": "its header makes no sense"}) from error
    with file:
        bits = BITS.get(file.subtype)
        codec = (
            container
            if container == "flac"
            else CODECS.get(file.subtype, "pcm" if bits else file.subtype.lower())
        )
        promised = _promised(path, file) if container in ("wav", "flac") else None
        yield Source(
            Probe(container, codec, file.samplerate, file.channels, bits, bits is None, promised),
            _soundfile_blocks(file),
        )


def _soundfile_blocks(file: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    frames = 0
    while True:
        try:
            block = file.read(BLOCK, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise _breaks_off(frames / file.samplerate) from error
        if not len(block):
            return
        frames += len(block)
        yield block


def _promised(path: Path, file: soundfile.SoundFile) -> float | None:
    """Seconds the header speaks of. A WAV's is read here, because libsndfile quietly mends it."""
    if file.format == "FLAC":
        return file.frames / file.samplerate if 0 < file.frames < 2**40 else None
    with path.open("rb") as raw:
        raw.seek(12)
        frame_bytes = 0
        while len(head := raw.read(8)) == 8:
            size = int.from_bytes(head[4:], "little")
            if head[:4] == b"data":
                # Recorders that cannot seek back leave 0 or the largest number there.
                believable = frame_bytes and 0 < size < 0x7FFF0000
                return size / frame_bytes / file.samplerate if believable else None
            start = raw.tell()
            if head[:4] == b"fmt ":
                frame_bytes = int.from_bytes(raw.read(14)[12:], "little")
            raw.seek(start + size + size % 2)
    return None


@contextmanager
def _through_av(path: Path, container: str) -> Iterator[Source]:
    with path.open("rb") as file:
        try:
            box = av.open(file, "r", format=DEMUXERS[container], metadata_errors="replace")
        except (av.FFmpegError, ValueError, OSError) as error:
            if not _astray(error):
                raise
            raise Refused("broken", {"reason": "its header makes no sense"}) from error
        with box:
            if not box.streams.audio:
                raise Refused("not-audio")
            stream = box.streams.audio[0]
            context = stream.codec_context
            if context is None or _tag(context) in PROTECTED:
                raise Refused("drm" if _protected(path) else "not-audio")
            frames = _av_frames(box, stream)
            first = next(frames, None)
            if first is None:
                raise Refused("broken", {"reason": "no sound in it can be decoded"})
            codec = {"mp3float": "mp3", "libopus": "opus"}.get(context.name, context.name)
            lossy = codec in LOSSY
            bits = None if lossy else (24 if first.format.bits == 32 else first.format.bits)
            promised = None
            counted = container == "m4a" or (container == "mp3" and _counts_its_frames(path))
            if counted and stream.duration is not None and stream.time_base is not None:
                promised = float(stream.duration * stream.time_base)
            probe = Probe(
                container, codec, first.sample_rate, first.layout.nb_channels, bits, lossy, promised
            )
            yield Source(probe, _av_blocks(probe, chain((first,), frames)))


def _av_frames(box: av.container.InputContainer, stream: av.AudioStream) -> Iterator[AudioFrame]:
    """Decoded frames; single damaged packets are passed over, as players do; a run of them ends it."""
    damaged = 0
    try:
        for packet in box.demux(stream):
            try:
                yield from packet.decode()
                damaged = 0
            except av.InvalidDataError:
                damaged += 1
                if damaged > 20:
                    return
    except (av.FFmpegError, OSError) as error:
        if not _astray(error):
            raise
        if isinstance(error, MemoryError):  # a size that it made up: sound comes in small blocks
            raise Refused("broken", {"reason": "it asks for more memory than any song needs"}) from error


def _av_blocks(probe: Probe, frames: Iterator[AudioFrame]) -> Iterator[NDArray[np.float32]]:
    decoded = 0
    for frame in frames:
        if (frame.sample_rate, frame.layout.nb_channels) != (probe.rate, probe.channels):
            raise _breaks_off(decoded / probe.rate)
        samples = frame.to_ndarray()
        block = samples.T if frame.format.is_planar else samples.reshape(-1, probe.channels)
        scaled = block.astype(np.float32, order="C")
        kind = frame.format.name.removesuffix("p")
        if kind == "u8":
            scaled -= np.float32(128)
        if FULL_SCALE[kind] != 1.0:
            scaled /= np.float32(FULL_SCALE[kind])
        decoded += len(scaled)
        yield scaled


def _counts_its_frames(path: Path) -> bool:
    """Whether an MP3 carries the header in which encoders note how many frames there are."""
    with path.open("rb") as file:
        head = file.read(1 << 18)
    return b"Xing" in head or b"Info" in head


def _astray(error: Exception) -> bool:
    """Whether it was the file that led a decoder astray, if only to a place before its beginning (EINVAL),
    and not the disk that failed.
    """
    return isinstance(error, av.FFmpegError | ValueError) or getattr(error, "errno", 0) == errno.EINVAL


def _tag(context: av.CodecContext) -> str:
    """What a container calls its codec; "" where that is no text."""
    try:
        return context.codec_tag
    except UnicodeDecodeError:
        return ""


def _protected(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(1 << 20)
    return any(tag.encode() in head for tag in (*PROTECTED, "M4P "))


def _breaks_off(seconds: float) -> Refused:
    return Refused("broken", {"reason": f"it breaks off after {seconds:.1f} seconds"})
