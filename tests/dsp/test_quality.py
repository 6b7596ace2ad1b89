"""What is said of a master that an engineer hands in: each fault by its own code, nothing of a good one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bots.catalogues import load_catalogues
from core.desk.making.faults import fault
from dsp.analysis import Analysis, analyse
from dsp.decode import Probe
from dsp.master import Mastered, master
from dsp.presets import presets
from dsp.quality import Failure, Specification, failures
from dsp.settings import Settings
from tests.dsp.signals import Audio, amplitude, song

RATE = 44100
WAV = Probe("wav", "pcm", RATE, 2, 24, lossy=False)
STREAMING = Specification(target_lufs=-14.0)
SONG = song(12.0, RATE)


def measured(audio: Audio, rate: int = RATE, **probe: Any) -> Analysis:
    return analyse(np.ascontiguousarray(audio, np.float32), rate, replace(WAV, **probe))


def mastered(**asked: Any) -> Mastered:
    return master(SONG, RATE, MIX, Settings(**asked))


MIX = measured(SONG)


@pytest.fixture(scope="module")
def good() -> Audio:
    return mastered().audio


def codes(audio: Audio, specification: Specification = STREAMING, **probe: Any) -> list[str]:
    return [told.code for told in failures(measured(audio, **probe), [MIX], specification)]


@pytest.mark.parametrize(
    "destination", ["streaming", "apple", "deezer", "amazon", "vinyl", "r128", "a85", "neutral"]
)
def test_a_master_of_the_engine_for_a_destination_is_fit_for_it(destination: str) -> None:
    preset = presets()[destination]
    made = master(SONG, RATE, MIX, preset.applied(Settings()))
    asked = Specification(preset.target_lufs, preset.ceiling_dbtp)
    assert failures(measured(made.audio), [MIX], asked) == ()


@pytest.mark.parametrize("style", ["balanced", "warm", "bright", "punchy", "open"])
def test_a_master_of_any_style_is_fit_for_the_house(style: str) -> None:
    made = mastered(style=style, target_lufs=-10.0, limiting=1.0)
    assert codes(made.audio, Specification()) == []


def inverted_bass(audio: Audio) -> Audio:
    """The right channel turned over below 120 Hz, and the rest of the song as loud again beside it."""
    spectrum = np.fft.rfft(audio)
    low = np.fft.rfftfreq(audio.shape[1], 1 / RATE) < 120
    spectrum[1, low] *= -1
    spectrum[:, low] *= 0.3
    return np.asarray(0.85 * np.fft.irfft(spectrum, audio.shape[1]), np.float32)


def silence(seconds: float) -> Audio:
    return np.zeros((2, round(seconds * RATE)), np.float32)


FAULTS: dict[str, Callable[[Audio], Audio]] = {
    "true-peak": lambda good: good * amplitude(0.8),
    "clipped": lambda good: np.clip(good, -amplitude(-2.5), amplitude(-2.5)),
    "length": lambda good: good[:, : 9 * RATE],
    "silence": lambda good: np.concatenate((silence(6.0), good), axis=1),
    "mono": lambda good: np.repeat(good.mean(axis=0, keepdims=True), 2, axis=0),
    "dead-channel": lambda good: good * np.array([[1.0], [0.0]]),
    "phase": lambda good: good * np.array([[1.0], [-1.0]]),
    "bass-phase": inverted_bass,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_master_with_one_fault_fails_for_that_and_nothing_else(good: Audio, fault: str) -> None:
    assert codes(good, Specification()) == []
    assert codes(FAULTS[fault](good), Specification()) == [fault]


@pytest.mark.parametrize(
    ("fault", "probe"),
    [
        ("bits", {"bits": 16}),
        ("lossy", {"codec": "mp3", "container": "mp3", "bits": None, "lossy": True}),
    ],
)
def test_a_master_in_the_wrong_kind_of_file_fails_for_that(
    good: Audio, fault: str, probe: dict[str, Any]
) -> None:
    assert codes(good, **probe) == [fault]


def test_samples_over_full_scale_do_not_fit_into_the_file_that_is_kept(good: Audio) -> None:
    assert codes(good * amplitude(2.0), Specification(), bits=32) == ["true-peak", "full-scale"]


def test_a_master_that_lost_half_of_its_sample_rate_fails(good: Audio) -> None:
    half = measured(good[:, ::2] * amplitude(-0.2), RATE // 2)
    (told,) = failures(half, [MIX], Specification())
    assert told == Failure("rate", {"rate": RATE // 2, "source": RATE})
    assert failures(measured(good), [half], STREAMING) == ()  # a higher rate than before is no fault


@pytest.mark.parametrize(("target", "fault"), [(-12.5, "loud"), (-15.5, "soft")])
def test_loudness_is_held_to_the_destination_within_one_lu(target: float, fault: str) -> None:
    audio = mastered(target_lufs=target).audio
    assert codes(audio) == [fault]
    assert codes(audio, Specification()) == []
    assert codes(audio, Specification(target_lufs=target + 0.9)) == []


@pytest.mark.parametrize(("lufs", "fault"), [(-4.9, ["loud"]), (-5.1, []), (-23.9, []), (-24.1, ["soft"])])
def test_without_a_destination_the_bounds_of_the_house_hold(
    good: Audio, lufs: float, fault: list[str]
) -> None:
    told = failures(replace(measured(good), lufs=lufs), [MIX], Specification())
    assert [failure.code for failure in told] == fault


def test_a_song_of_an_album_may_be_softer_than_its_target_and_no_louder() -> None:
    asked = replace(STREAMING, album=True)
    assert codes(mastered(target_lufs=-17.0).audio, asked) == []
    assert codes(mastered(target_lufs=-12.5).audio, asked) == ["loud"]


def test_what_is_told_of_a_peak_names_the_limit(good: Audio) -> None:
    (told,) = failures(measured(good * amplitude(0.85)), [MIX], STREAMING)
    assert told.details == {"true_peak": pytest.approx(-0.2, abs=0.05), "limit": -1.0}


@pytest.mark.parametrize(("peak", "fault"), [(-0.92, []), (-0.88, ["true-peak"])])
def test_a_peak_over_the_limit_by_less_than_meters_differ_is_let_be(
    good: Audio, peak: float, fault: list[str]
) -> None:
    told = failures(replace(measured(good), true_peak=peak), [MIX], STREAMING)
    assert [failure.code for failure in told] == fault


def test_silence_that_was_cut_off_makes_a_song_no_shorter(good: Audio) -> None:
    late = measured(np.concatenate((silence(4.0), SONG, silence(4.0)), axis=1))
    assert failures(measured(good), [late], STREAMING) == ()


def test_what_was_asked_for_about_its_length_is_what_it_is_held_to(good: Audio) -> None:
    shorter = good[:, : 9 * RATE]
    assert codes(shorter, replace(STREAMING, expected=9.0)) == []
    assert codes(good, replace(STREAMING, expected=9.0)) == ["length"]


def test_a_fault_of_the_song_is_not_held_against_its_master(good: Audio) -> None:
    for code in ("mono", "dead-channel", "phase", "bass-phase"):
        source = measured(FAULTS[code](SONG))
        told = failures(measured(FAULTS[code](good)), [source], Specification())
        assert told == (), code
    clipped = measured(np.clip(SONG, -0.15, 0.15))
    assert clipped.clipped_samples
    louder = measured(np.clip(SONG, -0.15, 0.15) * amplitude(4.0))
    assert failures(louder, [clipped], Specification()) == ()
    harder = measured(np.clip(SONG, -0.1, 0.1) * amplitude(8.0))
    assert [told.code for told in failures(harder, [clipped], Specification())] == ["clipped"]


def test_a_mix_is_held_against_its_stems(good: Audio) -> None:
    late = np.concatenate((silence(10.0), SONG[:1, : 2 * RATE].repeat(2, axis=0)), axis=1)
    stems = [measured(SONG[:, : 6 * RATE]), measured(late), measured(SONG[:1], channels=1)]
    assert failures(measured(good), stems, STREAMING) == ()
    short = measured(good[:, : 9 * RATE])
    assert [told.code for told in failures(short, stems, Specification())] == ["length"]
    mono = measured(FAULTS["mono"](good))
    assert [told.code for told in failures(mono, stems, Specification())] == ["mono"]
    assert failures(mono, stems[2:], Specification()) == ()


def test_a_mix_has_the_rate_and_the_word_length_of_most_stems(good: Audio) -> None:
    few, most = (replace(MIX, rate=rate, bits=bits) for rate, bits in ((96000, 32), (44100, 16)))
    assert failures(replace(measured(good), bits=16), [few, most, most], STREAMING) == ()
    told = failures(replace(measured(good), bits=16), [few, few, most], STREAMING)
    assert [failure.code for failure in told] == ["rate", "bits"]


def test_all_that_can_be_wrong_has_words_at_the_desk(good: Audio) -> None:
    worst = replace(
        measured(good),
        true_peak=1.2, sample_peak=0.4, clipped_samples=9, clipped_runs=((61.5, 62.0),), lufs=-3.0,
        duration=90.0, silence_start=6.0, silence_end=1.0, rate=22050, bits=16, lossy=True, codec="mp3",
    )  # fmt: skip
    variants = [
        worst,
        replace(worst, lufs=-40.0, mono=True),
        replace(worst, dead_channel="left"),
        replace(worst, correlation=-0.9),
        replace(worst, low_correlation=-0.9),
    ]
    found = {one.code: one for each in variants for one in failures(each, [MIX], STREAMING)}
    say = load_catalogues().voice("en")
    told = {code: fault(say, code, one.details).plain(moment=str, title=str) for code, one in found.items()}
    assert told == {
        "true-peak": "1.2 dBTP over the -1.0 limit",
        "full-scale": "samples reach 0.4 dBFS: they are cut off",
        "clipped": "9 clipped samples, the first at 1:02",
        "loud": "-3.0 LUFS, louder than -13.0",
        "soft": "-40.0 LUFS, softer than -15.0",
        "length": "it lasts 90.0 s, not 12.0",
        "silence": "6.0 s of silence before and 1.0 s after the music",
        "rate": "22050 Hz, less than the 44100 of what it was made from",
        "bits": "16 bits, less than the 24 of what it was made from",
        "lossy": "a lossy file (mp3)",
        "mono": "mono, and what it was made from is not",
        "dead-channel": "one channel is silent",
        "phase": "left and right cancel each other",
        "bass-phase": "the bass is out of phase between left and right",
    }
