"""The four cards the desk posts, 1200 x 630 PNG, also fit for `og:image`.

All words come in through `caption`; each card's constant lists its keys with their English words.
Two more are understood by all: `title` (left out when a song is confidential) and `decimal` (the
reader's decimal sign, "." by default). Numbers handed in as text are shown as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from dsp.pictures import frame, lettering, levels, spectrum, waveform
from dsp.pictures.canvas import Canvas
from dsp.pictures.look import (
    AFTER,
    ALERT,
    BEFORE,
    BODY,
    BOTTOM,
    GAP,
    LABEL,
    LEFT,
    LESS,
    RIGHT,
    RULE,
)

INTAKE_WORDS: Mapping[str, str] = MappingProxyType({"heading": "Your mix", "verdict": ""})
BEFORE_AFTER_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "heading": "Your master",
        "before": "before",
        "after": "after",
        "spectrum": "Average spectrum, equally loud",
        "matched": "Comparison matched by {gain} dB",
    }
)
VERSION_CHANGE_WORDS: Mapping[str, str] = MappingProxyType(
    {"heading": "What changed", "change": "Change of the spectrum, dB", "more": "and {count} more"}
)
ALBUM_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "heading": "Loudness of the songs",
        "before": "before",
        "after": "after",
        "target": "target {lufs} LUFS",
        "songs": "{count} songs",
    }
)

_WIDE = RIGHT - LEFT
_SCALE = 92
_LINE = 43


def intake(
    path: Path,
    *,
    envelope: waveform.Envelope,
    clipped_runs: Sequence[tuple[float, float]],
    duration: float,
    figures: Mapping[str, str],
    caption: Mapping[str, str],
) -> None:
    """The first look at a mix: waveform with its clipped places in red, its figures, and what they mean.

    `envelope` is (columns, 2) from `waveform.envelope`; `clipped_runs` are (from, to) in seconds,
    `duration` in seconds; `figures` name → value, at best four of them. Words: `INTAKE_WORDS`.
    """
    words = {**INTAKE_WORDS, **caption}
    canvas = Canvas()
    y = frame.head(canvas, words, waveform.clock(duration))
    verdict = lettering.wrapped(words["verdict"], BODY, _WIDE - 34, 2)
    verdict_at = BOTTOM - _LINE * max(0, len(verdict) - 1)
    figures_at = verdict_at - 120
    high = figures_at - 130 - y
    clipped = waveform.within(clipped_runs, duration, _WIDE)
    waveform.draw(canvas, envelope, BEFORE, LEFT, y, _WIDE, high, only=~clipped)
    if clipped.any():
        waveform.draw(canvas, envelope, ALERT, LEFT, y, _WIDE, high, only=clipped)
        waveform.flag(canvas, clipped, ALERT, LEFT, y - 14, 6)
    waveform.timeline(canvas, duration, LEFT, y + high + 10, _WIDE)
    frame.figures_across(canvas, figures, figures_at)
    for index, line in enumerate(verdict):
        canvas.write(line, BODY, LEFT + 34, verdict_at + _LINE * index)
    if verdict:
        canvas.dot(LEFT + 10, verdict_at - 12, 10, ALERT if clipped.any() else AFTER)
    canvas.save(path)


def before_after(
    path: Path,
    *,
    before_envelope: waveform.Envelope,
    after_envelope: waveform.Envelope,
    before_spectrum: spectrum.Spectrum,
    after_spectrum: spectrum.Spectrum,
    figures: Sequence[frame.Change],
    matched_gain_db: float,
    duration: float,
    caption: Mapping[str, str],
) -> None:
    """What mastering did: both waveforms as delivered, both spectra equally loud, figures before → after.

    Envelopes are (columns, 2); spectra (Hz, dB) pairs; `figures` are (name, before, after), at most
    four are shown. `matched_gain_db` is the gain that makes the master as loud as the mix in the
    A/B clip (negative for a louder master): it is named, and it shifts the master's spectrum, so that the two
    curves differ by tone alone. Words: `BEFORE_AFTER_WORDS`.
    """
    words = {**BEFORE_AFTER_WORDS, **caption}
    canvas = Canvas()
    y = frame.head(canvas, words, waveform.clock(duration))
    split = 300
    waveform.draw(canvas, after_envelope, AFTER, LEFT, y, _WIDE, split - 30 - y)
    waveform.draw(canvas, before_envelope, BEFORE, LEFT, y, _WIDE, split - 30 - y)

    wide = 570
    before = spectrum.curve(before_spectrum, wide)
    after = spectrum.curve([(hertz, level + matched_gain_db) for hertz, level in after_spectrum], wide)
    top = split + 48
    field = spectrum.field_for((before, after), LEFT, top, wide, BOTTOM - 96 - top)
    canvas.write(words["spectrum"], LABEL, LEFT, split + 28, room=wide)
    spectrum.grid(canvas, field)
    spectrum.under(canvas, field, after, AFTER)
    spectrum.stroke(canvas, field, before, BEFORE)
    spectrum.stroke(canvas, field, after, AFTER)
    frame.figures_changed(canvas, figures, LEFT + wide + GAP, split + 30, 54 if len(figures) > 3 else 64, 4)
    end = frame.legend(canvas, ((BEFORE, words["before"]), (AFTER, words["after"])), LEFT, BOTTOM)
    matched = words["matched"].replace("{gain}", frame.decibels(matched_gain_db, words, signed=True))
    canvas.write(matched, LABEL, RIGHT, BOTTOM, align="right", room=RIGHT - GAP - end)
    canvas.save(path)


def version_change(
    path: Path,
    *,
    before_spectrum: spectrum.Spectrum,
    after_spectrum: spectrum.Spectrum,
    changes: Sequence[tuple[str, str]],
    figures: Sequence[frame.Change],
    caption: Mapping[str, str],
) -> None:
    """What a revision did: how the spectrum moved from one version to the next, and asked against measured.

    Spectra are (Hz, dB) pairs, not matched in loudness; `changes` are (asked, measured) in the
    reader's words, as many as have room; `figures` (name, before, after), at most three.
    Words: `VERSION_CHANGE_WORDS`.
    """
    words = {**VERSION_CHANGE_WORDS, **caption}
    canvas = Canvas()
    y = frame.head(canvas, words)
    column = LEFT + 560 + GAP
    wide = column - GAP - LEFT - _SCALE
    change = spectrum.curve(after_spectrum, wide) - spectrum.curve(before_spectrum, wide)
    canvas.write(words["change"], LABEL, LEFT, y + 20, room=wide + _SCALE)
    top = y + 46
    field = spectrum.change_field(change, LEFT + _SCALE, top, wide, BOTTOM - 42 - top)
    spectrum.grid(canvas, field)
    for level, strength in ((field.top / 2, 0.35), (0.0, 1.0), (-field.top / 2, 0.35)):
        name = frame.decibels(level, words, signed=True, places=0 if level.is_integer() else 1)
        spectrum.level_line(canvas, field, level, name, strength=strength)
    spectrum.between(canvas, field, change, AFTER, LESS)
    spectrum.stroke(canvas, field, change, AFTER)

    rows = min(len(figures), 3)
    figures_top = BOTTOM - 52 * max(0, rows - 1)
    frame.figures_changed(canvas, figures, column, figures_top, 52, 3)
    if rows:
        canvas.bar(column, figures_top - 60, RIGHT - column, 1, RULE)
    foot = figures_top - 84 if rows else BOTTOM
    _asked_and_measured(canvas, changes, words, column, y + 20, foot)
    canvas.save(path)


def _asked_and_measured(
    canvas: Canvas,
    changes: Sequence[tuple[str, str]],
    words: Mapping[str, str],
    x: int,
    first: int,
    foot: int,
) -> None:
    """The list of wishes, each with what was measured below it, as many as have room above `foot`."""
    row = first
    for index, (asked, measured) in enumerate(changes):
        lines = lettering.wrapped(asked, BODY, RIGHT - x, 2)
        last = index == len(changes) - 1
        if row + _LINE * (len(lines) + (0 if last else 1)) > foot:
            more = words["more"].replace("{count}", str(len(changes) - index))
            canvas.write(more, LABEL, x, row)
            return
        for line in lines:
            canvas.write(line, BODY, x, row)
            row += _LINE
        canvas.write(measured, LABEL, x, row, room=RIGHT - x)
        row += _LINE + 16


def album(
    path: Path,
    *,
    songs: Sequence[levels.Song],
    target_lufs: float,
    caption: Mapping[str, str],
) -> None:
    """The loudness of an album's songs against its target: rows with titles up to eight songs, columns above.

    `songs` are (title, LUFS before, LUFS after); None or -inf where there is no figure; an empty title
    shows the song's number alone. Words: `ALBUM_WORDS`.
    """
    words = {**ALBUM_WORDS, **caption}
    canvas = Canvas()
    y = frame.head(canvas, words, words["songs"].replace("{count}", str(len(songs))))
    entries = [(BEFORE, words["before"])] if any(old is not None for _, old, _ in songs) else []
    entries += [(AFTER, words["after"])] if any(new is not None for _, _, new in songs) else []
    frame.legend(canvas, entries, LEFT, BOTTOM)
    target = words["target"].replace("{lufs}", frame.decibels(target_lufs, words))
    canvas.write(target, LABEL, RIGHT, BOTTOM, align="right")
    levels.draw(canvas, songs, target_lufs, words, y, BOTTOM - 56 - y)
    canvas.save(path)
