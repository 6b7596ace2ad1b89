"""Files mastered without a chat."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dsp.batch import analyse_file, master_file
from dsp.errors import Refused
from dsp.settings import Settings
from dsp.warm import warm
from tests.dsp.signals import song

RATE = 44100


@pytest.fixture
def mix(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "My Song.wav", song(8.0).T, RATE, "PCM_24")
    return tmp_path / "My Song.wav"


def test_one_file_in_one_object_out(mix: Path, tmp_path: Path) -> None:
    told = master_file(mix, tmp_path / "out", Settings(target_lufs=-13.0))
    assert json.loads(json.dumps(told)) == told
    assert {
        "input", "output", "lufs_in", "lufs", "true_peak_in", "true_peak", "lra_in", "lra", "target",
        "ceiling", "duration", "seconds", "cpu_seconds", "settings", "files", "advice",
    } <= set(told)  # fmt: skip
    assert told["input"] == str(mix)
    assert told["lufs"] == pytest.approx(-13.0, abs=0.1)
    assert told["true_peak"] <= told["ceiling"] == -1.0
    assert told["duration"] == pytest.approx(8.0)
    assert told["settings"] == Settings(target_lufs=-13.0).to_json()
    assert soundfile.info(told["output"]).subtype == "PCM_24"
    assert told["files"] == [told["output"]]


def test_nothing_is_ever_overwritten(mix: Path, tmp_path: Path) -> None:
    outputs = [Path(master_file(mix, tmp_path, Settings())["output"]) for _ in range(3)]
    assert [path.name for path in outputs] == [
        "My Song-master.wav",
        "My Song-master-2.wav",
        "My Song-master-3.wav",
    ]
    first, *others = (path.read_bytes() for path in outputs)
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    ("settings", "level_db", "why"),
    [
        (Settings(target_lufs=-6.0), -12.0, "-6 LUFS was not reached: more than -"),
        (Settings(target_lufs=-14.0), -50.0, "-14 LUFS was not reached: beyond -"),
    ],
)
def test_a_target_that_cannot_be_reached_is_said_in_a_sentence(
    settings: Settings, level_db: float, why: str, tmp_path: Path
) -> None:
    soundfile.write(tmp_path / "song.wav", song(8.0, level_db=level_db).T, RATE, "FLOAT")
    told = master_file(tmp_path / "song.wav", tmp_path, settings)
    assert not told["reached"]
    assert told["why"].startswith(why)


def test_a_file_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "song.wav").write_text("not a song")
    with pytest.raises(Refused):
        master_file(tmp_path / "song.wav", tmp_path / "out", Settings())
    with pytest.raises(FileNotFoundError):
        master_file(tmp_path / "none.wav", tmp_path / "out", Settings())
    assert not (tmp_path / "out").exists()


def test_silence_is_measured_with_nulls_and_not_mastered(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "quiet.wav", np.zeros((RATE, 2)), RATE)
    told = analyse_file(tmp_path / "quiet.wav")
    assert (told["lufs"], told["true_peak"]) == (None, None)
    assert told["advice"] == ["There is nothing to hear in this file."]
    with pytest.raises(Refused, match="silence"):
        master_file(tmp_path / "quiet.wav", tmp_path / "out", Settings())


def test_a_file_cut_short_is_said_to_be(mix: Path) -> None:
    mix.write_bytes(mix.read_bytes()[: 6 * RATE * 5])
    told = analyse_file(mix)
    assert told["duration"] == pytest.approx(5.0, abs=0.01)
    assert any("cut off" in sentence for sentence in told["advice"])


def test_warming_up_names_every_kernel_once() -> None:
    told: list[tuple[float, str]] = []
    warm(lambda share, name: told.append((share, name)))
    assert {"peaks", "weighting", "gain", "words", "plateaus"} <= {name for _, name in told}
    assert told[-1] == (1.0, "ready")
