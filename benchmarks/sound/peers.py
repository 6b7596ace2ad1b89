"""Others that do the same work: each in a process of its own, where they are installed.

matchering needs a Python that has it; ffmpeg's loudnorm the program; the chain of pedalboard, which stands
for what a script of EQ, compressor and limiter gives, is always there.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.sound.processes import used

MATCHERING, LOUDNORM, CHAIN = "matchering", "loudnorm", "pedalboard chain"

_MATCHERING = """
import sys, time
import matchering
print(time.process_time())
pieces = iter(sys.argv[1:])
for song, reference, out in zip(pieces, pieces, pieces):
    began = time.process_time()
    matchering.process(target=song, reference=reference, results=[matchering.pcm24(out)])
    print(time.process_time() - began)
"""

_CHAIN = """
import sys, time
from pedalboard import Compressor, Gain, HighpassFilter, HighShelfFilter, Limiter, PeakFilter, Pedalboard
from pedalboard.io import AudioFile
began = time.process_time()
board = Pedalboard([
    HighpassFilter(30), PeakFilter(250, -1.5, 0.8), PeakFilter(3000, 1.0, 0.8), HighShelfFilter(10000, 1.5),
    Gain(float(sys.argv[3])), Compressor(-18, 2, 25, 200), Limiter(-1.0, 100),
])
with AudioFile(sys.argv[1]) as file:
    audio, rate = file.read(file.frames), file.samplerate
audio = board(audio, rate)
with AudioFile(sys.argv[2], "w", samplerate=rate, num_channels=audio.shape[0], bit_depth=24) as file:
    file.write(audio)
print(time.process_time() - began)
"""


@dataclass(frozen=True, slots=True)
class Work:
    """One piece done: CPU seconds of the start of the process and of the work, its most memory, the file."""

    imports: float
    cpu: float
    megabytes: float
    out: Path

    @property
    def audio(self) -> NDArray[np.float32]:
        samples, _ = soundfile.read(self.out, dtype="float32", always_2d=True)
        return np.ascontiguousarray(samples.T)


@dataclass(frozen=True, slots=True)
class Peers:
    """Those that can be asked; `python` is one that has matchering, None where there is none."""

    python: Path | None

    def matchering(self, pieces: Sequence[tuple[Path, Path, Path]]) -> list[Work]:
        """Each song made to sound and be as loud as its reference, all in one process; none without it.

        pieces: song, reference, what to write.
        """
        if self.python is None:
            return []
        paths = [str(path) for piece in pieces for path in piece]
        done = used([str(self.python), "-c", _MATCHERING, *paths])
        imports, *seconds = [float(line) for line in done.out.split()]
        return [
            Work(imports, cpu, done.megabytes, out) for cpu, (_, _, out) in zip(seconds, pieces, strict=True)
        ]

    def loudnorm(self, song: Path, target: float, out: Path) -> Work | None:
        """ffmpeg's loudnorm in two passes, linear where it agrees to be."""
        program = shutil.which("ffmpeg")
        if program is None:
            return None
        asked = f"loudnorm=I={target}:TP=-1:LRA=20"
        start = [program, "-hide_banner", "-nostats", "-y", "-i", str(song), "-af"]
        first = used([*start, f"{asked}:print_format=json", "-f", "null", "-"])
        read = json.loads(first.err[first.err.rindex("{") :])
        measured = ":".join(
            f"measured_{name}={read[f'input_{key}']}"
            for name, key in (("I", "i"), ("TP", "tp"), ("LRA", "lra"), ("thresh", "thresh"))
        )
        filters = f"{asked}:{measured}:offset={read['target_offset']}:linear=true"
        rate = str(soundfile.info(song).samplerate)
        second = used([*start, filters, "-ar", rate, "-c:a", "pcm_s24le", str(out)])
        cpu = first.cpu + second.cpu
        return Work(0.0, cpu, max(first.megabytes, second.megabytes), out)

    def chain(self, song: Path, gain_db: float, out: Path) -> Work:
        """EQ, compressor and limiter of pedalboard, turned up before the compressor."""
        done = used([sys.executable, "-c", _CHAIN, str(song), str(out), str(gain_db)])
        cpu = float(done.out)
        return Work(done.cpu - cpu, cpu, done.megabytes, out)
