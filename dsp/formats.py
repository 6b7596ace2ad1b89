"""The files people take home: samples in any word length as WAV, FLAC or AIFF, lossy files, and the sample
rates in between. All of them are written in one go from one master, piece by piece.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np
import soundfile
from numpy.typing import NDArray

from dsp import codecs
from dsp.blocks import block_edges
from dsp.codecs import Codec
from dsp.dither import Dither, shaped
from dsp.gain import Scaled, Turned
from dsp.kernels.words import words_24
from dsp.limiter import BlockPeaks, bounds, limiting
from dsp.proof import read
from dsp.sound import Held, Sound, pieces, whole
from dsp.true_peak import linear_peak
from dsp.wav import Encoding, WavWriter

ROUNDS = 4
ROUNDING = 0.9999
"""A little under what is asked, for what floating point adds."""
LAME_SCALE = {128: 0.95, 160: 0.95, 192: 0.97, 224: 0.98}
"""What LAME's own presets multiply the samples with at a constant bit rate (kbit/s); 1 at the others."""

Bits = Literal[16, 24, 32]
Kind = Literal["wav", "flac", "aiff", "mp3", "aac", "opus"]
ENCODINGS: dict[Bits, Encoding] = {16: "pcm16", 24: "pcm24", 32: "float32"}
LOSSY = ("mp3", "aac", "opus")
SUFFIXES: dict[Kind, str] = {
    "wav": ".wav", "flac": ".flac", "aiff": ".aiff", "mp3": ".mp3", "aac": ".m4a", "opus": ".opus",
}  # fmt: skip
MEDIA_TYPES: dict[Kind, str] = {
    "wav": "audio/wav", "flac": "audio/flac", "aiff": "audio/aiff",
    "mp3": "audio/mpeg", "aac": "audio/mp4", "opus": "audio/ogg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    bits: word length of WAV (16, 24, 32 as floats), FLAC and AIFF (16, 24); rate: Hz, None keeps the song's;
    shaping: whether the dither of 16 bits is shaped; kbps: of MP3, AAC and Opus.
    """

    kind: Kind
    bits: Bits = 24
    rate: int | None = None
    shaping: bool = False
    kbps: int = 0

    @property
    def lossy(self) -> bool:
        return self.kind in LOSSY

    @property
    def codec(self) -> Codec:
        """Of a lossy format."""
        return Codec(cast(codecs.Name, self.kind), self.kbps)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.kind]

    def rate_of(self, rate: int) -> int:
        """The sample rate of the file of a song at `rate` Hz."""
        return self.codec.rate(rate) if self.lossy else self.rate or rate

    @property
    def ending(self) -> str:
        """What stands behind the song's name: " - 16 bit 44.1 kHz.wav", ".mp3"."""
        if self.lossy:
            return SUFFIXES[self.kind]
        rate = f" {self.rate / 1000:g} kHz" if self.rate else ""
        return f" - {self.bits} bit{rate}{SUFFIXES[self.kind]}"


def format_of(text: str) -> Format:
    """The format that a line such as "wav 16 44100 shaped", "flac 24" or "mp3 320" names.

    Raises ValueError with one sentence.
    """
    kind, *words = text.split() or [""]
    numbers = [int(word) for word in words if word.isdigit()]
    if kind not in get_args(Kind) or not numbers or len(numbers) + ("shaped" in words) != len(words):
        raise ValueError(f"There is no format {text!r}.")
    if kind in LOSSY:
        return Format(cast(Kind, kind), kbps=numbers[0])
    if numbers[0] not in ((16, 24, 32) if kind == "wav" else (16, 24)):
        raise ValueError(f"{kind} has no {numbers[0]} bits.")
    rate = numbers[1] if len(numbers) > 1 else None
    return Format(cast(Kind, kind), cast(Bits, numbers[0]), rate, "shaped" in words)


def write(
    sound: Sound,
    path: Path,
    format_: Format,
    *,
    seed: str = "",
    extra: bytes = b"",
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write a song that has the rate of the format. Full scale is 1.

    16 bits are dithered from `seed`, 24 rounded, 32 floats; an MP3 is as loud as its song at every bit rate.
    extra: chunks for a WAV (dsp.wav); progress: called with the share done.
    """
    if format_.kind == "wav":
        with WavWriter(path, sound.rate, sound.channels, ENCODINGS[format_.bits], extra) as out:
            _samples(sound, format_, seed, out.write, progress)
    elif format_.kind == "mp3":
        encode_mp3(sound, path, kbps=format_.kbps, progress=progress)
    elif format_.lossy:
        codecs.encode(sound, format_.codec, path, progress)
    else:
        kind, subtype = format_.kind.upper(), f"PCM_{format_.bits}"
        with soundfile.SoundFile(path, "w", sound.rate, sound.channels, subtype, format=kind) as file:
            _samples(
                sound, format_, seed, lambda words: file.write(_integers(words, sound.channels)), progress
            )


def _samples(
    sound: Sound,
    format_: Format,
    seed: str,
    take: Callable[[NDArray[np.float32] | NDArray[np.int16] | NDArray[np.uint8]], object],
    progress: Callable[[float], None] | None,
) -> None:
    """Hand interleaved samples to `take`: int16, bytes of 24-bit words, or floats."""
    dither = Dither(seed, sound.channels, shaped(sound.rate) if format_.shaping else None)
    for start, stop in pieces(sound.frames):
        piece = np.ascontiguousarray(sound.read(start, stop))
        if format_.bits == 16:
            take(dither.words(piece))
        elif format_.bits == 24:
            words = np.empty(3 * piece.size, np.uint8)
            words_24(piece, words)
            take(words)
        else:
            take(np.ascontiguousarray(piece.T))
        if progress is not None:
            progress(stop / sound.frames)


def _integers(
    words: NDArray[np.float32] | NDArray[np.int16] | NDArray[np.uint8], channels: int
) -> NDArray[np.int16] | NDArray[np.int32]:
    """As libsndfile takes them: 24-bit words in the upper bytes of 32."""
    if words.dtype == np.int16:
        return words.astype(np.int16, copy=False)
    wide = np.zeros((words.size // 3, 4), np.uint8)
    wide[:, 1:] = words.reshape(-1, 3)
    return wide.view("<i4").reshape(-1, channels)


def converted(sound: Sound, rate: int, ceiling_dbtp: float, folder: Path | None) -> Sound:
    """A song at another rate, under the ceiling (dBTP); itself when the rate is right already.

    folder: where it is kept, as in dsp.sound.Kept.
    """
    if rate == sound.rate:
        return sound
    return held_under(codecs.resampled(sound, rate, folder), ceiling_dbtp)


def held_under(sound: Sound, ceiling_dbtp: float) -> Sound:
    """The same song if its true peak is under the ceiling (dBTP), else limited: what another rate makes of a
    few peaks must not cost the whole song its loudness.
    """
    ceiling = 10 ** (ceiling_dbtp / 20)
    peaks = BlockPeaks(sound, np.ones(block_edges(sound.frames, sound.rate).size - 1, np.float32))
    if peaks.above(ceiling).max() <= ceiling:
        return sound
    out, most = sound, ceiling
    for _ in range(ROUNDS):
        gain = limiting(peaks.above(most), most, sound.rate)
        out = Turned(sound, gain)
        peak = read(out, bounds(peaks.known, gain, sound.rate)).peak
        if peak <= ceiling:
            return out
        most *= ROUNDING * ceiling / peak
    return Turned(out, np.full_like(gain, ROUNDING * ceiling / peak))


def under(audio: NDArray[np.float32], rate: int, ceiling_dbtp: float) -> NDArray[np.float32]:
    """(channels, frames) as `held_under` has it; the same array if nothing had to be done."""
    if linear_peak(audio) <= 10 ** (ceiling_dbtp / 20):
        return audio
    return whole(held_under(Held(audio, rate), ceiling_dbtp))


def encode_mp3(
    sound: Sound, path: Path, *, kbps: int = 320, progress: Callable[[float], None] | None = None
) -> None:
    """Write a song as an MP3 of constant bit rate that is as loud as what was encoded.

    Its rate is what `dsp.codecs.lossy_rate` gives.
    """
    codecs.encode(Scaled(sound, 1 / LAME_SCALE.get(kbps, 1.0)), Codec("mp3", kbps), path, progress)
