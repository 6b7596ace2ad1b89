"""The meter against the tables of the EBU, at every rate that a song may have."""

from collections import defaultdict
from collections.abc import Iterable

from benchmarks.sound import engine
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run
from benchmarks.sound.signals import Audio, Case, cases

RATES = (44_100, 48_000, 88_200, 96_000, 176_400, 192_000)
QUICK_RATES = (44_100, 192_000)
SURROUND = "3341-6"


def error(case: Case, rate: int) -> float:
    """By how much the meter is off, LU or dB."""
    return reading(case, case.make(rate), rate) - case.expected


def reading(case: Case, audio: Audio, rate: int) -> float:
    """What the meter says; where it has to stand still, the reading farthest from what is expected."""
    if case.reading == "true_peak":
        return engine.peak(audio)
    if case.reading in ("short_term", "momentary"):
        series = (
            engine.short_term(audio, rate) if case.reading == "short_term" else engine.momentary(audio, rate)
        )
        return float(max(series, key=lambda value: abs(value - case.expected)))
    return float(getattr(engine.measure(audio, rate), case.reading))


def rows(run: Run) -> list[Row]:
    rates = QUICK_RATES if run.quick else RATES
    errors: dict[str, list[float]] = defaultdict(list)
    surround = 0.0
    for case in cases():
        for rate in rates:
            off = error(case, rate)
            if case.name == SURROUND:
                surround = max(surround, abs(off))
            else:
                errors[case.reading].append(off)
    told = ", ".join(f"{rate / 1000:g}" for rate in rates) + " kHz"
    steady = ("momentary_max", "short_term_max", "short_term", "momentary")
    return [
        Row(
            "EBU 3341, 1 to 5: integrated off by",
            _worst(errors["integrated"]),
            Bar(0.1, 0.03, unit=" LU", digits=3),
            told,
        ),
        Row("EBU 3341, 6: five channels", surround, Bar(0.1, 0.03, unit=" LU", digits=3), told),
        Row(
            "EBU 3341, 9 to 14: momentary and short-term off by",
            _worst(off for name in steady for off in errors[name]),
            Bar(0.1, 0.02, unit=" LU", digits=3),
            told,
        ),
        Row(
            "EBU 3341, 15 to 23: true peak too high by",
            max(0.0, *errors["true_peak"]),
            Bar(0.2, 0.12, unit=" dB"),
            told,
        ),
        Row(
            "EBU 3341, 15 to 23: true peak too low by",
            -min(0.0, *errors["true_peak"]),
            Bar(0.4, 0.12, unit=" dB"),
            told,
        ),
        Row(
            "EBU 3342, 1 to 4: loudness range off by",
            _worst(errors["range"]),
            Bar(1.0, 0.05, unit=" LU", digits=3),
            told,
        ),
    ]


def _worst(errors: Iterable[float]) -> float:
    return max(map(abs, errors))
