"""Asked against measured: what a revision really did, from the figures of two versions."""

from collections.abc import Mapping, Sequence
from math import log10, sqrt
from statistics import fmean, linear_regression, median
from typing import Any

from core.asks import BANDS, LENGTHS, SECONDS
from core.revisions import AIMS, Item, What
from dsp.profile import CENTRES, QUIETEST_DB
from dsp.settings import BANDS as EDGES

Spectrum = Sequence[tuple[float, float]]

MOVED_BY_AIMS = BANDS | {What.VOLUME, What.TILT, What.WIDTH, What.DYNAMICS}

HEARD = (50.0, 14000.0)
"""Hz between which tones are compared: beyond, recordings differ by what few can hear."""
FEWEST = 12


def measured_change(item: Item, old: Mapping[str, Any], new: Mapping[str, Any]) -> float | None:
    """How far one item moved, in its own unit (dB, LU, seconds); None where two measurements cannot tell.

    `old` and `new` are `measured` of two versions. A tone band is read against the bands that nobody touched,
    so that the loudness, which is brought back to its target afterwards, does not hide it; a place against
    what is around it, which the engine measures itself.
    """
    if item.of is not None and item.what not in AIMS:
        return None  # of one instrument of a mix
    if item.place is not None:
        return next((moved for where, moved in _places(new) if where == (item.what.value, *item.place)), None)
    if item.what is What.VOLUME:
        return _difference(old, new, "lufs")
    if item.what in (What.TRIM_START, What.TRIM_END):
        return _difference(new, old, "duration")
    if item.what is What.GAP:
        return _difference(old, new, "duration")
    if item.what in SECONDS or item.what in AIMS:
        return None
    if item.what is What.WIDTH:
        return _difference(old, new, "width_db")
    if item.what is What.DYNAMICS:
        return _difference(old, new, "plr")
    moved = _moved(old.get("spectrum_mid", ()), new.get("spectrum_mid", ()))
    if not moved:
        return None
    if item.what is What.TILT:
        return 2 * _slope([(hertz, gain) for hertz, gain in moved if 100.0 <= hertz <= 10000.0])
    if item.what in BANDS:
        low, high = EDGES[item.what.value]
        elsewhere = [gain for hertz, gain in moved if not low <= hertz <= high]
        return _mean(moved, low, high) - (median(elsewhere) if elsewhere else 0.0)
    return None


def moved_as_well(item: Item, items: Sequence[Item]) -> What | None:
    """What else of a batch has moved the same as an item, so that what is measured is the sum: a reference
    moves all that is measured over the whole song, a destination its level; a trim and a gap both change its
    length. None if nothing has.
    """
    if item.what in LENGTHS:
        return next((other.what for other in items if other.what in LENGTHS - {item.what}), None)
    if item.place is not None or item.what not in MOVED_BY_AIMS:
        return None
    aims = {other.what for other in items}
    level = item.what in (What.VOLUME, What.DYNAMICS)
    if What.DESTINATION in aims and level:
        return What.DESTINATION
    return What.REFERENCE if What.REFERENCE in aims else None


def tone_distance(reference: Mapping[str, Any], measured: Mapping[str, Any]) -> float | None:
    """How far the tone of a version is from that of a reference, equally loud: dB rms over the third octaves
    of `HEARD` that both have; None where they share too few.

    `reference` is dsp.profile.Profile.to_json(), `measured` the figures of a version.
    """
    meant = _thirds(reference["mid"])
    apart = [
        float(level) - meant[nearest]
        for hertz, level in measured.get("spectrum_mid", ())
        if level is not None
        and HEARD[0] <= hertz <= HEARD[1]
        and (nearest := round(10 * log10(float(hertz) / 1000.0))) in meant
    ]
    if len(apart) < FEWEST:
        return None
    middle = fmean(apart)
    return sqrt(fmean((gap - middle) ** 2 for gap in apart))


def _thirds(sixths: Sequence[float | None]) -> dict[int, float]:
    """Third octaves by tenths of a decade from 1 kHz, each from the sixth at its centre and half of both
    beside it.
    """
    levels = {round(20 * log10(hertz / 1000.0)): level for hertz, level in zip(CENTRES, sixths, strict=True)}
    thirds = {}
    for band in range(min(levels) + 1, max(levels)):
        parts = [levels[band - 1], levels[band], levels[band + 1]]
        if band % 2 == 0 and None not in parts:
            power = sum(
                share * 10 ** ((level or 0.0) / 10) for share, level in zip((0.5, 1, 0.5), parts, strict=True)
            )
            thirds[band // 2] = max(10 * log10(power), QUIETEST_DB)
    return thirds


def _places(measured: Mapping[str, Any]) -> list[tuple[tuple[str, float, float], float]]:
    return [
        ((place["what"], place["start"], place["end"]), float(place["moved_db"]))
        for place in measured.get("places", ())
        if place["moved_db"] is not None
    ]


def _difference(old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> float | None:
    if old.get(key) is None or new.get(key) is None:
        return None
    return float(new[key]) - float(old[key])


def _moved(old: Spectrum, new: Spectrum) -> list[tuple[float, float]]:
    before = {float(hertz): level for hertz, level in old if level is not None}
    return [
        (float(hertz), level - before[float(hertz)])
        for hertz, level in new
        if level is not None and float(hertz) in before
    ]


def _slope(moved: Sequence[tuple[float, float]]) -> float:
    """dB per decade of the straight line that fits best; the tilt's own scale spans two decades."""
    if len(moved) < 2:
        return 0.0
    decades = [log10(hertz) for hertz, _ in moved]
    return linear_regression(decades, [gain for _, gain in moved]).slope


def _mean(moved: Sequence[tuple[float, float]], low: float, high: float) -> float:
    inside = [gain for hertz, gain in moved if low <= hertz <= high]
    return sum(inside) / len(inside) if inside else 0.0
