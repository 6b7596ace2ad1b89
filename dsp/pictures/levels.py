"""The loudness of many songs side by side: rows with titles for a few, columns for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dsp.pictures import frame, lettering
from dsp.pictures.canvas import Canvas
from dsp.pictures.look import AFTER, BEFORE, LABEL, LEFT, QUIET, RIGHT, RULE, TEXT, TICK, Colour, Type

Song = tuple[str, float | None, float | None]

ROWS_AT_MOST = 8

_NONE = "\N{EN DASH}"
_BELOW, _ABOVE = 4.0, 1.0
_TITLES = 440
_VALUES = 128
_ROW = Type("Regular", 35, TEXT)
_WIDEST_ROW = 84
_THICKEST_ROW = 26
_WIDEST_COLUMN = 40
_NUMBERED = (1, 5, 10, 50, 100, 1000)


@dataclass(frozen=True, slots=True)
class Scale:
    """The loudness at the two ends of the bars, in LUFS."""

    low: float
    top: float

    def share(self, lufs: float) -> float:
        """How far along the bar a loudness lies, 0 to 1."""
        return float(np.clip((lufs - self.low) / (self.top - self.low), 0, 1))


def heard(level: float | None) -> float | None:
    """A loudness that can be drawn: silence (-inf) and "not measured" have none."""
    return level if level is not None and np.isfinite(level) else None


def scale_for(songs: Sequence[Song], target: float) -> Scale:
    """A scale on which every song and the target have room."""
    levels = [level for song in songs for level in map(heard, song[1:]) if level is not None]
    return Scale(min([*levels, target]) - _BELOW, max([*levels, target]) + _ABOVE)


def draw(
    canvas: Canvas, songs: Sequence[Song], target: float, words: Mapping[str, str], y: int, high: int
) -> None:
    """Draw all songs into the full width from row `y` on, `high` pixels high at most."""
    scale = scale_for(songs, target)
    if len(songs) <= ROWS_AT_MOST:
        pitch = min(_WIDEST_ROW, high / max(1, len(songs)))
        _rows(canvas, songs, scale, target, words, y + (high - pitch * len(songs)) / 2, pitch)
    else:
        _columns(canvas, songs, scale, target, y, high)


def _longest_first(song: Song) -> list[tuple[float, Colour]]:
    """The bars of a song, the louder first, so that the quieter one is drawn in front of it."""
    _, before, after = song
    bars = ((heard(before), BEFORE), (heard(after), AFTER))
    return sorted(((level, colour) for level, colour in bars if level is not None), reverse=True)


def _rows(
    canvas: Canvas,
    songs: Sequence[Song],
    scale: Scale,
    target: float,
    words: Mapping[str, str],
    y: float,
    pitch: float,
) -> None:
    thick = 2 * round(min(_THICKEST_ROW, pitch * 0.46) / 2)
    start, end = LEFT + _TITLES, RIGHT - _VALUES
    for index, song in enumerate(songs):
        title, before, after = song
        middle = round(y + (index + 0.5) * pitch)
        canvas.write(str(index + 1), LABEL, LEFT + 22, middle + 12, align="right")
        canvas.write(title, _ROW, LEFT + 42, middle + 12, room=_TITLES - 66)
        canvas.bar(start, middle - 0.5, end - start, 1, RULE)
        for level, colour in _longest_first(song):
            canvas.bar(start, middle - thick / 2, (end - start) * scale.share(level), thick, colour)
        newest = heard(before) if heard(after) is None else heard(after)
        value = _NONE if newest is None else frame.decibels(newest, words)
        canvas.write(value, _ROW, RIGHT, middle + 12, align="right")
    canvas.bar(start + (end - start) * scale.share(target) - 1, y, 2, pitch * len(songs), TEXT)


def _columns(canvas: Canvas, songs: Sequence[Song], scale: Scale, target: float, y: int, high: int) -> None:
    pitch = (RIGHT - LEFT) / len(songs)
    thick = 2 * round(min(_WIDEST_COLUMN, pitch * 0.62) / 2)
    foot = y + high - TICK.size - 12
    every = next(step for step in _NUMBERED if step * pitch > 34)
    for index, song in enumerate(songs):
        middle = round(LEFT + (index + 0.5) * pitch)
        canvas.bar(middle - thick / 2, foot - 2, thick, 2, QUIET)
        for level, colour in _longest_first(song):
            tall = (foot - y) * scale.share(level)
            canvas.bar(middle - thick / 2, foot - tall, thick, tall, colour)
        if index == 0 or (index + 1) % every == 0:
            number = str(index + 1)
            place = min(middle, RIGHT - lettering.width(number, TICK) / 2)
            canvas.write(number, TICK, place, foot + 12 + TICK.size, align="centre")
    canvas.bar(LEFT, foot - (foot - y) * scale.share(target) - 1, RIGHT - LEFT, 2, TEXT)
