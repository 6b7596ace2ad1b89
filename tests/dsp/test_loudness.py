"""The meter against EBU Tech 3341 (2023) table 1 and Tech 3342, synthesised."""

import math

import numpy as np
import pytest

from dsp.loudness import k_weighting, measure
from tests.dsp.signals import noise, sine, steps

RATES = (44100, 48000, 96000, 192000)
rates = pytest.mark.parametrize("rate", RATES)


@pytest.mark.parametrize("rate", [8000, 22050, *RATES])
@pytest.mark.parametrize("level", [-23.0, -33.0])
def test_3341_cases_1_and_2_a_steady_tone_reads_its_level_in_all_three(rate: int, level: float) -> None:
    loudness = measure(sine(1000, 20, rate, level), rate)
    assert loudness.integrated == pytest.approx(level, abs=0.05)
    assert loudness.momentary_max == pytest.approx(level, abs=0.05)
    assert loudness.short_term_max == pytest.approx(level, abs=0.05)


@rates
@pytest.mark.parametrize(
    "parts",
    [
        [(-36, 10), (-23, 60), (-36, 10)],
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        [(-26, 20), (-20, 20.1), (-26, 20)],
    ],
    ids=["case 3", "case 4", "case 5"],
)
def test_3341_cases_3_to_5_the_gates(rate: int, parts: list[tuple[float, float]]) -> None:
    assert measure(steps(parts, rate), rate).integrated == pytest.approx(-23.0, abs=0.05)


@rates
def test_3341_case_9_short_term_holds_still(rate: int) -> None:
    loudness = measure(steps([(-20, 1.34), (-30, 1.66)] * 5, rate), rate)
    assert loudness.short_term_max == pytest.approx(-23.0, abs=0.1)


@rates
@pytest.mark.parametrize("number", [0, 7, 19])
def test_3341_case_10_the_short_term_maximum_is_found_wherever_it_begins(rate: int, number: int) -> None:
    tone = steps([(-200, 0.15 * number), (-23, 3), (-200, 1)], rate)
    assert measure(tone, rate).short_term_max == pytest.approx(-23.0, abs=0.1)


@rates
def test_3341_case_12_momentary_holds_still(rate: int) -> None:
    loudness = measure(steps([(-20, 0.18), (-30, 0.22)] * 25, rate), rate)
    assert loudness.momentary_max == pytest.approx(-23.0, abs=0.1)


@rates
@pytest.mark.parametrize("number", range(0, 20, 3))
def test_3341_case_13_the_momentary_maximum_is_found_wherever_it_begins(rate: int, number: int) -> None:
    tone = steps([(-200, 0.02 * number), (-23, 0.4), (-200, 1)], rate)
    assert measure(tone, rate).momentary_max == pytest.approx(-23.0, abs=0.1)


@rates
@pytest.mark.parametrize(
    ("parts", "range_lu"),
    [
        ([(-20, 20), (-30, 20)], 10),
        ([(-20, 20), (-15, 20)], 5),
        ([(-40, 20), (-20, 20)], 20),
        ([(-50, 20), (-35, 20), (-20, 20), (-35, 20), (-50, 20)], 15),
    ],
)
def test_3342_cases_1_to_4(rate: int, parts: list[tuple[float, float]], range_lu: float) -> None:
    assert measure(steps(parts, rate), rate).range == pytest.approx(range_lu, abs=0.1)


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
