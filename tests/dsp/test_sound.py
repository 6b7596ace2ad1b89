"""A song in pieces is the song."""

import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from dsp.formats import Bits, Format, write
from dsp.pcm import Stored
from dsp.sound import PIECE, Excerpt, Held, Joined, Kept, Sound, pieces, whole
from tests.dsp.signals import Audio, noise

RATE = 44100
SONG = np.round(noise(2.5 * PIECE / RATE, RATE, -30.0) * 2**23) / np.float32(2**23)
"""Words of 24 bits."""
FRAMES = SONG.shape[1]


def kept(folder: Path | None, audio: Audio, block: int) -> Kept:
    song = Kept(folder, audio.shape[0], RATE)
    for start in range(0, audio.shape[1], block):
        song.append(audio[:, start : start + block])
    return song


def stored(folder: Path, bits: Bits) -> Stored:
    write(Held(SONG, RATE), folder / "song.wav", Format("wav", bits))
    return Stored(folder / "song.wav")


def joined() -> Joined:
    edges = 0, 99, 99, PIECE + 7, FRAMES
    return Joined(tuple(Excerpt(Held(SONG, RATE), start, stop - start) for start, stop in pairwise(edges)))


KINDS: dict[str, Callable[[Path], Sound]] = {
    "in memory": lambda _: Held(SONG, RATE),
    "in memory, in blocks as they come": lambda _: kept(None, SONG, 4567),
    "on disk, in blocks as they come": lambda folder: kept(folder, SONG, 4567),
    "on disk, at once": lambda folder: kept(folder, SONG, FRAMES),
    "in a file of 24 bits": lambda folder: stored(folder, 24),
    "in a file of floats": lambda folder: stored(folder, 32),
    "one part after the other": lambda _: joined(),
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


def test_a_file_that_was_cut_off_is_not_read_as_silence(tmp_path: Path) -> None:
    song = stored(tmp_path, 24)
    os.truncate(tmp_path / "song.wav", 5 * FRAMES)
    assert np.array_equal(song.read(0, 1000), SONG[:, :1000])
    with pytest.raises(OSError, match="shorter"):
        song.read(FRAMES - 1000, FRAMES)
