"""What finished records sound like: the mean and the spread of their spectra, mid and side together.

The figures of each record stand in `corridor.csv`, with what they were measured from; they are measured by
`./lathe bench corridor`. A spread is more than a standard deviation per band: a record with much at 100 Hz
has much at 112 Hz too, and a record whose top is bright may well be wide. That is what tells a record's own
colour from the fault of a mix.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.profile import CENTRES, QUIETEST_DB, Profile

Figures = NDArray[np.float64]

RECORDS = Path(__file__).with_name("corridor.csv")
FLOOR_DB = -70.0
"""Under the loudest band of the mid nothing is told apart any more: there a record has noise, or none."""
OWN = 0.3
"""Share of a band's spread that is believed to be its own: the more, the fewer records there are."""
UNCERTAIN_DB = 1.0
"""Of a band as it is measured."""
SPAN = tuple(index for index, centre in enumerate(CENTRES) if 100 <= centre <= 5000)


@dataclass(frozen=True, slots=True)
class Music:
    """mean (bands) in dB, spread (bands, bands) in dB squared; the bands of mid, then those of side."""

    mean: Figures
    spread: Figures


def figures(profile: Profile) -> Figures:
    """The bands of mid, then of side, in dB of the mid's mean from 100 Hz to 5 kHz; NaN where there are none.

    All of it is NaN where the mid is silent there.
    """
    levels = np.array([np.nan if level is None else level for level in (*profile.mid, *profile.side)])
    mean = _mean(levels[list(SPAN)])
    return floored(levels - mean) if mean > QUIETEST_DB + 1 else np.full(levels.size, np.nan)


def floored(levels: Figures) -> Figures:
    """Levels with what lies too far down lifted to where nothing is told apart."""
    heard = levels[: len(CENTRES)]
    heard = heard[np.isfinite(heard)]
    return np.maximum(levels, heard.max() + FLOOR_DB) if heard.size else levels


@cache
def music() -> Music:
    """Of the records in `corridor.csv`. An album of many pieces counts by the root of their number."""
    with RECORDS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
    albums = Counter(row[0] for row in rows)
    levels = np.array([[float(level) if level else np.nan for level in row[4:]] for row in rows])
    levels = np.array([floored(record) for record in levels])
    weight = np.array([albums[row[0]] ** -0.5 for row in rows])
    weight /= weight.sum()
    there = np.isfinite(levels)
    mean = np.nansum(levels * weight[:, None], axis=0) / (there * weight[:, None]).sum(axis=0)
    apart = np.where(there, levels - mean, 0.0)
    spread = (apart * weight[:, None]).T @ apart / (1 - float(np.square(weight).sum()))
    own = np.diag(np.diag(spread))
    return Music(mean, (1 - OWN) * spread + OWN * own + UNCERTAIN_DB**2 * np.eye(mean.size))


def _mean(levels: Figures) -> float:
    told = levels[np.isfinite(levels)]
    return float(told.mean()) if told.size else np.nan
