"""The steps that run in processes of their own, from a stranger's file to the files that go home."""

import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from dsp import pcm, tasks
from dsp.analysis import Analysis
from dsp.decode import load
from dsp.errors import Refused
from dsp.report import Report, part
from dsp.settings import Settings
from dsp.true_peak import true_peak
from dsp.wav import WavWriter
from tests.dsp.signals import noise, song

RATE = 48000
SHA = "ab" * 32
VERSE = {"start": 20.0, "end": 140.0, "what": "volume", "gain_db": -1.0}


def intake(source: Path, out: Path, report: Report) -> dict[str, Any]:
    """Both steps a song goes through when it comes in."""
    decoded = tasks.decode(source, out, max_minutes=30, report=part(report, 0.0, 0.6))
    measured = tasks.measure(
        Path(decoded["pcm"]),
        out,
        probe=json.loads(json.dumps(decoded["probe"])),
        report=part(report, 0.6, 1.0),
    )
    return {"pcm": decoded["pcm"], **measured}


def silent(share: float, stage: str) -> None:
    assert 0.0 <= share <= 1.0


@pytest.fixture(scope="module")
def came_in(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    folder = tmp_path_factory.mktemp("intake")
    soundfile.write(folder / "song.flac", np.clip(song(12.0, RATE, level_db=6.0), -1, 1).T, RATE, "PCM_24")
    return intake(folder / "song.flac", folder, silent), folder


@pytest.fixture(scope="module")
def rendered(
    came_in: tuple[dict[str, Any], Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    return render(came_in[0], tmp_path_factory.mktemp("render"))


def render(found: dict[str, Any], out: Path, previous: Path | None = None, **settings: Any) -> dict[str, Any]:
    return tasks.render(
        Path(found["pcm"]),
        out,
        analysis=json.loads(json.dumps(found["analysis"])),
        settings=settings,
        source_sha256=SHA,
        report=silent,
        previous=previous,
    )


def test_a_place_is_measured_against_the_version_before(
    came_in: tuple[dict[str, Any], Path], rendered: dict[str, Any], tmp_path: Path
) -> None:
    place = {"start": 4.0, "end": 8.0, "what": "presence", "gain_db": -3.0}
    made = render(came_in[0], tmp_path, Path(rendered["master"]), places=[place])
    (told,) = made["measured"]["places"]
    assert told.pop("moved_db") == pytest.approx(-3.0, abs=1.0)  # the compressor gives some of it back
    assert told == {"start": 4.0, "end": 8.0, "what": "presence"}
    assert "places" not in rendered["measured"]


def test_intake_measures_and_advises(came_in: tuple[dict[str, Any], Path]) -> None:
    found, folder = came_in
    assert json.loads(json.dumps(found)) == found
    assert Analysis.from_json(found["analysis"]).duration == pytest.approx(12.0)
    assert [told["code"] for told in found["advice"]] == ["clipped"]
    assert pcm.read(Path(found["pcm"]))[0].shape == (2, 12 * RATE)
    assert np.load(found["envelope"]).shape[1] == 2
    assert all(Path(found[name]).parent == folder for name in ("pcm", "envelope"))


def test_a_render_keeps_its_word_in_files(
    came_in: tuple[dict[str, Any], Path], rendered: dict[str, Any]
) -> None:
    assert json.loads(json.dumps(rendered)) == rendered
    measured = rendered["measured"]
    audio, rate = pcm.read(Path(rendered["master"]))
    assert rate == RATE
    assert true_peak(audio) == pytest.approx(measured["true_peak"], abs=1e-3)
    assert true_peak(audio) <= -1.0
    assert measured["reached"]
    assert measured["lufs"] == pytest.approx(-14.0, abs=0.1)
    assert measured["duration"] == pytest.approx(12.0)
    assert load(Path(rendered["preview"]))[0].duration == pytest.approx(12.0)
    assert load(Path(rendered["ab"]))[0].duration == pytest.approx(24.0)
    assert rendered["fingerprint"] == Settings().fingerprint(SHA)
    assert rendered["matched_gain_db"] != 0


def test_a_render_that_runs_twice_makes_the_same_bytes(
    came_in: tuple[dict[str, Any], Path], rendered: dict[str, Any], tmp_path: Path
) -> None:
    again = render(came_in[0], tmp_path)
    for name in ("master", "preview", "ab"):
        assert Path(again[name]).read_bytes() == Path(rendered[name]).read_bytes()


def test_neither_step_holds_a_song(tmp_path: Path) -> None:
    passage = np.ascontiguousarray(song(12.0, RATE).T)
    with WavWriter(tmp_path / "pcm.wav", RATE, 2, "float32") as out:
        for _ in range(15):
            out.write(passage)
    probe = {"container": "wav", "codec": "pcm", "rate": RATE, "channels": 2, "bits": 24, "lossy": False}
    tracemalloc.start()
    measured = tasks.measure(tmp_path / "pcm.wav", tmp_path, probe=probe, report=silent)
    render({"pcm": tmp_path / "pcm.wav", **measured}, tmp_path, tmp_path / "pcm.wav", places=[VERSE])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 15 * passage.nbytes / 2


def test_what_a_revision_asked_for_is_measured(
    came_in: tuple[dict[str, Any], Path], rendered: dict[str, Any], tmp_path: Path
) -> None:
    first = rendered["measured"]
    second = render(came_in[0], tmp_path, target_lufs=-12.5, tone_db={"bass": 2.0}, width_db=2.0)["measured"]
    assert second["lufs"] - first["lufs"] == pytest.approx(1.5, abs=0.1)
    moved = {f: b - a for (f, a), (_, b) in zip(first["spectrum_mid"], second["spectrum_mid"], strict=True)}
    bass = np.mean([gain for f, gain in moved.items() if 40 < f < 110])
    rest = np.median([gain for f, gain in moved.items() if 200 < f < 10000])
    assert bass - rest == pytest.approx(2.0, abs=0.5)
    assert second["width_db"] - first["width_db"] == pytest.approx(2.0, abs=0.3)


def test_a_trimmed_song_is_compared_with_its_own_beginning(
    came_in: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    made = render(came_in[0], tmp_path, trim_start=1.5, intensity=0.0, target_lufs=-20.0)
    clip = load(Path(made["ab"]))[1]
    half = clip.shape[1] // 2
    original, mastered = clip[0, 1000 : half - 1000], clip[0, half + 1000 : half + half - 1000]
    assert np.corrcoef(original, mastered)[0, 1] > 0.98


def test_what_goes_home(rendered: dict[str, Any], tmp_path: Path) -> None:
    told: list[float] = []
    made = tasks.deliver(
        Path(rendered["master"]),
        tmp_path,
        tags={"title": "Straße", "artist": "A", "album": None, "track": 2},
        stem="Straße (v1)",
        ceiling=-1.0,
        report=lambda share, stage: told.append(share),
    )
    assert told == sorted(told)
    paths = [Path(file["path"]) for file in made["files"]]
    assert [path.name for path in paths] == [
        "Straße (v1) - 24 bit.wav", "Straße (v1) - 16 bit 44.1 kHz.wav", "Straße (v1).mp3"]  # fmt: skip
    for file, path in zip(made["files"], paths, strict=True):
        assert file["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert file["size"] == path.stat().st_size
    wav, cd = soundfile.info(paths[0]), soundfile.info(paths[1])
    assert (wav.subtype, wav.samplerate) == ("PCM_24", RATE)
    assert (cd.subtype, cd.samplerate) == ("PCM_16", 44100)
    assert np.array_equal(load(paths[0])[1], pcm.read(Path(rendered["master"]))[0])
    assert all(file["true_peak"] <= 0.0 for file in made["files"])
    assert true_peak(load(paths[1])[1]) <= -0.99
    assert load(paths[2])[0].rate == RATE


def test_pictures_are_drawn_from_what_the_steps_return(
    came_in: tuple[dict[str, Any], Path], rendered: dict[str, Any], tmp_path: Path
) -> None:
    found, measured = came_in[0], rendered["measured"]
    silence = [[hertz, None] for hertz, _ in measured["spectrum_mid"]]
    spectra = {"before_spectrum": silence, "after_spectrum": measured["spectrum_mid"]}
    figures = [("LUFS", "-8.0", "-14.0")]
    drawn = [
        tasks.draw(
            "intake",
            tmp_path,
            envelope=found["envelope"],
            clipped_runs=found["analysis"]["clipped_runs"],
            duration=12.0,
            figures={"LUFS": "-8.0"},
            caption={"verdict": "clipped"},
        ),
        tasks.draw(
            "before_after",
            tmp_path,
            envelopes=rendered["envelopes"],
            figures=figures,
            matched_gain_db=3.0,
            duration=12.0,
            caption={},
            **spectra,
        ),
        tasks.draw(
            "version_change", tmp_path, changes=[("bass +2", "+2.0")], figures=figures, caption={}, **spectra
        ),
        tasks.draw(
            "album",
            tmp_path,
            songs=[("One", -8.0, -14.0), ("Two", None, None)],
            target_lufs=-14.0,
            caption={},
        ),
    ]
    assert [Image.open(path).size for path in drawn] == [(1200, 630)] * 4
    with pytest.raises(ValueError, match="no picture"):
        tasks.draw("hologram", tmp_path)


@pytest.mark.parametrize(
    ("audio", "code"), [(np.zeros((2, RATE), np.float32), "silent"), (noise(0.1, RATE), "too-short")]
)
def test_what_cannot_be_mastered_is_refused_at_the_door(tmp_path: Path, audio: np.ndarray, code: str) -> None:
    soundfile.write(tmp_path / "a.wav", audio.T, RATE)
    with pytest.raises(Refused) as told:
        intake(tmp_path / "a.wav", tmp_path, silent)
    assert told.value.code == code


def test_no_step_keeps_progress_to_itself(came_in: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    intake(came_in[1] / "song.flac", tmp_path, lambda share, stage: told.append((share, stage)))
    assert told[-1] == (1.0, "analyse")
    assert [share for share, _ in told] == sorted(share for share, _ in told)
