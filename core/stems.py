"""Stems: the parts of one song, each in a file of its own, as several files or in one zip."""

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from core.messages import FileRef
from core.songs import Song, SongState, title_of

MOST_APART_S = 0.5
"""Stems of one song begin and end together; what a reverb rings longer is no mistake worth a line."""

_ZIP_TYPES = frozenset({"application/zip", "application/x-zip-compressed", "application/x-zip"})
_STEMS = frozenset({"stem", "stems", "multitrack", "multitracks", "track", "tracks", "spuren", "mix"})
_LEAST_TITLE = 3  # characters that file names have in common by more than chance


def is_zip(file: FileRef) -> bool:
    """Whether a file calls itself a zip."""
    return file.name.lower().endswith(".zip") or file.media_type in _ZIP_TYPES


def title_of_stems(songs: Sequence[Song]) -> str:
    """The title of the song that stems are parts of: what their names begin with, else what their zip is
    called; "" where neither says one.
    """
    names = [_words(song.title) for song in songs if song.state is SongState.READY]
    common = [words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*names, strict=False))]
    title = _plain(common)
    if len(title) >= _LEAST_TITLE:
        return title
    return next((_plain(_words(title_of(song.file.name))) for song in songs if is_zip(song.file)), "")


def _words(title: str) -> list[str]:
    return re.findall(r"\W*\w+", title)


def _plain(words: list[str]) -> str:
    """Words as a title, without a "stems" at their end."""
    while words and words[-1].strip(" -_.([").lower() in _STEMS:
        words = words[:-1]
    return "".join(words).strip(" -_.([")


def differences(stems: Sequence[Song]) -> list[Mapping[str, Any]]:
    """What does not fit together, as advice ({"code", "details"}): stem-rates (Hz), stem-lengths (s)."""
    heard = [song.analysis or {} for song in stems]
    rates = sorted({int(figures["rate"]) for figures in heard if "rate" in figures})
    lengths = [float(figures["duration"]) for figures in heard if "duration" in figures]
    told: list[Mapping[str, Any]] = []
    if len(rates) > 1:
        told.append({"code": "stem-rates", "details": {"lowest": rates[0], "highest": rates[-1]}})
    if lengths and max(lengths) - min(lengths) > MOST_APART_S:
        told.append({"code": "stem-lengths", "details": {"shortest": min(lengths), "longest": max(lengths)}})
    return told
