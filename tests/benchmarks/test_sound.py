"""`./lathe bench sound`: its measures read known signals right, and an engine that is doctored is found."""

import math
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from numpy.typing import NDArray

from benchmarks.sound import (
    bench,
    codecs,
    command,
    engine,
    limiter,
    meter,
    meters,
    onsets,
    processes,
    rates,
    recovery,
    spectra,
    stems,
    words,
)
from benchmarks.sound.corpus import Song, Source, found
from benchmarks.sound.peers import Peers
from benchmarks.sound.rows import Bar, Row, printed
from benchmarks.sound.signals import Case, cases, steps, tone
from dsp.kernels.words import words_16
from tests.dsp.signals import noise, song

Audio = NDArray[np.float32]
RATE = 44_100
FOUR = {f"3341-{number}" for number in range(20, 24)}


def clipped(audio: Audio, rate: int) -> Audio:
    ceiling = 10 ** (engine.CEILING / 20)
    return audio.clip(-ceiling, ceiling)


# Meters


def test_a_tone_3_db_down_reads_3_db_less_on_every_meter() -> None:
    high, low = tone(997, 5, RATE, -10), tone(997, 5, RATE, -13)
    assert meters.integrated(high, RATE) - meters.integrated(low, RATE) == pytest.approx(3, abs=1e-4)
    one, other = meters.peaks(high, RATE), meters.peaks(low, RATE)
    assert one.own - other.own == pytest.approx(3, abs=0.01)
    assert one.soxr - other.soxr == pytest.approx(3, abs=0.01)
    assert (one.own, one.soxr) == pytest.approx((-10, -10), abs=0.02)


@pytest.mark.parametrize("rate", [8000, 44_100, 192_000])
def test_the_second_meter_gates_and_weighs_as_the_standard_does(rate: int) -> None:
    parts = [(-36, 4), (-23, 12), (-80, 3)]
    audio = steps(parts, rate) + noise(19, rate, -75)
    assert meters.integrated(audio, rate) == pytest.approx(-23, abs=0.2)
    assert meters.integrated(audio, rate) == pytest.approx(engine.measure(audio, rate).integrated, abs=1e-4)


def test_silence_has_no_loudness_and_no_peak() -> None:
    silence = np.zeros((2, RATE), np.float32)
    assert meters.integrated(silence, RATE) == meters.soxr_peak(silence, RATE) == -math.inf


def test_a_peak_between_the_samples_is_found_wherever_the_pieces_meet() -> None:
    audio = np.zeros((1, round(41 * RATE)), np.float32)
    for second in (0.0, 20.0, 40.9):
        audio[:] = 0
        at = round(second * RATE)
        audio[0, at : at + 2] = 0.5
        assert meters.soxr_peak(audio, RATE) == pytest.approx(20 * math.log10(0.637), abs=0.1)


def test_the_cases_of_the_ebu_are_all_there_and_an_offset_meter_fails_them() -> None:
    told = list(cases())
    numbers = {case.name.split(".")[0] for case in told}
    expected = {f"3341-{n}" for n in (*range(1, 7), *range(9, 24))} | {f"3342-{n}" for n in range(1, 5)}
    assert numbers == expected
    assert len({case.name for case in told}) == len(told)
    peak = next(case for case in told if case.name == "3341-15")
    assert abs(meter.reading(peak, peak.make(RATE) * np.float32(1.05), RATE) - peak.expected) > peak.above


def test_cases_20_to_23_read_the_same_at_every_offset() -> None:
    read = [meters.soxr_peak(case.make(48_000), 48_000) for case in cases() if case.name in FOUR]
    assert len(read) == 4
    assert read == pytest.approx([read[0]] * 4, abs=0.01)
    assert read[0] == pytest.approx(0, abs=0.15)


def test_what_must_stand_still_is_read_where_it_moves_most() -> None:
    steady = next(case for case in cases() if case.name == "3341-9")
    moving = Case(steady.name, steady.reading, -23, 0.1, 0.1, lambda rate: steps([(-23, 4), (-26, 4)], rate))
    assert abs(meter.error(steady, RATE)) < 0.1
    assert meter.error(moving, RATE) == pytest.approx(-3, abs=0.05)


# Limiters


def test_a_clean_tone_has_no_residue_and_a_known_harmonic_is_read() -> None:
    time = np.arange(RATE) / RATE
    wave = np.sin(2 * np.pi * 997 * time + 0.7)
    assert limiter.residue_db(wave, (997.0,), RATE) < -200
    dirty = wave + 0.001 * np.sin(2 * np.pi * 1994 * time) + 0.3
    assert limiter.residue_db(dirty, (997.0,), RATE) == pytest.approx(-60.7, abs=0.1)  # the mean is of "all"


def test_a_hard_clipper_distorts_by_13_db_and_lets_the_curve_between_the_samples_through() -> None:
    # 6 dB over, a sine is flat for two thirds of the time: the energy of its harmonics is -13 dB of all.
    assert limiter.distortion(clipped, 100.0) == pytest.approx(-13.2, abs=0.5)
    assert limiter.between_samples(clipped) > 2.0
    assert limiter.intermodulation(clipped, (60.0, 0.8), (7000.0, 0.2)) > -20


def test_a_limiter_that_overshoots_is_found_and_ours_does_not() -> None:
    assert limiter.between_samples(engine.limit) <= 0.01
    assert limiter.between_samples(lambda audio, rate: engine.limit(audio, rate) * np.float32(1.02)) > 0.1


def test_a_limiter_that_touches_what_is_under_the_ceiling_is_found() -> None:
    assert limiter.below(engine.limit) == -math.inf
    assert limiter.below(lambda audio, rate: audio * np.float32(0.999)) == pytest.approx(-60, abs=0.1)


# Onsets


def hits(peak: float) -> Audio:
    """A burst each half second, and nothing between them."""
    audio = np.zeros((2, 20 * RATE), np.float32)
    for at in range(RATE // 2, 19 * RATE, RATE // 2):
        audio[:, at : at + 200] += np.float32(peak) * np.hanning(200).astype(np.float32)
    return audio


def test_onsets_are_found_where_they_are() -> None:
    at = onsets.onsets(hits(0.5), RATE, count=37)
    assert at == pytest.approx(np.arange(1, 38) * RATE / 2, abs=0.02 * RATE)


def test_hits_cut_by_6_db_lose_what_is_known_and_a_turn_of_the_level_loses_nothing() -> None:
    before = hits(0.8)
    median, _ = onsets.crest_loss(before, before * np.float32(0.25), RATE)
    assert median == pytest.approx(0, abs=1e-5)
    cut = before.clip(-0.4, 0.4)
    at = onsets.onsets(before, RATE)[3]
    around = slice(at, at + round(onsets.RMS_SECONDS * RATE))
    rms = [float(np.sqrt(np.square(audio[:, around], dtype=np.float64).mean())) for audio in (before, cut)]
    expected = 20 * math.log10(float(before[:, around].max()) / rms[0]) - 20 * math.log10(0.4 / rms[1])
    median, _ = onsets.crest_loss(before, cut, RATE)
    assert median == pytest.approx(expected, abs=0.2)
    assert median > 2


# Comparisons


def test_a_late_and_quieter_copy_is_aligned_before_it_is_compared() -> None:
    audio = song(8.0)
    late = np.pad(audio, ((0, 0), (37, 0)))[:, : audio.shape[1]] * np.float32(0.5)
    assert spectra.delay(audio, late) == 37
    assert spectra.null_db(audio, late) < -100
    noisy = late + noise(8.0, RATE, -60)
    assert spectra.null_db(audio, noisy) == pytest.approx(
        spectra.ratio_db(2 * noise(8.0, RATE, -60), audio), abs=0.1
    )


def test_spoiling_is_what_it_says_it_is() -> None:
    audio = noise(20, RATE, -30)
    narrow = recovery.spoilt(audio, RATE, recovery.Spoiling(0, (1000, 0), 0, 0.5, -6))
    was, became = spectra.tone(audio, RATE), spectra.tone(narrow, RATE)
    assert became.width - was.width == pytest.approx(-6.02, abs=0.05)
    assert np.median(became.mid - was.mid) == pytest.approx(-6, abs=0.05)
    tilted = spectra.tone(recovery.spoilt(audio, RATE, recovery.Spoiling(-2, (1000, 0), 0, 1, 0)), RATE)
    fall = np.polyfit(np.log2(spectra.CENTRES), tilted.mid - was.mid, 1)[0]
    assert fall == pytest.approx(-2, abs=0.05)


def test_the_original_itself_is_no_distance_away_and_a_spoilt_one_is() -> None:
    audio = song(12.0)
    same = recovery.distance(audio, audio.copy(), RATE)
    assert (same.lufs, same.mid, same.side, same.width) == (0, 0, 0, 0)
    assert same.null < -200
    for how in recovery.SPOILINGS.values():
        off = recovery.distance(audio, recovery.spoilt(audio, RATE, how), RATE)
        assert off.lufs > 3
        assert off.mid > 1
        assert off.width > 1


def test_faders_are_compared_without_what_they_have_in_common() -> None:
    assert stems.astray([-3.0, 3.0], [7.0, 13.0]) == 0
    assert stems.astray([0.0, 0.0], [2.0, -2.0]) == 4
    assert stems.astray([0.0, 0.0, 0.0], [3.0, 0.0, 0.0]) == 2


# Words, rates, codecs


def test_tpdf_is_told_from_what_is_only_cut_off(tmp_path: Path) -> None:
    audio, path = words.probe(5), tmp_path / "words.wav"
    cut = words.error(words.soundfile_words, audio, path)
    assert words.correlation(cut) > 0.9
    assert words.harmonics_db(cut[0] + audio[0]) > -105

    def ours(given: Audio, rate: int, to: Path) -> None:
        engine.write_16(given, rate, to, shaped=False)

    good = words.error(ours, audio, path)
    assert words.level_db(good) == pytest.approx(words.TPDF_DB, abs=0.05)
    assert words.correlation(good) < 0.02
    assert words.harmonics_db(good[0] + audio[0]) < -130


def test_a_dither_that_is_the_same_on_both_sides_is_found(tmp_path: Path) -> None:
    def correlated(given: Audio, rate: int, to: Path) -> None:
        out = np.empty((given.shape[1], 2), np.int16)
        words_16(given, np.array([7, 7], np.uint64), np.empty(0), np.empty((2, 0)), out)
        soundfile.write(to, out, rate, subtype="PCM_16")

    assert words.correlation(words.error(correlated, words.probe(2), tmp_path / "words.wav")) > 0.99


def test_a_weighting_is_0_db_at_1_khz_and_takes_19_db_at_100_hz() -> None:
    for hertz, taken in ((1000, 0.0), (100, 19.1)):
        wave = np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE)
        assert words.weighted_db(np.stack([wave, wave])) == pytest.approx(-3.01 - taken, abs=0.1)


def test_a_resampler_that_lets_an_image_through_is_found() -> None:
    assert rates.impurity(engine.resample) < -140
    crude = rates.impurity(lambda audio, rate, wanted: audio[:, ::2].copy())
    assert crude > -10


def test_every_encode_comes_back_at_its_length_and_level() -> None:
    audio = Song("song", song(3.0), RATE).softened().audio
    for name in codecs.NAMES:
        decoded, rate = codecs.decoded(audio, RATE, name)
        assert decoded.shape[0] == 2
        assert decoded.shape[1] / rate == pytest.approx(3.0, abs=0.06), name
        difference = meters.integrated(decoded, rate) - meters.integrated(audio, RATE)
        assert difference == pytest.approx(0, abs=0.6), name  # LAME turns 128 kbit/s down by 0.45 dB


# The table


@pytest.mark.parametrize(
    ("value", "bar", "verdict"),
    [
        (0.1, Bar(0.8, 0.4), "target"),
        (0.404, Bar(0.8, 0.4), "target"),  # what is printed counts
        (0.41, Bar(0.8, 0.4), "floor"),
        (0.81, Bar(0.8, 0.4), "NO"),
        (130.0, Bar(120, 250, most=False), "floor"),
        (119.0, Bar(120, 250, most=False), "NO"),
        (0.1, Bar(0.8), "yes"),
        (5.0, Bar(), "–"),
        (5.0, Bar(None, 4), "–"),
        (3.0, Bar(None, 4), "target"),
        (math.nan, Bar(0.8), "NO"),
    ],
)
def test_a_row_says_whether_it_holds(value: float, bar: Bar, verdict: str) -> None:
    row = Row("figure", value, bar)
    assert row.verdict == verdict
    assert verdict in printed([row])


def test_what_a_process_uses_is_its_own(tmp_path: Path) -> None:
    ballast = np.ones(60_000_000)  # 480 MB that belong to us
    small = processes.used([sys.executable, "-S", "-c", "print('here')"])
    large = processes.used([sys.executable, "-S", "-c", "x = bytearray(200 << 20)"])
    assert ballast.size
    assert small.out == "here\n"
    assert small.megabytes < 60
    assert 200 < large.megabytes < 260
    with pytest.raises(processes.Failed, match="no such thing"):
        processes.used([sys.executable, "-c", "raise SystemExit('no such thing')"])


def test_a_folder_is_read_as_songs_and_stems_as_one(tmp_path: Path) -> None:
    for name in ("band/song.wav", "band/guitar.wav", "album/one.wav", "album/two.flac", "album/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        if path.suffix != ".txt":
            soundfile.write(path, noise(4.0, RATE, seed=len(name)).T, RATE, subtype="PCM_24")
    corpus = found(tmp_path)
    assert [Source(paths).name for paths in corpus.sources] == ["one", "two", "band"]
    assert [source.name for source in corpus.with_stems] == ["band"]
    whole, part = corpus.with_stems[0].song(), corpus.with_stems[0].song(2.0)
    assert (whole.seconds, part.seconds) == (4.0, 2.0)
    assert 20 * math.log10(float(np.abs(whole.audio).max())) == pytest.approx(-9.5, abs=0.01)


def test_without_music_our_own_generator_plays() -> None:
    corpus = found(None)
    assert not corpus.real
    names = [source.name for source in corpus.chosen(3)]
    assert len(set(names)) == 3
    assert corpus.chosen(1)[0].song(12.0).seconds == 12.0


def test_who_is_not_installed_is_left_out(tmp_path: Path) -> None:
    assert Peers(None).matchering([(tmp_path, tmp_path, tmp_path)]) == []


def test_a_run_of_one_subject_prints_its_rows_and_ends_well() -> None:
    done = CliRunner().invoke(command, ["--quick", "--only", "rates"])
    assert done.exit_code == 0, done.output
    assert "96 to 44.1 kHz, alias and noise" in done.stdout
    assert "songs of our own generator" in done.stdout
    assert "0 of 1 floors not reached" in done.stdout


def test_an_engine_that_misses_a_floor_ends_the_run_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = Row("limiter, 6 dB over", -20.0, Bar(-90, unit=" dB"))
    monkeypatch.setitem(bench.SUBJECTS, "limiter", lambda run: [missed])
    done = CliRunner().invoke(command, ["--quick", "--only", "limiter"])
    assert done.exit_code == 1
    assert "1 of 1 floors not reached" in done.stdout
