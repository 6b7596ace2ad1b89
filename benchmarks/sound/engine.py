"""The engine that is measured: all that the benches ask of dsp, in one place."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.sound.corpus import Song
from dsp import balance, formats, loudness, pictures, tasks, tone, true_peak
from dsp.album_files import master_album
from dsp.analysis import Analysis, analyse
from dsp.batch import master_file
from dsp.master import Mastered
from dsp.master import master as mastered
from dsp.profile import Profile
from dsp.report import unheard
from dsp.settings import Settings, Style
from dsp.sound import Held, whole

Audio = NDArray[np.float32]
NAME = "lathe"
CEILING = -1.0
COLUMNS = 2160
COLD = """
import sys
from pathlib import Path
from dsp.batch import master_file
from dsp.settings import Settings
master_file(Path(sys.argv[1]), Path(sys.argv[2]), Settings(target_lufs=float(sys.argv[3]), ceiling_dbtp=-1.0))
"""
"""A process that masters one file: file, folder, LUFS."""
CHAT = """
import json, sys
from pathlib import Path
from dsp import tasks
from dsp.report import unheard
pcm, folder = Path(sys.argv[1]), Path(sys.argv[2])
probe, settings = json.loads(sys.argv[3]), json.loads(sys.argv[4])
found = tasks.measure(pcm, folder, probe=probe, report=unheard)
tasks.render(
    pcm, folder, analysis=found["analysis"], settings=settings, source_sha256="", report=unheard
)
"""
"""A process that does both steps of a song in the chat: its PCM, a folder, probe and settings as JSON."""


@dataclass(frozen=True, slots=True)
class FileCost:
    """CPU seconds of one file mastered to a file, and where it is."""

    cpu: float
    path: Path


def analysis(audio: Audio, rate: int) -> Analysis:
    """What a first render learns of a song."""
    return analyse(audio, rate)


def master(
    audio: Audio,
    rate: int,
    target: float,
    *,
    known: Analysis | None = None,
    reference: Song | None = None,
    codec_safe: bool = False,
) -> Mastered:
    """A master at `target` LUFS under CEILING in the plain style; `known` is the song's analysis."""
    asked = replace(settings(target), codec_safe=codec_safe)
    if reference is not None:
        told = analyse(reference.audio, reference.rate)
        asked = replace(asked, references=(Profile.of(told.to_json()),))
    return mastered(audio, rate, known or analyse(audio, rate), asked)


def master_in(style: Style, audio: Audio, rate: int, target: float) -> Mastered:
    """As `master` in a style, with tone and width left alone."""
    asked = replace(settings(target), style=style.key, own_style=style, tone_strength=0.0, width_strength=0.0)
    return mastered(audio, rate, analyse(audio, rate), asked)


def settings(target: float) -> Settings:
    return Settings(target_lufs=target, ceiling_dbtp=CEILING)


def file_to_file(source: Path, folder: Path, target: float) -> FileCost:
    """A file mastered to a 24-bit file, read, measured, verified and written."""
    began = time.process_time()
    told = master_file(source, folder, settings(target))
    return FileCost(time.process_time() - began, Path(told["output"]))


@dataclass(frozen=True, slots=True)
class Taken:
    """What the chat keeps of a song that came in: its PCM in a file, and what file it was."""

    pcm: Path
    probe: Mapping[str, Any]


def taken_in(source: Path, folder: Path) -> Taken:
    """The first step of a song in the chat."""
    decoded = tasks.decode(source, folder, max_minutes=30.0, report=unheard)
    return Taken(Path(decoded["pcm"]), decoded["probe"])


@dataclass(frozen=True, slots=True)
class RevisionCost:
    """CPU seconds until the new master is written, and of all that is shown of it afterwards."""

    master: float
    shown: float


def revised(song: Taken, known: Analysis, folder: Path, target: float) -> RevisionCost:
    """One change, as the chat makes it, from what it keeps: the PCM and its analysis."""
    asked = replace(settings(target), tilt_db=1.0)
    moments = [time.process_time()]

    def report(share: float, stage: str) -> None:
        if stage == "preview" and len(moments) == 1:
            moments.append(time.process_time())

    tasks.render(
        song.pcm,
        folder,
        analysis=known.to_json(),
        settings=asked.to_json(),
        source_sha256="",
        report=report,
    )
    began, there = moments
    return RevisionCost(there - began, time.process_time() - there)


def untoned(audio: Audio, rate: int) -> Audio:
    """Through the tone filters of a tone that is flat."""
    flat = ((20.0, 0.0), (20000.0, 0.0))
    return tone.equalise(audio, rate, tone.Tone(flat, flat))


def limit(audio: Audio, rate: int, ceiling: float = CEILING) -> Audio:
    """The limiter alone."""
    return formats.under(audio, rate, ceiling)


def measure(audio: Audio, rate: int) -> loudness.Loudness:
    """Loudness of one, two, five or six channels."""
    return loudness.measure(audio, rate)


def momentary(audio: Audio, rate: int) -> NDArray[np.float64]:
    """LUFS of every window of 400 ms, as often as the meter reads one."""
    return _series(audio, rate, loudness.MOMENTARY)


def short_term(audio: Audio, rate: int) -> NDArray[np.float64]:
    """LUFS of every window of 3 s, as often as the meter reads one."""
    return _series(audio, rate, loudness.SHORT_TERM)


def peak(audio: Audio, oversampling: Literal[4, 8] = 8) -> float:
    """True peak, dBTP."""
    return true_peak.true_peak(audio, oversampling)


def write_16(audio: Audio, rate: int, path: Path, *, shaped: bool) -> None:
    """A dithered 16-bit WAV."""
    formats.write(Held(audio, rate), path, formats.Format("wav", 16, shaping=shaped), seed="bench")


def resample(audio: Audio, rate: int, wanted: int) -> Audio:
    """At another rate, with room above."""
    return whole(formats.converted(Held(audio, rate), wanted, 0.0, None))


def album(songs: Sequence[Path], folder: Path, target: float) -> list[Path]:
    """The masters of songs that belong together, on all cores."""
    return [Path(told["output"]) for told in master_album(songs, folder, settings(target))]


def faders(stems: Sequence[Audio], rate: int, names: Sequence[str]) -> list[float]:
    """The gain of each stem (dB) in a rough mix."""
    return [fader.gain_db for fader in balance.faders(stems, rate, names)]


def drawings(before: Audio, after: Audio, rate: int, folder: Path) -> dict[str, Callable[[], None]]:
    """The pictures a song can have, by name, drawn when called."""
    was, became = analyse(before, rate), analyse(after, rate)
    shapes = [pictures.envelope(Held(audio, rate), COLUMNS) for audio in (before, after)]
    levels = [("LUFS", f"{was.lufs:.1f}", f"{became.lufs:.1f}")]
    seconds = before.shape[1] / rate
    return {
        "intake": lambda: pictures.intake(
            folder / "intake.png",
            envelope=shapes[0],
            clipped_runs=was.clipped_runs,
            duration=seconds,
            figures={"LUFS": f"{was.lufs:.1f}", "dBTP": f"{was.true_peak:.1f}"},
            caption={},
        ),
        "before and after": lambda: pictures.before_after(
            folder / "before_after.png",
            before_envelope=shapes[0],
            after_envelope=shapes[1],
            before_spectrum=was.spectrum_mid,
            after_spectrum=became.spectrum_mid,
            figures=levels,
            matched_gain_db=was.lufs - became.lufs,
            duration=seconds,
            caption={},
        ),
        "change of version": lambda: pictures.version_change(
            folder / "version_change.png",
            before_spectrum=was.spectrum_mid,
            after_spectrum=became.spectrum_mid,
            changes=[("brighter +1.5 dB", "+1.5 dB")],
            figures=levels,
            caption={},
        ),
        "album": lambda: pictures.album(
            folder / "album.png",
            songs=[(f"Song {number}", was.lufs, became.lufs) for number in range(1, 13)],
            target_lufs=became.lufs,
            caption={},
        ),
    }


def _series(audio: Audio, rate: int, steps: int) -> NDArray[np.float64]:
    edges = loudness.grid_edges(audio.shape[1], rate)
    total = np.concatenate(([0.0], np.cumsum(loudness.energy(audio, rate, edges))))
    power = (total[steps:] - total[:-steps]) / (edges[steps:] - edges[:-steps])
    return np.array([loudness.lufs(value) for value in power])
