"""What a master costs: CPU seconds, warm and cold, and memory; this engine beside others on the same song."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.sound import engine, peers
from benchmarks.sound.peers import Work
from benchmarks.sound.processes import Used, used
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import LOUD, SECONDS, Run
from dsp.analysis import Analysis

QUIET = -14.0
LONG_SECONDS, QUICK_LONG_SECONDS = 1800.0, 60.0
RUNS, QUICK_RUNS = 5, 2
BARS = {
    LOUD: Bar(120, 250, most=False, unit=" x", digits=0),
    QUIET: Bar(120, 320, most=False, unit=" x", digits=0),
}
RATIOS = {
    peers.MATCHERING: Bar(6, 10, most=False, unit=" x", digits=1),
    peers.LOUDNORM: Bar(None, 12, most=False, unit=" x", digits=1),
    peers.CHAIN: Bar(None, most=False, unit=" x", digits=1),
}


def rows(run: Run) -> list[Row]:
    """File to file at two targets, and everybody's ratio.

    The others are charged with the start of their process, once in four minutes of music, as they are used;
    the remark has the ratio without it.
    """
    engine.file_to_file(run.dense_file, run.folder, LOUD)
    made: list[Row] = []
    runs = QUICK_RUNS if run.quick else RUNS
    loud = {name: piece.work for name, piece in run.loud.items() if piece.work}
    for target, works in ((LOUD, loud), (QUIET, run.turned(QUIET))):
        cpu = median(engine.file_to_file(run.dense_file, run.folder, target).cpu for _ in range(runs))
        told = f"{cpu:.2f} s of CPU for {run.seconds:.0f} s, median of {runs}"
        measure = f"file to file, {target:g} LUFS, warm: x real time"
        made.append(Row(measure, run.seconds / cpu, _whole(run, BARS[target]), told))
        made += [_ratio(run, name, target, work, cpu) for name, work in works.items()]
    return made


def cold(run: Run) -> list[Row]:
    """A process that starts, imports, masters four minutes and ends; a revision; and the most memory."""
    song = run.dense.as_long_as(SECONDS)
    path = run.written(song)
    known = engine.analysis(song.audio, song.rate)
    del song
    with run.new_folder() as folder:
        kept = engine.taken_in(path, folder)
        again = [_again(run, kept, known) for _ in range(1 if run.quick else RUNS)]
        talk = _talk(kept, folder)
    command = [sys.executable, "-c", engine.COLD]
    processes = [
        used([*command, str(path), str(run.folder), str(LOUD)]) for _ in range(1 if run.quick else 3)
    ]
    seconds = QUICK_LONG_SECONDS if run.quick else LONG_SECONDS
    long_path = run.written(run.dense.as_long_as(seconds))
    long = used([*command, str(long_path), str(run.folder), str(LOUD)])
    with run.new_folder() as folder:
        long_talk = _talk(engine.taken_in(long_path, folder), folder)
    long_path.unlink()
    cpu, memory = median(p.cpu for p in processes), max(p.megabytes for p in processes)
    minutes = f"{seconds / 60:.0f} min"
    shown = median(cost.shown for cost in again)
    return [
        Row("4 min in a cold process, imports and all", cpu, Bar(3.0, 1.8, unit=" s")),
        Row(
            "revision of 4 min from what is kept",
            median(cost.master for cost in again),
            Bar(1.0, 0.5, unit=" s"),
            f"until its master is written; previews and figures {shown:.2f} s",
        ),
        Row("memory, 4 min", memory, Bar(450, 250, unit=" MB", digits=0)),
        Row(
            "memory, 30 min",
            long.megabytes,
            Bar(400, unit=" MB", digits=0),
            f"{minutes}, {long.cpu:.1f} s of CPU",
        ),
        Row("memory in the chat, 4 min", talk.megabytes, Bar(450, 250, unit=" MB", digits=0)),
        Row(
            "memory in the chat, 30 min",
            long_talk.megabytes,
            Bar(400, unit=" MB", digits=0),
            f"{minutes}, measured, mastered and encoded in {long_talk.cpu:.1f} s of CPU",
        ),
    ]


def _again(run: Run, song: engine.Taken, known: Analysis) -> engine.RevisionCost:
    with run.new_folder() as folder:
        return engine.revised(song, known, folder, LOUD)


def _whole(run: Run, bar: Bar) -> Bar:
    """A bar for songs of four minutes; of shorter ones, where a start counts for more, it is only told."""
    return replace(bar, floor=None) if run.quick else bar


def _talk(song: engine.Taken, folder: Path) -> Used:
    """What the steps of the chat use that know the whole song: to measure it and to render it."""
    asked = json.dumps(engine.settings(LOUD).to_json())
    arguments = [str(song.pcm), str(folder), json.dumps(song.probe), asked]
    return used([sys.executable, "-c", engine.CHAT, *arguments])


def _ratio(run: Run, name: str, target: float, work: Work, cpu: float) -> Row:
    share = run.seconds / SECONDS
    charged = work.cpu + work.imports * share
    theirs = f"{run.seconds / charged:.1f} x, {work.megabytes:.0f} MB"
    remark = f"without the start of its process {work.cpu / cpu:.1f}"
    return Row(f"times as fast as {name}, {target:g} LUFS", charged / cpu, RATIOS[name], remark, theirs)
