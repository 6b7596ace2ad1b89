"""Test signals, and the synthesised cases of EBU Tech 3341 and 3342 at any rate.

All are planar float32, (channels, frames), full scale at 1, both channels alike unless told otherwise.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
Reading = Literal[
    "integrated", "momentary_max", "short_term_max", "momentary", "short_term", "true_peak", "range"
]

FADE_SECONDS = 0.02
"""Tones begin and end softly: a hard beginning overshoots between the samples by itself."""
SILENCE = -math.inf


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a table of the EBU.

    name       of the document, the case and, where a case is a row of files, the file
    reading    what is read; "momentary" and "short_term" are to stand still as soon as there is a window
    expected   LUFS, LU or dBTP, `below` and `above` how far off a meter may be
    make       rate in Hz -> audio
    """

    name: str
    reading: Reading
    expected: float
    below: float
    above: float
    make: Callable[[int], Audio]


def amplitude(decibels: float) -> float:
    """Linear magnitude of a level in dB; 0 for minus infinity."""
    return float(10 ** (decibels / 20))


def stereo(wave: NDArray[np.float64]) -> Audio:
    """The same wave on both channels."""
    return np.stack([wave, wave]).astype(np.float32)


def tone(hertz: float, seconds: float, rate: int, level_db: float, degrees: float = 0.0) -> Audio:
    """A sine with soft ends; the level of its peak in dBFS."""
    frames = round(seconds * rate)
    wave = np.sin(2 * np.pi * hertz / rate * np.arange(frames) + np.radians(degrees))
    return stereo(amplitude(level_db) * wave * _soft(frames, rate))


def tones(parts: Sequence[tuple[float, float]], seconds: float, rate: int) -> Audio:
    """Sines of (Hz, dBFS) together, with soft ends."""
    frames = round(seconds * rate)
    time = np.arange(frames) / rate
    wave = np.sum([amplitude(level) * np.sin(2 * np.pi * hertz * time) for hertz, level in parts], axis=0)
    return stereo(wave * _soft(frames, rate))


def steps(parts: Sequence[tuple[float, float]], rate: int, hertz: float = 1000.0) -> Audio:
    """A sine whose level goes through (dBFS, seconds) without a jump of its phase."""
    level = np.concatenate([np.full(round(seconds * rate), amplitude(db)) for db, seconds in parts])
    return stereo(level * np.sin(2 * np.pi * hertz / rate * np.arange(level.size)))


def cases() -> Iterator[Case]:
    """Tech 3341 v4 (2023), table 1, cases 1 to 6 and 9 to 23, and Tech 3342 cases 1 to 4.

    Cases 7 and 8 of the one and 5 and 6 of the other are recorded programmes.
    """
    yield from _integrated()
    yield from _maxima()
    yield from _peaks()
    ranges = (
        (10, [(-20, 20), (-30, 20)]),
        (5, [(-20, 20), (-15, 20)]),
        (20, [(-40, 20), (-20, 20)]),
        (15, [(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)]),
    )
    for number, (range_lu, parts) in enumerate(ranges, 1):
        yield Case(f"3342-{number}", "range", range_lu, 1.0, 1.0, _stepped(parts))


def surround(rate: int) -> Audio:
    """Case 6: L, R, C, Ls and Rs of a 5.0 programme."""
    levels = (-28, -28, -24, -30, -30)
    wave = np.sin(2 * np.pi * 1000 / rate * np.arange(20 * rate))
    return np.stack([amplitude(level) * wave for level in levels]).astype(np.float32)


def _integrated() -> Iterator[Case]:
    told = (
        (1, -23, [(-23, 20)]),
        (2, -33, [(-33, 20)]),
        (3, -23, [(-36, 10), (-23, 60), (-36, 10)]),
        (4, -23, [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)]),
        (5, -23, [(-26, 20), (-20, 20.1), (-26, 20)]),
    )
    for number, expected, parts in told:
        yield Case(f"3341-{number}", "integrated", expected, 0.1, 0.1, _stepped(parts))
        if number <= 2:
            yield Case(f"3341-{number}.M", "momentary_max", expected, 0.1, 0.1, _stepped(parts))
            yield Case(f"3341-{number}.S", "short_term_max", expected, 0.1, 0.1, _stepped(parts))
    yield Case("3341-6", "integrated", -23, 0.1, 0.1, surround)


def _maxima() -> Iterator[Case]:
    yield Case("3341-9", "short_term", -23, 0.1, 0.1, _stepped([(-20, 1.34), (-30, 1.66)] * 5))
    for i in range(20):
        parts = [(SILENCE, 0.15 * i), (-23, 3), (SILENCE, 1)]
        yield Case(f"3341-10.{i + 1}", "short_term_max", -23, 0.1, 0.1, _stepped(parts))
    for i in range(20):
        # What came before is quieter by 1 LU each: of it, the slot before is enough.
        parts = [part for n in range(max(i - 1, 0), i + 1) for part in _slot(n, 3, 0.15)]
        yield Case(f"3341-11.{i + 1}", "short_term_max", i - 38, 0.1, 0.1, _stepped(parts))
    # The table says -23; this is what the tone has on average.
    exact = 10 * math.log10(0.45 * 10**-2.0 + 0.55 * 10**-3.0)
    yield Case("3341-12", "momentary", exact, 0.1, 0.1, _stepped([(-20, 0.18), (-30, 0.22)] * 25))
    for i in range(20):
        parts = [(SILENCE, 0.02 * i), (-23, 0.4), (SILENCE, 1)]
        yield Case(f"3341-13.{i + 1}", "momentary_max", -23, 0.1, 0.1, _stepped(parts))
    for i in range(20):
        parts = [part for n in range(max(i - 1, 0), i + 1) for part in _slot(n, 0.4, 0.02)]
        yield Case(f"3341-14.{i + 1}", "momentary_max", i - 38, 0.1, 0.1, _stepped(parts))


def _slot(number: int, seconds: float, later: float) -> list[tuple[float, float]]:
    """Silence, a tone and silence again, twice as long as the tone in all; each tone begins later."""
    return [(SILENCE, later * number), (number - 38, seconds), (SILENCE, seconds - later * number)]


def _peaks() -> Iterator[Case]:
    told = (
        (15, 4, 0.5, 0, -6),
        (16, 4, 0.5, 45, -6),
        (17, 6, 0.5, 60, -6),
        (18, 8, 0.5, 67.5, -6),
        (19, 4, 1.41, 45, 3),
    )
    for number, divisor, level, degrees, expected in told:
        yield Case(f"3341-{number}", "true_peak", expected, 0.4, 0.2, _fraction(divisor, level, degrees))
    for offset in range(4):
        yield Case(f"3341-{20 + offset}", "true_peak", 0, 0.4, 0.2, _decimated(offset))


def _fraction(divisor: int, level: float, degrees: float) -> Callable[[int], Audio]:
    return lambda rate: tone(rate / divisor, 1.0, rate, 20 * math.log10(level), degrees)


def _decimated(offset: int) -> Callable[[int], Audio]:
    """A tone of a quarter of the rate, made at four times the rate, one period of it twice as high, and of
    that every fourth sample. The step is taken out above what the rate can hold, as the files of the EBU show
    by reading the same at all offsets.
    """

    def make(rate: int) -> Audio:
        frames = 4 * rate
        wave = 0.5 * np.sin(2 * np.pi / 16 * np.arange(frames)) * _soft(frames, 4 * rate)
        middle = frames // 32 * 16
        wave[middle : middle + 16] *= 2
        beyond = np.clip((4 * np.fft.rfftfreq(frames) - 0.42) / 0.08, 0, 1)
        limited = np.fft.irfft(np.fft.rfft(wave) * (0.5 + 0.5 * np.cos(np.pi * beyond)), frames)
        return stereo(limited[offset::4])

    return make


def _stepped(parts: Sequence[tuple[float, float]]) -> Callable[[int], Audio]:
    return lambda rate: steps(parts, rate)


def _soft(frames: int, rate: int) -> NDArray[np.float64]:
    """Raised cosines at both ends."""
    rise = np.minimum(1.0, np.arange(frames) / (FADE_SECONDS * rate))
    curve = 0.5 - 0.5 * np.cos(np.pi * rise)
    return np.asarray(curve * curve[::-1])
