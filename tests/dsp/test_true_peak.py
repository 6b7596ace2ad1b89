"""Peaks between the samples: EBU Tech 3341 cases 15 to 19, and a meter of another make."""

import math

import numpy as np
import pytest
import soxr

from dsp.kernels.peaks import BEFORE, BETWEEN_8, NEAR, TAPS, interpolators
from dsp.true_peak import sample_peak, true_peak
from tests.dsp.signals import noise, sine


@pytest.mark.parametrize("rate", [44100, 48000, 96000, 192000])
@pytest.mark.parametrize("oversampling", [4, 8])
@pytest.mark.parametrize(
    ("divisor", "level", "phase", "reads"),
    [
        (4, 0.5, 0.0, -6.0),
        (4, 0.5, 45.0, -6.0),
        (6, 0.5, 60.0, -6.0),
        (8, 0.5, 67.5, -6.0),
        (4, 1.41, 45.0, 3.0),
    ],
    ids=["case 15", "case 16", "case 17", "case 18", "case 19"],
)
def test_3341_cases_15_to_19(
    rate: int, oversampling: int, divisor: int, level: float, phase: float, reads: float
) -> None:
    tone = sine(rate / divisor, 1.0, rate, 20 * math.log10(level), phase)
    # The table begins its tones softly; a hard beginning overshoots by itself.
    ramp = np.minimum(1.0, np.arange(tone.shape[1]) / 2000)
    tone *= (ramp * ramp[::-1]).astype(np.float32)
    assert reads - 0.4 <= true_peak(tone, oversampling) <= reads + 0.2  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(4))
def test_it_reads_what_sixteen_times_oversampling_by_soxr_reads(seed: int) -> None:
    music = soxr.resample(noise(0.5, 44100, seed=seed)[0], 44100, 48000, quality="VHQ")
    fine = soxr.resample(np.pad(music, 4000), 48000, 16 * 48000, quality="VHQ")
    reference = 20 * math.log10(np.abs(fine).max())
    assert true_peak(music[None], 8) == pytest.approx(reference, abs=0.06)
    assert true_peak(music[None], 4) == pytest.approx(reference, abs=0.25)


def test_leaving_out_what_cannot_matter_changes_nothing() -> None:
    loud = noise(1.0, 48000, -30.0)
    loud[0, 31234:31240] += np.float32([0.9, -0.9, 0.9, 0.9, -0.9, 0.9])
    around = loud[:, 30000:32500]
    assert true_peak(loud) == true_peak(np.ascontiguousarray(around))


def test_a_peak_on_the_very_edge_counts() -> None:
    for at in (0, -1):
        click = np.zeros((1, 5000), np.float32)
        click[0, at] = 0.5
        assert true_peak(click) >= 20 * math.log10(0.5)


def test_it_is_never_under_the_sample_peak_and_silence_has_none() -> None:
    music = noise(0.3, 44100)
    assert true_peak(music) >= 20 * math.log10(sample_peak(music))
    assert true_peak(np.zeros((2, 1000), np.float32)) == -math.inf


def test_no_point_between_two_samples_exceeds_the_samples_and_middles_around_it_by_a_third() -> None:
    """Each phase of the eight is a sum of samples and middles: here with the smallest weights that do."""
    phases = interpolators(8).astype(np.float64)
    frames, beside = np.arange(-NEAR, NEAR + 2), 8
    samples = np.eye(frames.size)
    middles = [
        np.roll(np.pad(phases[3], (0, frames.size - TAPS)), NEAR + n - BEFORE)
        for n in range(-beside, beside + 1)
    ]
    points = np.concatenate([samples, middles])
    for phase in (0, 1, 2):
        wanted = np.roll(np.pad(phases[phase], (0, frames.size - TAPS)), NEAR - BEFORE)
        weights = np.ones(len(points))
        for _ in range(200):  # least absolute weights, as least squares weighed anew (Lawson)
            size = np.abs(weights) + 1e-9
            weights = size * (points @ np.linalg.lstsq(points.T * size @ points, wanted, rcond=None)[0])
        assert np.allclose(weights @ points, wanted, atol=1e-6)
        assert np.abs(weights).sum() < BETWEEN_8
