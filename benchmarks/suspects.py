"""What the fuzz run has the jail do: decode and measure one suspect after the other, and tell of each."""

import json
import math
import resource
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bounds import invented
from dsp import pcm, tasks
from dsp.errors import SENTENCES, Refused
from dsp.report import unheard

MAX_MINUTES = 1.0

FIGURES = ("duration", "lufs", "momentary_max", "lra", "true_peak", "sample_peak", "plr", "dc", "correlation",
           "low_correlation", "silence_start", "silence_end")  # fmt: skip
"""What is a number of every song that is not silent."""

Verdict = dict[str, Any]


def decode(files: Sequence[Path], out: Path) -> list[Verdict]:
    """Decode each file into `out`/its name/pcm.wav: refused (a code) or probe and frames, seconds, megabytes.

    crashed: what was raised that is no refusal, or refused without a known code.
    """
    return [_decoded(file, out / file.name) for file in files]


def measure(decoded: Sequence[tuple[Path, Path, Mapping[str, Any]]]) -> list[Verdict]:
    """Measure what `decode` left, (suspect, folder, probe) each, and compare it with the suspect."""
    return [_measured(file, folder, probe) for file, folder, probe in decoded]


def _decoded(file: Path, folder: Path) -> Verdict:
    began = time.perf_counter()
    verdict: Verdict
    try:
        made = tasks.decode(file, folder, max_minutes=MAX_MINUTES, report=unheard)
        verdict = {"probe": made["probe"]}
    except Refused as refusal:
        verdict = _refused(refusal)
    except MemoryError:
        raise
    except Exception as error:
        verdict = {"crashed": f"{type(error).__name__}: {error}"}
    return verdict | {"seconds": time.perf_counter() - began, "megabytes": _peak()}


def _measured(file: Path, folder: Path, probe: Mapping[str, Any]) -> Verdict:
    began = time.perf_counter()
    try:
        made = tasks.measure(folder / "pcm.wav", folder, probe=probe, report=unheard)
    except Refused as refusal:
        return _refused(refusal)
    except Exception as error:
        return {"crashed": f"{type(error).__name__}: {error}"}
    seconds = time.perf_counter() - began
    audio, _ = pcm.read(folder / "pcm.wav")
    wrong = invented(file.read_bytes(), dict(probe), audio.T)
    strange = [name for name in FIGURES if not _finite(made["analysis"][name])]
    return {
        "seconds": seconds,
        "invented": wrong,
        "strange": ", ".join(strange) or None,
        "crashed": None if json.loads(json.dumps(made)) == made else "not JSON",
    }


def _refused(refusal: Refused) -> Verdict:
    known = refusal.code in SENTENCES and str(refusal).endswith(".")
    return {"refused": refusal.code} if known else {"crashed": f"refused as {refusal.code}"}


def _finite(value: object) -> bool:
    return isinstance(value, float | int) and math.isfinite(value)


def _peak() -> float:
    """Megabytes that this process had at most; the process is a fresh one for each batch."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
