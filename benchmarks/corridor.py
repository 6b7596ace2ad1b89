"""`./lathe bench corridor`: measures finished records and prints what `dsp/corridor.csv` holds."""

import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import click

from benchmarks.sound import corpus
from dsp.analysis import analyse
from dsp.profile import CENTRES, Profile

SECONDS = 240.0
"""Of each piece, from its middle."""

HEAD = """\
# Finished records in figures: dB in each band of dsp.profile.CENTRES, mid then side, of the mid's mean from
# 100 Hz to 5 kHz; and their loudness range (LU) and peak to loudness ratio (dB). Printed by
# ./lathe bench corridor FOLDER, from up to four minutes in the middle of each piece."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--source", default="", help="What the music is and where it comes from, for the file's head.")
def command(folder: Path, source: str) -> None:
    """Print the figures that the tone corridor is made of, one line for each piece of music in FOLDER.

    A folder of pieces is an album. Redirect the output to dsp/corridor.csv to master by it.
    """
    print(HEAD)
    if source:
        print(textwrap.fill(f"Source: {source}", 110, initial_indent="# ", subsequent_indent="# "))
    print(",".join(["album", "piece", "lra", "plr", *_names("mid"), *_names("side")]))
    for paths in corpus.found(folder).sources:
        print(",".join(_row(paths, folder)), flush=True)
        print(paths[0].stem, file=sys.stderr)


def _row(paths: Sequence[Path], folder: Path) -> list[str]:
    piece = corpus.Source(tuple(paths))
    song = piece.song(SECONDS)
    profile = Profile.of(analyse(song.audio, song.rate).to_json())
    levels = [
        level
        for centre, level in zip(CENTRES, profile.mid, strict=True)
        if level is not None and 100 <= centre <= 5000
    ]
    mean = sum(levels) / len(levels)
    album = paths[0].parent if len(paths) == 1 else paths[0].parent.parent
    told = ["" if level is None else f"{level - mean:.1f}" for level in (*profile.mid, *profile.side)]
    names = [str(album.name), piece.name]
    return [*(name.replace(",", " ") for name in names), f"{profile.lra:.1f}", f"{profile.plr:.1f}", *told]


def _names(part: str) -> list[str]:
    return [f"{part} {centre:.0f}" for centre in CENTRES]
