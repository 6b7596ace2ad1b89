"""The visual language of every picture: size, grid, colours and type. Nothing here draws.

Lengths are pixels of the finished picture. A chat shows it about 330 points wide, a little over a quarter
of its size, and the smallest type is still more than 8 points high there. Colours are sRGB; text on `GROUND`
keeps a contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Colour = tuple[int, int, int]

SIZE = (1200, 630)
MARGIN = 48
LEFT = MARGIN
RIGHT = SIZE[0] - MARGIN
TOP = 44
BOTTOM = SIZE[1] - 40
GAP = 48

GROUND: Colour = (15, 17, 22)
RULE: Colour = (41, 46, 56)
TEXT: Colour = (243, 240, 234)
QUIET: Colour = (168, 176, 188)
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


TITLE = Type("SemiBold", 54, TEXT)
FIGURE = Type("SemiBold", 58, TEXT)
VALUE = Type("SemiBold", 38, TEXT)
VALUE_BEFORE = Type("Regular", 38, QUIET)
BODY = Type("Regular", 35, TEXT)
LABEL = Type("Regular", 34, QUIET)
TICK = Type("Regular", 31, QUIET)
