"""The limiter, judged by figures."""

import numpy as np
import pytest

from dsp.blocks import block_edges, block_size
from dsp.kernels.gain import apply_gain, held_least
from dsp.limiter import BlockPeaks, limiting
from dsp.sound import Held
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, amplitude, noise, residue_db, rms_db, sine, song

CEILING_DB = -1.0
CEILING = amplitude(CEILING_DB)


def limited(audio: Audio, rate: int) -> Audio:
    blocks = block_edges(audio.shape[1], rate).size - 1
    peaks = BlockPeaks(Held(audio, rate), np.ones(blocks, np.float32)).above(CEILING)
    out = np.empty_like(audio)
    apply_gain(audio, limiting(peaks, CEILING, rate), block_size(rate), 0, out)
    return out


def metal(rate: int) -> Audio:
    """Dense, clipped, bright: what leaves a limiter no rest."""
    return np.clip(song(4.0, rate, level_db=0.0) * 12 + noise(4.0, rate, -16.0), -1.2, 1.2)


HARD = {
    "noise": lambda rate: noise(2.0, rate, 0.0),
    "fs/4 at 45 degrees": lambda rate: sine(rate / 4, 1.0, rate, 6.0, 45.0),
    "fs/6 at 60 degrees": lambda rate: sine(rate / 6, 1.0, rate, 6.0, 60.0),
    "square": lambda rate: np.sign(sine(101.0, 1.0, rate)).astype(np.float32) * np.float32(1.5),
    "metal": metal,
    "clicks": lambda rate: np.where(noise(1.0, rate, 0.0) > 3.3, 4.0, 0.0).astype(np.float32),
}


@pytest.mark.parametrize("rate", [8000, 44100, 48000, 96000])
@pytest.mark.parametrize("kind", HARD)
def test_no_true_peak_passes_the_ceiling(rate: int, kind: str) -> None:
    assert true_peak(limited(HARD[kind](rate), rate)) <= CEILING_DB + 0.05


@pytest.mark.parametrize(
    ("hertz", "levels", "floor_db"),
    [
        ((50,), (1.0,), -110),
        ((100,), (1.0,), -120),
        ((1000,), (1.0,), -120),
        ((60, 7000), (0.8, 0.2), -95),
        ((19000, 20000), (0.5, 0.5), -115),
    ],
    ids=["50 Hz", "100 Hz", "1 kHz", "SMPTE", "CCIF"],
)
def test_a_steady_tone_6_db_over_stays_clean(
    hertz: tuple[int, ...], levels: tuple[float, ...], floor_db: float
) -> None:
    tone = sum(level * sine(f, 4.0, 44100) for f, level in zip(hertz, levels, strict=True))
    tone *= np.float32(2 * CEILING / np.abs(tone).max())
    settled = limited(np.asarray(tone, np.float32), 44100)[:, 2 * 44100 :]
    assert residue_db(settled, hertz, 44100) < floor_db


def test_what_lies_under_the_ceiling_passes_bit_for_bit() -> None:
    quiet = song(3.0, level_db=-3.0)
    assert np.array_equal(limited(quiet, 44100), quiet)


def test_a_lone_peak_is_ducked_before_it_comes_and_forgotten_soon() -> None:
    tone = sine(1000, 2.0, 44100, -12.0)
    tone[:, 44100] = 2.0
    ratio = limited(tone, 44100)[0] / np.where(tone[0] == 0, 1, tone[0])
    assert ratio[44100 - 200 : 44100].max() < 1.0
    assert ratio[44100 - 1000] == 1.0
    after = 44100 + int(0.3 * 44100)
    assert ratio[after : after + 1000].min() > 0.97


def test_both_channels_move_together() -> None:
    music = noise(1.0, 44100, -6.0)
    music[1] *= np.float32(0.1)
    out = limited(music, 44100)
    assert rms_db(out[0] * music[1] - out[1] * music[0]) < -120


def test_the_least_of_a_window_is_the_least_of_a_window() -> None:
    wanted = np.random.default_rng(8).random(500).astype(np.float32)
    held = np.empty_like(wanted)
    held_least(wanted, 13, 5, held)
    assert all(held[b] == wanted[max(b - 13, 0) : b + 6].min() for b in range(500))


def test_what_a_slow_gain_has_lowered_already_is_not_limited_again() -> None:
    loud = song(2.0, level_db=3.0)
    blocks = block_edges(loud.shape[1], 44100).size - 1
    peaks = BlockPeaks(Held(loud, 44100), np.full(blocks, 0.5, np.float32)).above(0.0)
    assert peaks.max() == pytest.approx(amplitude(true_peak(loud)) / 2, rel=1e-5)


def test_peaks_are_exact_above_the_floor_and_never_too_low_below() -> None:
    music = song(2.0, level_db=0.0)
    shape = np.ones(block_edges(music.shape[1], 44100).size - 1, np.float32)
    everything = BlockPeaks(Held(music, 44100), shape).above(0.0)
    some = BlockPeaks(Held(music, 44100), shape).above(0.5)
    assert np.array_equal(some[everything > 0.5], everything[everything > 0.5])
    assert (some[everything <= 0.5] <= 0.5).all()
