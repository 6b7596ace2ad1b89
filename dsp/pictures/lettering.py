"""Words set in Inter: fitted to a width, and legible even where Inter has no glyph."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageFont

from dsp.pictures.look import Type

_INTER = Path(__file__).resolve().parents[2] / "vendor" / "inter"

# Inter covers Latin, Greek and Cyrillic. For the rest the machine's own fonts are asked, by names
# that Pillow looks up in the system's font folders; a machine without them loses only the letters.
_ELSEWHERE = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansArabic-Regular.ttf",
    "NotoSansHebrew-Regular.ttf",
    "NotoSansDevanagari-Regular.ttf",
    "DejaVuSans.ttf",
    "Arial Unicode.ttf",
)
_LONGEST = 400
_ELLIPSIS = "…"

Run = tuple[ImageFont.FreeTypeFont, str]


@lru_cache(maxsize=64)
def _inter(weight: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_INTER / f"Inter-{weight}.otf", size)


@lru_cache(maxsize=64)
def _elsewhere(size: int) -> tuple[ImageFont.FreeTypeFont, ...]:
    found = []
    for name in _ELSEWHERE:
        try:
            found.append(ImageFont.truetype(name, size))
        except OSError:
            continue
    return tuple(found)


@lru_cache(maxsize=16)
def _missing(font: ImageFont.FreeTypeFont) -> tuple[tuple[int, int], bytes]:
    """What `font` draws for a code point that no font has."""
    mask = font.getmask("\U0010ffff")
    return mask.size, bytes(mask)


@lru_cache(maxsize=4096)
def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    mask = font.getmask(letter)
    return (mask.size, bytes(mask)) != _missing(font)


def _font_for(letter: str, style: Type) -> ImageFont.FreeTypeFont | None:
    inter = _inter(style.weight, style.size)
    if _has(inter, letter):
        return inter
    return next((font for font in _elsewhere(style.size) if _has(font, letter)), None)


def _is_letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L"


def plain(text: str) -> str:
    """`text` on one line: composed (NFC), without control and formatting characters, with a true minus."""
    one_line = " ".join(text[:_LONGEST].split())
    composed = unicodedata.normalize("NFC", one_line)
    visible = "".join(c for c in composed if unicodedata.category(c)[0] != "C")
    if visible[:1] == "-" and visible[1:2].isdigit():
        return "\N{MINUS SIGN}" + visible[1:]
    return visible


def legible(text: str, style: Type) -> str:
    """What can be shown of `text`: letters without a glyph become one ellipsis, other signs are left out.

    Empty if no letter or digit survives such a loss: a row of empty boxes tells nobody anything.
    """
    kept: list[str] = []
    wanted = plain(text)
    for character in wanted:
        if _font_for(character, style) is not None:
            kept.append(character)
        elif _is_letter(character) and kept[-1:] != [_ELLIPSIS]:
            kept.append(_ELLIPSIS)
    shown = " ".join("".join(kept).split())
    return shown if shown == wanted or any(character.isalnum() for character in shown) else ""


def runs(text: str, style: Type) -> Iterable[Run]:
    """`text` cut into the longest pieces that one font can set, in order. `text` must be legible."""
    fonts = ((_font_for(character, style), character) for character in text)
    for font, piece in groupby(fonts, key=lambda pair: pair[0]):
        if font is not None:
            yield font, "".join(character for _, character in piece)


def width(text: str, style: Type) -> float:
    """The advance of `text` in pixels."""
    return sum(font.getlength(piece) for font, piece in runs(text, style))


def fitted(text: str, style: Type, room: float) -> str:
    """`text` made legible and, where it is wider than `room` pixels, cut with an ellipsis."""
    shown = legible(text, style)
    if width(shown, style) <= room:
        return shown
    short, long = 0, len(shown)
    while long - short > 1:
        middle = (short + long) // 2
        if width(shown[:middle].rstrip() + _ELLIPSIS, style) <= room:
            short = middle
        else:
            long = middle
    return shown[:short].rstrip() + _ELLIPSIS


def wrapped(text: str, style: Type, room: float, lines: int) -> list[str]:
    """`text` in at most `lines` lines of `room` pixels, broken between words; the last one may be cut."""
    left = legible(text, style).split()
    out: list[str] = []
    while left and len(out) < lines - 1:
        count = 1
        while count < len(left) and width(" ".join(left[: count + 1]), style) <= room:
            count += 1
        out.append(fitted(" ".join(left[:count]), style, room))
        left = left[count:]
    if left:
        out.append(fitted(" ".join(left), style, room))
    return out
