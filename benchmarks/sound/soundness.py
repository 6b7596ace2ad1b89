"""What must be so whatever the song: no offset, no delay, the same bits each time, and nothing done twice."""

import hashlib
import math

import numpy as np

from benchmarks.sound import engine, spectra
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run

TARGET = -14.0
OFFSET = 0.02
SECONDS = 45.0


def rows(run: Run) -> list[Row]:
    song = run.dense.excerpt(SECONDS)
    made = engine.master(song.audio, song.rate, TARGET).audio
    again = engine.master(song.audio, song.rate, TARGET).audio
    twice = engine.master(made, song.rate, TARGET).audio
    leaning = engine.master(song.audio + np.float32(OFFSET), song.rate, TARGET).audio
    # Any song's mean moves: what is too small to be taken out is turned up, and a limiter makes some.
    means = [audio.mean(axis=1, dtype=np.float64) for audio in (leaning, made)]
    dc = min(float(np.abs(means[0]).max()), float(np.abs(means[0] - means[1]).max()))
    louder = engine.measure(twice, song.rate).integrated - engine.measure(made, song.rate).integrated
    one, other = spectra.tone(made, song.rate), spectra.tone(twice, song.rate)
    different = 0 if _sha256(made) == _sha256(again) else 1
    return [
        Row(
            "a mean of 0.02 in, left of it",
            20 * math.log10(dc) if dc > 0 else -math.inf,
            Bar(-80, unit=" dBFS", digits=0),
        ),
        Row("frames more or fewer than came", abs(made.shape[1] - song.audio.shape[1]), Bar(0, digits=0)),
        Row("master late by", abs(spectra.delay(song.audio, made)), Bar(0, unit=" samples", digits=0)),
        Row("different bits when made twice", different, Bar(0, digits=0)),
        Row("master of a master, loudness moved", abs(louder), Bar(0.1, unit=" LU", digits=3)),
        Row(
            "master of a master, tone moved",
            spectra.distance(one.mid, other.mid, -louder),
            Bar(0.5, unit=" dB"),
        ),
    ]


def _sha256(audio: np.ndarray) -> str:
    return hashlib.sha256(audio.tobytes()).hexdigest()
