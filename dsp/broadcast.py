"""The broadcast extension of a WAV: `bext` version 2 (EBU Tech 3285), which holds the loudness of the file.

It names no date: the same master is the same bytes whenever it is written.
"""

import math
import struct
from dataclasses import dataclass

ORIGINATOR = "Lathe"
UNUSED = 0x7FFF
"""What stands for a figure that is not known."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a master reads: LUFS, LU, dBTP, and the highest momentary and short-term loudness (LUFS)."""

    lufs: float
    lra: float
    true_peak: float
    momentary_max: float
    short_term_max: float


def extension(figures: Figures, description: str = "", reference: str = "") -> bytes:
    """The whole chunk. description: at most 256, reference: at most 32 characters that ASCII knows; the rest
    is left out.
    """
    body = struct.pack(
        "<256s32s32s18xQH64x5H180x",
        _ascii(description, 256),
        ORIGINATOR.encode(),
        _ascii(reference, 32),
        0,
        2,
        _hundredths(figures.lufs),
        _hundredths(figures.lra),
        _hundredths(figures.true_peak),
        _hundredths(figures.momentary_max),
        _hundredths(figures.short_term_max),
    )
    return struct.pack("<4sI", b"bext", len(body)) + body


def _ascii(text: str, most: int) -> bytes:
    return text.encode("ascii", "ignore")[:most]


def _hundredths(figure: float) -> int:
    """Two's complement in 16 bits."""
    return round(100 * figure) & 0xFFFF if math.isfinite(figure) else UNUSED
