"""Files mastered and measured without a chat: one file in, plain figures out."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dsp.advice import Advice, advise, english
from dsp.analysis import analyse, plain
from dsp.decode import load
from dsp.formats import write_wav
from dsp.master import Mastered, master
from dsp.report import Report, part, unheard
from dsp.settings import Settings

SUFFIX = "-master"
NOT_REACHED: Mapping[str, str] = {
    "limiter-cap": "{target:g} LUFS was not reached: more than {lufs:.1f} LUFS would be audible damage.",
    "gain-cap": "{target:g} LUFS was not reached: beyond {lufs:.1f} LUFS only noise would be turned up.",
}
"""What is said of a master whose loudness is not the target, by `dsp.master.Mastered.why`."""


def master_file(
    path: Path,
    out_dir: Path,
    settings: Settings,
    *,
    max_minutes: float = 30.0,
    report: Report = unheard,
) -> dict[str, Any]:
    """Master one file into a 24-bit WAV beside whatever is in `out_dir` already; nothing is overwritten.

    Returns JSON values: input, output, lufs_in, lufs, true_peak_in, true_peak, lra_in, lra, target, ceiling,
    duration, seconds (wall), cpu_seconds, settings, files, advice (sentences), reached, why (a sentence, None
    when the target was reached). Raises Refused, and OSError when a file cannot be read or written.
    """
    began, cpu_began = time.perf_counter(), time.process_time()
    decoded, audio = load(path, max_minutes=max_minutes, report=part(report, 0.0, 0.2))
    report(0.2, "analyse")
    analysis = analyse(audio, decoded.rate, decoded.probe)
    made = master(audio, decoded.rate, analysis, settings, part(report, 0.4, 0.9))
    report(0.9, "write")
    output = _unused(out_dir, path.stem)
    write_wav(made.audio, decoded.rate, output, 24)
    report(1.0, "done")
    told = {
        "input": str(path),
        "output": str(output),
        "lufs_in": analysis.lufs,
        "lufs": made.measured.lufs,
        "true_peak_in": analysis.true_peak,
        "true_peak": made.measured.true_peak,
        "lra_in": analysis.lra,
        "lra": made.measured.lra,
        "target": settings.target_lufs,
        "ceiling": settings.ceiling_dbtp,
        "duration": decoded.duration,
        "seconds": time.perf_counter() - began,
        "cpu_seconds": time.process_time() - cpu_began,
        "settings": settings.to_json(),
        "files": [str(output)],
        "advice": _sentences(advise(analysis)),
        "reached": made.reached,
        "why": _why(made, settings),
    }
    return {name: plain(value) for name, value in told.items()}


def analyse_file(path: Path, *, max_minutes: float = 30.0, report: Report = unheard) -> dict[str, Any]:
    """Measure one file: input, everything of dsp.analysis, and the advice as sentences.

    Raises Refused and OSError.
    """
    decoded, audio = load(path, max_minutes=max_minutes, report=report)
    analysis = analyse(audio, decoded.rate, decoded.probe)
    return {"input": str(path), **analysis.to_json(), "advice": _sentences(advise(analysis))}


def _why(made: Mastered, settings: Settings) -> str | None:
    if made.why is None:
        return None
    return NOT_REACHED[made.why].format(target=settings.target_lufs, lufs=made.measured.lufs)


def _sentences(advice: tuple[Advice, ...]) -> list[str]:
    return [english(told) for told in advice]


def _unused(folder: Path, stem: str) -> Path:
    """stem-master.wav, or the first of stem-master-2.wav, -3 … that nobody has; made empty at once, to
    hold the name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / f"{stem}{SUFFIX}{'' if number == 1 else f'-{number}'}.wav"
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return path
