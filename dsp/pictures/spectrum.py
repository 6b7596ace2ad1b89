"""Average spectra and their difference, over a logarithmic frequency axis from 20 Hz to 20 kHz."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.pictures.canvas import Canvas
from dsp.pictures.look import QUIET, RULE, TICK, Colour

Spectrum = Sequence[tuple[float, float]]
Curve = NDArray[np.float32]

_LOWEST, _HIGHEST = 20.0, 20_000.0
_OCTAVES = float(np.log2(_HIGHEST / _LOWEST))
_SMOOTHING_OCTAVES = 1 / 6
_LINES = (50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
_NAMED = {100: "100 Hz", 1_000: "1 kHz", 10_000: "10 kHz"}
_STROKE = 3.0
_HEADROOM = 4.0
_FOOTROOM = 3.0
_SPAN = (24.0, 60.0)
_BODY_HERTZ = (50.0, 16_000.0)
_SMALLEST_CHANGE = 3.0
_SILENT = -120.0
_QUIETEST_PEAK = -80.0


@dataclass(frozen=True, slots=True)
class Field:
    """Where a spectrum is drawn: corner and size in pixels, and the decibels at the lower and upper edge."""

    x: int
    y: int
    wide: int
    high: int
    low: float
    top: float

    def heights(self, levels: Curve) -> Curve:
        """Distance of each level from the upper edge in pixels, kept inside the field."""
        share: Curve = (self.top - levels) / (self.top - self.low)
        return (share * self.high).clip(0, self.high).astype(np.float32)


def curve(spectrum: Spectrum, wide: int) -> Curve:
    """`spectrum`, (Hz, dB) pairs in any order, read at each of `wide` columns and smoothed to 1/6 octave.

    Pairs outside the audible decades only steer the ends. A band without energy counts as -120 dB.
    Returns (wide,) float32; all -120 for an empty spectrum.
    """
    points = np.array([pair for pair in spectrum if pair[0] > 0], np.float64).reshape(-1, 2)
    if len(points) == 0:
        return np.full(wide, _SILENT, np.float32)
    points = points[np.argsort(points[:, 0])]
    level = np.maximum(np.nan_to_num(points[:, 1], nan=_SILENT, neginf=_SILENT), _SILENT)
    octave = (np.arange(wide) + 0.5) / wide * _OCTAVES
    read = np.interp(octave, np.log2(points[:, 0] / _LOWEST), level)
    reach = max(1, round(wide / _OCTAVES * _SMOOTHING_OCTAVES))
    kernel = np.hanning(2 * reach + 1)
    padded = np.pad(read, reach, mode="edge")
    return np.convolve(padded, kernel / kernel.sum(), mode="valid").astype(np.float32)


def _share(hertz: float) -> float:
    """How far along the axis a frequency lies, 0 to 1."""
    return float(np.log2(hertz / _LOWEST) / _OCTAVES)


def field_for(curves: Sequence[Curve], x: int, y: int, wide: int, high: int) -> Field:
    """A field in which `curves` have room: their peak with some air above, and 24 to 60 dB down from there.

    What lies outside 50 Hz to 16 kHz, where most songs roll off, may run along its foot.
    """
    peak = max(_QUIETEST_PEAK, *(float(line.max()) for line in curves)) + _HEADROOM
    first, last = (int(_share(hertz) * wide) for hertz in _BODY_HERTZ)
    lowest = min(float(line[first:last].min()) for line in curves)
    return Field(x, y, wide, high, peak - float(np.clip(peak - lowest + _FOOTROOM, *_SPAN)), peak)


def change_field(change: Curve, x: int, y: int, wide: int, high: int) -> Field:
    """A field around 0 dB, the same distance up and down: at least 3 dB, else the next whole even number."""
    largest = float(np.abs(change).max())
    reach = _SMALLEST_CHANGE if largest <= _SMALLEST_CHANGE * 0.9 else 2 * np.ceil(largest * 1.1 / 2)
    return Field(x, y, wide, high, -float(reach), float(reach))


def grid(canvas: Canvas, field: Field) -> None:
    """Lines at round frequencies, three of them named under the field."""
    canvas.bar(field.x, field.y + field.high, field.wide, 1, RULE)
    for hertz in _LINES:
        place = field.x + field.wide * _share(hertz)
        canvas.bar(place, field.y, 1, field.high, RULE, strength=1.0 if hertz in _NAMED else 0.55)
        if hertz in _NAMED:
            canvas.write(_NAMED[hertz], TICK, place, field.y + field.high + 10 + TICK.size, align="centre")


def level_line(canvas: Canvas, field: Field, level: float, name: str, *, strength: float = 1.0) -> None:
    """A line across the field at one level, named to the left of it."""
    place = field.y + float(field.heights(np.array([level], np.float32))[0])
    canvas.bar(field.x, place - 0.5, field.wide, 1, QUIET, strength=strength)
    canvas.write(name, TICK, field.x - 14, place + 11, align="right")


def stroke(canvas: Canvas, field: Field, line: Curve, colour: Colour) -> None:
    """Draw a curve as a line of even thickness."""
    centre = field.heights(line)
    slope = np.gradient(centre) if len(centre) > 1 else np.zeros_like(centre)
    reach = _STROKE / 2 * np.sqrt(1 + slope**2)
    row = np.arange(field.high + 4, dtype=np.float32)[:, None] - 1.5
    distance = np.abs(row - centre)
    canvas.shade(np.clip(reach + 0.5 - distance, 0, 1).astype(np.float32), colour, field.x, field.y - 2)


def under(canvas: Canvas, field: Field, line: Curve, colour: Colour, *, strength: float = 0.28) -> None:
    """Fill from a curve to the lower edge, fading out downwards."""
    centre = field.heights(line)
    row = np.arange(field.high, dtype=np.float32)[:, None]
    inside = np.clip(row + 1 - centre, 0, 1)
    canvas.shade(inside * (strength * (1 - row / field.high)), colour, field.x, field.y)


def between(
    canvas: Canvas, field: Field, line: Curve, more: Colour, less: Colour, *, strength: float = 0.4
) -> None:
    """Fill between a curve and 0 dB: `more` above it, `less` below it."""
    centre = field.heights(line)
    zero = field.heights(np.zeros(1, np.float32))[0]
    row = np.arange(field.high, dtype=np.float32)[:, None]
    for top, bottom, colour in ((centre, zero, more), (zero, centre, less)):
        inside = np.clip(np.minimum(row + 1, bottom) - np.maximum(row, top), 0, 1)
        canvas.shade((inside * strength).astype(np.float32), colour, field.x, field.y)
