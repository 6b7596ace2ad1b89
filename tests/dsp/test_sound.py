"""A song in pieces is the song."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dsp.sound import PIECE, Excerpt, Held, Kept, Sound, pieces, whole
from tests.dsp.signals import Audio, noise

RATE = 44100
SONG = noise(2.5 * PIECE / RATE, RATE)
FRAMES = SONG.shape[1]


def kept(folder: Path | None, audio: Audio, block: int) -> Kept:
    song = Kept(folder, audio.shape[0], RATE)
    for start in range(0, audio.shape[1], block):
        song.append(audio[:, start : start + block])
    return song


KINDS: dict[str, Callable[[Path], Sound]] = {
    "in memory": lambda _: Held(SONG, RATE),
    "in memory, in blocks as they come": lambda _: kept(None, SONG, 4567),
    "on disk, in blocks as they come": lambda folder: kept(folder, SONG, 4567),
    "on disk, at once": lambda folder: kept(folder, SONG, FRAMES),
    "an excerpt": lambda _: Excerpt(Held(np.pad(SONG, ((0, 0), (99, 55)), mode="edge"), RATE), 99, FRAMES),
}


@pytest.fixture(params=KINDS)
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> Sound:
    return KINDS[request.param](tmp_path)


def test_a_song_that_is_read_is_the_song_that_was_kept(sound: Sound) -> None:
    assert (sound.frames, sound.channels, sound.rate) == (FRAMES, 2, RATE)
    assert np.array_equal(whole(sound), SONG)
    assert np.array_equal(np.concatenate([sound.read(*at) for at in pieces(FRAMES)], axis=1), SONG)


@pytest.mark.parametrize("start", [-50, 0, PIECE - 7, 2 * PIECE + 3, FRAMES - 20])
def test_around_the_song_there_is_silence(sound: Sound, start: int) -> None:
    padded = np.pad(SONG, ((0, 0), (50, 500)))
    assert np.array_equal(sound.read(start, start + 500), padded[:, start + 50 : start + 550])


def test_beyond_the_song_there_is_nothing(sound: Sound) -> None:
    assert not sound.read(FRAMES + 10, FRAMES + 20).any()
    assert not sound.read(-20, -10).any()
    assert sound.read(5, 5).shape == (2, 0)


def test_what_is_kept_knows_its_highest_sample() -> None:
    assert kept(None, SONG, 4567).highest == np.abs(SONG).max()


def test_what_is_kept_leaves_no_file_behind(tmp_path: Path) -> None:
    kept(tmp_path, SONG, PIECE)
    assert not list(tmp_path.iterdir())
