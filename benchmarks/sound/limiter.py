"""The limiter alone: what it adds to tones, what it leaves alone, how high it lets through, its speed."""

from collections.abc import Callable
from statistics import median
from time import process_time

import numpy as np
import pedalboard
from numpy.typing import NDArray

from benchmarks.sound import engine, meters
from benchmarks.sound.corpus import Song
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run
from benchmarks.sound.signals import tone, tones
from benchmarks.sound.spectra import delay, ratio_db

Audio = NDArray[np.float32]
Limiter = Callable[[Audio, int], Audio]

RATE = 44_100
OVER_DB = 6.0
TONE_SECONDS = 6.0
STEADY = slice(3 * RATE, 5 * RATE)
DRIVE_DB = 12.0
PEER = "BrickwallLimiter"

PAIRS = {
    "SMPTE 60 Hz + 7 kHz": ((60.0, 0.8), (7000.0, 0.2), Bar(-65, -100, unit=" dB", digits=0)),
    "CCIF 19 + 20 kHz": ((19000.0, 0.5), (20000.0, 0.5), Bar(-90, -120, unit=" dB", digits=0)),
}
TONES = {
    50.0: Bar(-90, -110, unit=" dB", digits=0),
    100.0: Bar(-100, -120, unit=" dB", digits=0),
    1000.0: Bar(-100, -120, unit=" dB", digits=0),
}


def brickwall(audio: Audio, rate: int) -> Audio:
    """The limiter of pedalboard that watches the true peak."""
    limiter = pedalboard.BrickwallLimiter(ceiling_db=engine.CEILING, true_peak=True)
    return np.asarray(limiter(audio, rate), np.float32)


def residue_db(wave: NDArray[np.floating], hertz: tuple[float, ...], rate: int) -> float:
    """What is left of a steady wave when the given tones and its mean are taken out, dB of all of it.

    The tones are fitted by least squares, so that no window spreads them.
    """
    time = np.arange(wave.size) / rate
    waves = [f(2 * np.pi * each * time) for each in hertz for f in (np.sin, np.cos)]
    basis = np.stack([*waves, np.ones(wave.size)], axis=1)
    exact = wave.astype(np.float64)
    fitted, *_ = np.linalg.lstsq(basis, exact, rcond=None)
    return ratio_db(exact - basis @ fitted, exact)


def distortion(limit: Limiter, hertz: float) -> float:
    """THD+N (dB) of a tone OVER_DB above the ceiling, once the limiter stands."""
    audio = tone(hertz, TONE_SECONDS, RATE, engine.CEILING + OVER_DB)
    return residue_db(limit(audio, RATE)[0, STEADY], (hertz,), RATE)


def intermodulation(limit: Limiter, one: tuple[float, float], two: tuple[float, float]) -> float:
    """What two tones of (Hz, share of the peak) make of each other, dB."""
    parts = [(hertz, engine.CEILING + OVER_DB + 20 * float(np.log10(share))) for hertz, share in (one, two)]
    limited = limit(tones(parts, TONE_SECONDS, RATE), RATE)
    return residue_db(limited[0, STEADY], (one[0], two[0]), RATE)


def between_samples(limit: Limiter) -> float:
    """The true peak of the tone whose samples all miss it, over the ceiling in dB, by the highest meter."""
    audio = tone(RATE / 4, 2.0, RATE, engine.CEILING + OVER_DB, 45.0)
    return meters.peaks(limit(audio, RATE), RATE).highest - engine.CEILING


def below(limit: Limiter) -> float:
    """What the limiter changes of a tone that stays under the ceiling, dB."""
    audio = tone(997.0, 3.0, RATE, engine.CEILING - 0.5)
    return ratio_db(limit(audio, RATE) - audio, audio)


def rows(run: Run) -> list[Row]:
    limit = engine.limit
    made = [
        Row(
            f"limiter, THD+N {hertz:g} Hz, 6 dB over",
            distortion(limit, hertz),
            bar,
            "",
            f"{PEER} {distortion(brickwall, hertz):.0f} dB",
        )
        for hertz, bar in TONES.items()
    ]
    made += [
        Row(
            f"limiter, {name}, 6 dB over",
            intermodulation(limit, one, two),
            bar,
            "",
            f"{PEER} {intermodulation(brickwall, one, two):.0f} dB",
        )
        for name, (one, two, bar) in PAIRS.items()
    ]
    made.append(
        Row(
            "limiter, a tone under the ceiling changes by",
            below(limit),
            Bar(-140, -300, unit=" dB", digits=0),
            "",
            f"{PEER} {below(brickwall):.0f} dB",
        )
    )
    made.append(
        Row(
            "limiter, fs/4 at 45°, 6 dB over: above the ceiling",
            between_samples(limit),
            Bar(0.1, 0.0, unit=" dB"),
            "highest of all meters",
            f"{PEER} {between_samples(brickwall):+.2f} dB",
        )
    )
    return [*made, *_on_music(run)]


def _on_music(run: Run) -> list[Row]:
    """The dense piece as it comes to the limiter: behind the tone, which cuts the edge of its band."""
    came = _driven(run.dense)
    song = _driven(Song(came.name, engine.untoned(came.audio, came.rate), came.rate))
    limited = {PEER: brickwall(song.audio, song.rate), engine.NAME: engine.limit(song.audio, song.rate)}
    cost = {
        PEER: _cpu(brickwall, song.audio, song.rate),
        engine.NAME: _cpu(engine.limit, song.audio, song.rate),
    }
    read = {name: meters.peaks(audio, song.rate) for name, audio in limited.items()}
    raw = meters.peaks(engine.limit(came.audio, came.rate), came.rate)
    late = abs(delay(song.audio, limited[engine.NAME]))
    return [
        Row("limiter, delay", float(late), Bar(0, unit=" samples", digits=0)),
        Row(
            f"limiter, times as fast as {PEER}",
            cost[PEER] / cost[engine.NAME],
            Bar(1, most=False, unit=" x", digits=1),
            f"{song.seconds / cost[engine.NAME]:.0f} x real time, 12 dB over",
            f"{song.seconds / cost[PEER]:.0f} x real time",
        ),
        Row(
            "limiter, dense, 12 dB over: above the ceiling",
            read[engine.NAME].highest - engine.CEILING,
            Bar(0.1, 0.0, unit=" dB"),
            f"{read[engine.NAME].told}; without the tone before it {raw.told}",
            f"{PEER} {read[PEER].highest - engine.CEILING:+.2f} dB ({read[PEER].told})",
        ),
    ]


def _driven(song: Song) -> Song:
    """A song DRIVE_DB over the ceiling."""
    return song.turned(engine.CEILING - engine.peak(song.audio) + DRIVE_DB)


def _cpu(limit: Limiter, audio: Audio, rate: int) -> float:
    seconds = []
    for _ in range(3):
        began = process_time()
        limit(audio, rate)
        seconds.append(process_time() - began)
    return median(seconds)
