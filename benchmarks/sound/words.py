"""Sixteen bits: what is added to a tone that is hardly there."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.sound import engine
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run
from benchmarks.sound.signals import stereo

Writer = Callable[[NDArray[np.float32], int, Path], None]
RATE = 44_100
HERTZ = 1000
LEVEL_DB = -90.0
TPDF_DB = -96.33
"""Triangular dither of two LSB and rounding: a mean square of a quarter LSB (Lipshitz et al. 1992)."""


def soundfile_words(audio: NDArray[np.float32], rate: int, path: Path) -> None:
    """What libraries do that only cut off."""
    soundfile.write(path, audio.T, rate, subtype="PCM_16")


def probe(seconds: int) -> NDArray[np.float32]:
    """The tone that is written."""
    wave = 10 ** (LEVEL_DB / 20) * np.sin(2 * np.pi * HERTZ / RATE * np.arange(seconds * RATE))
    return stereo(wave)


def error(write: Writer, audio: NDArray[np.float32], path: Path) -> NDArray[np.float64]:
    """(2, frames): what a writer makes of the audio, less the audio."""
    write(audio, RATE, path)
    samples, _ = soundfile.read(path, dtype="float64")
    return np.asarray(samples.T, np.float64) - audio


def level_db(error: NDArray[np.float64]) -> float:
    """RMS in dBFS."""
    return 10 * math.log10(float(np.square(error).mean()))


def harmonics_db(written: NDArray[np.float64]) -> float:
    """The highest of the second to the ninth harmonic of one channel, whole seconds of it, in dBFS."""
    size = written.size
    lines = 2 * np.abs(np.fft.rfft(written)) / size
    seconds = size // RATE
    return max(20 * math.log10(lines[n * HERTZ * seconds] + 1e-12) for n in range(2, 10))


def correlation(error: NDArray[np.float64]) -> float:
    return abs(float(np.asarray(np.corrcoef(error))[0, 1]))


def weighted_db(error: NDArray[np.float64]) -> float:
    """A-weighted level (IEC 61672-1) of an error in dBFS.

    The mean of a shaped spectrum in dB cannot fall (Gerzon and Craven 1989), and A is so nearly flat over the
    frequencies of a sample rate that no filter makes it read more than 1.6 dB less at 44.1 kHz.
    """
    power = (np.abs(np.fft.rfft(error)) ** 2).mean(axis=0) * 2 / error.shape[1] ** 2
    square = np.square(np.fft.rfftfreq(error.shape[1], 1 / RATE))
    weight = (
        12194.0**2
        * square**2
        / ((square + 20.6**2) * np.sqrt((square + 107.7**2) * (square + 737.9**2)) * (square + 12194.0**2))
    )
    return 10 * math.log10(float((power * np.square(weight)).sum())) + 2.0


def audible_db(error: NDArray[np.float64]) -> float:
    """Level of an error over the threshold of hearing in quiet (Terhardt 1979)."""
    power = (np.abs(np.fft.rfft(error)) ** 2).mean(axis=0)
    kilohertz = np.maximum(np.fft.rfftfreq(error.shape[1], 1 / RATE), 20.0) / 1000
    dip = 6.5 * np.exp(-0.6 * np.square(kilohertz - 3.3))
    quiet = 3.64 * kilohertz**-0.8 - dip + 1e-3 * kilohertz**4
    return 10 * math.log10(float((power * 10 ** (-quiet / 10)).sum()))


def rows(run: Run) -> list[Row]:
    audio = probe(10 if run.quick else 30)
    path = run.path()

    def plain(given: NDArray[np.float32], rate: int, to: Path) -> None:
        engine.write_16(given, rate, to, shaped=False)

    def shaped(given: NDArray[np.float32], rate: int, to: Path) -> None:
        engine.write_16(given, rate, to, shaped=True)

    ours, cut = error(plain, audio, path), error(soundfile_words, audio, path)
    moved = error(shaped, audio, path)
    by_a = f"by A it reads {weighted_db(moved) - weighted_db(ours):+.1f} dB: at best -1.6 are possible"
    peer = "soundfile"
    return [
        Row(
            "16 bits, error from that of TPDF",
            abs(level_db(ours) - TPDF_DB),
            Bar(0.2, unit=" dB"),
            f"{level_db(ours):.2f} dBFS",
            f"{peer} {level_db(cut):.1f} dBFS",
        ),
        Row(
            "16 bits, highest harmonic of 1 kHz at -90 dBFS",
            harmonics_db(ours[0] + audio[0]),
            Bar(-130, unit=" dBFS", digits=0),
            "",
            f"{peer} {harmonics_db(cut[0] + audio[0]):.0f} dBFS",
        ),
        Row(
            "16 bits, correlation of left and right error",
            correlation(ours),
            Bar(0.02, digits=3),
            "",
            f"{peer} {correlation(cut):.2f}",
        ),
        Row(
            "16 bits shaped, noise over the threshold of hearing lower by",
            audible_db(ours) - audible_db(moved),
            Bar(None, 10, most=False, unit=" dB", digits=1),
            by_a,
        ),
    ]
