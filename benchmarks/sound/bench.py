"""`./lathe bench sound`: the command."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import click

from benchmarks.sound import (
    album,
    corpus,
    dynamics,
    limiter,
    loudness,
    meter,
    onsets,
    pictures,
    rates,
    recovery,
    soundness,
    speed,
    stems,
    words,
)
from benchmarks.sound.peers import Peers
from benchmarks.sound.rows import Row, printed
from benchmarks.sound.run import Run

SUBJECTS: dict[str, Callable[[Run], list[Row]]] = {
    "speed": speed.rows,
    "cost": speed.cold,
    "loudness": loudness.rows,
    "limiter": limiter.rows,
    "onsets": onsets.rows,
    "dynamics": dynamics.rows,
    "recovery": recovery.rows,
    "meter": meter.rows,
    "words": words.rows,
    "rates": rates.rows,
    "album": album.rows,
    "stems": stems.rows,
    "pictures": pictures.rows,
    "soundness": soundness.rows,
}


TIMED = ("speed", "cost", "limiter", "album", "pictures")
"""Measured one after the other with nothing beside them; the rest goes on all cores afterwards."""
SHARED = frozenset({"loudness", "onsets"})
"""Subjects that look at the same masters."""


def measured(run: Run, names: Sequence[str]) -> dict[str, list[Row]]:
    """The rows of each subject."""
    rows = {}
    for name in TIMED:
        if name in names:
            rows[name] = SUBJECTS[name](run)
            click.echo(f"measured: {name}", err=True)
    rest = [name for name in SUBJECTS if name in names and name not in rows]
    if SHARED & set(rest):
        made = run.loud
        assert made
    with ProcessPoolExecutor(min(os.cpu_count() or 1, len(rest) or 1)) as pool:
        waiting = {pool.submit(SUBJECTS[name], run): name for name in rest}
        for done in as_completed(waiting):
            rows[waiting[done]] = done.result()
            click.echo(f"measured: {waiting[done]}", err=True)
    return rows


@click.command()
@click.option("--quick", is_flag=True, help="Under a minute: the same rows, fewer and shorter songs.")
@click.option(
    "--music",
    metavar="FOLDER",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of real songs.  [default: what our own generator plays]",
)
@click.option(
    "--peers",
    "python",
    metavar="PYTHON",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A Python that has matchering 2.0.6.",
)
@click.option("--only", type=click.Choice(list(SUBJECTS)), multiple=True, help="These rows, and no others.")
def command(*, quick: bool, music: Path | None, python: Path | None, only: tuple[str, ...]) -> None:
    """The engine against its bars and against others, measured in one run."""
    began, load = time.monotonic(), os.getloadavg()[0]
    songs = corpus.found(music)
    with tempfile.TemporaryDirectory(prefix="lathe-sound-") as scratch:
        run = Run(songs, Peers(python), Path(scratch), quick)
        found = measured(run, only or tuple(SUBJECTS))
    rows = [row for name in SUBJECTS if name in found for row in found[name]]
    missed = sum(not row.holds for row in rows)
    print(printed(rows))
    print(
        f"\n{'Quick run' if quick else 'Run'} on {songs.told}, {os.cpu_count()} cores,"
        f" {time.monotonic() - began:.0f} s; {missed} of {len(rows)} floors not reached."
    )
    if load > 1:
        print(f"Other work was going on: load {load:.1f}. Of figures of time, only ratios hold.")
    sys.exit(1 if missed else 0)
