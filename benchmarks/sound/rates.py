"""The change of the sample rate: what it adds to tones, and what it lets through that has no place."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pedalboard.io import StreamResampler

from benchmarks.sound import engine
from benchmarks.sound.limiter import residue_db
from benchmarks.sound.rows import Bar, Row
from benchmarks.sound.run import Run
from benchmarks.sound.signals import tone
from benchmarks.sound.spectra import ratio_db

Audio = NDArray[np.float32]
Resampler = Callable[[Audio, int, int], Audio]
FROM, TO = 96_000, 44_100
PASSED = (997.0, 5003.0, 10007.0, 15013.0, 19001.0)
STOPPED = (24001.0, 30011.0, 40009.0)
LEVEL_DB = -1.5
SECONDS = 2.0
MIDDLE = slice(TO // 2, 3 * TO // 2)


def impurity(resample: Resampler) -> float:
    """The worst of what is added to tones that pass and what is left of those that must not, dB."""
    found = []
    for hertz in PASSED:
        changed = resample(tone(hertz, SECONDS, FROM, LEVEL_DB), FROM, TO)
        found.append(residue_db(changed[0, MIDDLE], (hertz,), TO))
    for hertz in STOPPED:
        audio = tone(hertz, SECONDS, FROM, LEVEL_DB)
        left = resample(audio, FROM, TO)[:1, MIDDLE]
        found.append(ratio_db(left, audio[:1, : MIDDLE.stop - MIDDLE.start]))
    return max(found)


def streamed(audio: Audio, rate: int, wanted: int) -> Audio:
    """By pedalboard's own resampler."""
    resampler = StreamResampler(rate, wanted, audio.shape[0])
    return np.concatenate([resampler.process(audio), resampler.process(None)], axis=1)


def rows(run: Run) -> list[Row]:
    return [
        Row(
            "96 to 44.1 kHz, alias and noise",
            impurity(engine.resample),
            Bar(-140, -150, unit=" dB", digits=0),
            "",
            f"pedalboard {impurity(streamed):.0f} dB",
        ),
    ]
