"""The band's notes put together, and then mixed as badly as an artist's first mix."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsp.example import instruments, room, score
from dsp.example.score import Note, Part

Sound = NDArray[np.float32]

_BEAT = 60 / score.TEMPO

# Fader, place (-1 left, 1 right) and how much of it goes into the hall.
_DESK: dict[Part, tuple[float, float, float]] = {
    "kick": (0.80, 0.0, 0.0),
    "snare": (0.86, 0.06, 0.14),
    "hat": (0.5, -0.28, 0.03),
    "open hat": (0.4, -0.28, 0.06),
    "crash": (0.4, 0.0, 0.15),
    "bass": (0.40, 0.0, 0.0),
    "pad": (0.17, 0.0, 0.3),
    "keys": (0.20, 0.22, 0.2),
    "lead": (0.34, -0.05, 0.28),
}
_HALL = 0.9
_ECHO_BEATS, _ECHO_REPEATS, _ECHO_LOSS, _ECHO_LEVEL = 0.75, 5, 0.5, 0.45

_MUD_HERTZ, _MUD_DB, _MUD_OCTAVES = 250.0, 4.0, 0.8
_DULL_HERTZ, _DULL_DB = 4500.0, -7.0
_LATE_BASS_SECONDS = 0.0011
_QUIET_DB = -24.3
_HOT_HITS = 2
_HOT_PEAK = 1.12
_HOT_SECONDS = 0.045
_EQUALISER_TAPS = 4097


def played(notes: list[Note], frames: int, rate: int, random: np.random.Generator) -> Sound:
    """The band in its room, faders at sensible places; (2, frames)."""
    dry: dict[Part, Sound] = {part: np.zeros((2, frames), np.float32) for part in _DESK}
    voice = _band(rate, random)
    for note in notes:
        fader, place, _ = _DESK[note.part]
        sides = np.array([[min(1.0, 1 - place)], [min(1.0, 1 + place)]], np.float32)
        sound = voice(note) * sides * np.float32(fader * note.velocity)
        start = round(note.start * _BEAT * rate)
        place_left = dry[note.part][:, start : start + sound.shape[1]]
        place_left += sound[:, : place_left.shape[1]]
    dry["bass"] = _widened(dry["bass"], round(_LATE_BASS_SECONDS * rate))
    repeats = room.echo(dry["lead"], round(_ECHO_BEATS * _BEAT * rate), _ECHO_REPEATS, _ECHO_LOSS)
    dry["lead"] += np.float32(_ECHO_LEVEL) * repeats
    send = np.zeros((2, frames), np.float32)
    for part, (_, _, amount) in _DESK.items():
        send += np.float32(amount) * dry[part]
    mix = room.convolved(send, room.hall(rate, random)) * np.float32(_HALL)
    for sound in dry.values():
        mix += sound
    return mix


def spoiled(mix: Sound, rate: int, hot_seconds: list[float]) -> Sound:
    """What has to be repaired: muddy around 250 Hz, dull above, far too quiet, and two hits that clip.

    `hot_seconds` are moments to choose the hits from; all else stays below full scale.
    """
    muddy = room.convolved(np.pad(mix, ((0, 0), (0, _EQUALISER_TAPS // 2))), _bad_equaliser(rate))
    quiet = muddy[:, _EQUALISER_TAPS // 2 :]
    quiet *= np.float32(10 ** (_QUIET_DB / 20) / _loud_rms(quiet, rate))
    for second in hot_seconds[:_HOT_HITS]:
        first, last = round((second - 0.01) * rate), round((second + _HOT_SECONDS) * rate)
        hit = quiet[:, max(0, first) : last]
        peak = float(np.abs(hit).max(initial=0.0))
        if peak > 0:
            place = np.linspace(0, 1, hit.shape[1])
            push = np.interp(place, (0, 0.1, 0.6, 1), (1, _HOT_PEAK / peak, _HOT_PEAK / peak, 1))
            hit *= push.astype(np.float32)
    return quiet.clip(-1, 1)


def _band(rate: int, random: np.random.Generator) -> Callable[[Note], Sound]:
    """The players: each tone is made once, each drum three times, so that none sounds like a machine."""
    struck: dict[Part, list[Sound]] = {
        "kick": [instruments.kick(rate, random) for _ in range(3)],
        "snare": [instruments.snare(rate, random) for _ in range(3)],
        "hat": [instruments.hat(rate, random, 0.036) for _ in range(3)],
        "open hat": [instruments.hat(rate, random, 0.14)],
        "crash": [instruments.crash(rate, random)],
    }
    known: dict[tuple[Part, int, float, float], Sound] = {}

    def voice(note: Note) -> Sound:
        if note.part in struck:
            takes = struck[note.part]
            return takes[int(random.integers(len(takes)))]
        seconds = note.length * _BEAT
        hardness = round(note.velocity * 4) / 4 if note.part == "keys" else 0.0
        key = (note.part, note.pitch, seconds, hardness)
        if key not in known:
            known[key] = _tone(note.part, note.pitch, seconds, hardness, rate, random)
        return known[key]

    return voice


def _tone(
    part: Part, pitch: int, seconds: float, hardness: float, rate: int, random: np.random.Generator
) -> Sound:
    match part:
        case "bass":
            return instruments.bass(rate, pitch, seconds)
        case "pad":
            return instruments.pad(rate, pitch, seconds, random)
        case "keys":
            return instruments.keys(rate, pitch, seconds, hardness)
        case _:
            return instruments.lead(rate, pitch, seconds)


def _widened(sound: Sound, late: int) -> Sound:
    """One side a little late: wide on headphones, weak in mono."""
    left, right = sound
    return np.stack((left, np.concatenate((np.zeros(late, np.float32), right[: len(right) - late]))))


def _bad_equaliser(rate: int) -> Sound:
    """A linear-phase response with a hump in the low mids and the treble turned down; (1, taps)."""
    hertz = np.fft.rfftfreq(_EQUALISER_TAPS, 1 / rate)
    octaves = np.log2(np.maximum(hertz, 1) / _MUD_HERTZ)
    hump = _MUD_DB * np.exp(-0.5 * (octaves / _MUD_OCTAVES) ** 2)
    shelf = _DULL_DB / (1 + (_DULL_HERTZ / np.maximum(hertz, 1)) ** 2)
    response = np.fft.irfft(10 ** ((hump + shelf) / 20), _EQUALISER_TAPS)
    taps = np.roll(response, _EQUALISER_TAPS // 2) * np.hanning(_EQUALISER_TAPS)
    return taps[None].astype(np.float32)


def _loud_rms(sound: Sound, rate: int) -> float:
    """The RMS of all 0.4 s blocks that are not 10 dB below their mean; 1 for silence."""
    block = int(0.4 * rate)
    whole = sound[:, : sound.shape[1] // block * block].reshape(sound.shape[0], -1, block)
    power = (whole.astype(np.float64) ** 2).mean(axis=(0, 2))
    loud = power[power > power.mean() / 10] if power.size else power
    return float(np.sqrt(loud.mean())) if loud.size else 1.0
