"""Whether masters are as loud as asked and no higher than allowed, over the whole corpus, by meters that are
not the engine's; and what lossy encoders make of their peaks.
"""

import math

from benchmarks.sound import codecs, engine, meters, peers
from benchmarks.sound.corpus import Song
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import LOUD, Run

TARGETS = (-8.0, -9.0, -11.0, -14.0, -16.0, -23.0)
PEAK_TARGETS = (-8.0, -11.0)
LOUDEST = -8.0
EXCERPT, QUICK_EXCERPT = 60.0, 12.0
QUICK_SONGS = 3
ENCODED, QUICK_ENCODED = 90.0, 6.0
"""Seconds that are encoded."""


def rows(run: Run) -> list[Row]:
    count = QUICK_SONGS if run.quick else max(len(run.corpus.sources), 6)
    worst, over, refused, made = (0.0, ""), (-math.inf, ""), 0, 0
    meters_apart = 0.0
    for source in run.corpus.chosen(count):
        song = source.song(QUICK_EXCERPT if run.quick else EXCERPT)
        known = engine.analysis(song.audio, song.rate)
        if not math.isfinite(known.lufs):
            continue
        for target in TARGETS:
            master = engine.master(song.audio, song.rate, target, known=known)
            made += 1
            read = meters.integrated(master.audio, song.rate)
            meters_apart = max(meters_apart, abs(read - master.measured.lufs))
            if master.reached:
                worst = max(worst, (abs(read - target), f"{source.name} at {target:g}"))
            else:
                refused += 1
            if target in PEAK_TARGETS:
                high = meters.peaks(master.audio, song.rate)
                told = f"{source.name} at {target:g}: {high.told}"
                over = max(over, (high.highest - engine.CEILING, told))
    return [
        Row(
            "loudness off by, all songs and targets",
            worst[0],
            Bar(0.1, 0.02, unit=" LU", digits=3),
            f"worst: {worst[1]}; {made} masters, {refused} said to be out of reach",
            _loudness_of_others(run),
        ),
        Row("its own reading off by", meters_apart, Bar(0.1, 0.02, unit=" LU", digits=3)),
        Row(
            "above the ceiling, all songs",
            over[0],
            Bar(0.1, 0.0, unit=" dB"),
            f"highest of three meters; worst: {over[1]}",
            _peaks_of_others(run),
        ),
        *_encoded(run),
    ]


def _loudness_of_others(run: Run) -> str:
    return "; ".join(
        f"{name} {meters.integrated(piece.audio, run.dense.rate) - LOUD:+.1f}"
        for name, piece in run.loud.items()
        if name not in (engine.NAME, peers.MATCHERING)  # that one knows no target
    )


def _peaks_of_others(run: Run) -> str:
    return "; ".join(
        f"{name} {meters.soxr_peak(piece.audio, run.dense.rate) - engine.CEILING:+.2f} dB"
        for name, piece in run.loud.items()
        if name != engine.NAME
    )


def _encoded(run: Run) -> list[Row]:
    """The dense piece at its loudest through six encoders, plain and codec-safe."""
    song = run.dense.excerpt(QUICK_ENCODED if run.quick else ENCODED).softened()
    others = {
        name: codecs.true_peaks(Song(name, piece.audio, song.rate).excerpt(song.seconds).audio, song.rate)
        for name, piece in run.loud.items()
        if name != engine.NAME
    }
    told = (
        "; ".join(f"{name} {max(found.values()):+.1f}" for name, found in others.items()) + f" (at {LOUD:g})"
    )
    plain = engine.master(song.audio, song.rate, LOUDEST)
    found = codecs.true_peaks(plain.audio, song.rate)
    by_codec = ", ".join(f"{name} {peak:+.1f}" for name, peak in found.items())
    safe = engine.master(song.audio, song.rate, LOUDEST, codec_safe=True)
    safe_found = codecs.true_peaks(safe.audio, song.rate)
    safe_told = ", ".join(f"{name} {peak:+.1f}" for name, peak in safe_found.items())
    cost = plain.measured.lufs - meters.integrated(safe.audio, song.rate)
    return [
        Row(
            "after six encodes, plain, dense at -8",
            max(found.values()),
            Bar(unit=" dBTP"),
            by_codec,
            told,
        ),
        Row(
            "after six encodes, codec-safe",
            max(safe_found.values()),
            Bar(0.0, -0.3, unit=" dBTP"),
            safe_told,
        ),
        Row("codec-safe costs", cost, Bar(None, 0.7, unit=" LU")),
    ]
