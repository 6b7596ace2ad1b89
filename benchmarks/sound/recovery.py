"""Finished songs spoilt in two known ways and mastered again: how near they come to what they were."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from benchmarks.sound import engine, peers, spectra
from benchmarks.sound.corpus import Song
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run

Audio = NDArray[np.float32]
HEADROOM_DBTP = -1.5
"""Originals are brought under this, so that no ceiling stands between them and their recovery."""


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What was done to a song: a tilt (dB an octave) about 1 kHz, a bell (Hz, dB) an octave and a half wide,
    a low cut (Hz) or none, the side signal and all of it turned.
    """

    tilt_db: float
    bell: tuple[float, float]
    low_cut: float
    side: float
    level_db: float


SPOILINGS: Mapping[str, Spoiling] = {
    "dull, muddy, narrow": Spoiling(-1.2, (250.0, 4.0), 0.0, 0.6, -9.0),
    "thin, harsh, wide": Spoiling(1.0, (3200.0, 4.0), 80.0, 1.25, -12.0),
}


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a version is from its original: LU, dB (RMS of third octaves of mid and of side, after the
    loudness is matched), dB of width, and the null between both in dB.
    """

    lufs: float
    mid: float
    side: float
    width: float
    null: float


def spoilt(audio: Audio, rate: int, how: Spoiling) -> Audio:
    """(2, frames), filtered without delay or change of phase."""
    frames = audio.shape[1]
    size = 1 << (frames + rate - 1).bit_length()
    hertz = np.maximum(np.fft.rfftfreq(size, 1 / rate), 10.0)
    octaves = np.log2(hertz / 1000.0)
    centre, lift = how.bell
    gain_db = (
        how.tilt_db * octaves + lift * np.exp(-0.5 * (np.log2(hertz / centre) / 0.6) ** 2) + how.level_db
    )
    if how.low_cut:
        gain_db -= 10 * np.log10(1 + (how.low_cut / hertz) ** 4)
    response = 10 ** (gain_db / 20)
    filtered = [np.fft.irfft(np.fft.rfft(channel, size) * response, size)[:frames] for channel in audio]
    mid, side = (filtered[0] + filtered[1]) / 2, how.side * (filtered[0] - filtered[1]) / 2
    return np.stack([mid + side, mid - side]).astype(np.float32)


def distance(original: Audio, other: Audio, rate: int) -> Distance:
    """Of another version to the original, both (2, frames)."""
    louder = engine.measure(other, rate).integrated - engine.measure(original, rate).integrated
    was, became = spectra.tone(original, rate), spectra.tone(other, rate)
    return Distance(
        lufs=abs(louder),
        mid=spectra.distance(was.mid, became.mid, -louder),
        side=spectra.distance(was.side, became.side, -louder),
        width=abs(became.width - was.width),
        null=spectra.null_db(original, other),
    )


def averaged(distances: list[Distance]) -> Distance:
    return Distance(
        *(mean(float(getattr(each, field.name)) for each in distances) for field in fields(Distance))
    )


@dataclass(frozen=True, slots=True)
class Patient:
    """A song, another one of its kind, and the song spoilt."""

    song: Song
    other: Song
    spoilt: Song

    def by_engine(self, reference: Song | None) -> Audio:
        """Mastered again to the loudness it had."""
        target = engine.measure(self.song.audio, self.song.rate).integrated
        return engine.master(self.spoilt.audio, self.song.rate, target, reference=reference).audio


def patients(run: Run) -> list[Patient]:
    seconds, count = (30.0, 1) if run.quick else (90.0, 4)
    chosen = []
    for source, neighbour in run.corpus.neighbours(count):
        song, other = source.song(seconds), neighbour.song(seconds)
        song = song.turned(min(0.0, HEADROOM_DBTP - engine.peak(song.audio)))
        chosen += [
            Patient(song, other, Song(song.name, spoilt(song.audio, song.rate, how), song.rate))
            for how in SPOILINGS.values()
        ]
    return chosen


def rows(run: Run) -> list[Row]:
    ill = patients(run)
    found = {
        "right": _found(ill, lambda patient: patient.by_engine(patient.song)),
        "wrong": _found(ill, lambda patient: patient.by_engine(patient.other)),
        "none": _found(ill, lambda patient: patient.by_engine(None)),
    }
    spoiled = averaged([distance(each.song.audio, each.spoilt.audio, each.song.rate) for each in ill])
    real = run.corpus.real  # what no reference tells, music does, and not a generator
    matched = {
        name: _matchering(run, ill, wrong=wrong) for name, wrong in (("right", False), ("wrong", True))
    }

    def row(reference: str, figure: str, measure: str, bar: Bar) -> Row:
        ours, theirs = found[reference], matched.get(reference)
        told = [f"{peers.MATCHERING} {getattr(theirs, figure):.2f}"] if theirs else []
        told.append(f"as it came {getattr(spoiled, figure):.2f}")
        words = {
            "right": "with the original as reference",
            "wrong": "with a wrong reference",
            "none": "without a reference",
        }[reference]
        value = float(getattr(ours, figure))
        return Row(f"recovery {words}, {measure}", value, bar, f"{len(ill)} spoilt songs", "; ".join(told))

    return [
        row("right", "mid", "tone of mid", Bar(0.8, 0.35, unit=" dB")),
        row("right", "side", "tone of side", Bar(0.8, 0.20, unit=" dB")),
        row("right", "width", "width", Bar(0.2, 0.05, unit=" dB")),
        row("right", "null", "null", Bar(-27, -34, unit=" dB", digits=1)),
        row("right", "lufs", "loudness", Bar(0.1, 0.02, unit=" LU")),
        row("wrong", "null", "null, at most as it came", Bar(round(spoiled.null, 1), unit=" dB", digits=1)),
        row("wrong", "mid", "tone of mid", Bar(3.2, 2.8, unit=" dB")),
        row("wrong", "width", "width", Bar(spoiled.width, 1.2, unit=" dB")),
        row("none", "mid", "tone of mid", Bar(3.0 if real else None, 2.5, unit=" dB")),
        row("none", "side", "tone of side", Bar(3.8 if real else None, 3.0, unit=" dB")),
        row("none", "width", "width", Bar(spoiled.width, 1.2, unit=" dB")),
    ]


def _found(ill: list[Patient], cure: Callable[[Patient], Audio]) -> Distance:
    """The mean over all."""
    return averaged([distance(each.song.audio, cure(each), each.song.rate) for each in ill])


def _matchering(run: Run, ill: list[Patient], *, wrong: bool) -> Distance | None:
    """The mean over those that are at 44.1 kHz, the only rate it writes; None where it is not installed."""
    pieces = [
        (run.written(each.spoilt), run.written(each.other if wrong else each.song), run.path())
        for each in ill
    ]
    distances = []
    for each, work in zip(ill, run.peers.matchering(pieces), strict=False):
        audio = work.audio
        if math.isclose(audio.shape[1], each.song.audio.shape[1], abs_tol=2):
            frames = min(audio.shape[1], each.song.audio.shape[1])
            distances.append(distance(each.song.audio[:, :frames], audio[:, :frames], each.song.rate))
    return averaged(distances) if distances else None
