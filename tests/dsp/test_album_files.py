"""The files of one album: what the artist meant between the songs is there after mastering."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsp.album_files import KEPT_LU, master_album
from dsp.loudness import measure
from dsp.settings import Settings
from tests.dsp.signals import Audio, amplitude, song

RATE = 44100
LEVELS = (-12.0, -15.5, -10.0)


def written(folder: Path, *songs: Audio) -> list[Path]:
    paths = [folder / f"{number} song.wav" for number in range(1, len(songs) + 1)]
    for path, audio in zip(paths, songs, strict=True):
        soundfile.write(path, audio.T, RATE, "FLOAT")
    return paths


def read(path: Path | str) -> Audio:
    samples, _ = soundfile.read(path, dtype="float32", always_2d=True)
    return np.ascontiguousarray(samples.T)


def loudness(path: Path | str) -> float:
    return measure(read(path), RATE).integrated


def test_the_steps_from_song_to_song_stay_and_the_loudest_meets_the_target(tmp_path: Path) -> None:
    songs = [song(8.0, seed=seed, level_db=level) for seed, level in enumerate(LEVELS)]
    paths = written(tmp_path, *songs)
    told = master_album(paths, tmp_path / "out", Settings(target_lufs=-14.0))
    came, became = [loudness(path) for path in paths], [loudness(one["output"]) for one in told]
    assert max(became) == pytest.approx(-14.0, abs=0.05)
    for (a, b), (x, y) in zip(pairwise(came), pairwise(became), strict=True):
        assert y - x == pytest.approx(b - a, abs=0.1)
    assert [Path(one["output"]).name for one in told] == [f"{n} song-master.wav" for n in (1, 2, 3)]
    assert all(one["reached"] and one["why"] is None for one in told)


def test_all_songs_have_the_same_tone_correction(tmp_path: Path) -> None:
    songs = [song(8.0, seed=seed) for seed in (1, 2)]
    told = master_album(written(tmp_path, *songs), tmp_path, Settings())
    first, second = (one["settings"] for one in told)
    assert first["album_mid"] == second["album_mid"] != []


def test_where_one_song_stays_short_the_others_come_down_with_it(tmp_path: Path) -> None:
    dense = song(8.0, level_db=-6.0)
    mild = song(8.0, seed=4) * np.float32(amplitude(-3.0))
    paths = written(tmp_path, dense, mild)
    told = master_album(paths, tmp_path / "out", Settings(target_lufs=-6.0))
    became = [one["lufs"] for one in told]
    assert max(became) < -6.0 - KEPT_LU
    kept = loudness(paths[1]) - loudness(paths[0])
    assert became[1] - became[0] == pytest.approx(kept, abs=0.1)
    assert all(not one["reached"] and one["why"].startswith("The album stays") for one in told)


def test_gaps_follow_every_song_but_the_last_and_ends_stay_as_they_came(tmp_path: Path) -> None:
    music = song(6.0)
    ends = np.pad(music - music.mean(axis=1, keepdims=True), ((0, 0), (RATE, 2 * RATE)))
    told = master_album(written(tmp_path, ends, ends), tmp_path, Settings(gap=2.0))
    first, second = (read(one["output"]) for one in told)
    assert first.shape[1] - second.shape[1] == 2 * RATE
    assert second.shape[1] == ends.shape[1]
    assert np.abs(second[:, : RATE - 4096]).max() < 1e-4
    assert not first[:, -2 * RATE :].any()


def test_a_file_that_is_no_song_is_named_and_the_others_are_an_album(tmp_path: Path) -> None:
    paths = written(tmp_path, song(6.0), np.zeros((2, 6 * RATE), np.float32))
    (tmp_path / "notes.txt").write_text("not a song")
    told = master_album([*paths, tmp_path / "notes.txt", tmp_path / "gone.wav"], tmp_path, Settings())
    assert "output" in told[0]
    assert [one["error"] for one in told[1:]] == [
        "The file holds only silence.",
        "This is not a sound file the studio can read.",
        "No such file or directory.",
    ]


def test_no_song_at_all_is_no_album(tmp_path: Path) -> None:
    (told,) = master_album([tmp_path / "gone.wav"], tmp_path, Settings())
    assert told["error"] == "No such file or directory."


def test_progress_ends_at_the_end(tmp_path: Path) -> None:
    heard: list[float] = []
    paths = written(tmp_path, song(6.0), song(6.0, seed=9))
    master_album(paths, tmp_path, Settings(), report=lambda share, _: heard.append(share))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0
