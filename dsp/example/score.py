"""What is played: form, harmony, melody and rhythm of the example song, as notes counted in beats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

Section = Literal["intro", "verse", "chorus", "bridge", "outro"]
Part = Literal["kick", "snare", "hat", "open hat", "crash", "bass", "pad", "keys", "lead"]

TEMPO = 96.0
BAR = 4

_FORM: tuple[tuple[Section, int], ...] = (
    ("intro", 4),
    ("verse", 8),
    ("chorus", 8),
    ("bridge", 4),
    ("chorus", 4),
    ("outro", 2),
)
_FORM_BARS = sum(bars for _, bars in _FORM)

_SWING = 0.045
_LOOSE_BEATS = 0.007
_MIDDLE = 63
_BASS_LOWEST = 34


@dataclass(frozen=True, slots=True)
class Note:
    """One sound: when (beats from the start), how long (beats), which pitch (MIDI) and how hard (0 to 1)."""

    part: Part
    start: float
    length: float
    pitch: int
    velocity: float


@dataclass(frozen=True, slots=True)
class Chord:
    """A bass tone and the tones above it, as pitch classes (C = 0)."""

    bass: int
    tones: tuple[int, ...]

    def voicing(self) -> tuple[int, ...]:
        """The tones as close to the middle of the keyboard as they can be, so that chords follow smoothly."""
        return tuple(sorted(_MIDDLE + (tone - _MIDDLE + 6) % 12 - 6 for tone in self.tones))

    def low(self) -> int:
        """The bass tone in the lowest octave a bass guitar would play here."""
        return _BASS_LOWEST + (self.bass - _BASS_LOWEST) % 12


_D_MINOR_9 = Chord(2, (5, 9, 0, 4))
_D_MINOR_7 = Chord(2, (2, 5, 9, 0))
_B_FLAT_MAJOR_7 = Chord(10, (10, 2, 5, 9))
_F_MAJOR_7 = Chord(5, (5, 9, 0, 4))
_F_OVER_A = Chord(9, (5, 9, 0, 7))
_C_ADD_9 = Chord(0, (0, 4, 7, 2))
_G_MINOR_7 = Chord(7, (7, 10, 2, 5))
_A_7_SUSPENDED = Chord(9, (9, 2, 4, 7))

_HARMONY: dict[Section, tuple[Chord, ...]] = {
    "intro": (_D_MINOR_9, _B_FLAT_MAJOR_7, _F_MAJOR_7, _C_ADD_9),
    "verse": (_D_MINOR_9, _B_FLAT_MAJOR_7, _F_MAJOR_7, _C_ADD_9),
    "chorus": (_B_FLAT_MAJOR_7, _C_ADD_9, _D_MINOR_7, _F_OVER_A),
    "bridge": (_G_MINOR_7, _D_MINOR_7, _B_FLAT_MAJOR_7, _A_7_SUSPENDED),
    "outro": (_B_FLAT_MAJOR_7, _D_MINOR_9),
}

# Melodies over four bars: (beat, length, pitch).
_MELODY: dict[Section, tuple[tuple[float, float, int], ...]] = {
    "intro": (),
    "verse": (
        (2.5, 0.5, 69), (3, 0.5, 72), (3.5, 0.5, 74), (4, 1.75, 77), (6, 0.5, 74), (6.5, 1.25, 72),
        (10.5, 0.5, 72), (11, 0.5, 74), (11.5, 0.5, 72), (12, 1.25, 67), (13.5, 0.5, 69), (14, 1.5, 72),
    ),
    "chorus": (
        (0, 0.75, 74), (0.75, 0.75, 77), (1.5, 0.5, 79), (2, 1.25, 81), (3.5, 0.5, 79),
        (4, 0.75, 79), (4.75, 0.75, 76), (5.5, 0.5, 74), (6, 1.5, 72), (7.5, 0.5, 72),
        (8, 0.75, 74), (8.75, 0.75, 77), (9.5, 0.5, 81), (10, 1, 84), (11, 0.5, 81), (11.5, 0.5, 79),
        (12, 1.5, 81), (13.5, 0.5, 79), (14, 1.5, 77), (15.5, 0.5, 72),
    ),
    "bridge": (
        (0, 3, 82), (3, 1, 81), (4, 3.5, 77), (8, 2, 74), (10, 2, 77), (12, 2, 76), (14, 2, 79),
    ),
    "outro": ((0, 1, 77), (1, 1, 74), (2, 2, 72), (4, 4, 69)),
}  # fmt: skip

_COMPING: dict[Section, tuple[tuple[float, float], ...]] = {
    "intro": ((0, 3.5),),
    "verse": ((0, 1), (1.5, 0.5), (2.75, 1)),
    "chorus": ((0, 0.75), (0.75, 0.5), (1.5, 0.5), (2.25, 0.5), (3, 0.75)),
    "bridge": ((0, 1.75), (2, 1.75)),
    "outro": ((0, 4),),
}

# Steps above the chord's bass tone: (beat, length, semitones).
_BASS: dict[Section, tuple[tuple[float, float, int], ...]] = {
    "intro": (),
    "verse": ((0, 1.25, 0), (1.5, 0.45, 0), (2.5, 0.7, 0), (3.25, 0.25, 12), (3.5, 0.45, 7)),
    "chorus": tuple((beat / 2, 0.42, 12 if beat in {3, 7} else 0) for beat in range(8)),
    "bridge": ((0, 3.6, 0),),
    "outro": ((0, 3.9, 0),),
}

_DYNAMICS: dict[Section, float] = {"intro": 0.68, "verse": 0.76, "chorus": 1.0, "bridge": 0.65, "outro": 0.7}

_KICK: dict[Section, tuple[float, ...]] = {
    "intro": (),
    "verse": (0, 1.75, 2.5),
    "chorus": (0, 0.75, 2, 2.75),
    "bridge": (0,),
    "outro": (0,),
}


def form(bars: int) -> list[Section]:
    """The section of each of `bars` bars: always the same order, stretched or squeezed to the length."""
    ends = np.cumsum([length for _, length in _FORM]) / _FORM_BARS * bars
    return [_FORM[int(np.searchsorted(ends, bar + 0.5))][0] for bar in range(bars)]


def notes(bars: int, random: np.random.Generator) -> list[Note]:
    """The song over `bars` bars as a band plays it: with swing, and never twice equally hard or exact."""
    sections = form(bars)
    played = (note for bar in range(bars) for note in _bar(sections, bar, random))
    return sorted((_humanised(note, random) for note in played), key=lambda note: note.start)


def chorus_starts(bars: int) -> list[float]:
    """The beats on which a chorus sets in."""
    sections = form(bars)
    return [
        float(bar * BAR)
        for bar in range(1, bars)
        if sections[bar] == "chorus" and sections[bar - 1] != "chorus"
    ]


def _bar(sections: list[Section], bar: int, random: np.random.Generator) -> Iterator[Note]:
    section = sections[bar]
    into = _bars_into(sections, bar)
    first, last = into == 0, bar + 1 == len(sections) or sections[bar + 1] != section
    chord = _HARMONY[section][into % len(_HARMONY[section])]
    start = bar * BAR
    for note in (*_band(section, chord, into, random), *_drums(section, first, last)):
        yield replace(note, start=start + note.start, velocity=note.velocity * _DYNAMICS[section])


def _bars_into(sections: list[Section], bar: int) -> int:
    """How many bars before `bar` belong to the same run of its section."""
    begin = bar
    while begin > 0 and sections[begin - 1] == sections[bar]:
        begin -= 1
    return bar - begin


def _band(section: Section, chord: Chord, into: int, random: np.random.Generator) -> Iterator[Note]:
    voicing = chord.voicing()
    for tone in voicing:
        yield Note("pad", 0, BAR, tone, 0.7)
    for beat, length in _COMPING[section]:
        for tone in voicing:
            yield Note("keys", beat, length, tone, 0.75 if beat == 0 else 0.6)
    for beat, length, step in _BASS[section]:
        yield Note("bass", beat, length, chord.low() + step, 0.85 if beat == 0 else 0.72)
    phrase = into % 4 * BAR
    for beat, length, pitch in _MELODY[section]:
        # From the second time on the singer leaves out an upbeat now and then.
        skipped = into >= 4 and length <= 0.5 and random.random() < 0.2
        if phrase <= beat < phrase + BAR and not skipped:
            yield Note("lead", beat - phrase, length, pitch, 0.8)


def _drums(section: Section, first: bool, last: bool) -> Iterator[Note]:
    for beat in _KICK[section]:
        yield Note("kick", beat, 0.5, 0, 0.95 if beat == 0 else 0.8)
    if first and section in {"chorus", "bridge", "outro"}:
        yield Note("crash", 0, 4, 0, 0.8)
    if section in {"verse", "chorus"}:
        yield Note("snare", 1, 0.5, 0, 0.85)
        yield Note("snare", 3, 0.5, 0, 0.9)
        yield Note("snare", 2.25, 0.25, 0, 0.22)
        for sixteenth in range(16):
            if sixteenth % 2 == 0 or section == "chorus":
                accent = (0.75, 0.3, 0.5, 0.3)[sixteenth % 4]
                yield Note("hat", sixteenth / 4, 0.2, 0, accent)
        if section == "chorus":
            yield Note("open hat", 3.5, 0.5, 0, 0.6)
    if section in {"intro", "bridge"}:
        for beat in range(BAR):
            yield Note("hat", beat + 0.5, 0.2, 0, 0.4)
    if last and section in {"intro", "verse", "bridge"}:
        for step, velocity in enumerate((0.45, 0.55, 0.7, 0.85)):
            yield Note("snare", 3 + step / 4, 0.25, 0, velocity)


def _humanised(note: Note, random: np.random.Generator) -> Note:
    off_sixteenth = round(note.start * 4) % 2 == 1
    start = note.start + (_SWING if off_sixteenth else 0) + random.normal(0, _LOOSE_BEATS)
    velocity = note.velocity * (1 + random.normal(0, 0.06))
    return replace(note, start=max(0.0, start), velocity=float(np.clip(velocity, 0.05, 1)))
