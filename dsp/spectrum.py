"""What a song is made of on average: its long-term spectrum, read from frames spread evenly over the song."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.profile import CENTRES, QUIETEST_DB
from dsp.sound import Held, Sound

FRAMES = 400
BATCH = 16
THIRD_OCTAVES = tuple(1000.0 * 10 ** (band / 10) for band in range(-16, 14))
"""Centres in Hz of the third-octave bands from 25 Hz to 20 kHz (IEC 61260-1, base ten)."""
HALF_BAND = 10**0.05


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Mean power per bin of a Hann-windowed FFT, scaled so that the bins of a band add up to its mean square.

    hertz (bins); left, right (bins) power; shared (bins): power both have in phase, the real part of the
    cross-spectrum. One channel is its own right.
    """

    hertz: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    shared: NDArray[np.float64]

    @property
    def mid(self) -> NDArray[np.float64]:
        return (self.left + self.right + 2 * self.shared) / 4

    @property
    def side(self) -> NDArray[np.float64]:
        return np.maximum(self.left + self.right - 2 * self.shared, 0.0) / 4


def average(audio: NDArray[np.float32], rate: int) -> Spectrum:
    """Long-term average spectrum of (channels, frames); 2.7 Hz a bin at 44.1 kHz."""
    return average_sound(Held(audio, rate))


def average_sound(sound: Sound) -> Spectrum:
    """As `average`, of a song that is not in memory."""
    rate, length = sound.rate, sound.frames
    size = 1 << round(math.log2(rate * 0.37))
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    count = max(1, min(FRAMES, length // (size // 2)))
    starts = np.linspace(0, max(length - size, 0), count).astype(np.int64)
    left, right, shared = (np.zeros(size // 2 + 1) for _ in range(3))
    cut = np.zeros((2, BATCH, size), np.float32)
    for first in range(0, count, BATCH):
        batch = starts[first : first + BATCH]
        for row, start in enumerate(batch):
            piece = sound.read(int(start), int(start) + size)
            cut[0, row], cut[1, row] = piece[0], piece[-1]
        bins = np.fft.rfft(cut[:, : len(batch)] * window)
        left += _power(bins[0])
        right += _power(bins[1])
        shared += (bins[0].real * bins[1].real + bins[0].imag * bins[1].imag).sum(axis=0, dtype=np.float64)
    scale = 2 / (size * float((window.astype(np.float64) ** 2).sum()) * count)
    hertz = np.asarray(np.arange(size // 2 + 1) * (rate / size), np.float64)
    return Spectrum(hertz, left * scale, right * scale, shared * scale)


def banded(hertz: NDArray[np.float64], power: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """(centre in Hz, dBFS) of every third octave whole below half the sample rate; -inf where empty."""
    levels = _levels(hertz, power, THIRD_OCTAVES, HALF_BAND)
    return tuple(zip(THIRD_OCTAVES, levels, strict=False))


def sixths(hertz: NDArray[np.float64], power: NDArray[np.float64]) -> tuple[float | None, ...]:
    """dBFS in each band of `dsp.profile.CENTRES`, None above half the sample rate."""
    levels = _levels(hertz, power, CENTRES, math.sqrt(HALF_BAND))
    told = [round(max(level, QUIETEST_DB), 2) for level in levels]
    return (*told, *[None] * (len(CENTRES) - len(told)))


def lossy_shelf(spectrum: Spectrum) -> float | None:
    """Frequency (Hz) above which a lossy encoder has cut everything off, None if there is no such edge.

    An edge is a fall of 30 dB and more within 400 Hz, between 10 and 19.7 kHz, into near silence: music falls
    off gently, and converters cut above 20 kHz.
    """
    hertz, power = spectrum.hertz, spectrum.left + spectrum.right
    step = float(hertz[1])
    width = max(1, round(500 / step))
    gap = max(1, round(400 / step))
    first, last = round(10000 / step), min(round(19700 / step), power.size - gap - width)
    if last <= first or power.max() <= 0:
        return None
    total = np.concatenate(([0.0], np.cumsum(power)))
    at = np.arange(first, last)
    level = 10 * np.log10((total[at] - total[at - width]) / width + 1e-30)
    beyond = 10 * np.log10((total[at + gap + width] - total[at + gap]) / width + 1e-30)
    rest = 10 * np.log10(np.maximum(total[-1] - total[at + gap], 1e-30) / (power.size - at - gap))
    loudest = 10 * math.log10(float(power.max()))
    fall = np.where((rest < level - 30) & (beyond < loudest - 75), level - beyond, 0.0)
    steepest = int(fall.argmax())
    return float(hertz[at[steepest]]) + 200.0 if fall[steepest] >= 30 else None


def _levels(
    hertz: NDArray[np.float64], power: NDArray[np.float64], centres: Iterable[float], half: float
) -> list[float]:
    """dBFS of the bands from centre / half to centre * half, as many as are whole below half the rate."""
    below = np.concatenate(([0.0], np.cumsum(power)))
    edges = np.append(hertz - hertz[1] / 2, hertz[-1] + hertz[1] / 2)
    levels = []
    for centre in centres:
        low, high = centre / half, centre * half
        if high > hertz[-1]:
            break
        inside = float(np.interp(high, edges, below) - np.interp(low, edges, below))
        levels.append(10 * math.log10(inside) if inside > 0 else -math.inf)
    return levels


def _power(bins: NDArray[np.complex64]) -> NDArray[np.float64]:
    return np.asarray((bins.real**2 + bins.imag**2).sum(axis=0), np.float64)
