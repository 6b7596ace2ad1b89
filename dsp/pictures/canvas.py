"""A sheet to draw on: words, rules and shapes, each edge antialiased by its exact coverage.

Shapes are drawn at their final size from how much of each pixel they cover, which is sharper than
drawing large and shrinking, and ten times cheaper.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from dsp.pictures import lettering
from dsp.pictures.look import GROUND, SIZE, Colour, Type

Coverage = NDArray[np.float32]

Align = Literal["left", "centre", "right"]


def covered(edge: int, low: NDArray[np.float32], high: NDArray[np.float32]) -> Coverage:
    """How much of each pixel of an axis the spans low..high cover: (edge, len(low)), 0 to 1."""
    start = np.arange(edge, dtype=np.float32)[:, None]
    overlap: Coverage = np.minimum(start + 1, high) - np.maximum(start, low)
    return overlap.clip(0, 1)


def _span(edge: int, low: float, high: float) -> Coverage:
    return covered(edge, np.array([low], np.float32), np.array([high], np.float32))


class Canvas:
    """One picture of `look.SIZE` on the ground colour. Origin at the top left, y grows downwards."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", SIZE, GROUND)
        self._pen = ImageDraw.Draw(self._image)

    def write(
        self,
        text: str,
        style: Type,
        x: float,
        baseline: float,
        *,
        align: Align = "left",
        room: float = SIZE[0],
    ) -> float:
        """Set one line of at most `room` pixels on its baseline; return where it ends on the right."""
        shown = lettering.fitted(text, style, room)
        wide = lettering.width(shown, style)
        x -= {"left": 0.0, "centre": wide / 2, "right": wide}[align]
        for font, piece in lettering.runs(shown, style):
            self._pen.text((x, baseline), piece, fill=style.colour, font=font, anchor="ls")
            x += font.getlength(piece)
        return x

    def shade(self, coverage: Coverage, colour: Colour, x: int, y: int) -> None:
        """Lay `colour` over what is there as far as `coverage` (rows, columns; 0 to 1) says, from x, y on."""
        mask = Image.fromarray((coverage * 255 + 0.5).astype(np.uint8))
        self._image.paste(colour, (x, y), mask)

    def bar(
        self, x: float, y: float, wide: float, high: float, colour: Colour, *, strength: float = 1.0
    ) -> None:
        """A rectangle with edges wherever they fall, also between pixels."""
        left, top = int(np.floor(x)), int(np.floor(y))
        columns, rows = int(np.ceil(x + wide)) - left, int(np.ceil(y + high)) - top
        if columns <= 0 or rows <= 0:
            return
        across = _span(columns, x - left, x + wide - left)
        down = _span(rows, y - top, y + high - top)
        self.shade(down @ across.T * np.float32(strength), colour, left, top)

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A filled circle around x, y."""
        left, top, edge = int(x - radius) - 1, int(y - radius) - 1, int(2 * radius) + 3
        down, across = np.ogrid[top : top + edge, left : left + edge]
        distance = np.hypot(across + 0.5 - x, down + 0.5 - y)
        self.shade(np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32), colour, left, top)

    def save(self, to: Path | BinaryIO) -> None:
        """Write the picture as PNG."""
        self._image.save(to, "PNG", compress_level=6)
