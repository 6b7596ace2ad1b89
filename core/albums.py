"""Albums: the order of the songs, and what they are mastered to together."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.songs import Song, track_number
from dsp.album import Heard, planned
from dsp.settings import Bands, Settings


def in_album_order(names: Sequence[str]) -> list[int]:
    """The indices of files by track number where every name has its own; else the order they were sent in."""
    numbers = [track_number(name) for name in names]
    if None in numbers or len(set(numbers)) < len(numbers):
        return list(range(len(names)))
    return sorted(range(len(names)), key=lambda index: numbers[index] or 0)


def together(songs: Sequence[Song], base: Settings) -> Mapping[str, Settings]:
    """The settings of each song of an album, by its id: levels keep their differences, the tone is shared."""
    asked = planned([_heard(song.analysis or {}) for song in songs], base)
    return {song.id: settings for song, settings in zip(songs, asked, strict=True)}


def _heard(analysis: Mapping[str, Any]) -> Heard:
    mid, side = (_bands(analysis.get(name, ())) for name in ("spectrum_mid", "spectrum_side"))
    return Heard(_level(analysis.get("lufs")), mid, side)


def _bands(pairs: Sequence[tuple[float, float | None]]) -> Bands:
    return tuple((hertz, _level(level)) for hertz, level in pairs)


def _level(value: float | None) -> float:
    """What JSON has null for is silence."""
    return -math.inf if value is None else float(value)
