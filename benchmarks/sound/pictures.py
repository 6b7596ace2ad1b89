"""What the pictures cost."""

from statistics import median
from time import process_time

from benchmarks.sound import engine
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run

RUNS = 5


def rows(run: Run) -> list[Row]:
    song = run.dense.excerpt(30.0)
    made = engine.master(song.audio, song.rate, -14.0)
    rows = []
    for kind, draw in engine.drawings(song.audio, made.audio, song.rate, run.folder).items():
        milliseconds = []
        draw()
        for _ in range(RUNS):
            began = process_time()
            draw()
            milliseconds.append(1000 * (process_time() - began))
        rows.append(Row(f"picture: {kind}", median(milliseconds), Bar(100, unit=" ms", digits=0)))
    return rows
