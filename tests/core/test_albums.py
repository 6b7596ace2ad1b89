"""Albums: the order of the songs, and how loud each becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.albums import MOST_DISTANCE, in_album_order, targets
from core.songs import Song
from tests.core.samples import a_song


def loud(*lufs: float | None) -> list[Song]:
    return [a_song(place, analysis={"lufs": level}) for place, level in enumerate(lufs, 1)]


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["02 b.wav", "01 a.wav", "10 c.wav"], [1, 0, 2]),
        (["3. c.wav", "1. a.wav", "2. b.wav"], [1, 2, 0]),
        (["10_j.wav", "9_i.wav"], [1, 0]),
        (["b.wav", "a.wav"], [0, 1]),
        (["02 b.wav", "a.wav"], [0, 1]),
        (["02 b.wav", "02 a.wav", "01 c.wav"], [0, 1, 2]),
        ([], []),
    ],
)
def test_songs_follow_their_track_numbers_if_every_one_has_its_own_else_stay_as_sent(
    names: list[str], order: list[int]
) -> None:
    assert in_album_order(names) == order


@given(st.lists(st.text(max_size=12), max_size=8))
def test_every_song_has_its_place_whatever_the_files_are_called(names: list[str]) -> None:
    assert sorted(in_album_order(names)) == list(range(len(names)))


def test_the_loudest_song_meets_the_target_and_the_others_keep_their_distance() -> None:
    assert targets(loud(-18.0, -15.0, -20.5), -14.0) == {"song1": -17.0, "song2": -14.0, "song3": -19.5}


def test_songs_of_one_loudness_all_meet_the_target() -> None:
    assert set(targets(loud(-18.0, -18.0), -14.0).values()) == {-14.0}


def test_a_hidden_track_is_still_heard() -> None:
    assert targets(loud(-14.0, -40.0), -14.0)["song2"] == -14.0 - MOST_DISTANCE


def test_a_song_without_a_loudness_stays_within_the_distance() -> None:
    assert targets(loud(-14.0, None), -14.0)["song2"] == -14.0 - MOST_DISTANCE


@given(st.lists(st.floats(-60.0, -5.0), min_size=1, max_size=12), st.floats(-24.0, -9.0))
def test_no_song_passes_the_target_and_none_overtakes_another(lufs: list[float], target: float) -> None:
    wanted = list(targets(loud(*lufs), target).values())
    assert max(wanted) == round(target, 2)
    assert all(target - MOST_DISTANCE - 0.01 <= one <= target + 0.01 for one in wanted)
    ranked = [level for _, level in sorted(zip(lufs, wanted, strict=True))]
    assert ranked == sorted(ranked)
