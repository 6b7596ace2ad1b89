"""Albums: the order of the songs, and how loud each becomes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.albums import evened, in_album_order, standing, together
from core.songs import Song, Version, VersionState
from dsp.album import MOST_DISTANCE
from dsp.settings import Settings
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
    wanted = together(loud(-18.0, -15.0, -20.5), Settings(style="warm", target_lufs=-14.0))
    assert {id_: settings.target_lufs for id_, settings in wanted.items()} == {
        "song1": -17.0,
        "song2": -14.0,
        "song3": -19.5,
    }
    assert {settings.style for settings in wanted.values()} == {"warm"}


def test_a_song_without_a_loudness_stays_within_the_distance() -> None:
    assert together(loud(-14.0, None), Settings())["song2"].target_lufs == -14.0 - MOST_DISTANCE


def test_the_tone_is_one_for_all_songs_also_where_a_band_is_silent() -> None:
    songs = [
        a_song(
            1, analysis={"lufs": -15.0, "spectrum_mid": [[1000, -30.0], [8000, None]], "spectrum_side": []}
        ),
        a_song(
            2, analysis={"lufs": -18.0, "spectrum_mid": [[1000, -34.0], [8000, -40.0]], "spectrum_side": []}
        ),
    ]
    first, second = together(songs, Settings()).values()
    assert first.album_mid == second.album_mid == ((1000.0, 0.0), (8000.0, -53.0))


def made(song: str, target: float, lufs: float, *, why: str | None = None, lowered: float = 0.0) -> Version:
    settings = Settings(target_lufs=target).to_json()
    measured = {"lufs": lufs, "reached": why is None, "why": why}
    return Version(
        f"v-{song}", "order1", song, 1, VersionState.READY, settings, "2", measured=measured, lowered=lowered
    )


def test_an_album_whose_songs_meet_their_level_stays_as_it_is() -> None:
    assert evened([made("a", -9.0, -9.02), made("b", -12.0, -12.0)]) == {}


@pytest.mark.parametrize("why", ["limiter-cap", "codec-cap"])
def test_the_others_come_down_with_a_song_that_stops_short(why: str) -> None:
    stopped = made("a", -9.0, -10.5, why=why)
    others = [made("b", -12.0, -12.0), made("c", -9.5, -9.5)]
    assert {song: settings.target_lufs for song, settings in evened([stopped, *others]).items()} == {
        "b": -13.5,
        "c": -11.0,
    }


def test_a_song_that_was_already_soft_enough_is_not_made_again() -> None:
    stopped = made("a", -9.0, -10.5, why="limiter-cap")
    also = made("b", -9.5, -11.0, why="limiter-cap")
    assert evened([stopped, also]) == {}


def test_a_song_that_is_off_for_another_reason_moves_nobody() -> None:
    assert evened([made("a", -9.0, -9.4, why="gain-cap"), made("b", -12.0, -12.0)]) == {}


def test_a_change_of_an_album_that_came_down_starts_from_where_it_is() -> None:
    stopped, softer = made("a", -9.0, -10.5, why="limiter-cap"), made("b", -13.5, -13.5, lowered=1.5)
    assert standing(stopped, [stopped, softer]).target_lufs == -10.5
    assert standing(softer, [stopped, softer]).target_lufs == -13.5


def test_a_song_by_itself_starts_from_what_was_asked_of_it() -> None:
    stopped = made("a", -9.0, -10.5, why="limiter-cap")
    assert standing(stopped, [stopped]).target_lufs == -9.0
