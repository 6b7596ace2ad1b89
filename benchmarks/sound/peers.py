"""Others that do the same work: each in a process of its own, where they are installed.

matchering needs a Python that has it; ffmpeg's loudnorm the program; the chain of pedalboard, which stands
for what a script of EQ, compressor and limiter gives, is always there.
"""

import json
import shutil
import sys
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
began = time.process_time()
matchering.process(target=sys.argv[1], reference=sys.argv[2], results=[matchering.pcm24(sys.argv[3])])
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
    """One piece done: CPU seconds of the whole process and without its imports, its most memory (MB), and the
    file.
    """

    cpu: float
    warm_cpu: float
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

    def matchering(self, song: Path, reference: Path, out: Path) -> Work | None:
        """The song made to sound and be as loud as the reference."""
        if self.python is None:
            return None
        done = used([str(self.python), "-c", _MATCHERING, str(song), str(reference), str(out)])
        return Work(done.cpu, float(done.out.split()[-1]), done.megabytes, out)

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
        return Work(cpu, cpu, max(first.megabytes, second.megabytes), out)

    def chain(self, song: Path, gain_db: float, out: Path) -> Work:
        """EQ, compressor and limiter of pedalboard, turned up before the compressor."""
        done = used([sys.executable, "-c", _CHAIN, str(song), str(out), str(gain_db)])
        return Work(done.cpu, float(done.out.split()[-1]), done.megabytes, out)
