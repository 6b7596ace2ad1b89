"""The shape of a song over its time: the envelope of its mid signal, drawn as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.pictures.canvas import Canvas, covered
from dsp.pictures.look import QUIET, RULE, TICK, Colour
from dsp.sound import Sound

Envelope = NDArray[np.float32]

_BLOCK_FRAMES = 1 << 17
_BAR = 4
_PITCH = 6
_THINNEST = 2.0
_TICK_HIGH = 10
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def envelope(sound: Sound, columns: int) -> Envelope:
    """Minimum and maximum of the mid signal in `columns` equal stretches of time.

    The mid signal is the mean of the channels, full scale 1.0. Returns (columns, 2) float32, zeros
    for a song without frames. Works block by block: the whole song is never held. Raises ValueError
    for fewer than one column.
    """
    if columns < 1:
        raise ValueError(f"an envelope has at least one column, not {columns}")
    frames = sound.frames
    out = np.zeros((columns, 2), np.float32)
    if frames == 0:
        return out
    starts = np.arange(columns + 1, dtype=np.int64) * frames // columns
    stride = max(1, _BLOCK_FRAMES * columns // frames)
    for first in range(0, columns, stride):
        last = min(first + stride, columns)
        begin, end = int(starts[first]), max(int(starts[last]), int(starts[last - 1]) + 1)
        mid = sound.read(begin, end).mean(axis=0, dtype=np.float32)
        cuts = starts[first:last] - begin
        out[first:last, 0] = np.minimum.reduceat(mid, cuts)
        out[first:last, 1] = np.maximum.reduceat(mid, cuts)
    return out


def clock(seconds: float) -> str:
    """A length or a place in a song: 0.3 s, 3:58, 1:02:03."""
    if seconds < 10 and round(seconds) != round(seconds, 1):
        return f"{seconds:.1f} s"
    minutes, second = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def bars(levels: Envelope, wide: int) -> Envelope:
    """`levels` brought to as many bars as fit into `wide` pixels; never more of it than was there.

    Returns (bars, 2). Values that are not finite count as silence, values beyond full scale as full scale.
    """
    count = max(1, (wide + _PITCH - _BAR) // _PITCH)
    tame = np.clip(np.nan_to_num(levels, nan=0.0), -1, 1).astype(np.float32)
    if len(tame) == 0:
        return np.zeros((count, 2), np.float32)
    starts = np.arange(count) * len(tame) // count
    return np.stack(
        (np.minimum.reduceat(tame[:, 0], starts), np.maximum.reduceat(tame[:, 1], starts)), axis=1
    )


def draw(
    canvas: Canvas,
    levels: Envelope,
    colour: Colour,
    x: int,
    y: int,
    wide: int,
    high: int,
    *,
    only: NDArray[np.bool_] | None = None,
) -> None:
    """Draw an envelope as bars around the middle of a field; full scale touches its edges.

    `only` (one flag for each of `bars`) leaves the other bars out.
    """
    shape = bars(levels, wide)
    middle = high / 2
    half = _THINNEST / 2
    top = np.minimum(middle - shape[:, 1] * middle, middle - half)
    bottom = np.maximum(middle - shape[:, 0] * middle, middle + half)
    if only is not None:
        bottom = np.where(only, bottom, top)
    column = covered(high, top.astype(np.float32), bottom.astype(np.float32))
    sheet = np.zeros((high, len(shape) * _PITCH), np.float32)
    for offset in range(_BAR):
        sheet[:, offset::_PITCH] = column
    canvas.shade(sheet[:, :wide], colour, x, y)


def within(stretches: Sequence[tuple[float, float]], duration: float, wide: int) -> NDArray[np.bool_]:
    """Which bars of a field `wide` pixels wide touch one of the stretches (seconds, from and to)."""
    flags = np.zeros(len(bars(np.zeros((0, 2), np.float32), wide)), np.bool_)
    if duration <= 0:
        return flags
    for begin, end in stretches:
        first = int(np.clip(begin / duration * len(flags), 0, len(flags) - 1))
        last = int(np.clip(np.ceil(end / duration * len(flags)), first + 1, len(flags)))
        flags[first:last] = True
    return flags


def flag(canvas: Canvas, only: NDArray[np.bool_], colour: Colour, x: int, y: int, high: int) -> None:
    """A small mark above each bar that `only` names."""
    for index in np.flatnonzero(only):
        canvas.bar(x + int(index) * _PITCH, y, _BAR, high, colour)


def timeline(canvas: Canvas, duration: float, x: int, y: int, wide: int) -> None:
    """The time under a waveform: its two ends, and round times between them where there is room."""
    canvas.bar(x, y, wide, 1, RULE)
    baseline = y + _TICK_HIGH + TICK.size
    canvas.write("0:00", TICK, x, baseline)
    canvas.write(clock(duration), TICK, x + wide, baseline, align="right")
    step = next((step for step in _STEPS if step * 6 >= duration), 7200)
    for second in range(step, int(duration) + 1, step):
        place = x + wide * second / duration
        canvas.bar(place, y, 1, _TICK_HIGH / 2, QUIET)
        if place > x + 110 and place < x + wide - 150:
            canvas.write(clock(second), TICK, place, baseline, align="centre")
