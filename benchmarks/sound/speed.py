"""What a master costs: CPU seconds, warm and cold, and memory; this engine beside others on the same song."""

import sys
from statistics import median
from time import process_time

from benchmarks.sound import engine, peers
from benchmarks.sound.peers import Work
from benchmarks.sound.processes import used
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import LOUD, Run

QUIET = -14.0
SECONDS, QUICK_SECONDS = 240.0, 60.0
LONG_SECONDS, QUICK_LONG_SECONDS = 1800.0, 600.0
RUNS, QUICK_RUNS = 5, 3
BARS = {
    LOUD: Bar(120, 250, most=False, unit=" x", digits=0),
    QUIET: Bar(120, 320, most=False, unit=" x", digits=0),
}
RATIOS = {
    peers.MATCHERING: Bar(6, 10, most=False, unit=" x", digits=1),
    peers.LOUDNORM: Bar(1, 12, most=False, unit=" x", digits=1),
    peers.CHAIN: Bar(1, most=False, unit=" x", digits=1),
}


def rows(run: Run) -> list[Row]:
    """File to file at two targets, and everybody's ratio."""
    seconds = QUICK_SECONDS if run.quick else SECONDS
    song = run.corpus.dense.as_long_as(seconds)
    path = run.written(song)
    runs = QUICK_RUNS if run.quick else RUNS
    engine.file_to_file(path, run.folder, LOUD)
    made: list[Row] = []
    for target, bar in BARS.items():
        cpu = median(engine.file_to_file(path, run.folder, target).cpu for _ in range(runs))
        made.append(
            Row(
                f"{seconds:.0f} s file to file, {target:g} LUFS, warm",
                seconds / cpu,
                bar,
                f"{cpu:.2f} s of CPU, median of {runs}",
                "x real time per CPU second",
            )
        )
        gain = target - engine.measure(song.audio, song.rate).integrated
        others = {
            peers.MATCHERING: run.peers.matchering(path, run.loud_reference, run.path()),
            peers.LOUDNORM: run.peers.loudnorm(path, target, run.path()),
            peers.CHAIN: run.peers.chain(path, gain, run.path()),
        }
        made += [
            Row(
                f"times as fast as {name}, {target:g} LUFS",
                work.cpu / cpu,
                RATIOS[name],
                f"without its imports {work.warm_cpu / cpu:.1f} times",
                _told(work, seconds),
            )
            for name, work in others.items()
            if work is not None
        ]
    return made


def cold(run: Run) -> list[Row]:
    """A process that starts, imports, masters one song and ends; and the most memory it has."""
    made: list[Row] = []
    seconds = QUICK_SECONDS if run.quick else SECONDS
    song = run.corpus.dense.as_long_as(seconds)
    known = engine.analysis(song.audio, song.rate)
    began = process_time()
    engine.rerender(song.audio, song.rate, known, LOUD, run.path())
    again = process_time() - began
    command = [sys.executable, "-c", engine.COLD, str(run.written(song)), str(run.folder), str(LOUD)]
    processes = [used(command) for _ in range(1 if run.quick else 3)]
    made.append(
        Row(
            f"{seconds:.0f} s in a cold process, imports and all",
            median(p.cpu for p in processes),
            Bar(3.0, 1.8, unit=" s"),
        )
    )
    made.append(Row(f"revision of {seconds:.0f} s from what is kept", again, Bar(1.0, 0.5, unit=" s")))
    made.append(
        Row(
            f"memory, {seconds:.0f} s",
            max(p.megabytes for p in processes),
            Bar(450, 250, unit=" MB", digits=0),
        )
    )
    seconds = QUICK_LONG_SECONDS if run.quick else LONG_SECONDS
    path = run.written(run.corpus.dense.as_long_as(seconds))
    long = used([sys.executable, "-c", engine.COLD, str(path), str(run.folder), str(LOUD)])
    made.append(
        Row(
            f"memory, {seconds / 60:.0f} min",
            long.megabytes,
            Bar(450, 400, unit=" MB", digits=0),
            f"{long.cpu:.1f} s of CPU",
        )
    )
    path.unlink()
    return made


def _told(work: Work, seconds: float) -> str:
    return f"{seconds / work.cpu:.1f} x, {work.megabytes:.0f} MB"
