"""What all cards have in common: the head, the legend and the rows of figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dsp.pictures import lettering
from dsp.pictures.canvas import Canvas
from dsp.pictures.look import (
    FIGURE,
    GAP,
    LABEL,
    LEFT,
    RIGHT,
    RULE,
    TITLE,
    TOP,
    VALUE,
    VALUE_BEFORE,
    Colour,
    Type,
)

Change = tuple[str, str, str]

_ARROW = "→"
_ASIDE = 560
_WIDEST_GAP = 170


def decibels(value: float, caption: Mapping[str, str], *, signed: bool = False, places: int = 1) -> str:
    """A level with a true minus and the reader's decimal sign (`caption["decimal"]`); zero has no sign."""
    nearest = round(value, places)
    text = f"{nearest:{'+' if signed and nearest else ''}.{places}f}" if nearest else f"{0:.{places}f}"
    return text.replace("-", "\N{MINUS SIGN}").replace(".", caption.get("decimal", "."))


def head(canvas: Canvas, caption: Mapping[str, str], aside: str = "") -> int:
    """The song's title, and beside it what the picture shows; returns the first free row.

    Without `caption["title"]` (a confidential song) what it shows takes the title's place.
    """
    baseline = TOP + 40
    title, heading = caption.get("title", ""), caption.get("heading", "")
    if not lettering.legible(title, TITLE):
        title, heading = heading, ""
    note = lettering.fitted(" · ".join(part for part in (heading, aside) if part), LABEL, _ASIDE)
    canvas.write(note, LABEL, RIGHT, baseline, align="right")
    canvas.write(title, TITLE, LEFT, baseline, room=RIGHT - LEFT - GAP - lettering.width(note, LABEL))
    return baseline + 52


def legend(canvas: Canvas, entries: Sequence[tuple[Colour, str]], x: float, baseline: float) -> float:
    """Coloured dots with their names, from left to right; returns where they end."""
    for colour, name in entries:
        canvas.dot(x + 9, baseline - 12, 9, colour)
        x = canvas.write(name, LABEL, x + 28, baseline, room=300) + 36
    return x - 36


def figures_across(canvas: Canvas, figures: Mapping[str, str], baseline: int) -> None:
    """Figures side by side, each above its name, with even gaps; smaller if many, and as many as fit."""
    if not figures:
        return
    style = FIGURE
    room = RIGHT - LEFT
    while style.size > VALUE.size and _natural(figures, style) + GAP * (len(figures) - 1) > room:
        style = Type(style.weight, style.size - 2, style.colour)
    wides = [_column(name, value, style) for name, value in figures.items()]
    gap = float(np.clip((room - sum(wides)) / max(1, len(wides) - 1), GAP / 2, _WIDEST_GAP))
    x = float(LEFT)
    for (name, value), wide in zip(figures.items(), wides, strict=True):
        if x > LEFT and x + wide > RIGHT + 1:
            break
        canvas.write(value, style, x, baseline, room=RIGHT + 1 - x)
        canvas.write(name, LABEL, x, baseline + 45, room=RIGHT + 1 - x)
        x += wide + gap


def _column(name: str, value: str, style: Type) -> float:
    texts = ((value, style), (name, LABEL))
    return max(lettering.width(lettering.legible(text, kind), kind) for text, kind in texts)


def _natural(figures: Mapping[str, str], style: Type) -> float:
    return sum(_column(name, value, style) for name, value in figures.items())


def figures_changed(
    canvas: Canvas, figures: Sequence[Change], x: int, baseline: int, pitch: int, lines: int
) -> None:
    """Rows "name  before → after" down to the right margin, the two numbers in columns."""
    shown = list(figures[:lines])
    if not shown:
        return
    after = max(lettering.width(lettering.legible(row[2], VALUE), VALUE) for row in shown)
    arrow = lettering.width(_ARROW, VALUE_BEFORE)
    middle = RIGHT - after - 18 - arrow
    for index, (name, old, new) in enumerate(shown):
        row = baseline + index * pitch
        if index:
            canvas.bar(x, row - pitch / 2 - 13, RIGHT - x, 1, RULE)
        old_wide = lettering.width(lettering.legible(old, VALUE_BEFORE), VALUE_BEFORE)
        canvas.write(name, LABEL, x, row, room=max(40.0, middle - 18 - old_wide - 16 - x))
        canvas.write(old, VALUE_BEFORE, middle - 18, row, align="right")
        canvas.write(_ARROW, VALUE_BEFORE, middle, row)
        canvas.write(new, VALUE, RIGHT, row, align="right")
