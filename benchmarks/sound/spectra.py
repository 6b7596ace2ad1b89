"""What of two versions of a song can be compared: tone, width, what is left between them."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
SIZE = 1 << 14
FRAMES = 600
CENTRES = tuple(1000.0 * 10 ** (band / 10) for band in range(-14, 13))
"""Third octaves (Hz) from 40 Hz to 16 kHz."""
QUIETEST_DB = -60.0
"""Bands this far under the loudest hold no music to compare."""


@dataclass(frozen=True, slots=True)
class Tone:
    """mid, side: dB per third octave of CENTRES; width: 10 log of side energy over mid energy."""

    mid: NDArray[np.float64]
    side: NDArray[np.float64]
    width: float


def tone(audio: Audio, rate: int) -> Tone:
    """The long-term average of (2, frames)."""
    frames = audio.shape[1]
    starts = np.linspace(0, max(0, frames - SIZE), min(FRAMES, max(1, 2 * frames // SIZE))).astype(int)
    window = np.hanning(SIZE)
    power = np.zeros((2, SIZE // 2 + 1))
    for start in starts:
        piece = np.zeros((2, SIZE))
        cut = audio[:, start : start + SIZE]
        piece[:, : cut.shape[1]] = np.stack([cut[0] + cut[-1], cut[0] - cut[-1]]) / 2
        power += np.abs(np.fft.rfft(piece * window)) ** 2
    hertz = np.fft.rfftfreq(SIZE, 1 / rate)
    mid, side = (_banded(hertz, each) for each in power)
    energy = power.sum(axis=1)
    return Tone(mid, side, 10 * math.log10((energy[1] + 1e-20) / (energy[0] + 1e-20)))


def distance(one: NDArray[np.float64], other: NDArray[np.float64], turned: float = 0.0) -> float:
    """RMS of the difference of two spectra (dB), `other` turned up by dB, over bands that hold music."""
    heard = one > one.max() + QUIETEST_DB
    return float(np.sqrt(np.mean(np.square((other + turned - one)[heard]))))


def null_db(original: Audio, other: Audio) -> float:
    """What is left when the best aligned and scaled `other` is taken from the original, dB of its energy."""
    lag = delay(original, other)
    frames = min(original.shape[1], other.shape[1]) - abs(lag)
    one = original[:, max(0, -lag) :][:, :frames].astype(np.float64)
    two = other[:, max(0, lag) :][:, :frames].astype(np.float64)
    gain = float((one * two).sum() / max((two * two).sum(), 1e-30))
    return ratio_db(one - gain * two, one)


def ratio_db(rest: NDArray[np.floating], whole: NDArray[np.floating]) -> float:
    """Energy of `rest` in dB of that of `whole`; minus infinity when nothing is left."""
    left = float(np.square(rest, dtype=np.float64).sum())
    return 10 * math.log10(left / float(np.square(whole, dtype=np.float64).sum())) if left > 0 else -math.inf


def delay(original: Audio, other: Audio, most: int = 8192) -> int:
    """By how many samples `other` is late, from the peak of the correlation of their sums."""
    size = 1 << 20
    start = max(0, (min(original.shape[1], other.shape[1]) - size) // 2)
    one, two = (
        np.fft.rfft(audio[:, start : start + size].sum(axis=0, dtype=np.float64), 2 * size)
        for audio in (original, other)
    )
    cross = np.fft.irfft(two * np.conj(one))
    lags = np.concatenate([cross[-most:], cross[: most + 1]])
    return int(np.argmax(np.abs(lags))) - most


def _banded(hertz: NDArray[np.floating], power: NDArray[np.float64]) -> NDArray[np.float64]:
    half = 10**0.05
    return np.array(
        [
            10 * math.log10(power[(hertz >= centre / half) & (hertz < centre * half)].sum() + 1e-20)
            for centre in CENTRES
        ]
    )
