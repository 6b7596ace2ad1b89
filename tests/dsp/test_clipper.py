"""The clipper before the limiter: hits lose their tops, and nothing else is touched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dsp.blocks import block_edges, block_size
from dsp.clipper import HIT_SECONDS, clipping, lasting
from dsp.gain import Turned
from dsp.limiter import BlockPeaks, limiting
from dsp.sound import Held, whole
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, noise, sine

RATE = 44100
CLOCK = RATE / block_size(RATE)
"""Blocks in a second."""


def wanted(audio: Audio, most: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    shape = np.ones(block_edges(audio.shape[1], RATE).size - 1, np.float32)
    return np.minimum(np.float32(1), most / BlockPeaks(Held(audio, RATE), shape).above(0.0))


def drums() -> Audio:
    """Soft noise with a hit of 5 ms every half second, 6 dB over full scale."""
    audio = noise(4.0, RATE, -30.0)
    hit = sine(400.0, 0.005, RATE, 6.0)
    for start in range(RATE // 4, audio.shape[1] - RATE // 4, RATE // 2):
        audio[:, start : start + hit.shape[1]] = hit
    return audio


def test_a_hit_loses_its_top_and_no_more_than_asked() -> None:
    gain = clipping(wanted(drums()), 3.0, RATE)
    assert -20 * np.log10(gain.min()) == pytest.approx(3.0, abs=0.01)


def test_the_music_around_a_hit_is_not_ducked_for_it() -> None:
    audio = drums()
    asked = wanted(audio)
    clipped, ducked = (limiting(1 / asked, 1.0, RATE, most) for most in (6.5, 0.0))
    after = round((0.25 + 0.040) * CLOCK)
    assert clipped[after] == 1.0
    assert ducked[after] < 0.9


@pytest.mark.parametrize("hertz", [20.0, 31.0, 50.0, 1000.0, 15000.0])
@pytest.mark.parametrize("over_db", [1.0, 6.0])
def test_a_tone_that_stands_is_no_hit(hertz: float, over_db: float) -> None:
    gain = clipping(wanted(sine(hertz, 2.0, RATE, over_db)), 6.0, RATE)
    ends = round(0.1 * CLOCK)
    assert gain[ends:-ends].min() == pytest.approx(1.0, abs=1e-5)


def test_what_lasts_longer_than_a_hit_is_the_limiters() -> None:
    asked = np.ones(2000, np.float32)
    asked[500 : 500 + round(0.5 * HIT_SECONDS * CLOCK)] = 0.5
    asked[1200 : 1200 + round(2.0 * HIT_SECONDS * CLOCK)] = 0.5
    found = lasting(asked, RATE)
    assert found[:1100].min() == 1.0
    assert found[1210 : 1200 + round(2.0 * HIT_SECONDS * CLOCK) - 10].max() == 0.5


def test_a_hit_on_top_of_loud_music_is_taken_and_the_music_left_to_the_limiter() -> None:
    asked = np.full(4000, 0.7, np.float32)
    asked[2000:2010] = 0.5
    gain = clipping(asked, 6.0, RATE)
    assert gain[2005] == pytest.approx(0.5 / 0.7, rel=1e-5)
    assert gain[1900] == gain[2100] == 1.0


@given(
    arrays.arrays(np.float32, st.integers(1, 400), elements=st.floats(0.0, 4.0, width=32)),
    st.floats(0.1, 12.0),
)
def test_no_block_is_multiplied_by_more_than_it_may_be(
    peaks: np.ndarray[tuple[int], np.dtype[np.float32]], most_db: float
) -> None:
    gain = limiting(peaks, 1.0, RATE, most_db)
    for block, peak in enumerate(peaks):
        around = gain[max(block - 1, 0) : block + 2]
        assert around.max() * peak <= 1 + 1e-5


def test_what_was_clipped_is_under_the_ceiling_between_the_samples_too() -> None:
    audio = drums()
    shape = np.ones(block_edges(audio.shape[1], RATE).size - 1, np.float32)
    gain = limiting(BlockPeaks(Held(audio, RATE), shape).above(0.5), 0.5, RATE, 4.0)
    made = whole(Turned(Held(audio, RATE), gain))
    assert true_peak(made) <= 20 * np.log10(0.5) + 0.05
