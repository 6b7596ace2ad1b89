"""Tone: what was asked for happens exactly, what nobody asked for hardly."""

import numpy as np
import pytest

from dsp.analysis import analyse
from dsp.corridor import music
from dsp.profile import CENTRES, Profile
from dsp.settings import BANDS, STYLES, Settings
from dsp.spectrum import average
from dsp.tone import HEARD, design, equalise, filter_taps
from tests.dsp.signals import noise, rms_db, sine, song

NOTHING = Settings(intensity=0.0)
USUAL = Profile(
    tuple(music().mean[: len(CENTRES)] - 30), tuple(music().mean[len(CENTRES) :] - 30), -14.0, 7.0, 12.0
)
"""A record like the mean of all records."""


def response(settings: Settings, hertz: float, rate: int = 44100) -> float:
    """Gain in dB of a tone sent through the filter."""
    tone = sine(hertz, 1.0, rate, -20.0)
    through = equalise(tone, rate, design(USUAL, settings))
    middle = slice(rate // 4, 3 * rate // 4)
    return rms_db(through[:, middle]) - rms_db(tone[:, middle])


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize("band", sorted(BANDS))
def test_a_band_moves_by_what_was_asked_and_the_others_stay(rate: int, band: str) -> None:
    settings = Settings(intensity=0.0, tone_db=((band, 3.0),))
    for other, (low, high) in BANDS.items():
        middle = float(np.sqrt(low * high))
        if middle < rate * 0.45:
            assert response(settings, middle, rate) == pytest.approx(3.0 if other == band else 0.0, abs=0.35)


def test_tilt_turns_around_1_khz() -> None:
    settings = Settings(intensity=0.0, tilt_db=4.0)
    assert response(settings, 100) == pytest.approx(-2.0, abs=0.15)
    assert response(settings, 1000) == pytest.approx(0.0, abs=0.1)
    assert response(settings, 10000) == pytest.approx(2.0, abs=0.1)


def test_without_intensity_and_wishes_nothing_is_changed() -> None:
    assert design(Profile.of(analyse(song(), 44100).to_json()), NOTHING).flat


def test_the_filter_has_no_delay_and_turns_no_phase() -> None:
    taps = filter_taps(design(USUAL, Settings(tilt_db=3.0)).mid, 44100)
    assert taps.size % 2 == 1
    assert np.abs(taps - taps[::-1]).max() < 1e-6
    click = np.zeros((2, 20000), np.float32)
    click[:, 7777] = 1
    through = equalise(click, 44100, design(USUAL, Settings(tilt_db=3.0)))
    assert np.abs(through[0]).argmax() == 7777


def test_block_by_block_is_the_same_as_at_once() -> None:
    hiss = noise(4.0, 44100)
    tone = design(USUAL, Settings(tilt_db=5.0))
    taps = filter_taps(tone.mid, 44100)
    size = 1 << 19
    at_once = np.fft.irfft(np.fft.rfft(hiss, size) * np.fft.rfft(taps, size), size)
    half = taps.size // 2
    difference = equalise(hiss, 44100, tone) - at_once[:, half : half + hiss.shape[1]]
    assert rms_db(difference) - rms_db(hiss) < -120


def test_the_side_has_a_filter_of_its_own() -> None:
    hiss = noise(6.0, 44100)
    before = average(hiss, 44100)
    after = average(equalise(hiss, 44100, design(USUAL, Settings(width_db=-4.0, intensity=0.0))), 44100)
    heard = (before.hertz > 100) & (before.hertz < HEARD)
    assert 10 * np.log10(after.side[heard].sum() / before.side[heard].sum()) == pytest.approx(-4, abs=0.02)
    assert 10 * np.log10(after.mid[heard].sum() / before.mid[heard].sum()) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
def test_what_no_two_converters_agree_about_is_cut_where_nobody_hears_it(rate: int) -> None:
    hiss = noise(6.0, rate)
    tone = design(USUAL, Settings(tilt_db=0.1, intensity=0.0))
    before, after = (average(audio, rate) for audio in (hiss, equalise(hiss, rate, tone)))
    change = 10 * np.log10(after.mid / before.mid)
    assert np.abs(change[(before.hertz > 100) & (before.hertz < HEARD)]).max() < 0.2
    assert change[before.hertz > 0.985 * rate / 2].max() < -60


def test_nothing_is_cut_where_the_edge_is_heard() -> None:
    hiss = noise(6.0, 32000)
    tone = design(USUAL, Settings(tilt_db=0.1, intensity=0.0))
    before, after = (average(audio, 32000) for audio in (hiss, equalise(hiss, 32000, tone)))
    assert 10 * np.log10(after.mid[-20] / before.mid[-20]) > -0.5


@pytest.mark.parametrize("style", sorted(STYLES))
def test_intensity_scales_a_style(style: str) -> None:
    half = np.array(design(USUAL, Settings(style=style, intensity=0.5)).mid)
    full = np.array(design(USUAL, Settings(style=style)).mid)
    assert full[:, 1] == pytest.approx(2 * half[:, 1], abs=1e-9)


def test_tone_and_width_have_strengths_of_their_own() -> None:
    bright = Settings(style="bright")
    assert design(USUAL, Settings(style="bright", tone_strength=0.0, width_strength=0.0)).flat
    toned = design(USUAL, Settings(style="bright", width_strength=0.0))
    assert toned.mid == design(USUAL, bright).mid
    assert toned.side == toned.mid
    wide = design(USUAL, Settings(style="bright", tone_strength=0.0))
    assert [gain for _, gain in wide.mid] == pytest.approx([0.0] * len(wide.mid))
    assert [gain for _, gain in wide.side] == pytest.approx([STYLES["bright"].width_db] * len(wide.side))


def test_styles_differ_as_their_names_say() -> None:
    def high_over_low(style: str) -> float:
        gain = dict(design(USUAL, Settings(style=style)).mid)
        return float(
            np.mean([g for f, g in gain.items() if f > 4000])
            - np.mean([g for f, g in gain.items() if f < 300])
        )

    assert high_over_low("warm") < high_over_low("balanced") < high_over_low("bright")


def test_silence_has_no_tone_to_correct() -> None:
    silence = (-np.inf,) * len(CENTRES)
    assert design(Profile(silence, silence, -120.0, 0.0, 0.0), Settings()).flat
