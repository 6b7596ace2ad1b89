"""The way of a song through the engine: trim, tone, width, plug-ins, dynamics, level, clipper, limiter, and
the proof of it.

Nothing is believed that was not measured on the result: the true peak of every master lies under its ceiling,
and its loudness is on target or the master says why not. The song goes through in pieces: what stays of it in
memory is its coarse clock, some bytes for each block of a third of a millisecond.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import chain, edit, places, tone
from dsp.analysis import Analysis
from dsp.blocks import block_edges, block_size
from dsp.codec_safe import Sent, codec_safe
from dsp.dynamics import compression
from dsp.errors import Refused
from dsp.gain import Turned
from dsp.level import MOST_GAIN_DB, Music, integrated, solve
from dsp.limiter import BlockPeaks, bounds
from dsp.loudness import energy, filters_at_rest
from dsp.profile import Profile
from dsp.proof import Reading, read
from dsp.report import Report, part, unheard
from dsp.settings import Settings
from dsp.sound import Held, Kept, Sound, pieces, whole
from dsp.steep import steep_peak
from dsp.true_peak import decibels

DC = 1e-4
"""A mean beyond -80 dBFS is taken out."""
ON_TARGET_LU = 0.02
NEAR_LU = 0.01
"""Nearer than this the search is not begun again."""
MARGIN = 10 ** (-0.05 / 20)
"""The limiter aims this far under the ceiling: the curve between samples moves a little as the gain does."""
ROUNDING = 1 - 1e-5
"""Room for what rounding to 24 bits may add to a peak."""
NEAR_PEAK = 0.7
"""A song that stays that far under its ceiling does so by every meter."""
ROUNDS = 4


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

    sound         the master, at the rate of the song, and the gap that follows it
    measured      of this sound; the gap changes none of it
    gain_db       how far it was turned up
    reduction_max_db, reduction_mean_db   what clipper and limiter took, deepest, and on average over what is
                  audible
    reached       whether the loudness is within 0.02 LU of the target
    why           None when it is, else "limiter-cap" (louder would be audible damage), "gain-cap" (louder
                  would only be noise) or "codec-cap" (louder, and its lossy encodes would be cut off)
    curve         (Hz, dB) of the tone filters of mid and side
    settings      as asked
    sent          how its lossy encodes are, where settings.codec_safe asked for that
    """

    sound: Sound
    measured: Measured
    gain_db: float
    reduction_max_db: float
    reduction_mean_db: float
    reached: bool
    why: str | None
    curve: tone.Tone
    settings: Settings
    sent: Sent | None = None

    @property
    def audio(self) -> NDArray[np.float32]:
        """All of it in memory, (channels, frames)."""
        return whole(self.sound)


def master(
    audio: NDArray[np.float32],
    rate: int,
    analysis: Analysis,
    settings: Settings,
    report: Report = unheard,
) -> Mastered:
    """Master (channels, frames) float32 at `rate` Hz, of which `analysis` is the analysis, in memory.

    The audio stays untouched. Raises Refused: "silent" when there is nothing to master, "too-short" when the
    trims leave nothing.
    """
    made = master_sound(Held(audio, rate), analysis, settings, None, report)
    return replace(made, sound=Held(made.audio, rate))


def master_sound(
    sound: Sound,
    analysis: Analysis,
    settings: Settings,
    folder: Path | None,
    report: Report = unheard,
) -> Mastered:
    """Master a song, of which `analysis` is the analysis, piece by piece.

    folder: where it may be kept on the way, 4 bytes a sample, in a file without a name; None keeps it in
    memory. Raises Refused as `master` does, and "plug-in" where one of its style cannot be used.
    """
    report(0.0, "tone")
    curve = tone.design(_profile(analysis, settings), settings)
    source = places.retouched(edit.trim(sound, settings), settings)
    song, weighted = _toned(source, analysis, curve, settings, folder)
    report(0.35, "dynamics")
    shape = _shape(weighted, song.frames, song.rate, settings)
    report(0.5, "level")
    if not settings.codec_safe:
        return _levelled(song, shape, weighted, curve, settings, report)
    made = _levelled(song, shape, weighted, curve, settings, part(report, 0.0, 0.7))
    return _sent_safely(made, folder, part(report, 0.7, 1.0))


def limiting_cap(settings: Settings) -> float:
    """How far the limiter may go, dB: the style's measure, doubled or halved by `limiting` at its ends."""
    return settings.character.limiting_db * 2**settings.limiting


def clipping_cap(settings: Settings) -> float:
    """How far the clipper may go before it, dB, in the same way."""
    return settings.character.clipping_db * 2**settings.limiting


def _profile(analysis: Analysis, settings: Settings) -> Profile:
    """What the tone is designed for: the song, or the album that it is on."""
    told = analysis.to_json()
    if settings.album_mid:
        told |= {"spectrum_mid": settings.album_mid, "spectrum_side": settings.album_side}
        told |= {"sixths_mid": (), "sixths_side": ()}
    return Profile.of(told)


def _toned(
    sound: Sound, analysis: Analysis, curve: tone.Tone, settings: Settings, folder: Path | None
) -> tuple[Kept, NDArray[np.float32]]:
    """The song without its mean, filtered and widened, through the plug-ins of its style; and the K-weighted
    energy of its blocks.
    """
    source = edit.centred(sound) if abs(analysis.dc) > DC else sound
    song = Kept(folder, source.channels, source.rate)
    block = block_size(song.rate)
    weighted = np.empty(-(-source.frames // block), np.float32)
    filters = filters_at_rest(source.channels)
    toned = _pieces(source) if _untouched(curve, settings) else _filtered(source, curve)
    if settings.character.chain:
        toned = chain.through(settings.character, toned, source.channels, source.rate, analysis.lufs)
    for (start, stop), piece in zip(pieces(source.frames), toned, strict=True):
        song.append(piece)
        edges = block_edges(stop - start, song.rate)
        weighted[start // block :][: edges.size - 1] = energy(piece, song.rate, edges, filters)
    return song, weighted


def _untouched(curve: tone.Tone, settings: Settings) -> bool:
    """Whether nothing is done to the tone, and nothing may be: else the edge of its band is cut."""
    return curve.flat and not settings.strength("tone")


def _pieces(source: Sound) -> Iterator[NDArray[np.float32]]:
    """The pieces of a song."""
    return (source.read(start, stop) for start, stop in pieces(source.frames))


def _filtered(source: Sound, curve: tone.Tone) -> Iterator[NDArray[np.float32]]:
    """The pieces of a song, filtered and widened."""
    equaliser = tone.Equaliser(curve, source.rate)
    for start, stop in pieces(source.frames):
        yield equaliser.filtered(source.read(start - equaliser.reach, stop + equaliser.reach))


def _shape(weighted: NDArray[np.float32], frames: int, rate: int, settings: Settings) -> NDArray[np.float32]:
    """Compressor and fades as one gain a block. weighted: K-weighted energy of each."""
    shape = edit.fade_gain(weighted.size, block_size(rate), frames, rate, settings)
    loudness = integrated(weighted, np.ones_like(shape), frames, rate)
    if not math.isfinite(loudness):
        raise Refused("silent")
    gain = compression(weighted, loudness, frames, rate, settings)
    if gain is not None:
        shape *= gain
    shape *= places.level(shape.size, block_size(rate), rate, settings)
    if not math.isfinite(integrated(weighted, shape, frames, rate, MOST_GAIN_DB)):
        raise Refused("silent")
    return shape


def _levelled(
    song: Kept,
    shape: NDArray[np.float32],
    weighted: NDArray[np.float32],
    curve: tone.Tone,
    settings: Settings,
    report: Report,
) -> Mastered:
    peaks = BlockPeaks(song, shape, song.highest)
    music = Music(weighted, shape, peaks.above, song.frames, song.rate)
    ceiling = 10 ** (settings.ceiling_dbtp / 20) * ROUNDING
    aimed, most = settings.target_lufs, ceiling * MARGIN
    filtered = not _untouched(curve, settings) and not settings.character.chain
    agreed = filtered and tone.cuts_the_edge(song.rate)
    for attempt in range(ROUNDS):
        level = solve(music, aimed, most, limiting_cap(settings), clipping_cap(settings))
        report(0.65 + attempt / 12, "limiter")
        made = Turned(song, level.gain)
        report(0.7 + attempt / 12, "verify")
        reading = read(made, bounds(peaks.known, made.gain, song.rate))
        error = reading.loudness.integrated - settings.target_lufs
        peak = reading.peak if agreed or reading.peak < NEAR_PEAK * ceiling else _highest(made, reading)
        if peak <= ceiling and (abs(error) <= NEAR_LU or level.stopped):
            break
        most *= min(1.0, ROUNDING * ceiling / peak)
        aimed -= 0.0 if level.stopped else error
    if peak > ceiling:
        made = Turned(song, made.gain * np.float32(ROUNDING * ceiling / peak))
        reading = read(made, bounds(peaks.known, made.gain, song.rate))
    reached = abs(reading.loudness.integrated - settings.target_lufs) <= ON_TARGET_LU
    report(1.0, "verify")
    return Mastered(
        sound=edit.spaced(made, settings),
        measured=_measured(reading),
        gain_db=level.drive.db,
        reduction_max_db=level.drive.most_db,
        reduction_mean_db=level.drive.mean_db,
        reached=reached,
        why=None if reached else level.stopped or "limiter-cap",
        curve=curve,
        settings=settings,
    )


def _highest(made: Turned, reading: Reading) -> float:
    """The true peak (linear) by whichever meter reads most, where they do not agree."""
    return max(reading.peak, steep_peak(made))


def _measured(reading: Reading) -> Measured:
    loudness = reading.loudness
    return Measured(
        lufs=loudness.integrated,
        true_peak=decibels(reading.peak),
        sample_peak=decibels(reading.sample_peak),
        lra=loudness.range,
        plr=decibels(reading.peak) - loudness.integrated,
        short_term_max=loudness.short_term_max,
    )


def _sent_safely(made: Mastered, folder: Path | None, report: Report) -> Mastered:
    """A master that is turned down where lossy encodes of it are too high, and what it reads then."""
    sound, sent = codec_safe(made.sound, folder, report)
    if sound is made.sound:
        return replace(made, sent=sent)
    anywhere = np.full(block_edges(sound.frames, sound.rate).size - 1, np.inf, np.float32)
    measured = _measured(read(sound, anywhere))
    reached = abs(measured.lufs - made.settings.target_lufs) <= ON_TARGET_LU
    why = None if reached else made.why or "codec-cap"
    return replace(made, sound=sound, measured=measured, reached=reached, why=why, sent=sent)
