"""What is left when the music is silent: hum of the mains and noise, in the quietest pieces of a song."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

KEPT = 6
BETWEEN_DB = -20.0
"""A piece so far under the mean of the song lies between the music."""
NOTHING = 1e-10
"""Mean square, -100 dBFS: the rounding of 16 bits, not a recording."""
LEAST_PIECES = 2
STEADY_DB = 3.0
"""Hum and noise stand still; what rings out or fades does not."""
MAINS = (50.0, 60.0)
HARMONICS = 6
LINES = 3
"""So many of a mains frequency's harmonics have to stand out,"""
OUT_DB = 12.0
"""each by so much,"""
OFF_HERTZ = 0.3
"""no farther from where it belongs, as that of the fundamental: the G beside 50 Hz is 1 Hz off."""
NOISE_BAND = (500.0, 8000.0)
SMOOTH_HERTZ = 24.0
FLAT = 0.85
"""Geometric over arithmetic mean of the power in a third octave: 1 for noise, far less for notes."""


@dataclass(frozen=True, slots=True)
class Rest:
    """What stands between the music, and when it is heard best, s. Levels in dBFS.

    hum_hertz      50 or 60, None where there is no hum; hum_db: level of its harmonics together
    noise_db       level of the noise, None where what is there is not noise
    """

    at: float
    hum_hertz: float | None
    hum_db: float
    noise_db: float | None


class Quiet:
    """The quietest pieces of a song that are not silence."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._size = 0
        self._power: list[float] = []
        self._kept: list[tuple[float, float, NDArray[np.float32]]] = []

    def hear(self, piece: NDArray[np.float32], began: int) -> None:
        """The next (channels, frames), whose first is frame `began` of the song; a short last is let be."""
        self._size = max(self._size, piece.shape[1])
        if piece.shape[1] < self._size:
            return
        power = sum(float(np.dot(channel, channel)) for channel in piece) / piece.size
        self._power.append(power)
        if power > NOTHING and (len(self._kept) < KEPT or power < self._kept[-1][0]):
            self._kept.append((power, began / self._rate, piece.copy()))
            self._kept.sort(key=lambda kept: kept[:2])
            del self._kept[KEPT:]

    def rest(self) -> Rest | None:
        """What stands still between the music; None where there is no such place."""
        if not self._kept:
            return None
        most = 10 ** (BETWEEN_DB / 10) * sum(self._power) / len(self._power)
        quietest, at, _ = self._kept[0]
        near = quietest * 10 ** (STEADY_DB / 10)
        between = [piece for power, _, piece in self._kept if power < min(most, near)]
        if len(between) < LEAST_PIECES:
            return None
        spectra = np.array([_spectrum(piece) for piece in between])
        step = self._rate / self._size
        found = [hum for mains in MAINS if (hum := _hum(spectra, step, mains)) is not None]
        hum_hertz, hum_db = max(found, key=lambda hum: hum[1], default=(None, -math.inf))
        noise = 10 * math.log10(quietest) if _is_noise(spectra.mean(axis=0), step) else None
        return Rest(at, hum_hertz, hum_db, noise) if hum_hertz or noise is not None else None


def _spectrum(piece: NDArray[np.float32]) -> NDArray[np.float64]:
    """Power per bin, mean of the channels, scaled so that the bins of a tone add up to its mean square."""
    window = np.hanning(piece.shape[1] + 1)[:-1].astype(np.float32)
    bins = np.fft.rfft(piece * window)
    scale = 2 / (piece.shape[1] * float(np.vdot(window, window)))
    return np.asarray((np.square(bins.real) + np.square(bins.imag)).mean(axis=0) * scale, np.float64)


def _hum(spectra: NDArray[np.float64], step: float, mains: float) -> tuple[float, float] | None:
    """mains and the level of its lines in dBFS, where enough of them stand out and stand still."""
    mean = spectra.mean(axis=0)
    lines = []
    for harmonic in range(1, HARMONICS + 1):
        centre = harmonic * mains
        at = round(centre / step)
        near, wide = round(4 / step), round(18 / step)
        if at + wide >= mean.size:
            break
        top = at - near + int(mean[at - near : at + near + 1].argmax())
        floor = float(
            np.median(np.concatenate((mean[at - wide : at - near], mean[at + near + 1 : at + wide])))
        )
        line = slice(top - 2, top + 3)
        hertz = step * float((np.arange(top - 2, top + 3) * mean[line]).sum() / mean[line].sum())
        if mean[top] > floor * 10 ** (OUT_DB / 10) and abs(hertz - centre) <= OFF_HERTZ * max(
            1, harmonic / 2
        ):
            lines.append(line)
    if len(lines) < LINES:
        return None
    levels = 10 * np.log10(sum(spectra[:, line].sum(axis=1) for line in lines))
    if float(np.ptp(levels)) > STEADY_DB:
        return None
    return mains, float(levels.mean())


def _is_noise(power: NDArray[np.float64], step: float) -> bool:
    """Whether most third octaves are as even as noise."""
    width = max(1, round(SMOOTH_HERTZ / step))
    smooth = power[: power.size // width * width].reshape(-1, width).mean(axis=1) + 1e-30
    hertz = (np.arange(smooth.size) + 0.5) * width * step
    flatness = []
    low = NOISE_BAND[0]
    while low * 1.26 < min(NOISE_BAND[1], hertz[-1]):
        band = smooth[(hertz >= low) & (hertz < low * 1.26)]
        flatness.append(math.exp(float(np.log(band).mean())) / float(band.mean()))
        low *= 1.26
    return bool(flatness) and float(np.median(flatness)) > FLAT
