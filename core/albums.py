"""Albums: the order of the songs, and what they are mastered to together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.songs import Song, Version, track_number
from dsp.album import HARMED, KEPT_LU, Heard, lowered, planned
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


def evened(made: Sequence[Version]) -> Mapping[str, Settings]:
    """The settings, by song, of those that must come down with one that stopped short of its level."""
    asked = [Settings.from_json(version.settings) for version in made]
    short = [_short(version) for version in made]
    if max(short, default=0.0) <= KEPT_LU:
        return {}
    softer = zip(made, lowered(asked, short), strict=True)
    return {
        version.song: settings
        for version, settings in softer
        if _loudness(version) - settings.target_lufs > KEPT_LU
    }


def standing(version: Version, others: Sequence[Version]) -> Settings:
    """What a change of a song starts from: the level that it reached, where its album came down for it."""
    settings = Settings.from_json(version.settings)
    if _short(version) <= KEPT_LU or not any(other.lowered for other in others):
        return settings
    return replace(settings, target_lufs=round(_loudness(version), 2))


def _short(version: Version) -> float:
    """LU that a version stays under its target because more would harm it."""
    capped = (version.measured or {}).get("why") in HARMED
    return max(0.0, float(version.settings["target_lufs"]) - _loudness(version)) if capped else 0.0


def _loudness(version: Version) -> float:
    return _level((version.measured or {}).get("lufs"))


def _heard(analysis: Mapping[str, Any]) -> Heard:
    mid, side = (_bands(analysis.get(name, ())) for name in ("spectrum_mid", "spectrum_side"))
    return Heard(_level(analysis.get("lufs")), mid, side)


def _bands(pairs: Sequence[tuple[float, float | None]]) -> Bands:
    return tuple((hertz, _level(level)) for hertz, level in pairs)


def _level(value: float | None) -> float:
    """What JSON has null for is silence."""
    return -math.inf if value is None else float(value)
