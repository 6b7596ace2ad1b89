"""Signals the engine is tested with, made on the fly: planar float32, (channels, frames), full scale at 1."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]


def amplitude(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def sine(hertz: float, seconds: float, rate: int, level_db: float = 0.0, phase: float = 0.0) -> Audio:
    """Stereo, both channels alike; level of the peak in dBFS, phase in degrees."""
    time = np.arange(round(seconds * rate)) / rate
    wave = amplitude(level_db) * np.sin(2 * np.pi * hertz * time + np.radians(phase))
    return np.stack([wave, wave]).astype(np.float32)


def steps(parts: Sequence[tuple[float, float]], rate: int, hertz: float = 1000.0) -> Audio:
    """A stereo sine whose level goes through (dBFS, seconds); None of it jumps in phase."""
    level = np.concatenate([np.full(round(seconds * rate), amplitude(db)) for db, seconds in parts])
    wave = level * np.sin(2 * np.pi * hertz * np.arange(level.size) / rate)
    return np.stack([wave, wave]).astype(np.float32)


def noise(seconds: float, rate: int, level_db: float = -20.0, channels: int = 2, seed: int = 1) -> Audio:
    """White, Gaussian, channels apart; level of the RMS in dBFS."""
    random = np.random.default_rng(seed)
    wave = random.standard_normal((channels, round(seconds * rate))) * amplitude(level_db)
    return np.asarray(wave, np.float32)


def song(
    seconds: float = 20.0, rate: int = 44100, channels: int = 2, seed: int = 3, level_db: float = -8.0
) -> Audio:
    """Drums, bass and a chord that changes: onsets, dynamics, some width. level_db: sample peak."""
    random = np.random.default_rng(seed)
    frames = round(seconds * rate)
    time = np.arange(frames) / rate
    beat = 0.5
    since = time % beat
    bar = (time // (4 * beat)).astype(int)
    root = np.array([55.0, 49.0, 65.4, 58.3])[bar % 4]
    turn = 2 * np.pi * np.cumsum(root) / rate
    bass = 0.35 * np.sin(turn) + 0.1 * np.sin(2 * turn)
    kick = np.exp(-since * 18) * np.sin(2 * np.pi * (45 * since + 6 * (1 - np.exp(-since * 40))))
    snare = np.exp(-((time + beat) % (2 * beat)) * 22) * random.standard_normal(frames) * 0.35
    form = np.where((bar // 2) % 2 == 0, 0.5, 1.0)
    out = np.empty((channels, frames), np.float32)
    for channel in range(channels):
        chord = sum(
            np.sin(turn * ratio * (4 + 0.01 * channel) + channel * index) / (index + 2)
            for index, ratio in enumerate((1.0, 1.25, 1.5, 2.0, 3.0))
        )
        air = random.standard_normal(frames) * 0.02 * np.exp(-((time * 4) % 1) * 6)
        out[channel] = form * (0.8 * kick + bass + snare + 0.25 * chord + air)
    return out * np.float32(amplitude(level_db) / np.abs(out).max())


def rms_db(audio: Audio) -> float:
    return float(10 * np.log10(np.mean(np.square(audio, dtype=np.float64)) + 1e-30))


def residue_db(audio: Audio, hertz: Sequence[float], rate: int) -> float:
    """Everything but the given tones against everything, dB, of one second of the first channel."""
    wave = audio[0, :rate].astype(np.float64) * np.blackman(rate)
    power = np.abs(np.fft.rfft(wave)) ** 2
    rest = power.copy()
    for tone in hertz:
        rest[max(round(tone) - 4, 0) : round(tone) + 5] = 0
    return float(10 * np.log10(rest.sum() / power.sum()))
