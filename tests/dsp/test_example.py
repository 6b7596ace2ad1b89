"""The example song: it sounds like music by every measure we have, and needs mastering."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from dsp.example import example_song, score, write_example

RATE = 44_100
Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def song() -> Sound:
    return example_song()


def blocks(signal: Sound, seconds: float) -> NDArray[np.float64]:
    """The level of successive stretches of both sides together, in dB."""
    size = int(seconds * RATE)
    whole = signal[:, : signal.shape[1] // size * size].astype(np.float64).reshape(len(signal), -1, size)
    return 10 * np.log10((whole**2).mean(axis=(0, 2)) + 1e-12)


def band_level(signal: Sound, low: float, high: float) -> float:
    """The level of the mid signal between two frequencies, in dB."""
    power = np.abs(np.fft.rfft(signal.mean(axis=0))) ** 2
    hertz = np.fft.rfftfreq(signal.shape[1], 1 / RATE)
    return float(10 * np.log10(power[(hertz >= low) & (hertz < high)].sum()))


def test_it_is_as_long_as_asked_planar_and_stereo(song: Sound) -> None:
    assert song.shape == (2, 75 * RATE)
    assert song.dtype == np.float32


def test_the_same_seed_plays_the_same_song_and_another_seed_another() -> None:
    first = example_song(12, 22_050, 1)
    np.testing.assert_array_equal(first, example_song(12, 22_050, 1))
    assert (first != example_song(12, 22_050, 2)).any()


def test_it_is_far_too_quiet(song: Sound) -> None:
    """Between -20 and -28 dB over the loud blocks, which is near -22 LUFS."""
    levels = blocks(song, 0.4)
    loud = levels[levels > levels.max() - 12]
    assert -28 < 10 * np.log10((10 ** (loud / 10)).mean()) < -20


def test_a_chorus_is_louder_than_a_verse_and_the_song_comes_and_goes(song: Sound) -> None:
    bars = blocks(song, 2.5)
    sections = score.form(30)
    heard = {name: np.mean([bars[i] for i in range(30) if sections[i] == name]) for name in set(sections)}
    assert heard["chorus"] > heard["verse"] + 2 > heard["intro"] + 4
    assert bars[-1] < heard["chorus"] - 8


def test_only_the_planned_hits_clip_and_only_slightly(song: Sound) -> None:
    clipped = np.flatnonzero((np.abs(song) >= 1).any(axis=0)) / RATE
    planned = [beat * 60 / score.TEMPO for beat in score.chorus_starts(30)]
    assert [sum(abs(clipped - moment) < 0.1) > 0 for moment in planned] == [True, True]
    assert all(min(abs(second - moment) for moment in planned) < 0.1 for second in clipped)
    assert 4 < len(clipped) < 1000


def test_the_clipped_hits_are_runs_that_a_meter_finds(song: Sound) -> None:
    full = (np.abs(song) >= 1).astype(np.int8)
    assert (full[:, :-2] & full[:, 1:-1] & full[:, 2:]).any()


def test_apart_from_the_hits_there_is_headroom(song: Sound) -> None:
    quiet = song.copy()
    for beat in score.chorus_starts(30):
        middle = round(beat * 60 / score.TEMPO * RATE)
        quiet[:, middle - RATE // 10 : middle + RATE // 5] = 0
    assert 0.2 < np.abs(quiet).max() < 0.7


def test_several_sounds_begin_every_second(song: Sound) -> None:
    """Onsets: frames whose spectrum grows clearly, in the verse and the chorus."""
    mid = song[:, 12 * RATE : 48 * RATE].mean(axis=0)
    frames = np.lib.stride_tricks.sliding_window_view(mid, 1024)[::441]
    loudness = np.log1p(200 * np.abs(np.fft.rfft(frames * np.hanning(1024), axis=1)))
    flux = np.maximum(np.diff(loudness, axis=0), 0).sum(axis=1)
    peaks = (flux[1:-1] > flux[:-2]) & (flux[1:-1] >= flux[2:]) & (flux[1:-1] > 1.5 * np.median(flux))
    assert 3 < peaks.sum() / 36 < 16


def test_the_bass_moves_with_the_harmony(song: Sound) -> None:
    """The strongest tone below 110 Hz is another one in bars with another chord."""
    tones = set()
    for bar in range(20, 24):
        part = song[:, int(bar * 2.5 * RATE) : int((bar + 1) * 2.5 * RATE)].mean(axis=0)
        power = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 19))
        hertz = np.fft.rfftfreq(1 << 19, 1 / RATE)
        audible = (hertz > 40) & (hertz < 120)
        tones.add(round(12 * np.log2(hertz[audible][power[audible].argmax()] / 440)))
    assert len(tones) >= 3


def test_it_is_stereo_but_not_two_songs(song: Sound) -> None:
    assert 0.4 < np.corrcoef(song)[0, 1] < 0.95


def test_it_is_muddy_and_dull(song: Sound) -> None:
    """The low mids lie far over the presence and the treble, much farther than in a finished record."""
    assert band_level(song, 180, 360) > band_level(song, 700, 1400) + 6
    assert band_level(song, 180, 360) > band_level(song, 6_000, 12_000) + 16


def test_a_file_holds_the_song_in_24_bits(tmp_path: Path) -> None:
    write_example(tmp_path / "example.wav", seconds=10, rate=22_050)
    found, rate = soundfile.read(tmp_path / "example.wav", dtype="float32")
    assert (rate, soundfile.info(tmp_path / "example.wav").subtype) == (22_050, "PCM_24")
    np.testing.assert_allclose(found.T, example_song(10, 22_050), atol=2**-22)


@pytest.mark.parametrize(("seconds", "rate"), [(9.9, 44_100), (75, 8_000)])
def test_a_song_too_short_or_too_coarse_to_play_is_refused(seconds: float, rate: int) -> None:
    with pytest.raises(ValueError, match="at least 10 s and 16 kHz"):
        example_song(seconds, rate)


def test_the_form_keeps_its_order_at_any_length() -> None:
    for bars in (4, 12, 30, 80):
        runs = [name for i, name in enumerate(score.form(bars)) if i == 0 or score.form(bars)[i - 1] != name]
        assert runs[:3] == ["intro", "verse", "chorus"]
        assert len(score.form(bars)) == bars
