"""Songs of one album: their differences stay, and one tone correction serves all."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.album import MOST_DISTANCE, NOTHING, Heard, lowered, planned, targets
from dsp.settings import Bands, Settings

FLAT: Bands = ((100.0, -30.0), (1000.0, -30.0), (8000.0, -30.0))


def level(spectrum: Bands, by: float) -> Bands:
    return tuple((hertz, db + by) for hertz, db in spectrum)


def test_the_loudest_song_meets_the_target_and_the_others_keep_their_distance() -> None:
    assert targets([-18.0, -15.0, -20.5], -14.0) == [-17.0, -14.0, -19.5]


def test_a_hidden_track_is_still_heard() -> None:
    assert targets([-14.0, -40.0], -14.0)[1] == -14.0 - MOST_DISTANCE


def test_songs_of_one_loudness_all_meet_the_target() -> None:
    assert targets([-18.0, -18.0], -14.0) == [-14.0, -14.0]


def test_silence_has_no_distance_to_keep() -> None:
    assert targets([-math.inf, -20.0], -14.0) == [-14.0 - MOST_DISTANCE, -14.0]
    assert targets([-math.inf], -14.0) == [-14.0]


@given(st.lists(st.floats(-60.0, -5.0), min_size=1, max_size=12), st.floats(-24.0, -9.0))
def test_no_song_passes_the_target_and_none_overtakes_another(lufs: list[float], target: float) -> None:
    wanted = targets(lufs, target)
    assert max(wanted) == round(target, 2)
    assert all(target - MOST_DISTANCE - 0.01 <= one <= target + 0.01 for one in wanted)
    ranked = [level for _, level in sorted(zip(lufs, wanted, strict=True))]
    assert ranked == sorted(ranked)


def test_each_song_counts_alike_in_the_tone_however_loud_it_is() -> None:
    bright = ((100.0, -33.0), (1000.0, -30.0), (8000.0, -20.0))
    dull = ((100.0, -33.0), (1000.0, -30.0), (8000.0, -40.0))
    near, far = (
        planned([Heard(-12.0, bright, ()), Heard(-12.0 + down, level(dull, down), ())], Settings())
        for down in (0.0, -20.0)
    )
    assert near[0].album_mid == far[0].album_mid == ((100.0, -1.5), (1000.0, 1.5), (8000.0, 1.5))
    assert {settings.album_mid for settings in near} == {near[0].album_mid}


def test_the_side_is_told_against_the_mid_of_its_song() -> None:
    (only,) = planned([Heard(-12.0, FLAT, level(FLAT, -12.0))], Settings())
    assert only.album_side == ((100.0, -12.0), (1000.0, -12.0), (8000.0, -12.0))


def test_a_band_that_a_song_does_not_reach_is_not_corrected_by_the_others() -> None:
    asked = planned([Heard(-12.0, FLAT, ()), Heard(-12.0, FLAT[:2], ())], Settings())
    assert [hertz for hertz, _ in asked[0].album_mid] == [100.0, 1000.0]


def test_a_band_with_nothing_in_it_counts_as_very_quiet() -> None:
    (only,) = planned([Heard(-12.0, (*FLAT[:2], (8000.0, -math.inf)), ())], Settings())
    assert only.album_mid[-1] == (8000.0, NOTHING)


def test_a_song_that_stays_short_brings_the_others_down_with_it() -> None:
    asked = [Settings(target_lufs=-9.0), Settings(target_lufs=-11.0)]
    assert [each.target_lufs for each in lowered(asked, [0.6, 0.0])] == [-9.6, -11.6]
    assert lowered(asked, [0.0, 0.0]) == asked


def test_an_album_of_one_is_a_song() -> None:
    (only,) = planned([Heard(-20.0, FLAT, ())], Settings(target_lufs=-10.0))
    assert only.target_lufs == pytest.approx(-10.0)
