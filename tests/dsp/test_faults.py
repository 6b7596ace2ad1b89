"""Faults of a mix that are found with their place, and what is like them but is none."""

import numpy as np
import pytest

from dsp.advice import Advice, advise, english
from dsp.analysis import Analysis, analyse
from dsp.listening import listen
from dsp.sound import Held
from tests.dsp.signals import Audio, amplitude, noise, sine, song

RATES = (8000, 44100, 48000, 96000, 192000)
RATE = 44100


def told(audio: Audio, rate: int = RATE) -> dict[str, Advice]:
    return {advice.code: advice for advice in advise(analyse(audio, rate))}


def with_pauses(seconds: float = 24.0, rate: int = RATE) -> Audio:
    """Music for two bars, and nothing for two."""
    mix = song(seconds, rate)
    at = np.arange(mix.shape[1]) / rate
    return mix * ((at % 8) < 4).astype(np.float32)


def mains(hertz: float, level_db: float, seconds: float, rate: int = RATE) -> Audio:
    """Mains hum with its harmonics, each 4 dB weaker than the one before."""
    tones = [sine(n * hertz, seconds, rate, level_db - 4 * (n - 1)) for n in range(1, 6)]
    return np.asarray(np.sum(tones, axis=0))


# Clicks, dropouts, gaps


@pytest.mark.parametrize("rate", RATES)
def test_a_click_is_told_with_its_time(rate: int) -> None:
    mix = sine(220, 8.0, rate, -12.0) + noise(8.0, rate, -60.0)
    mix[:, round(3.3 * rate)] += np.float32(0.3)
    found = analyse(mix, rate)
    assert found.clicks == 1
    assert found.clicks_at[0] == pytest.approx(3.3, abs=0.01)
    assert told(mix, rate)["clicks"].details["at"] == found.clicks_at[0]


def test_a_hard_cut_is_a_click() -> None:
    mix = sine(220, 8.0, RATE, -12.0)
    at = round(4 * RATE + RATE / 880)
    mix[:, at:] = sine(220, 8.0, RATE, -12.0, 180.0)[:, at:]
    assert analyse(mix, RATE).clicks == 1


def test_drums_are_no_clicks() -> None:
    assert analyse(song(30.0), RATE).clicks == 0


def test_a_wave_made_of_steps_has_neither_clicks_nor_dropouts() -> None:
    pulse = np.where((np.arange(10 * RATE) * 80 // RATE) % 4 == 0, 0.4, 0.0).astype(np.float32)
    found = analyse(np.stack([pulse, pulse]), RATE)
    assert found.clicks == 0
    assert found.dropouts == ()


def test_a_dropout_is_told_with_its_place() -> None:
    mix = sine(220, 8.0, RATE, -6.0, 30.0)
    at = slice(5 * RATE + 50, 5 * RATE + 450)
    mix[:, at] = 0
    ((start, end),) = analyse(mix, RATE).dropouts
    assert (start, end) == pytest.approx((at.start / RATE, at.stop / RATE), abs=1e-4)
    assert "dropout" in told(mix)


def test_a_rest_that_the_music_takes_is_no_dropout() -> None:
    found = analyse(with_pauses() * np.float32(0.5), RATE)
    assert found.dropouts == ()


def test_a_gap_within_the_song_is_told_and_no_silence_at_its_ends() -> None:
    mix = song(20.0)
    mix[:, 8 * RATE : 11 * RATE] = 0
    found = analyse(mix, RATE)
    ((start, end),) = found.gaps
    assert (start, end) == pytest.approx((8.0, 11.0), abs=0.02)
    assert told(mix)["gap"].details["seconds"] == pytest.approx(3.0, abs=0.03)
    assert found.silence_start == found.silence_end == pytest.approx(0.0, abs=0.02)


def test_clipping_at_the_edge_of_what_is_heard_at_once_is_one_place() -> None:
    mix = song(8.0)
    size = 2048 * 32
    mix[:, size - 2 : size + 3] = 0.95
    found = analyse(mix, RATE)
    assert found.clipped_samples == 10
    ((start, end),) = found.clipped_runs
    assert (start, end) == pytest.approx(((size - 2) / RATE, (size + 3) / RATE))


# Left and right


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("frames", [10, -44])
def test_a_channel_that_is_late_is_told_in_samples(rate: int, frames: int) -> None:
    mix = song(12.0, rate)
    mix[1] = np.roll(0.7 * mix[0], frames)
    mix += noise(12.0, rate, -80.0)
    assert analyse(mix, rate).delay_frames == frames
    late = told(mix, rate)["delay"].details
    assert (late["channel"], late["frames"]) == ("right" if frames > 0 else "left", abs(frames))
    assert late["ms"] == pytest.approx(1000 * abs(frames) / rate)


@pytest.mark.parametrize("seed", range(3))
def test_stereo_is_no_delay(seed: int) -> None:
    assert analyse(song(12.0, seed=seed), RATE).delay_frames == 0
    assert analyse(noise(12.0, RATE, seed=seed), RATE).delay_frames == 0


def test_one_side_much_stronger_is_told_and_a_little_stronger_is_not() -> None:
    mix = song()
    leaning = mix * np.array([[1.0], [0.5]], np.float32)
    assert told(leaning)["balance"].details["channel"] == "left"
    assert told(leaning)["balance"].details["decibels"] == pytest.approx(
        6.02 + analyse(mix, RATE).balance_db, abs=0.01
    )
    assert "balance" not in told(mix * np.array([[0.8], [1.0]], np.float32))


def test_a_part_that_cancels_is_told_with_its_time() -> None:
    mix = song(40.0)
    mix[1, 20 * RATE : 27 * RATE] *= -1
    found = told(mix)["phase-part"].details
    assert 19 <= float(found["at"]) <= 24
    assert float(found["correlation"]) < -0.6


def test_what_is_lost_in_mono_is_a_figure() -> None:
    wide = noise(10.0, RATE)
    assert analyse(wide, RATE).mono_loss_db == pytest.approx(3.0, abs=0.1)
    assert analyse(np.stack([wide[0], wide[0]]), RATE).mono_loss_db == pytest.approx(0.0, abs=1e-3)
    assert analyse(np.stack([wide[0], -wide[0]]), RATE).mono_loss_db == 60.0


# Between the music


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hertz", [50.0, 60.0])
def test_hum_between_the_music_is_told_with_its_level(rate: int, hertz: float) -> None:
    mix = with_pauses(rate=rate) + mains(hertz, -60.0, 24.0, rate) + noise(24.0, rate, -90.0)
    found = analyse(mix, rate)
    assert found.hum_hertz == hertz
    harmonics = 10 * np.log10(sum(amplitude(-4 * n) ** 2 for n in range(5)))
    assert found.hum_db == pytest.approx(-63.01 + harmonics, abs=0.5)
    assert told(mix, rate)["hum"].details["hertz"] == hertz


@pytest.mark.parametrize("hertz", [49.0, 61.74])
def test_a_low_note_that_is_held_is_no_hum(hertz: float) -> None:
    mix = with_pauses() + mains(hertz, -60.0, 24.0) + noise(24.0, RATE, -90.0)
    assert analyse(mix, RATE).hum_hertz is None


def test_noise_between_the_music_is_told_with_its_level() -> None:
    mix = with_pauses() + noise(24.0, RATE, -55.0)
    assert analyse(mix, RATE).noise_db == pytest.approx(-55.0, abs=0.3)
    assert set(told(mix)) == {"noise"}


def test_a_held_chord_between_the_music_is_no_noise() -> None:
    chord = sum(sine(hertz, 24.0, RATE, -65.0) for hertz in (220, 277, 330, 440, 880, 1760, 3520))
    assert analyse(with_pauses() + chord, RATE).noise_db is None


def test_noise_far_below_is_let_be() -> None:
    assert "noise" not in told(with_pauses() + noise(24.0, RATE, -85.0))


# What is kept


def test_an_analysis_that_was_kept_before_these_were_measured_still_loads() -> None:
    new = analyse(song(), RATE)
    kept = new.to_json()
    for name in ("overs", "dropouts", "gaps", "clicks", "clicks_at", "least_correlation", "delay_frames"):
        del kept[name]
    for name in ("hum_hertz", "hum_db", "noise_db", "quiet_at", "balance_db", "mono_loss_db"):
        del kept[name]
    old = Analysis.from_json(kept)
    assert old.lufs == new.lufs
    assert (old.overs, old.clicks, old.delay_frames, old.noise_db) == ((), 0, 0, None)
    assert advise(old) == ()


def test_all_that_is_found_comes_back_from_json() -> None:
    mix = with_pauses() + mains(50.0, -60.0, 24.0)
    mix[1] = np.roll(mix[0], 9)
    mix[:, 3 * RATE] += np.float32(0.9)
    found = analyse(mix, RATE)
    assert found.clicks
    assert found.delay_frames
    assert found.hum_hertz
    assert Analysis.from_json(found.to_json()) == found


def test_a_time_is_told_as_minutes_and_seconds() -> None:
    assert english(Advice("clicks", {"clicks": 3, "at": 83.24})).startswith("3 clicks, the first at 1:23.2.")


def test_a_song_without_a_frame_to_spare_is_heard_to_its_end() -> None:
    for frames in (20000, 2048 * 32, 2048 * 32 + 1):
        mix = noise(3.0, RATE)[:, :frames]
        heard = listen(Held(mix, RATE))
        assert heard.means == pytest.approx(mix.mean(axis=1), abs=1e-6)
        assert heard.silence_end < 0.001
