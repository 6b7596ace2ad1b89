"""A master keeps its promises, whatever comes in."""

import itertools
from dataclasses import replace
from typing import Any

import hypothesis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.analysis import analyse
from dsp.errors import Refused
from dsp.level import LASTING_DB
from dsp.loudness import measure
from dsp.master import Mastered, master
from dsp.profile import Profile
from dsp.settings import STYLES, Settings
from dsp.spectrum import average, sixths
from dsp.steep import steep_peak
from dsp.tone import equalise, wished
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, noise, rms_db, sine, song
from tests.dsp.test_settings import any_settings

RATE = 44100
PLAIN = {"intensity": 0.0}


def mastered(audio: Audio, rate: int = RATE, **asked: object) -> Mastered:
    made = master(audio, rate, analyse(audio, rate), Settings.from_json(asked))
    kept_its_promises(made, rate)
    return made


def kept_its_promises(made: Mastered, rate: int) -> None:
    assert np.isfinite(made.audio).all()
    assert true_peak(made.audio, 8) <= made.settings.ceiling_dbtp
    assert measure(made.audio, rate).integrated == pytest.approx(made.measured.lufs, abs=1e-6)
    on_target = abs(made.measured.lufs - made.settings.target_lufs) <= 0.02
    assert made.reached == on_target
    assert (made.why is None) == on_target


def profile_of(audio: Audio) -> Profile:
    return Profile.of(analyse(audio, RATE).to_json())


@pytest.fixture(scope="module")
def tune() -> Audio:
    return song(30.0)


@pytest.mark.parametrize("target", [-23.0, -18.0, -16.0, -14.0, -12.0, -10.0])
@pytest.mark.parametrize("style", sorted(STYLES))
def test_the_loudness_asked_for_is_the_loudness_made(tune: Audio, target: float, style: str) -> None:
    made = mastered(tune, target_lufs=target, style=style, limiting=1.0)
    assert made.measured.lufs == pytest.approx(target, abs=0.02)


@pytest.mark.parametrize("ceiling", [-0.1, -1.0, -3.0])
def test_the_ceiling_asked_for_is_the_ceiling_kept(tune: Audio, ceiling: float) -> None:
    made = mastered(tune, target_lufs=-9.0, ceiling_dbtp=ceiling)
    assert made.measured.true_peak == pytest.approx(ceiling, abs=0.1)


def test_the_same_song_and_the_same_settings_make_the_same_bits(tune: Audio) -> None:
    one, other = (mastered(tune.copy(), target_lufs=-11.0, style="punchy") for _ in range(2))
    assert np.array_equal(one.audio, other.audio)


def test_the_song_that_came_in_is_not_touched(tune: Audio) -> None:
    for asked in (PLAIN, {"width_db": 2.0, "intensity": 0.0}, {}):
        before = tune.copy()
        mastered(tune, **asked)
        assert np.array_equal(before, tune)


def test_where_nothing_is_asked_a_master_is_the_song_at_another_level(tune: Audio) -> None:
    made = mastered(tune, target_lufs=-22.0, **PLAIN)
    gain = 10 ** (made.gain_db / 20)
    centred = tune - tune.mean(axis=1, keepdims=True)
    assert rms_db(made.audio / gain - centred) - rms_db(tune) < -130
    assert made.reduction_max_db == 0


def test_too_loud_a_wish_is_stopped_and_said(tune: Audio) -> None:
    made = mastered(tune, target_lufs=-5.0, style="open")
    assert (made.reached, made.why) == (False, "limiter-cap")
    assert -14.0 < made.measured.lufs < -5.0


def test_harder_limiting_goes_further(tune: Audio) -> None:
    levels = [mastered(tune, target_lufs=-5.0, limiting=share).measured.lufs for share in (-1.0, 0.0, 1.0)]
    assert levels == sorted(levels)
    assert levels[2] - levels[0] > 0.5


def test_noise_is_not_raised_without_end() -> None:
    made = mastered(song(10.0, level_db=-50.0), target_lufs=-14.0)
    assert (made.reached, made.why) == (False, "gain-cap")
    assert made.gain_db == 40.0


@pytest.mark.parametrize("back", [1, 17, 100])
def test_a_click_at_the_very_end_may_be_all_of_a_song(back: int) -> None:
    click = np.zeros((2, 10 * RATE), np.float32)
    click[:, -back] = 0.9
    made = mastered(click, target_lufs=-14.0)
    kept_its_promises(made, RATE)
    assert made.why == "limiter-cap"


@pytest.mark.parametrize("rate", [8000, 22050, 48000, 96000, 192000])
def test_any_rate_is_mastered_at_its_own(rate: int) -> None:
    made = mastered(song(6.0, rate), rate, target_lufs=-13.0, tilt_db=2.0)
    assert made.audio.shape == (2, 6 * rate)
    assert made.reached


def test_one_channel_stays_one() -> None:
    made = mastered(song(6.0, channels=1), width_db=3.0, target_lufs=-16.0)
    assert made.audio.shape[0] == 1
    assert made.reached


@pytest.mark.parametrize("seconds", [0.4, 0.5, 1.1])
def test_the_shortest_songs_are_songs(seconds: float) -> None:
    assert mastered(sine(440, seconds, RATE, -20.0)).reached


def test_silence_and_songs_trimmed_away_are_refused(tune: Audio) -> None:
    nothing = np.zeros((2, RATE), np.float32)
    with pytest.raises(Refused, match="silence"):
        master(nothing, RATE, analyse(nothing, RATE), Settings())
    with pytest.raises(Refused, match=r"lasts 0\.00 s"):
        mastered(tune, trim_start=20.0, trim_end=11.0)


@pytest.mark.parametrize(
    "hard",
    [
        np.sign(sine(110, 5.0, RATE)).astype(np.float32),
        sine(RATE / 4, 5.0, RATE, 6.0, 45.0),
        noise(5.0, RATE, 0.0),
        np.pad(song(3.0, level_db=12.0), ((0, 0), (RATE, RATE))),
        song(5.0) * np.float32([[1.0], [0.0]]),
        np.where(np.arange(5 * RATE) % RATE == 0, 1.0, 0.0).astype(np.float32)[None].repeat(2, 0),
        np.full((2, 5 * RATE), 0.5, np.float32) + sine(100, 5.0, RATE, -40.0),
    ],
    ids=["square", "fs/4", "noise over full scale", "far over", "dead channel", "clicks", "mostly DC"],
)
def test_hard_cases_are_mastered_under_the_ceiling(hard: Audio) -> None:
    mastered(hard)
    mastered(hard, target_lufs=-8.0, style="punchy")


def test_a_constant_offset_is_gone(tune: Audio) -> None:
    made = mastered(tune + np.float32(0.03))
    assert np.abs(made.audio.mean(axis=1)).max() < 1e-4


def test_trims_shorten_and_fades_fade(tune: Audio) -> None:
    made = mastered(tune, trim_start=2.0, trim_end=3.0, fade_in=1.0, fade_out=4.0, target_lufs=-18.0, **PLAIN)
    assert made.audio.shape[1] == 25 * RATE
    whole = mastered(tune, trim_start=2.0, trim_end=3.0, target_lufs=-18.0, **PLAIN)
    ratio = [
        rms_db(made.audio[:, part]) - rms_db(whole.audio[:, part])
        for part in (slice(0, 4410), slice(-4410, None))
    ]
    assert max(ratio) < -25
    assert np.abs(made.audio[:, 0]).max() < 1e-3


def test_a_fade_longer_than_the_song_takes_all_of_it(tune: Audio) -> None:
    made = mastered(tune, fade_out=60.0, target_lufs=-20.0, **PLAIN)
    halves = [rms_db(made.audio[:, part]) for part in (slice(0, 15 * RATE), slice(15 * RATE, None))]
    assert halves[0] - halves[1] > 6
    assert made.reached


def test_width_is_the_level_of_the_side(tune: Audio) -> None:
    def width(audio: Audio) -> float:
        spectrum = average(audio, RATE)
        return float(10 * np.log10(spectrum.side[1:].sum() / spectrum.mid[1:].sum()))

    narrow, wide = (mastered(tune, width_db=side, target_lufs=-23.0, **PLAIN).audio for side in (-3.0, 2.0))
    assert width(wide) - width(narrow) == pytest.approx(5.0, abs=0.05)


def test_a_spoilt_song_comes_back_to_the_record_it_was_with_that_as_its_reference(tune: Audio) -> None:
    spoilt = equalise(tune, RATE, wished(Settings(tilt_db=-5.0, width_db=-4.0, tone_db=(("low-mid", 3.0),))))
    was, came = average(tune, RATE), average(spoilt, RATE)
    asked = Settings(target_lufs=measure(tune, RATE).integrated).following([profile_of(tune)])
    back = average(master(spoilt, RATE, analyse(spoilt, RATE), asked).audio, RATE)
    for part in ("mid", "side"):
        levels = [np.array(sixths(each.hertz, getattr(each, part)))[6:52] for each in (was, came, back)]
        assert np.sqrt(np.mean((levels[1] - levels[0]) ** 2)) > 2
        assert np.sqrt(np.mean((levels[2] - levels[0]) ** 2)) < 0.4


def test_a_reference_of_the_same_range_asks_for_no_compression(tune: Audio) -> None:
    asked = Settings(style="punchy", target_lufs=-23.0)
    ranges = [
        master(tune, RATE, analyse(tune, RATE), each).measured.lra
        for each in (asked, replace(asked, references=(profile_of(tune),)), replace(asked, intensity=0.0))
    ]
    assert ranges[0] < ranges[1] - 0.2
    assert ranges[1] == pytest.approx(ranges[2], abs=0.15)


def test_dynamics_have_a_strength_of_their_own(tune: Audio) -> None:
    asked = Settings(style="punchy", target_lufs=-23.0, tone_strength=0.0, width_strength=0.0)
    none = replace(asked, dynamics_strength=0.0)
    made = master(tune, RATE, analyse(tune, RATE), none)
    plain = master(tune, RATE, analyse(tune, RATE), Settings(target_lufs=-23.0, **PLAIN))
    assert rms_db(made.audio - plain.audio) < -120


def test_dynamics_go_the_way_they_are_asked_to() -> None:
    # Half the song 8 LU under the other half: what a compressor evens out.
    tune = np.concatenate([song(10.0, level_db=-16.0), song(10.0, level_db=-8.0, seed=9)], axis=1)
    dense, normal, open_ = (
        mastered(tune, target_lufs=-20.0, dynamics=d).measured.lra for d in (-1.0, 0.0, 1.0)
    )
    assert dense < normal < open_


def test_a_short_loud_passage_is_not_flattened_to_make_the_rest_loud() -> None:
    soft, loud = noise(60.0, RATE, -36.0), noise(2.0, RATE, -18.0)
    mix = np.concatenate([soft, loud, soft[:, : 10 * RATE]], axis=1)
    made = mastered(mix, target_lufs=-9.0, style="open", dynamics_strength=0.0)
    assert (made.reached, made.why) == (False, "limiter-cap")
    begin, end = soft.shape[1], soft.shape[1] + loud.shape[1]
    contrast = [rms_db(audio[:, begin:end]) - rms_db(audio[:, :begin]) for audio in (mix, made.audio)]
    assert contrast[0] - contrast[1] < STYLES["open"].limiting_db + LASTING_DB


@pytest.mark.parametrize("asked", [{"intensity": 0.0}, {"style": "punchy"}])
@pytest.mark.parametrize("rate", [22050, 44100])
def test_no_meter_reads_more_than_the_ceiling(asked: dict[str, Any], rate: int) -> None:
    hiss = noise(6.0, rate, -12.0) * np.repeat([1.0, 0.3], [3 * rate, 3 * rate]).astype(np.float32)
    made = master(hiss, rate, analyse(hiss, rate), Settings(target_lufs=-8.0, **asked))
    assert steep_peak(made.sound) <= 10 ** (-0.95 / 20)


def test_a_master_is_hardly_changed_by_being_mastered_again(tune: Audio) -> None:
    once = mastered(tune, target_lufs=-12.0)
    twice = mastered(once.audio, target_lufs=-12.0, **PLAIN)
    assert abs(twice.gain_db) < 0.1
    assert rms_db(twice.audio - once.audio) - rms_db(once.audio) < -30


@given(any_settings, st.integers(0, 5), st.sampled_from([1, 2]), st.floats(-40.0, 6.0))
@hypothesis.settings(max_examples=40, deadline=None)
def test_whatever_is_asked_for_the_promises_are_kept(
    asked: Settings, seed: int, channels: int, level_db: float
) -> None:
    mix = song(2.5, 22050, channels, seed, level_db)
    asked = replace(asked, trim_start=asked.trim_start / 3600, trim_end=asked.trim_end / 3600, gap=0.0)
    kept_its_promises(master(mix, 22050, analyse(mix, 22050), asked), 22050)


def test_progress_is_told_in_order(tune: Audio) -> None:
    told: list[tuple[float, str]] = []
    master(tune, RATE, analyse(tune, RATE), Settings(), lambda share, stage: told.append((share, stage)))
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    stages = [stage for stage, _ in itertools.groupby(stage for _, stage in told)]
    assert stages == ["tone", "dynamics", "level", "limiter", "verify"]
