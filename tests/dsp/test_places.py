"""What is asked for one place of a song happens there, and nowhere else."""

import numpy as np
import pytest

from dsp.analysis import analyse
from dsp.master import Mastered, master
from dsp.places import FADE_SECONDS, moved
from dsp.settings import Place, Settings
from dsp.sound import Held
from tests.dsp.signals import Audio, noise, song

RATE = 44100


def made(audio: Audio, **asked: object) -> Mastered:
    return master(audio, RATE, analyse(audio, RATE), Settings(target_lufs=-20.0, **asked))  # type: ignore[arg-type]


def between(audio: Audio, start: float, end: float) -> Audio:
    return audio[:, round(start * RATE) : round(end * RATE)]


def decibels(one: Audio, other: Audio) -> float:
    return float(
        10 * np.log10(np.square(one, dtype=np.float64).sum() / np.square(other, dtype=np.float64).sum())
    )


@pytest.mark.parametrize("what", ["volume", "bass", "presence", "air"])
@pytest.mark.parametrize("gain_db", [-3.0, 2.0])
def test_what_was_asked_is_what_is_measured_there(what: str, gain_db: float) -> None:
    audio = noise(20.0, RATE, -26.0)
    before, after = made(audio), made(audio, places=(Place(8.0, 12.0, what, gain_db),))
    (told,) = moved(before.sound, after.sound, after.settings)
    assert told == pytest.approx(gain_db, abs=0.5)


def test_beyond_its_fades_a_place_changes_nothing_but_the_level_of_all() -> None:
    audio = song(20.0)
    before = made(audio, intensity=0.0).audio
    after = made(audio, intensity=0.0, places=(Place(8.0, 12.0, "presence", -6.0),)).audio
    for start, end in ((0.0, 8.0 - FADE_SECONDS), (12.0 + FADE_SECONDS, 20.0)):
        one, other = between(before, start, end), between(after, start, end)
        factor = float((one * other).sum() / (one * one).sum())
        assert decibels(other - np.float32(factor) * one, other) < -90
    one, other = between(before, 8.0, 12.0), between(after, 8.0, 12.0)
    assert decibels(other - one, other) > -40


def test_a_place_comes_and_goes_without_a_click() -> None:
    audio = np.full((2, 8 * RATE), 0.1, np.float32) * np.sin(2 * np.pi * 100 * np.arange(8 * RATE) / RATE)
    audio = audio.astype(np.float32)
    after = made(
        audio, intensity=0.0, places=(Place(3.0, 5.0, "volume", 6.0), Place(4.0, 6.0, "air", 9.0))
    ).audio
    before = made(audio, intensity=0.0).audio
    steepest = np.abs(np.diff(after, n=2)).max() / np.abs(after).max()
    assert steepest <= 1.1 * np.abs(np.diff(before, n=2)).max() / np.abs(before).max()


def test_places_stay_on_the_same_music_when_the_song_is_trimmed() -> None:
    audio = noise(20.0, RATE, -26.0)
    place = Place(8.0, 12.0, "volume", -4.0)
    whole, cut = (made(audio, trim_start=trim, places=(place,)).audio for trim in (0.0, 3.0))
    for audio_, start in ((whole, 8.0), (cut, 5.0)):
        inside, outside = between(audio_, start, start + 4.0), between(audio_, start + 4.5, start + 8.0)
        assert decibels(inside, outside) + 10 * np.log10(3.5 / 4.0) == pytest.approx(-4.0, abs=0.6)


def test_a_place_that_was_trimmed_off_is_gone() -> None:
    audio = noise(12.0, RATE, -26.0)
    asked = {"trim_start": 4.0, "places": (Place(1.0, 3.0, "bass", 6.0),)}
    assert np.array_equal(made(audio, **asked).audio, made(audio, trim_start=4.0).audio)
    after = made(audio, **asked)
    assert moved(after.sound, after.sound, after.settings) == [None]


def test_nothing_is_said_of_a_place_that_is_the_whole_song() -> None:
    sound = Held(noise(4.0, RATE), RATE)
    assert moved(sound, sound, Settings(places=(Place(0.0, 60.0, "volume", 1.0),))) == [None]


def test_a_gap_is_silence_after_the_song_and_changes_none_of_it() -> None:
    audio = song(6.0)
    plain, spaced = made(audio), made(audio, gap=1.5)
    assert spaced.audio.shape[1] == plain.audio.shape[1] + round(1.5 * RATE)
    assert np.array_equal(spaced.audio[:, : plain.audio.shape[1]], plain.audio)
    assert not spaced.audio[:, plain.audio.shape[1] :].any()
