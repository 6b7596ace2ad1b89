"""What is taken away from a song before anything else: its mean, and nothing from silence."""

import numpy as np
import pytest

from dsp.analysis import analyse
from dsp.edit import centred
from dsp.master import master
from dsp.settings import Settings
from dsp.sound import PIECE, Held, pieces, whole
from tests.dsp.signals import Audio, noise, rms_db

RATE = 44100
OFFSET = np.array([[0.02], [-0.005]], np.float32)


def music(seconds: float = 6.0) -> Audio:
    """Without a mean."""
    audio = noise(seconds, RATE, -26.0)
    return np.asarray(audio - audio.mean(axis=1, keepdims=True), np.float32)


def with_silence(audio: Audio) -> Audio:
    return np.pad(audio, ((0, 0), (RATE, RATE)))


def test_an_offset_that_lies_under_all_of_a_song_is_gone_to_its_ends() -> None:
    quiet = with_silence(music())
    found = whole(centred(Held(quiet + OFFSET, RATE)))
    assert np.abs(found - quiet).max() < 1e-5


def test_silence_before_and_after_the_music_stays_silence() -> None:
    found = whole(centred(Held(with_silence(music() + OFFSET), RATE)))
    assert not found[:, :RATE].any()
    assert not found[:, -RATE:].any()
    assert rms_db((found[:, RATE:-RATE] - music())[:, 1000:-1000]) < -80
    assert np.abs(found[:, RATE:-RATE].mean(axis=1)).max() < 1e-4


def test_the_offset_goes_and_comes_back_without_a_step() -> None:
    leaning = with_silence(np.full((2, 4 * RATE), 0.02, np.float32))
    found = whole(centred(Held(leaning, RATE)))
    ends = slice(RATE, -RATE)  # where the song itself jumps
    assert np.abs(np.diff(found[:, ends])).max() < 0.02 / 400
    assert np.abs(found[:, ends]).max() <= 0.0201


def test_a_song_that_begins_and_ends_at_a_crossing_of_zero_is_all_music() -> None:
    audio = np.pad(music() + OFFSET, ((0, 0), (1, 1)))
    found = whole(centred(Held(audio, RATE)))
    assert np.abs(found[:, 1:-1] - music()).max() < 1e-5


def test_a_silent_channel_stays_silent() -> None:
    audio = music() + OFFSET
    audio[1] = 0
    assert not whole(centred(Held(audio, RATE)))[1].any()


@pytest.mark.parametrize("start", [-50, PIECE - 7])
def test_a_centred_song_in_pieces_is_the_centred_song(start: int) -> None:
    sound = centred(Held(music() + OFFSET, RATE))
    read = np.concatenate([sound.read(*at) for at in pieces(sound.frames)], axis=1)
    assert np.array_equal(read, whole(sound))
    around = np.pad(read, ((0, 0), (50, 0)))[:, start + 50 :][:, :500]
    assert np.array_equal(sound.read(start, start + 500), around)


def test_a_master_of_a_song_with_an_offset_ends_in_silence() -> None:
    audio = with_silence(music() + OFFSET)
    made = master(audio, RATE, analyse(audio, RATE), Settings(target_lufs=-20.0, intensity=0.0)).audio
    assert not made[:, : RATE // 2].any()
    assert not made[:, -RATE // 2 :].any()
    assert np.abs(made[:, RATE:-RATE].mean(axis=1)).max() < 1e-4
