"""The way of a song through the engine: trim, tone, width, dynamics, level, limiter, and the proof of it.

Nothing is believed that was not measured on the result: the true peak of every master lies under its ceiling,
and its loudness is on target or the master says why not.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import edit, tone
from dsp.analysis import Analysis
from dsp.blocks import block_edges, block_size
from dsp.dynamics import compression
from dsp.errors import Refused
from dsp.kernels.gain import apply_gain
from dsp.level import MOST_GAIN_DB, Music, integrated, solve
from dsp.limiter import BlockPeaks
from dsp.loudness import energy, measure
from dsp.report import Report, unheard
from dsp.settings import STYLES, Settings
from dsp.true_peak import decibels, linear_peak, sample_peak
from dsp.width import widen

DC = 1e-4
"""A mean beyond -80 dBFS is taken out."""
ON_TARGET_LU = 0.1
NEAR_LU = 0.03
MARGIN = 10 ** (-0.05 / 20)
"""The limiter aims this far under the ceiling: the curve between samples moves a little as the gain does."""
ROUNDING = 1 - 1e-5
"""Room for what rounding to 24 bits may add to a peak."""
ROUNDS = 4
MOST_GAIN = 10 ** (MOST_GAIN_DB / 10)
"""The most that the level may give, as energy."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a master reads: LUFS, dBTP (8 times oversampled), dBFS, LU, dB and LUFS."""

    lufs: float
    true_peak: float
    sample_peak: float
    lra: float
    plr: float
    short_term_max: float


@dataclass(frozen=True, slots=True)
class Mastered:
    """A master and how it came about.

    audio         (channels, frames) float32 at the rate of the song
    measured      of this audio
    gain_db       how far it was turned up
    reduction_max_db, reduction_mean_db   what the limiter took, deepest and on average over what is audible
    reached       whether the loudness is within 0.1 LU of the target
    why           None when it is, else "limiter-cap" (louder would be audible damage) or "gain-cap" (louder
                  would only be noise)
    curve         (Hz, dB) of the tone filter
    settings      as asked
    """

    audio: NDArray[np.float32]
    measured: Measured
    gain_db: float
    reduction_max_db: float
    reduction_mean_db: float
    reached: bool
    why: str | None
    curve: tone.Curve
    settings: Settings


def master(
    audio: NDArray[np.float32],
    rate: int,
    analysis: Analysis,
    settings: Settings,
    report: Report = unheard,
) -> Mastered:
    """Master (channels, frames) float32 at `rate` Hz, of which `analysis` is the analysis.

    The audio stays untouched. Raises Refused: "silent" when there is nothing to master, "too-short" when the
    trims leave nothing.
    """
    report(0.0, "tone")
    song, curve = _toned(edit.trim(audio, rate, settings), audio, rate, analysis, settings)
    report(0.35, "dynamics")
    shape, music = _shaped(song, rate, settings)
    report(0.5, "level")
    return _levelled(song, rate, shape, music, curve, settings, report)


def limiting_cap(settings: Settings) -> float:
    """How far the limiter may go, dB: the style's measure, doubled or halved by `limiting` at its ends."""
    return STYLES[settings.style].limiting_db * 2**settings.limiting


def _toned(
    song: NDArray[np.float32],
    original: NDArray[np.float32],
    rate: int,
    analysis: Analysis,
    settings: Settings,
) -> tuple[NDArray[np.float32], tone.Curve]:
    """A new array: filtered, widened, without its mean."""
    curve = tone.design(analysis.spectrum_mid, settings)
    if not tone.is_flat(curve):
        song = tone.equalise(song, rate, curve)
    elif np.shares_memory(song, original):
        song = song.copy()
    widen(song, STYLES[settings.style].width_db * settings.intensity + settings.width_db)
    if abs(analysis.dc) > DC:
        song -= song.mean(axis=1, dtype=np.float64, keepdims=True).astype(np.float32)
    return song, curve


def _shaped(song: NDArray[np.float32], rate: int, settings: Settings) -> tuple[NDArray[np.float32], Music]:
    """Compressor and fades as one gain a block, and what the level has to know of the song under it."""
    frames = song.shape[1]
    edges = block_edges(frames, rate)
    weighted = energy(song, rate, edges)
    loudness = integrated(weighted, frames, rate)
    if not math.isfinite(loudness):
        raise Refused("silent")
    gain = compression(weighted / np.diff(edges), loudness, rate, settings)
    shape = edit.fade_gain(weighted.size, block_size(rate), frames, rate, settings)
    if gain is not None:
        shape *= gain
    weighted *= np.square(shape, dtype=np.float64)
    if not math.isfinite(integrated(weighted * MOST_GAIN, frames, rate)):
        raise Refused("silent")
    return shape, Music(weighted, BlockPeaks(song, rate, shape).above, frames, rate)


def _levelled(
    song: NDArray[np.float32],
    rate: int,
    shape: NDArray[np.float32],
    music: Music,
    curve: tone.Curve,
    settings: Settings,
    report: Report,
) -> Mastered:
    ceiling = 10 ** (settings.ceiling_dbtp / 20) * ROUNDING
    aimed, most = settings.target_lufs, ceiling * MARGIN
    out = np.empty_like(song)
    for attempt in range(ROUNDS):
        level = solve(music, aimed, most, limiting_cap(settings))
        report(0.65 + attempt / 12, "limiter")
        apply_gain(song, level.gain * shape, block_size(rate), out)
        report(0.7 + attempt / 12, "verify")
        peak, loudness = linear_peak(out), measure(out, rate)
        error = loudness.integrated - settings.target_lufs
        if peak <= ceiling and (abs(error) <= NEAR_LU or level.stopped):
            break
        most *= min(1.0, ROUNDING * ceiling / peak)
        aimed -= 0.0 if level.stopped else error
    if peak > ceiling:
        out *= np.float32(ROUNDING * ceiling / peak)
        peak, loudness = linear_peak(out), measure(out, rate)
    reached = abs(loudness.integrated - settings.target_lufs) <= ON_TARGET_LU
    report(1.0, "verify")
    return Mastered(
        audio=out,
        measured=Measured(
            lufs=loudness.integrated,
            true_peak=decibels(peak),
            sample_peak=decibels(sample_peak(out)),
            lra=loudness.range,
            plr=decibels(peak) - loudness.integrated,
            short_term_max=loudness.short_term_max,
        ),
        gain_db=level.drive_db,
        reduction_max_db=level.most_db,
        reduction_mean_db=level.mean_db,
        reached=reached,
        why=None if reached else level.stopped or "limiter-cap",
        curve=curve,
        settings=settings,
    )
