"""Asked against measured: what a revision did, from the figures of two versions."""

from dataclasses import replace
from math import log2, sqrt
from typing import Any

import pytest

from core.revisions import Item, What
from core.work.verify import measured_change, moved_as_well, tone_distance
from dsp.profile import CENTRES
from dsp.settings import BANDS

HERTZ = (
    30.0,
    63.0,
    100.0,
    250.0,
    400.0,
    1000.0,
    1600.0,
    3000.0,
    4000.0,
    6000.0,
    8000.0,
    10000.0,
    12000.0,
    16000.0,
)


def version(**moved: float) -> dict[str, Any]:
    """The figures of a version: a flat spectrum but for the bands that are named, in dB."""
    spectrum = []
    for hertz in HERTZ:
        band = next(name for name, (low, high) in BANDS.items() if low <= hertz < high)
        spectrum.append((hertz, -30.0 + moved.get(band.replace("-", "_"), 0.0) + moved.get("all", 0.0)))
    return {"lufs": -14.0, "duration": 200.0, "width_db": -9.0, "plr": 12.0, "spectrum_mid": spectrum}


def change(what: What, old: dict[str, Any], new: dict[str, Any], direction: int = 1) -> float | None:
    return measured_change(Item(what, direction, 1.5), old, new)


@pytest.mark.parametrize(
    ("what", "key", "old", "new", "moved"),
    [
        (What.VOLUME, "lufs", -14.0, -12.5, 1.5),
        (What.VOLUME, "lufs", -12.0, -13.0, -1.0),
        (What.WIDTH, "width_db", -9.0, -7.5, 1.5),
        (What.DYNAMICS, "plr", 12.0, 13.0, 1.0),
        (What.TRIM_START, "duration", 200.0, 198.0, 2.0),
        (What.TRIM_END, "duration", 200.0, 197.0, 3.0),
        (What.GAP, "duration", 200.0, 202.0, 2.0),
    ],
)
def test_a_figure_that_is_measured_directly_is_the_difference(
    what: What, key: str, old: float, new: float, moved: float
) -> None:
    assert change(what, version() | {key: old}, version() | {key: new}) == pytest.approx(moved)


@pytest.mark.parametrize("band", [What.BASS, What.LOW_MID, What.MID, What.PRESENCE, What.SIBILANCE, What.AIR])
def test_a_band_is_read_against_the_others(band: What) -> None:
    moved = {band.value.replace("-", "_"): -1.5}
    assert change(band, version(), version(**moved)) == pytest.approx(-1.5)


def test_a_loudness_that_was_brought_back_does_not_hide_what_a_band_did() -> None:
    assert change(What.BASS, version(), version(bass=2.0, all=-0.7)) == pytest.approx(2.0)


def test_brightness_is_the_top_against_the_bottom() -> None:
    tilted = version(bass=-1.0, low_mid=-1.0, sibilance=1.0, air=1.0)
    moved = change(What.TILT, version(), tilted)
    assert moved is not None
    assert moved > 1.5


def test_a_place_is_what_the_engine_measured_there() -> None:
    item = Item(What.SIBILANCE, -1, 1.5, place=(62.0, 64.0))
    places = [
        {"start": 62.0, "end": 64.0, "what": "bass", "moved_db": 2.0},
        {"start": 62.0, "end": 64.0, "what": "sibilance", "moved_db": -1.4},
        {"start": 70.0, "end": 72.0, "what": "sibilance", "moved_db": None},
    ]
    new = version() | {"places": places}
    assert measured_change(item, version(), new) == -1.4
    assert measured_change(replace(item, place=(70.0, 72.0)), version(), new) is None
    assert measured_change(item, version(), version(sibilance=-1.5)) is None


def test_nothing_done_measures_as_nothing() -> None:
    for what in What:
        assert change(what, version(), version()) in (None, pytest.approx(0.0))


@pytest.mark.parametrize("what", [What.FADE_IN, What.FADE_OUT, What.LIMITING, What.REFERENCE])
def test_what_two_measurements_cannot_tell_is_not_told(what: What) -> None:
    assert change(what, version(), version(bass=3.0)) is None


@pytest.mark.parametrize(
    "what", [What.VOLUME, What.WIDTH, What.DYNAMICS, What.TRIM_END, What.BASS, What.TILT]
)
def test_a_figure_that_is_missing_is_not_made_up(what: What) -> None:
    silent = dict.fromkeys(version())
    silent["spectrum_mid"] = ()
    assert change(what, silent, version()) is None
    assert change(what, version(), {}) is None


def test_a_band_with_nothing_in_it_is_left_out_of_the_comparison() -> None:
    old = version()
    old["spectrum_mid"] = [(hertz, None if hertz > 9000 else level) for hertz, level in old["spectrum_mid"]]
    assert change(What.BASS, old, version(bass=1.0)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("what", "others", "aim"),
    [
        (What.BASS, (What.REFERENCE,), What.REFERENCE),
        (What.VOLUME, (What.REFERENCE,), What.REFERENCE),
        (What.VOLUME, (What.REFERENCE, What.DESTINATION), What.DESTINATION),
        (What.BASS, (What.DESTINATION,), None),
        (What.WIDTH, (What.AIR,), None),
        (What.TRIM_END, (What.REFERENCE, What.DESTINATION), None),
        (What.TRIM_END, (What.TRIM_START,), What.TRIM_START),
        (What.GAP, (What.TRIM_END,), What.TRIM_END),
    ],
)
def test_what_an_aim_has_moved_as_well_is_not_measured_by_itself(
    what: What, others: tuple[What, ...], aim: What | None
) -> None:
    item = Item(what, 1, 1.5)
    assert moved_as_well(item, [item, *(Item(other, 1, 1.0) for other in others)]) is aim


def test_what_changes_at_one_place_is_measured_against_what_is_around_it_whatever_the_aim() -> None:
    item = Item(What.VOLUME, 1, 1.5, place=(10.0, 20.0))
    assert moved_as_well(item, [item, Item(What.REFERENCE, 1, 1.0)]) is None


def reference(slope: float = 0.0, level: float = 0.0) -> dict[str, Any]:
    """The profile of a recording, so many dB brighter with each octave."""
    return {"mid": [level + slope * log2(centre / 1000.0) for centre in CENTRES]}


def thirds(slope: float = 0.0) -> dict[str, Any]:
    """A version of which the third octaves are measured."""
    hertz = [1000.0 * 10 ** (band / 10) for band in range(-15, 13)]
    return {"spectrum_mid": [(centre, -20.0 + slope * log2(centre / 1000.0)) for centre in hertz]}


def test_a_tone_that_is_the_same_is_no_way_off_however_loud_it_is() -> None:
    assert tone_distance(reference(level=7.0), thirds()) == pytest.approx(0.0, abs=1e-6)
    assert tone_distance(reference(slope=2.0), thirds(slope=2.0)) == pytest.approx(0.0, abs=0.05)


def test_a_tone_is_off_by_the_spread_of_what_lies_between() -> None:
    octaves = [log2(10 ** (band / 10)) for band in range(-13, 12)]
    mean = sum(octaves) / len(octaves)
    spread = sqrt(sum((octave - mean) ** 2 for octave in octaves) / len(octaves))
    assert tone_distance(reference(), thirds(slope=1.0)) == pytest.approx(spread, rel=0.01)
    assert tone_distance(reference(), thirds(slope=3.0)) == pytest.approx(3 * spread, rel=0.01)


def test_bands_that_a_reference_does_not_have_are_left_out() -> None:
    narrow = reference()
    narrow["mid"] = [
        level if centre < 8000 else None for centre, level in zip(CENTRES, narrow["mid"], strict=True)
    ]
    bent = thirds()
    bent["spectrum_mid"] = [(hertz, level + 9 * (hertz > 9000)) for hertz, level in bent["spectrum_mid"]]
    assert tone_distance(narrow, bent) == pytest.approx(0.0, abs=1e-6)


def test_too_few_bands_tell_nothing() -> None:
    assert tone_distance(reference(), {}) is None
    assert tone_distance(reference(), {"spectrum_mid": thirds()["spectrum_mid"][:13]}) is None
