"""Original against master, equally loud."""

import numpy as np
import pytest

from dsp import preview
from dsp.loudness import measure
from dsp.preview import Clip
from dsp.sound import PIECE, Held, pieces, whole
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, noise, song

RATE = 44100


def ab_clip(original: Audio, mastered: Audio) -> Clip:
    return preview.ab_clip(Held(original, RATE), Held(mastered, RATE))


def test_both_are_equally_loud_and_take_turns() -> None:
    original = song(70.0, level_db=-20.0)
    clip = ab_clip(original, original * np.float32(4))
    assert (clip.sound.channels, clip.sound.frames) == (2, 60 * RATE)
    audio = whole(clip.sound)
    assert [part.which for part in clip.segments] == ["original", "master", "original", "master"]
    assert [part.end - part.start for part in clip.segments] == pytest.approx([15.0] * 4)
    assert clip.segments[0].at == clip.segments[1].at
    assert clip.segments[2].at == pytest.approx(clip.segments[0].at + 15.0)
    loudness = [
        measure(np.ascontiguousarray(audio[:, round(p.start * RATE) : round(p.end * RATE)]), RATE).integrated
        for p in clip.segments
    ]
    assert loudness[0] == pytest.approx(loudness[1], abs=0.05)
    assert loudness[2] == pytest.approx(loudness[3], abs=0.05)
    assert clip.matched_gain_db == pytest.approx(-12.04, abs=0.05)


def test_the_quieter_one_is_never_turned_up() -> None:
    original = song(20.0, level_db=-3.0)
    clip = ab_clip(original, original * np.float32(0.5))
    assert clip.matched_gain_db == pytest.approx(6.02, abs=0.05)
    assert np.abs(whole(clip.sound)).max() <= np.abs(original).max() * 0.5 + 1e-6


def test_the_passage_is_the_loudest() -> None:
    mix = np.concatenate(
        [noise(40.0, RATE, -40.0), noise(30.0, RATE, -12.0), noise(20.0, RATE, -40.0)], axis=1
    )
    assert ab_clip(mix, mix).segments[0].at == pytest.approx(40.0, abs=0.1)


def test_what_is_over_full_scale_comes_down_on_both_sides() -> None:
    hot = song(16.0, level_db=9.0)
    clip = ab_clip(hot, hot)
    assert true_peak(whole(clip.sound)) <= -0.9
    assert clip.matched_gain_db == pytest.approx(0.0, abs=0.01)


def test_a_master_of_another_length_is_compared_as_far_as_both_go() -> None:
    mix = song(16.0)
    for original, mastered in ((mix, mix[:, : 4 * RATE]), (mix[:, : 4 * RATE], mix)):
        assert ab_clip(original, mastered).sound.frames == 8 * RATE


@pytest.mark.parametrize("seconds", [0.4, 3.0, 14.0, 20.0])
def test_short_songs_make_short_clips(seconds: float) -> None:
    mix = song(seconds)
    clip = ab_clip(mix, mix)
    assert clip.sound.frames == pytest.approx(2 * min(seconds, 15.0) * RATE, abs=4)
    assert clip.segments[-1].end == pytest.approx(clip.sound.frames / RATE)


def test_nothing_clicks_where_it_begins_and_ends() -> None:
    mix = np.full((2, 20 * RATE), 0.5, np.float32) + noise(20.0, RATE, -60.0)
    clip = ab_clip(mix, mix)
    audio = whole(clip.sound)
    for part in clip.segments:
        first, last = round(part.start * RATE), round(part.end * RATE) - 1
        assert np.abs(audio[:, [first, last]]).max() < 0.002
        assert np.abs(audio[:, first + 500 : last - 500]).min() > 0.4


def test_a_clip_in_pieces_is_the_clip() -> None:
    mix = song(70.0)
    clip = ab_clip(mix, mix * np.float32(2)).sound
    read = np.concatenate([clip.read(*at) for at in pieces(clip.frames)], axis=1)
    assert clip.frames % PIECE
    assert np.array_equal(read, whole(clip))
