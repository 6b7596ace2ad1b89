"""Everything the desk and the engine want to know about a song, measured once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.decode import Probe
from dsp.listening import listen
from dsp.profile import Levels
from dsp.sound import Held, Sound
from dsp.spectrum import Spectrum, average_sound, banded, lossy_shelf, sixths
from dsp.spots import Spots, few

SILENCE = 10 ** (-70 / 20)
MOST_CLICKS = 50
MOST_LOSS_DB = 60.0
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
    overs             (start, end) in seconds of where the true peak is over full scale, as clipped_runs
    dropouts          (start, end) in seconds of where the sound stops dead for a moment
    gaps              (start, end) in seconds of silences within the music, of a second and more
    clicks            how many; clicks_at: when, s, the first 50
    least_correlation, least_correlation_at          of a few seconds, where it is lowest, and when, s
    least_low_correlation, least_low_correlation_at  the same below 120 Hz
    mono_loss_db      by how much the sum of both channels is weaker than they are; 60 when nothing is left
    balance_db        left over right, dB; 0 for one channel and for a dead one
    delay_frames      frames by which right is later than left, negative when earlier
    hum_hertz, hum_db    50 or 60 Hz mains hum between the music and its level in dBFS, None and -inf without
    noise_db          dBFS of the noise between the music, None without; quiet_at: where both are heard, s
    promised          seconds the file's header spoke of, None if it said nothing believable
    sixths_mid, sixths_side   dBFS per band of dsp.profile.CENTRES, None above half the sample rate; empty in
                      analyses that were kept before there were any
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
    sixths_mid: Levels = ()
    sixths_side: Levels = ()
    overs: Spots = ()
    dropouts: Spots = ()
    gaps: Spots = ()
    clicks: int = 0
    clicks_at: tuple[float, ...] = ()
    least_correlation: float = 1.0
    least_correlation_at: float = 0.0
    least_low_correlation: float = 1.0
    least_low_correlation_at: float = 0.0
    mono_loss_db: float = 0.0
    balance_db: float = 0.0
    delay_frames: int = 0
    hum_hertz: float | None = None
    hum_db: float = -math.inf
    noise_db: float | None = None
    quiet_at: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """JSON values only; what is not finite becomes null."""
        return {field.name: plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Analysis":
        """The analysis that `to_json` wrote."""
        told = dict(plain)
        for name in ("lufs", "short_term_max", "momentary_max", "true_peak", "sample_peak", "hum_db"):
            told[name] = _level(told.get(name))
        for name in ("spectrum_mid", "spectrum_side"):
            told[name] = tuple((hertz, _level(level)) for hertz, level in told[name])
        for name in ("sixths_mid", "sixths_side"):
            told[name] = tuple(told.get(name, ()))
        for name in ("clipped_runs", "overs", "dropouts", "gaps"):
            told[name] = tuple((start, end) for start, end in told.get(name, ()))
        told["clicks_at"] = tuple(told.get("clicks_at", ()))
        return cls(**told)


def analyse(audio: NDArray[np.float32], rate: int, probe: Probe | None = None) -> Analysis:
    """Measure (channels, frames) float32 at `rate` Hz; `probe` tells what file it came from."""
    return analyse_sound(Held(audio, rate), probe)


def analyse_sound(sound: Sound, probe: Probe | None = None) -> Analysis:
    """Measure a song piece by piece; `probe` tells what file it came from."""
    rate, channels, frames = sound.rate, sound.channels, sound.frames
    heard = listen(sound)
    loudness, peak = heard.reading.loudness, heard.reading.true_peak
    spectrum = average_sound(sound)
    dead = _dead(heard.peaks.tolist())
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
        sample_peak=heard.reading.sample_peak,
        plr=peak - loudness.integrated if math.isfinite(loudness.integrated) else 0.0,
        clipped_samples=heard.clipped_samples,
        clipped_runs=heard.clipped,
        dc=float(heard.means[np.abs(heard.means).argmax()]),
        correlation=_correlation(spectrum, math.inf),
        low_correlation=_correlation(spectrum, LOW_HERTZ),
        mono=heard.mono,
        dead_channel=dead,
        silence_start=heard.silence_start,
        silence_end=heard.silence_end,
        spectrum_mid=banded(spectrum.hertz, spectrum.mid),
        spectrum_side=banded(spectrum.hertz, spectrum.side),
        shelf_hz=lossy_shelf(spectrum),
        promised=probe.promised if probe else None,
        sixths_mid=sixths(spectrum.hertz, spectrum.mid),
        sixths_side=sixths(spectrum.hertz, spectrum.side),
        overs=few(list(heard.reading.overs)),
        dropouts=heard.dropouts,
        gaps=heard.gaps,
        clicks=len(heard.clicks),
        clicks_at=heard.clicks[:MOST_CLICKS],
        least_correlation=heard.least.correlation if heard.least else 1.0,
        least_correlation_at=heard.least.at if heard.least else 0.0,
        least_low_correlation=heard.least_low.correlation if heard.least_low else 1.0,
        least_low_correlation_at=heard.least_low.at if heard.least_low else 0.0,
        mono_loss_db=_mono_loss(spectrum),
        balance_db=0.0 if dead else _balance(spectrum),
        delay_frames=heard.delay,
        hum_hertz=heard.rest.hum_hertz if heard.rest else None,
        hum_db=heard.rest.hum_db if heard.rest else -math.inf,
        noise_db=heard.rest.noise_db if heard.rest else None,
        quiet_at=heard.rest.at if heard.rest else 0.0,
    )


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


def _mono_loss(spectrum: Spectrum) -> float:
    """dB by which the mean of both channels is weaker than the channels."""
    both, mid = float((spectrum.left + spectrum.right)[1:].sum()) / 2, float(spectrum.mid[1:].sum())
    if both <= 0:
        return 0.0
    return max(0.0, min(MOST_LOSS_DB, 10 * math.log10(both / mid) if mid > 0 else MOST_LOSS_DB))


def _balance(spectrum: Spectrum) -> float:
    """dB by which left is stronger than right."""
    left, right = float(spectrum.left[1:].sum()), float(spectrum.right[1:].sum())
    return 10 * math.log10(left / right) if left > 0 and right > 0 else 0.0


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
