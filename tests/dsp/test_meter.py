"""The meter against EBU Tech 3341 (2023) table 1 and Tech 3342, synthesised, and heard piece by piece."""

import math
from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks.sound.meter import reading
from benchmarks.sound.signals import Case, cases, surround
from dsp.loudness import measure
from dsp.meter import Meter, Reading
from dsp.true_peak import true_peak
from tests.dsp.signals import Audio, noise, sine

RATES = (44100, 48000, 96000, 192000)
CASES = {case.name: case for case in cases()}
WITHIN = {"integrated": 0.03, "range": 0.05, "true_peak": 0.12}
"""LU or dB, closer than the tables ask."""


def heard(audio: Audio, rate: int, pieces: Iterator[int]) -> Reading:
    meter = Meter(rate, audio.shape[0])
    at = 0
    while at < audio.shape[1]:
        size = next(pieces)
        meter.add(audio[:, at : at + size])
        at += size
    return meter.reading()


def lengths(seed: int, most: int) -> Iterator[int]:
    random = np.random.default_rng(seed)
    while True:
        yield int(random.integers(0, most))


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_the_tables_of_the_ebu(case: Case, rate: int) -> None:
    read = reading(case, case.make(rate), rate)
    assert read == pytest.approx(case.expected, abs=WITHIN.get(case.reading, 0.02))


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 192000])
def test_the_reading_is_the_same_to_the_last_bit_however_the_programme_is_cut(rate: int) -> None:
    programme = noise(4.3, rate, -9.0)
    at_once = heard(programme, rate, iter([programme.shape[1]]))
    assert heard(programme, rate, lengths(1, 3000)) == at_once
    assert heard(programme, rate, lengths(2, 3 * rate)) == at_once
    assert at_once.loudness == measure(programme, rate)
    assert at_once.true_peak == true_peak(programme)


def test_a_reading_in_between_changes_nothing_of_the_next() -> None:
    programme = noise(3.7, 44100)
    meter = Meter(44100, 2)
    for piece in np.array_split(programme, 7, axis=1):
        meter.add(piece)
        meter.reading()
    assert meter.reading() == heard(programme, 44100, iter([programme.shape[1]]))


def test_a_peak_between_two_seconds_is_read_as_anywhere() -> None:
    tone = sine(48000 / 4, 2.0, 48000, 2.0, 45.0)
    tone[:, :47900] *= np.float32(0.1)
    tone[:, 48100:] *= np.float32(0.1)
    told = heard(tone, 48000, lengths(3, 9000))
    assert told.true_peak == true_peak(tone)
    assert told.true_peak > told.sample_peak + 2.0


def test_overs_between_the_samples_are_told_with_their_place() -> None:
    rate = 48000
    tone = sine(rate / 4, 3.0, rate, -6.0, 45.0)
    ramp = np.interp(np.arange(3 * rate) / rate, [0, 1.5, 1.55, 1.60, 1.65, 3], [1, 1, 2.4, 2.4, 1, 1])
    tone *= ramp.astype(np.float32)
    told = heard(tone, rate, lengths(4, 9000))
    assert told.sample_peak < 0 < told.true_peak
    ((start, end),) = told.overs
    assert start == pytest.approx(1.54, abs=0.03)
    assert end == pytest.approx(1.61, abs=0.03)


def test_the_channel_of_the_lowest_notes_does_not_count() -> None:
    five = surround(48000)
    six = np.insert(five, 3, noise(20, 48000, -6.0, channels=1)[0], axis=0)
    assert measure(six, 48000) == measure(five, 48000)
    with pytest.raises(ValueError, match="3 channels"):
        Meter(48000, 3)


def test_of_nothing_there_is_no_reading() -> None:
    told = Meter(44100, 2).reading()
    assert told.loudness.integrated == told.true_peak == told.sample_peak == -math.inf
    assert told.overs == ()
