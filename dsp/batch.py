"""Files mastered and measured without a chat: one file in, plain figures out."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dsp.advice import Advice, advise, english
from dsp.analysis import Analysis, analyse_sound, plain
from dsp.decode import keep
from dsp.deliverables import deliver
from dsp.formats import Format, format_of, write
from dsp.master import Mastered, master_sound
from dsp.memory import keep_what_is_freed
from dsp.report import Report, part, unheard
from dsp.settings import Settings

SUFFIX = "-master"
NOT_REACHED: Mapping[str, str] = {
    "limiter-cap": "{target:g} LUFS was not reached: more than {lufs:.1f} LUFS would be audible damage.",
    "gain-cap": "{target:g} LUFS was not reached: beyond {lufs:.1f} LUFS only noise would be turned up.",
    "codec-cap": "{target:g} LUFS was not reached: beyond {lufs:.1f} LUFS MP3 and AAC would be cut off.",
}
"""What is said of a master whose loudness is not the target, by `dsp.master.Mastered.why`."""


def master_file(
    path: Path,
    out_dir: Path,
    settings: Settings,
    *,
    formats: Sequence[str] = (),
    max_minutes: float = 30.0,
    report: Report = unheard,
) -> dict[str, Any]:
    """Master one file into a 24-bit WAV beside whatever is in `out_dir` already; nothing is overwritten.

    formats: what else to make of the master, as dsp.formats.format_of reads them.

    Returns JSON values: input, output, lufs_in, lufs, true_peak_in, true_peak, lra_in, lra, target, ceiling,
    duration, seconds (wall), cpu_seconds, settings, files, advice (sentences), reached, why (a sentence, None
    when the target was reached). Raises Refused, and OSError when a file cannot be read or written.
    """
    keep_what_is_freed()
    began, cpu_began = time.perf_counter(), time.process_time()
    folder = scratch(out_dir)
    decoded, song = keep(path, folder, max_minutes=max_minutes, report=part(report, 0.0, 0.2))
    report(0.2, "analyse")
    analysis = analyse_sound(song, decoded.probe)
    made = master_sound(song, analysis, settings, folder, part(report, 0.4, 0.9))
    report(0.9, "write")
    others = [format_ for format_ in map(format_of, formats) if format_ != Format("wav", 24)]
    output = unused(out_dir, path.stem, [format_.ending for format_ in others])
    write(made.sound, output, Format("wav", 24))
    delivered = deliver(
        made.sound,
        others,
        out_dir,
        output.stem,
        ceiling_dbtp=settings.ceiling_dbtp,
        tags={},
        seed=output.name,
        report=part(report, 0.92, 1.0),
    )
    report(1.0, "done")
    spent = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - cpu_began}
    files = [str(output), *(str(file.path) for file in delivered)]
    return told(path, output, analysis, made) | spent | {"files": files}


def analyse_file(path: Path, *, max_minutes: float = 30.0, report: Report = unheard) -> dict[str, Any]:
    """Measure one file: input, everything of dsp.analysis, and the advice as sentences.

    Raises Refused and OSError.
    """
    with TemporaryDirectory(prefix="lathe-analysis-") as folder:
        decoded, song = keep(path, Path(folder), max_minutes=max_minutes, report=report)
    analysis = analyse_sound(song, decoded.probe)
    return {"input": str(path), **analysis.to_json(), "advice": _sentences(advise(analysis))}


def told(path: Path, output: Path, analysis: Analysis, made: Mastered) -> dict[str, Any]:
    """What is said of a master in a file, as JSON values: all that `master_file` returns but what it cost."""
    figures = {
        "input": str(path),
        "output": str(output),
        "lufs_in": analysis.lufs,
        "lufs": made.measured.lufs,
        "true_peak_in": analysis.true_peak,
        "true_peak": made.measured.true_peak,
        "lra_in": analysis.lra,
        "lra": made.measured.lra,
        "target": made.settings.target_lufs,
        "ceiling": made.settings.ceiling_dbtp,
        "duration": analysis.duration,
        "settings": made.settings.to_json(),
        "files": [str(output)],
        "advice": _sentences(advise(analysis)),
        "reached": made.reached,
        "why": _why(made, made.settings),
    }
    return {name: plain(value) for name, value in figures.items()}


def _why(made: Mastered, settings: Settings) -> str | None:
    if made.why is None:
        return None
    return NOT_REACHED[made.why].format(target=settings.target_lufs, lufs=made.measured.lufs)


def _sentences(advice: tuple[Advice, ...]) -> list[str]:
    return [english(told) for told in advice]


def scratch(out_dir: Path) -> Path:
    """Where songs on the way are kept, which have no names: in `out_dir`, or where it will be made."""
    return next(parent for parent in (out_dir, *out_dir.parents) if parent.is_dir())


def unused(folder: Path, stem: str, endings: Sequence[str] = ()) -> Path:
    """stem-master.wav, or the first of stem-master-2.wav, -3 … that nobody has, with none of the endings
    either; made empty at once, to hold the name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = folder / f"{stem}{SUFFIX}{'' if number == 1 else f'-{number}'}.wav"
        if any((folder / f"{path.stem}{ending}").exists() for ending in endings):
            number += 1
            continue
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return path
