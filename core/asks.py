"""From what was asked for to the engine's settings: every item is a delta on the version it is about."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.revisions import AIMS, Item, What
from dsp.settings import LIMITS, MOST_PLACES, TONE_LIMIT_DB, Place, Settings

DEFAULT_AMOUNT: Mapping[What, float] = {
    What.VOLUME: 1.5,
    What.BASS: 1.5,
    What.LOW_MID: 1.5,
    What.MID: 1.5,
    What.PRESENCE: 1.5,
    What.SIBILANCE: 1.5,
    What.AIR: 1.5,
    What.TILT: 1.5,
    What.WIDTH: 1.5,
    What.DYNAMICS: 0.3,
    What.LIMITING: 0.3,
    What.FADE_IN: 3.0,
    What.FADE_OUT: 5.0,
    What.TRIM_START: 1.0,
    What.TRIM_END: 1.0,
    What.GAP: 1.0,
}
"""How much an item is when no figure was said: dB, seconds, or a step of the engine's own scale."""

BANDS = frozenset({What.BASS, What.LOW_MID, What.MID, What.PRESENCE, What.SIBILANCE, What.AIR})
LENGTHS = frozenset({What.TRIM_START, What.TRIM_END, What.GAP})
"""What makes a song longer or shorter."""
SECONDS = LENGTHS | {What.FADE_IN, What.FADE_OUT}
STEPS = frozenset({What.DYNAMICS, What.LIMITING})
AT_A_PLACE = BANDS | {What.VOLUME}
"""What can be changed at one place of a song and nowhere else."""

_FIELD: Mapping[What, str] = {
    What.VOLUME: "target_lufs",
    What.TILT: "tilt_db",
    What.WIDTH: "width_db",
    What.DYNAMICS: "dynamics",
    What.LIMITING: "limiting",
    What.FADE_IN: "fade_in",
    What.FADE_OUT: "fade_out",
    What.TRIM_START: "trim_start",
    What.TRIM_END: "trim_end",
    What.GAP: "gap",
}


def applied(settings: Settings, items: Iterable[Item]) -> Settings:
    """The settings with every item carried out, each value kept within what the engine takes.

    What they are aimed at is carried out before (core.aims): volume is a step from there.
    Places are told by the clock of the version that was heard; settings count from the song as it came.
    """
    trimmed = settings.trim_start
    for item in items:
        if item.what not in AIMS:
            settings = _with(settings, later(item, trimmed))
    return settings


def later(item: Item, seconds: float) -> Item:
    """The same item by a clock that began so much earlier."""
    if item.place is None:
        return item
    start, end = item.place
    return replace(item, place=(round(start + seconds, 3), round(end + seconds, 3)))


def _with(settings: Settings, item: Item) -> Settings:
    delta = item.direction * item.amount
    if item.target is not None:
        return replace(settings, target_lufs=_within(item.target, *LIMITS["target_lufs"]))
    if item.place is not None:
        return replace(settings, places=_placed(settings.places, item.place, item.what, delta))
    if item.what in BANDS:
        tone = dict(settings.tone_db)
        tone[item.what.value] = _within(tone.get(item.what.value, 0.0) + delta, -TONE_LIMIT_DB, TONE_LIMIT_DB)
        return replace(settings, tone_db=tuple(tone.items()))
    field = _FIELD[item.what]
    change: dict[str, Any] = {field: _within(getattr(settings, field) + delta, *LIMITS[field])}
    if item.what is What.VOLUME and item.direction > 0:
        # Louder than the style's limiter allows: the limiter gives way as well, or nothing would happen.
        change["limiting"] = _within(settings.limiting + item.amount / 6.0, *LIMITS["limiting"])
    return replace(settings, **change)


def _placed(
    places: tuple[Place, ...], where: tuple[float, float], what: What, delta: float
) -> tuple[Place, ...]:
    """The places with one more change; what was done to the very same one counts on."""
    same = [place for place in places if (place.start, place.end, place.what) == (*where, what.value)]
    gain = _within(sum(place.gain_db for place in same) + delta, -TONE_LIMIT_DB, TONE_LIMIT_DB)
    others = tuple(place for place in places if place not in same)
    return (*others, Place(*where, what.value, gain))[-MOST_PLACES:] if gain else others


def _within(value: float, least: float, most: float) -> float:
    return round(min(max(value, least), most), 4)
