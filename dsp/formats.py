"""The files people take home: WAV in any word length, MP3, and the sample rates in between."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import soxr
from numpy.typing import NDArray
from pedalboard.io import AudioFile

from dsp.blocks import block_edges, block_size
from dsp.dither import Dither
from dsp.kernels.gain import apply_gain
from dsp.kernels.words import words_24
from dsp.limiter import BlockPeaks, limiting
from dsp.sound import Held
from dsp.true_peak import linear_peak
from dsp.wav import WavWriter

BLOCK = 1 << 16
ROUNDS = 4
ROUNDING = 0.9999
"""A little under what is asked, for what floating point adds."""
MP3_RATES = (44100, 48000, 32000)
LAME_SCALE = {128: 0.95, 160: 0.95, 192: 0.97, 224: 0.98}
"""What LAME's own presets multiply the samples with at a constant bit rate (kbit/s); 1 at the others."""

Bits = Literal[16, 24, 32]


def write_wav(audio: NDArray[np.float32], rate: int, path: Path, bits: Bits, seed: str = "") -> None:
    """Write (channels, frames): 16 bits dithered from `seed`, 24 rounded, 32 as floats. Full scale is 1."""
    channels, frames = audio.shape
    dither = Dither(seed, channels)
    encoding: Literal["pcm16", "pcm24", "float32"] = (
        "pcm16" if bits == 16 else "pcm24" if bits == 24 else "float32"
    )
    with WavWriter(path, rate, channels, encoding) as out:
        for start in range(0, frames, BLOCK):
            block = np.ascontiguousarray(audio[:, start : start + BLOCK])
            if bits == 16:
                out.write(dither.words(block))
            elif bits == 24:
                words = np.empty(3 * block.size, np.uint8)
                words_24(block, words)
                out.write(words)
            else:
                out.write(np.ascontiguousarray(block.T))


def resampled(audio: NDArray[np.float32], rate: int, wanted: int, ceiling_dbtp: float) -> NDArray[np.float32]:
    """(channels, frames) at `wanted` Hz by soxr's very high quality, under the ceiling (dBTP).

    The same array when the rate is right already.
    """
    if rate == wanted:
        return audio
    changed = np.stack([soxr.resample(channel, rate, wanted, quality="VHQ") for channel in audio])
    return under(np.asarray(changed, np.float32), wanted, ceiling_dbtp)


def under(audio: NDArray[np.float32], rate: int, ceiling_dbtp: float) -> NDArray[np.float32]:
    """The same array if its true peak is under the ceiling (dBTP), else a limited copy: what another rate
    makes of a few peaks must not cost the whole song its loudness.
    """
    ceiling = 10 ** (ceiling_dbtp / 20)
    if linear_peak(audio) <= ceiling:
        return audio
    blocks = block_edges(audio.shape[1], rate).size - 1
    peaks = BlockPeaks(Held(audio, rate), np.ones(blocks, np.float32))
    out, most = np.empty_like(audio), ceiling
    for _ in range(ROUNDS):
        apply_gain(audio, limiting(peaks.above(most), most, rate), block_size(rate), 0, out)
        peak = linear_peak(out)
        if peak <= ceiling:
            return out
        most *= ROUNDING * ceiling / peak
    return out * np.float32(ROUNDING * ceiling / peak)


def mp3_rate(rate: int) -> int:
    """The rate an MP3 of this song has: its own where MP3 knows it, else 48 or 44.1 kHz."""
    return rate if rate in MP3_RATES else 48000 if rate % 48000 == 0 else 44100


def encode_mp3(
    audio: NDArray[np.float32],
    rate: int,
    path: Path,
    *,
    kbps: int = 320,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write (channels, frames) as an MP3 of constant bit rate by the LAME that pedalboard carries.

    rate: one of MP3_RATES. What is decoded has the level that was encoded. It takes 0.4 of the time of the
    same encoder behind PyAV, and writes the header from which players know where the song begins and ends.
    """
    channels, frames = audio.shape
    scale = np.float32(1 / LAME_SCALE.get(kbps, 1.0))
    with AudioFile(str(path), "w", samplerate=rate, num_channels=channels, quality=kbps) as out:
        for start in range(0, frames, BLOCK):
            out.write(np.ascontiguousarray(audio[:, start : start + BLOCK] * scale))
            if progress is not None:
                progress(start / frames)
