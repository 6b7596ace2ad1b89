"""Everything the desk and the engine want to know about a song, measured once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.decode import Probe
from dsp.kernels.clipping import flat_tops
from dsp.loudness import measure
from dsp.spectrum import Spectrum, average, banded, lossy_shelf
from dsp.true_peak import decibels, sample_peak, true_peak

SILENCE = 10 ** (-70 / 20)
MOST_RUNS = 50
LOW_HERTZ = 120.0

Bands = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A song in figures. Levels in dBFS, dBTP and LUFS are minus infinity for silence, and null in JSON.

    duration          seconds
    rate, channels    of the file; bits, codec, container, lossy: what it came as
    lufs, short_term_max, momentary_max, lra   dsp.loudness
    true_peak, sample_peak   dBTP (8 times oversampled), dBFS
    plr               peak to loudness ratio: true_peak - lufs, dB; 0 for silence
    clipped_samples   samples on flat tops, all channels together
    clipped_runs      (start, end) in seconds of the places they are in, at most 50, merged where close
    dc                largest mean of a channel, signed, full scale at 1
    correlation       of left and right, -1..1; 1 for mono
    low_correlation   the same below 120 Hz
    mono              one channel, or two that are equal
    dead_channel      "left" or "right" when that channel is silent and the other is not
    silence_start, silence_end   seconds under -70 dBFS before and after the music
    spectrum_mid, spectrum_side   (Hz, dBFS) per third octave
    shelf_hz          where a lossy encoder cut off, None if nowhere
    promised          seconds the file's header spoke of, None if it said nothing believable
    """

    duration: float
    rate: int
    channels: int
    bits: int | None
    codec: str | None
    container: str | None
    lossy: bool
    lufs: float
    short_term_max: float
    momentary_max: float
    lra: float
    true_peak: float
    sample_peak: float
    plr: float
    clipped_samples: int
    clipped_runs: tuple[tuple[float, float], ...]
    dc: float
    correlation: float
    low_correlation: float
    mono: bool
    dead_channel: str | None
    silence_start: float
    silence_end: float
    spectrum_mid: Bands
    spectrum_side: Bands
    shelf_hz: float | None
    promised: float | None

    def to_json(self) -> dict[str, Any]:
        """JSON values only; what is not finite becomes null."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Analysis":
        """The analysis that `to_json` wrote."""
        told = dict(plain)
        for name in ("lufs", "short_term_max", "momentary_max", "true_peak", "sample_peak"):
            told[name] = _level(told[name])
        for name in ("spectrum_mid", "spectrum_side"):
            told[name] = tuple((hertz, _level(level)) for hertz, level in told[name])
        told["clipped_runs"] = tuple((start, end) for start, end in told["clipped_runs"])
        return cls(**told)


def analyse(audio: NDArray[np.float32], rate: int, probe: Probe | None = None) -> Analysis:
    """Measure (channels, frames) float32 at `rate` Hz; `probe` tells what file it came from."""
    channels, frames = audio.shape
    loudness = measure(audio, rate)
    peak = true_peak(audio)
    spectrum = average(audio, rate)
    samples, runs = _clipped(audio, rate)
    peaks = [sample_peak(channel[None]) for channel in audio]
    start, end = _silence(audio, rate)
    means = audio.mean(axis=1, dtype=np.float64)
    return Analysis(
        duration=frames / rate,
        rate=rate,
        channels=channels,
        bits=probe.bits if probe else None,
        codec=probe.codec if probe else None,
        container=probe.container if probe else None,
        lossy=bool(probe and probe.lossy),
        lufs=loudness.integrated,
        short_term_max=loudness.short_term_max,
        momentary_max=loudness.momentary_max,
        lra=loudness.range,
        true_peak=peak,
        sample_peak=decibels(max(peaks)),
        plr=peak - loudness.integrated if math.isfinite(loudness.integrated) else 0.0,
        clipped_samples=samples,
        clipped_runs=runs,
        dc=float(means[np.abs(means).argmax()]),
        correlation=_correlation(spectrum, math.inf),
        low_correlation=_correlation(spectrum, LOW_HERTZ),
        mono=bool(np.array_equal(audio[0], audio[-1])),
        dead_channel=_dead(peaks),
        silence_start=start,
        silence_end=end,
        spectrum_mid=banded(spectrum.hertz, spectrum.mid),
        spectrum_side=banded(spectrum.hertz, spectrum.side),
        shelf_hz=lossy_shelf(spectrum),
        promised=probe.promised if probe else None,
    )


def _clipped(audio: NDArray[np.float32], rate: int) -> tuple[int, tuple[tuple[float, float], ...]]:
    """Samples on flat tops, and the places in seconds, fewer and longer until there are at most MOST_RUNS."""
    gap = rate // 20
    least = np.float32(0.85 * sample_peak(audio))
    places = np.empty((audio.shape[1] // gap + 2, 3), np.int64)
    samples = 0
    runs: list[tuple[float, float]] = []
    if least > SILENCE:
        for channel in audio:
            found = places[: flat_tops(channel, least, gap, places)]
            samples += int(found[:, 2].sum())
            runs += [(first / rate, end / rate) for first, end in found[:, :2].tolist()]
    within = 0.05
    while True:
        runs = _merged(sorted(runs), within)
        if len(runs) <= MOST_RUNS:
            return samples, tuple(runs)
        within *= 2


def _merged(runs: list[tuple[float, float]], within: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in runs:
        if merged and start - merged[-1][1] <= within:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _correlation(spectrum: Spectrum, below: float) -> float:
    """Of the two channels as far as they lie below a frequency (Hz), without their mean."""
    low = slice(1, int(np.searchsorted(spectrum.hertz, below)))
    left, right = float(spectrum.left[low].sum()), float(spectrum.right[low].sum())
    if left <= 0 or right <= 0:
        return 1.0
    return max(-1.0, min(1.0, float(spectrum.shared[low].sum()) / math.sqrt(left * right)))


def _dead(peaks: list[float]) -> str | None:
    if len(peaks) == 1 or max(peaks) <= SILENCE or min(peaks) > SILENCE:
        return None
    return "left" if peaks[0] < peaks[1] else "right"


def _silence(audio: NDArray[np.float32], rate: int) -> tuple[float, float]:
    """Seconds of silence at both ends; all of a silent file is its start."""
    frames = audio.shape[1]
    for start in range(0, frames, rate):
        heard = np.flatnonzero((np.abs(audio[:, start : start + rate]) > SILENCE).any(axis=0))
        if heard.size:
            break
    else:
        return frames / rate, 0.0
    first = start + int(heard[0])
    for end in range(frames, 0, -rate):
        block = audio[:, max(end - rate, 0) : end]
        heard = np.flatnonzero((np.abs(block) > SILENCE).any(axis=0))
        if heard.size:
            break
    last = max(end - rate, 0) + int(heard[-1])
    return first / rate, (frames - 1 - last) / rate


def plain(value: Any) -> Any:
    """A value as JSON knows it: lists for tuples, null for what is not finite."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


def _level(value: float | None) -> float:
    return -math.inf if value is None else value
