"""What the studio says about a mix that comes in."""

import json
from itertools import pairwise

import numpy as np
import pytest
import soxr

from dsp.advice import SENTENCES, advise, english
from dsp.analysis import Analysis, analyse
from tests.dsp.signals import Audio, amplitude, noise, sine, song

RATE = 44100


def codes(audio: Audio, rate: int = RATE) -> set[str]:
    advice = advise(analyse(audio, rate))
    assert all(english(told).endswith(".") for told in advice)
    return {told.code for told in advice}


def test_a_clean_mix_needs_no_advice() -> None:
    assert codes(song()) == set()


def test_clipped_places_are_found_where_they_are() -> None:
    mix = song(10.0, level_db=-1.0)
    hot = slice(4 * RATE, 5 * RATE)
    mix[:, hot] = np.clip(mix[:, hot] * 4, -0.95, 0.95)
    found = analyse(mix, RATE)
    flat = sum(int((np.abs(channel) == np.float32(0.95)).sum()) for channel in mix)
    assert 0.7 * flat < found.clipped_samples <= flat
    assert all(3.99 <= start < end <= 5.01 for start, end in found.clipped_runs)
    assert "clipped" in codes(mix)


@pytest.mark.parametrize("level", [0.0, -3.0])
@pytest.mark.parametrize("hertz", [20.0, 100.0, 997.0])
def test_the_crest_of_a_sine_in_16_bits_is_not_clipped(hertz: float, level: float) -> None:
    tone = np.round(sine(hertz, 2.0, RATE, level) * 32767) / np.float32(32768)
    assert analyse(tone.astype(np.float32), RATE).clipped_samples == 0


def test_many_clipped_places_become_few() -> None:
    mix = song(40.0, level_db=-1.0)
    runs = analyse(np.clip(mix * 3, -0.9, 0.9), RATE).clipped_runs
    assert 1 <= len(runs) <= 50
    assert all(before[1] < after[0] for before, after in pairwise(runs))


def test_peaks_over_full_scale() -> None:
    assert "over" in codes(song(level_db=2.0))


def test_loud_already() -> None:
    assert "already-loud" in codes(np.tanh(song(level_db=0.0) * 8) * np.float32(0.8))


def test_a_constant_offset_is_measured_and_told() -> None:
    found = analyse(song() + np.float32(0.02), RATE)
    assert found.dc == pytest.approx(0.02, abs=1e-3)
    assert "dc" in codes(song() + np.float32(0.02))


def test_mono_in_two_channels_a_dead_channel_and_turned_phase_are_told_apart() -> None:
    mix = song()
    same = np.stack([mix[0], mix[0]])
    dead = np.stack([mix[0], np.zeros_like(mix[0])])
    turned = np.stack([mix[0], -mix[0]])
    assert "mono" in codes(same)
    assert analyse(dead, RATE).dead_channel == "right"
    assert codes(dead) == {"dead-channel"}
    assert analyse(turned, RATE).correlation == pytest.approx(-1.0, abs=1e-3)
    assert "phase" in codes(turned)
    assert codes(mix[:1]) == {"mono"}


def test_bass_out_of_phase_alone() -> None:
    bass = sine(60, 10.0, RATE, -20.0) * np.float32([[1], [-1]])
    mix = bass + noise(10.0, RATE, -18.0)[:1]
    found = analyse(mix, RATE)
    assert found.low_correlation < -0.5 < 0.5 < found.correlation
    assert codes(mix) == {"bass-phase"}


def test_silence_before_and_after_is_measured() -> None:
    mix = np.pad(song(5.0), ((0, 0), (4 * RATE, 9 * RATE)))
    found = analyse(mix, RATE)
    assert found.silence_start == pytest.approx(4.0, abs=0.05)
    assert found.silence_end == pytest.approx(9.0, abs=0.3)
    assert "silence" in codes(mix)


def test_nothing_but_silence() -> None:
    found = analyse(np.zeros((2, 2 * RATE), np.float32), RATE)
    assert codes(np.zeros((2, 2 * RATE), np.float32)) == {"silent"}
    assert found.to_json()["lufs"] is None
    assert found.to_json()["true_peak"] is None
    assert found.silence_start == 2.0
    assert Analysis.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_an_analysis_comes_back_from_json_as_it_went() -> None:
    found = analyse(np.clip(song(level_db=3.0), -1, 1), RATE)
    assert Analysis.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 96000, 192000])
def test_the_spectrum_reads_a_tone_at_its_level_in_its_band(rate: int) -> None:
    found = analyse(sine(1000, 4.0, rate, -20.0), rate)
    bands = dict(found.spectrum_mid)
    assert bands[1000.0] == pytest.approx(-23.01, abs=0.1)
    assert all(level < -60 for hertz, level in bands.items() if not 700 < hertz < 1400)
    assert max(level for _, level in found.spectrum_side) < -90


@pytest.mark.parametrize("edge", [11000, 16000, 19000])
def test_the_shelf_of_a_lossy_source_is_seen(edge: int) -> None:
    low = soxr.resample(noise(10.0, RATE, -15.0).T, RATE, 2 * edge, quality="VHQ")
    cut = soxr.resample(low, 2 * edge, RATE, quality="VHQ").T.astype(np.float32)
    found = analyse(np.ascontiguousarray(cut), RATE)
    assert found.shelf_hz == pytest.approx(edge, rel=0.06)
    assert "lossy-shelf" in codes(np.ascontiguousarray(cut))
    assert analyse(noise(10.0, RATE, -15.0), RATE).shelf_hz is None


def test_width_shows_as_correlation() -> None:
    assert analyse(noise(4.0, RATE), RATE).correlation == pytest.approx(0.0, abs=0.02)
    assert analyse(sine(440, 2.0, RATE, -6.0), RATE).correlation == pytest.approx(1.0, abs=1e-3)


def test_peak_to_loudness_is_one_minus_the_other() -> None:
    found = analyse(song(), RATE)
    assert found.plr == pytest.approx(found.true_peak - found.lufs)
    assert found.sample_peak == pytest.approx(-8.0, abs=0.01)
    assert amplitude(found.sample_peak) <= amplitude(found.true_peak)


def test_no_sentence_is_left_without_a_code_that_says_it() -> None:
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
