"""The visual language of every picture: size, grid, colours and type. Nothing here draws.

Lengths are pixels of the finished picture. A chat shows it about 360 points wide, so the smallest
type still has to be read at a third of its size. Colours are sRGB; text on `GROUND` keeps a
contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]

SIZE = (1200, 630)
MARGIN = 64
LEFT = MARGIN
RIGHT = SIZE[0] - MARGIN
TOP = 56
BOTTOM = SIZE[1] - 48
GAP = 48

GROUND: Colour = (15, 17, 22)
RULE: Colour = (41, 46, 56)
TEXT: Colour = (243, 240, 234)
QUIET: Colour = (148, 156, 169)
BEFORE: Colour = (116, 130, 152)
AFTER: Colour = (240, 164, 88)
ALERT: Colour = (255, 84, 76)
LESS: Colour = (92, 178, 200)


@dataclass(frozen=True, slots=True)
class Type:
    """One way of setting words: weight, size in pixels and colour."""

    weight: Literal["Regular", "SemiBold"]
    size: int
    colour: Colour


TITLE = Type("SemiBold", 50, TEXT)
FIGURE = Type("SemiBold", 48, TEXT)
VALUE = Type("SemiBold", 30, TEXT)
VALUE_BEFORE = Type("Regular", 30, QUIET)
BODY = Type("Regular", 28, TEXT)
LABEL = Type("Regular", 26, QUIET)
TICK = Type("Regular", 22, QUIET)
