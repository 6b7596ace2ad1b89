"""Tone: what was asked for happens exactly, what nobody asked for hardly."""

import numpy as np
import pytest

from dsp.analysis import analyse
from dsp.settings import BANDS, STYLES, Settings
from dsp.tone import design, equalise, filter_taps, is_flat
from tests.dsp.signals import noise, rms_db, sine, song

NOTHING = Settings(intensity=0.0)
EVEN = tuple((1000.0 * 10 ** (band / 10), -30.0) for band in range(-16, 14))


def response(settings: Settings, hertz: float, rate: int = 44100) -> float:
    """Gain in dB of a tone sent through the filter."""
    tone = sine(hertz, 1.0, rate, -20.0)
    through = equalise(tone, rate, design(EVEN, settings))
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
    assert is_flat(design(analyse(song(), 44100).spectrum_mid, NOTHING))


def test_the_filter_has_no_delay_and_turns_no_phase() -> None:
    taps = filter_taps(design(EVEN, Settings(tilt_db=3.0)), 44100)
    assert taps.size % 2 == 1
    assert np.abs(taps - taps[::-1]).max() < 1e-6
    click = np.zeros((2, 20000), np.float32)
    click[:, 7777] = 1
    through = equalise(click, 44100, design(EVEN, Settings(tilt_db=3.0)))
    assert np.abs(through[0]).argmax() == 7777


def test_block_by_block_is_the_same_as_at_once() -> None:
    music = noise(4.0, 44100)
    curve = design(EVEN, Settings(tilt_db=5.0))
    taps = filter_taps(curve, 44100)
    size = 1 << 19
    at_once = np.fft.irfft(np.fft.rfft(music, size) * np.fft.rfft(taps, size), size)
    half = taps.size // 2
    difference = equalise(music, 44100, curve) - at_once[:, half : half + music.shape[1]]
    assert rms_db(difference) - rms_db(music) < -120


def shaped(points: dict[float, float]) -> tuple[tuple[float, float], ...]:
    x = np.log([hertz for hertz, _ in EVEN])
    y = np.interp(x, np.log(sorted(points)), [points[hertz] for hertz in sorted(points)])
    return tuple((hertz, float(level)) for (hertz, _), level in zip(EVEN, y, strict=True))


GOOD = {25: -30, 60: -14, 100: -16, 300: -19, 1000: -21, 4000: -24, 8000: -28, 16000: -38}


def test_a_balanced_song_is_left_alone() -> None:
    assert is_flat(design(shaped(GOOD), Settings()))


def test_mud_is_pulled_down_half_of_what_it_is_over_and_never_far() -> None:
    for over, least, most in ((9.0, 0.7, 1.4), (25.0, 2.0, 3.5)):
        muddy = shaped(GOOD | {150: -17, 200: -18 + over, 320: -19 + over, 450: -19})
        gain = dict(design(muddy, Settings()))
        lowest = min(gain.values())
        assert least <= -lowest <= most
        assert 150 < min(gain, key=lambda hertz: gain[hertz]) < 450


def test_a_dull_song_gets_a_little_air_but_noise_is_not_raised() -> None:
    dull = dict(design(shaped(GOOD | {4000: -36, 8000: -45, 16000: -58}), Settings()))
    empty = dict(design(shaped(GOOD | {4000: -36, 8000: -45, 10000: -80, 16000: -100}), Settings()))
    assert 0.5 < max(dull.values()) <= 3.5
    assert max(gain for hertz, gain in empty.items() if hertz > 14000) < max(dull.values())


@pytest.mark.parametrize("style", sorted(STYLES))
def test_intensity_scales_a_style(style: str) -> None:
    half = np.array(design(EVEN, Settings(style=style, intensity=0.5)))
    full = np.array(design(EVEN, Settings(style=style)))
    assert full[:, 1] == pytest.approx(2 * half[:, 1], abs=1e-9)


def test_styles_differ_as_their_names_say() -> None:
    def high_over_low(style: str) -> float:
        gain = dict(design(shaped(GOOD), Settings(style=style)))
        return float(
            np.mean([g for f, g in gain.items() if f > 4000])
            - np.mean([g for f, g in gain.items() if f < 300])
        )

    assert high_over_low("warm") < high_over_low("balanced") < high_over_low("bright")


def test_silence_has_no_tone_to_correct() -> None:
    assert is_flat(design(tuple((hertz, -np.inf) for hertz, _ in EVEN), Settings()))
