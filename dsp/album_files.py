"""The files of one album, mastered together without a chat, on all cores."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from dsp.album import HARMED, KEPT_LU, Heard, lowered, planned
from dsp.analysis import Analysis, analyse_sound
from dsp.batch import scratch, told, unused
from dsp.decode import keep
from dsp.errors import Refused
from dsp.formats import Format, write
from dsp.master import master_sound
from dsp.memory import keep_what_is_freed
from dsp.report import Report, part, unheard
from dsp.settings import Settings
from dsp.sound import Sound

SHORT = (
    "The album stays {short:.1f} LU under {target:g} LUFS: more would be audible damage to one of its songs."
)

Told = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Song:
    """A file that came, the song in it, and what was measured."""

    path: Path
    sound: Sound
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class _Master:
    """short: how far it stays under its target because more would harm it, LU; told: what is said of it."""

    short: float
    told: Told


def master_album(
    paths: Sequence[Path],
    out_dir: Path,
    settings: Settings,
    *,
    max_minutes: float = 30.0,
    report: Report = unheard,
) -> list[Told]:
    """Master the files of one album, in their order; dsp.album says what they have in common.

    `settings` are those of the loudest song; their gap follows each song but the last. Where one song cannot
    become as loud as it should, all stay as far below. Silence at the ends of a song, and its fades, are the
    artist's and stays.

    Returns for each what `dsp.batch.master_file` does (seconds and cpu_seconds are its share of the album's),
    or input and error, a sentence, for a file that is no song: the others are an album without it. Raises
    OSError where nothing can be written.
    """
    keep_what_is_freed()
    began, cpu_began = time.perf_counter(), time.process_time()
    folder = scratch(out_dir)
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        work = [partial(_heard, path, folder, max_minutes) for path in paths]
        heard = _each(hands, work, part(report, 0.0, 0.3))
        songs = [found for found in heard if isinstance(found, _Song)]
        made = _mastered(hands, songs, out_dir, settings, part(report, 0.3, 1.0)) if songs else []
    spent = {
        "seconds": (time.perf_counter() - began) / len(paths),
        "cpu_seconds": (time.process_time() - cpu_began) / len(paths),
    }
    report(1.0, "done")
    masters = iter(made)
    return [
        next(masters) | spent if isinstance(found, _Song) else {"input": str(path), "error": found}
        for path, found in zip(paths, heard, strict=True)
    ]


def _heard(path: Path, folder: Path, max_minutes: float) -> _Song | str:
    """A song, or why it is none."""
    try:
        decoded, song = keep(path, folder, max_minutes=max_minutes)
        analysis = analyse_sound(song, decoded.probe)
        if analysis.to_json()["lufs"] is None:
            raise Refused("silent")
    except Refused as refusal:
        return str(refusal)
    except OSError as error:
        return f"{error.strerror or error}."
    return _Song(path, song, analysis)


def _mastered(
    hands: ThreadPoolExecutor, songs: Sequence[_Song], out_dir: Path, settings: Settings, report: Report
) -> list[Told]:
    asked = _planned(songs, settings)
    outputs = [unused(out_dir, song.path.stem) for song in songs]
    folder = scratch(out_dir)
    work = [partial(_master, *one, folder) for one in zip(songs, asked, outputs, strict=True)]
    made = _each(hands, work, part(report, 0.0, 0.7))
    short = [one.short for one in made]
    if max(short) <= KEPT_LU:
        return [one.told for one in made]
    nearer = lowered(asked, short)
    far = [n for n, to in enumerate(nearer) if abs(made[n].told["lufs"] - to.target_lufs) > KEPT_LU]
    again = [partial(_master, songs[n], nearer[n], outputs[n], folder) for n in far]
    for n, nearer_master in zip(far, _each(hands, again, part(report, 0.7, 1.0)), strict=True):
        made[n] = nearer_master
    why = SHORT.format(short=max(short), target=settings.target_lufs)
    return [one.told | {"reached": False, "why": why} for one in made]


def _planned(songs: Sequence[_Song], settings: Settings) -> list[Settings]:
    known = (song.analysis for song in songs)
    asked = planned([Heard(one.lufs, one.spectrum_mid, one.spectrum_side) for one in known], settings)
    return [*asked[:-1], replace(asked[-1], gap=0.0)]


def _master(song: _Song, settings: Settings, output: Path, folder: Path) -> _Master:
    made = master_sound(song.sound, song.analysis, settings, folder)
    write(made.sound, output, Format("wav", 24))
    short = settings.target_lufs - made.measured.lufs if made.why in HARMED else 0.0
    return _Master(max(0.0, short), told(song.path, output, song.analysis, made))


def _each(hands: ThreadPoolExecutor, work: Sequence[Callable[[], T]], report: Report) -> list[T]:
    """What each piece of work returns, in order."""
    waiting = [hands.submit(one) for one in work]
    for done, _ in enumerate(as_completed(waiting), 1):
        report(done / len(work), "album")
    return [one.result() for one in waiting]
