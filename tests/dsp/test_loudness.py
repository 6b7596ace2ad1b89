"""Loudness: the filters and gates of BS.1770-5. The tables of the EBU are in test_meter."""

import math

import numpy as np
import pytest

from dsp.loudness import energy, grid_edges, grid_energy, k_weighting, measure
from dsp.sound import Held
from tests.dsp.signals import noise, sine, steps


@pytest.mark.parametrize("rate", [8000, 11025, 22050])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_3341_cases_1_and_2_at_the_lowest_rates(rate: int, level: float) -> None:
    loudness = measure(sine(1000, 20, rate, level), rate)
    assert loudness.integrated == pytest.approx(level, abs=0.03)
    assert loudness.momentary_max == pytest.approx(level, abs=0.03)
    assert loudness.short_term_max == pytest.approx(level, abs=0.03)


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 96000, 192000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_tone_at_the_calibration_reads_the_same_at_every_rate(rate: int, channels: int) -> None:
    tone = sine(997, 5.0, rate)[:channels]
    assert measure(tone, rate).integrated == pytest.approx(-3.01 + 3.01 * (channels - 1), abs=0.002)


def test_the_filters_are_those_of_the_standard_at_48_khz() -> None:
    # BS.1770-5 Annex 1, tables 1 and 2.
    assert k_weighting(48000) == pytest.approx(
        [1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
         1.0, -2.0, 1.0, -1.99004745483398, 0.99007225036621], abs=1e-8)  # fmt: skip


def test_gating_blocks_overlap_by_three_quarters() -> None:
    # Of one second that begins 0.5 s in, seven blocks hold all, and two each hold three, two and one quarter.
    burst = steps([(-200, 0.5), (-23, 1.0), (-200, 3.0)], 48000)
    assert measure(burst, 48000).integrated == pytest.approx(-23 + 10 * math.log10(10 / 13), abs=0.05)


def test_one_channel_counts_once() -> None:
    both = measure(noise(5, 48000), 48000).integrated
    one = measure(noise(5, 48000)[:1], 48000).integrated
    assert both - one == pytest.approx(3.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    loudness = measure(np.zeros((2, 48000 * 4), np.float32), 48000)
    assert loudness.integrated == loudness.short_term_max == -math.inf
    assert loudness.range == 0


def test_what_is_shorter_than_a_window_has_no_such_loudness() -> None:
    loudness = measure(sine(1000, 1.0, 48000, -23.0), 48000)
    assert loudness.integrated == pytest.approx(-23.0, abs=0.1)
    assert loudness.short_term_max == -math.inf


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 192000])
@pytest.mark.parametrize("seconds", [0.004, 0.4, 1.0, 3.217])
def test_second_by_second_the_energy_is_to_the_last_bit_that_of_the_whole_song(
    rate: int, seconds: float
) -> None:
    audio = noise(seconds, rate)
    whole = energy(audio, rate, grid_edges(audio.shape[1], rate))
    assert np.array_equal(grid_energy(Held(audio, rate)), whole)
