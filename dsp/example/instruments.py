"""The players of the example song: each returns one note, planar float32, (1 or 2, frames), full scale 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[np.float32]
Signal = NDArray[np.float64]

_TABLE = 2048


def hertz(pitch: float) -> float:
    """The frequency of a MIDI pitch, A4 = 69 = 440 Hz."""
    return float(440 * 2 ** ((pitch - 69) / 12))


def _time(seconds: float, rate: int) -> Signal:
    return np.arange(int(seconds * rate)) / rate


def _envelope(
    time: Signal, attack: float, decay: float, sustain: float, hold: float, release: float
) -> Signal:
    """Attack, decay and sustain until `hold` seconds, then release; each but the attack exponential."""
    held = sustain + (1 - sustain) * np.exp(-np.maximum(time - attack, 0) / decay)
    shape = np.minimum(time / attack, 1) * held
    return np.asarray(shape * np.exp(-np.maximum(time - hold, 0) / release))


def _faded(sound: Signal, rate: int) -> Sound:
    """`sound` as planar float32 without a step at its end."""
    planar = np.atleast_2d(sound)
    tail = min(planar.shape[1], int(0.005 * rate))
    planar[:, planar.shape[1] - tail :] *= np.linspace(1, 0, tail)
    return planar.astype(np.float32)


def _cycle(pitch_hertz: float, cutoff: float, rate: int, *, odd: bool = False) -> Signal:
    """One period of a saw (its odd harmonics: a square) through a two-pole low-pass, free of aliases."""
    harmonic = np.arange(1, _TABLE // 2)
    level = 1 / harmonic / np.sqrt(1 + (harmonic * pitch_hertz / cutoff) ** 4)
    level[harmonic * pitch_hertz > 0.45 * rate] = 0
    if odd:
        level[1::2] = 0
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex128)
    spectrum[1 : _TABLE // 2] = -0.5j * level * _TABLE
    return np.fft.irfft(spectrum)


def _wave(cycle: Signal, phase: Signal) -> Signal:
    """Read a period at a running phase (in periods), interpolating linearly."""
    place = (phase % 1) * _TABLE
    index = place.astype(np.int64)
    ahead = np.append(cycle, cycle[0])
    return np.asarray(ahead[index] + (ahead[index + 1] - ahead[index]) * (place - index))


def _coloured(noise: Signal, rate: int, bands: Sequence[tuple[float, float]]) -> Signal:
    """`noise` shaped by gains at frequencies, (Hz, factor), joined by straight lines."""
    at, gain = zip(*bands, strict=True)
    spectrum = np.fft.rfft(noise)
    return np.fft.irfft(spectrum * np.interp(np.fft.rfftfreq(len(noise), 1 / rate), at, gain), len(noise))


def kick(rate: int, random: np.random.Generator) -> Sound:
    """A sine that falls from a knock to 48 Hz, with a click of the beater."""
    time = _time(0.42, rate)
    falling = 48 * time + 150 * 0.028 * (1 - np.exp(-time / 0.028))
    body = np.sin(2 * np.pi * falling) * np.exp(-time / 0.13)
    click = random.standard_normal(len(time)) * np.exp(-time / 0.003) * 0.25
    return _faded(np.tanh(1.5 * (body + click)), rate)


def snare(rate: int, random: np.random.Generator) -> Sound:
    """Two modes of a drum head, and the wires as noise that lasts longer than the head."""
    time = _time(0.34, rate)
    head = np.sin(2 * np.pi * 186 * time) + 0.6 * np.sin(2 * np.pi * 331 * time)
    wires = _coloured(
        random.standard_normal(len(time)), rate, [(0, 0), (900, 0.2), (3000, 1), (9000, 0.8), (20000, 0.3)]
    )
    return _faded(0.55 * head * np.exp(-time / 0.05) + 0.5 * wires * np.exp(-time / 0.085), rate)


def hat(rate: int, random: np.random.Generator, decay: float) -> Sound:
    """Metal: noise above 6 kHz and a few tones that do not fit each other."""
    time = _time(decay * 7, rate)
    noise = _coloured(random.standard_normal(len(time)), rate, [(0, 0), (5000, 0), (8500, 1), (22000, 0.8)])
    metal = sum(np.sign(np.sin(2 * np.pi * tone * time)) for tone in (3170, 4210, 5433, 6791))
    ring = _coloured(np.asarray(metal), rate, [(0, 0), (6500, 0), (9000, 0.25), (16000, 0.15)])
    return _faded(0.45 * (noise + ring) * np.exp(-time / decay), rate)


def crash(rate: int, random: np.random.Generator) -> Sound:
    """Two seconds of bright noise, different on each side."""
    time = _time(2.4, rate)
    bands = [(0, 0.0), (1500, 0.0), (4000, 0.7), (9000, 1.0), (20000, 0.5)]
    sides = [_coloured(random.standard_normal(len(time)), rate, bands) for _ in range(2)]
    return _faded(np.stack(sides) * 0.5 * np.exp(-time / 0.55) * np.minimum(time / 0.002, 1), rate)


def bass(rate: int, pitch: int, seconds: float) -> Sound:
    """A saw whose filter closes after the attack, over a sine as its foundation."""
    time = _time(seconds + 0.12, rate)
    base = hertz(pitch)
    phase = base * time
    pluck = np.exp(-time / 0.11)
    bright, dark = _cycle(base, 1400, rate), _cycle(base, 320, rate)
    tone = _wave(bright, phase) * pluck + _wave(dark, phase) * (1 - pluck)
    sub = np.sin(2 * np.pi * phase)
    shape = _envelope(time, 0.004, 0.35, 0.6, seconds, 0.035)
    return _faded(np.tanh(0.55 * tone + 0.55 * sub) * shape, rate)


def pad(rate: int, pitch: int, seconds: float, random: np.random.Generator) -> Sound:
    """Four detuned saws a side through a low filter, slow to come and slow to go."""
    time = _time(seconds + 0.9, rate)
    base = hertz(pitch)
    dark, open_ = _cycle(base, 650, rate), _cycle(base, 2800, rate)
    opening = 0.5 - 0.5 * np.cos(2 * np.pi * np.minimum(time / (seconds * 1.2), 1))
    sides = []
    for _ in range(2):
        side = np.zeros(len(time))
        for cents in (-11, -4, 5, 12):
            phase = base * 2 ** ((cents + random.normal(0, 1.5)) / 1200) * time + random.random()
            side += _wave(dark, phase) * (1 - opening) + _wave(open_, phase) * opening
        sides.append(side)
    shape = _envelope(time, 0.35, 2.0, 0.8, seconds, 0.28)
    return _faded(0.16 * np.stack(sides) * shape, rate)


def keys(rate: int, pitch: int, seconds: float, hardness: float) -> Sound:
    """An electric piano by frequency modulation: a warm fork, and a tine that speaks when struck hard."""
    time = _time(seconds + 0.35, rate)
    turn = 2 * np.pi * hertz(pitch) * time
    fork = np.sin(turn + (0.5 + 1.1 * hardness) * np.exp(-time / 0.5) * np.sin(turn))
    tine = np.sin(turn + 0.9 * hardness * np.exp(-time / 0.06) * np.sin(14 * turn))
    wobble = 0.25 * np.sin(2 * np.pi * 4.6 * time)
    shape = _envelope(time, 0.003, 0.9, 0.15, seconds, 0.09)
    return _faded(0.5 * (fork + 0.5 * tine) * shape * np.stack((1 + wobble, 1 - wobble)), rate)


def lead(rate: int, pitch: int, seconds: float) -> Sound:
    """A soft square that slides into its note and begins to tremble when it is held."""
    time = _time(seconds + 0.16, rate)
    slide = -0.7 * np.exp(-time / 0.018)
    vibrato = 0.22 * np.clip((time - 0.22) / 0.3, 0, 1) * np.sin(2 * np.pi * 5.4 * time)
    base = hertz(pitch)
    phase = np.cumsum(base * 2 ** ((slide + vibrato) / 12)) / rate
    tone = 0.6 * _wave(_cycle(base, 2600, rate, odd=True), phase) + 0.4 * _wave(
        _cycle(base, 3800, rate), phase * 1.003
    )
    return _faded(0.7 * tone * _envelope(time, 0.012, 0.5, 0.7, seconds, 0.05), rate)
