"""Strangers' files made into the house's own: one verified float WAV, decoded block by block in flat memory.

Mono stays mono, the sample rate stays what it was, and samples above full scale, as float files may hold
them, are kept.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp.containers import sniff
from dsp.errors import Refused
from dsp.report import Report, unheard
from dsp.sound import Kept
from dsp.sources import Probe, Source, opened
from dsp.wav import WavWriter

__all__ = ["Decoded", "Probe", "decode", "keep", "load", "sniff"]

MOST_FRAMES = 30 * 60 * 48000
"""The longest song: half an hour at 48 kHz, a quarter at 96 kHz; 0.7 GB on disk each time it is kept."""

LEAST_SECONDS = 0.4
"""One gating block of BS.1770: nothing shorter has a loudness."""
RATES = (8000, 192000)
STEP = 0.01
"""Progress is told in steps of this share: some decoders give blocks of a fiftieth of a second."""
HIGHEST = 8.0
"""Beyond +18 dBFS a file is wrongly scaled, not hot."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was decoded: frames and seconds that are really there."""

    probe: Probe
    frames: int

    @property
    def rate(self) -> int:
        return self.probe.rate

    @property
    def channels(self) -> int:
        return self.probe.channels

    @property
    def duration(self) -> float:
        return self.frames / self.probe.rate


def decode(source: Path, target: Path, *, max_minutes: float = 30.0, report: Report = unheard) -> Decoded:
    """Decode `source` into `target`, a 32-bit float WAV that `dsp.pcm` reads.

    Raises Refused; no file is left behind then.
    """
    try:
        with _checked(source, max_minutes, report) as opened_source:
            frames = 0
            probe = opened_source.probe
            with WavWriter(target, probe.rate, probe.channels, "float32") as out:
                for block in opened_source.blocks:
                    out.write(block)
                    frames += len(block)
        return _decoded(probe, frames)
    except Refused:
        target.unlink(missing_ok=True)
        raise


def load(
    source: Path, *, max_minutes: float = 30.0, report: Report = unheard
) -> tuple[Decoded, NDArray[np.float32]]:
    """Decode `source` into memory: what it was, and (channels, frames) float32. Raises Refused."""
    with _checked(source, max_minutes, report) as opened_source:
        probe = opened_source.probe
        blocks = list(opened_source.blocks)
    frames = sum(map(len, blocks))
    decoded = _decoded(probe, frames)
    audio = np.empty((probe.channels, frames), np.float32)
    start = 0
    for block in blocks:
        audio[:, start : start + len(block)] = block.T
        start += len(block)
    return decoded, audio


def keep(
    source: Path, folder: Path, *, max_minutes: float = 30.0, report: Report = unheard
) -> tuple[Decoded, Kept]:
    """Decode `source` into a file without a name in `folder`: what it was, and the song. Raises Refused."""
    with _checked(source, max_minutes, report) as opened_source:
        probe = opened_source.probe
        song = Kept(folder, probe.channels, probe.rate)
        for block in opened_source.blocks:
            song.append(block.T)
    return _decoded(probe, song.frames), song


@contextmanager
def _checked(source: Path, max_minutes: float, report: Report) -> Iterator[Source]:
    container = sniff(source)
    if container is None:
        raise Refused("not-audio")
    with opened(source, container) as raw:
        probe = raw.probe
        if probe.channels not in (1, 2):
            raise Refused("channels", {"channels": probe.channels})
        if not RATES[0] <= probe.rate <= RATES[1]:
            raise Refused("rate", {"rate": probe.rate})
        yield Source(probe, _verified(raw, max_minutes, report))


def _verified(source: Source, max_minutes: float, report: Report) -> Iterator[NDArray[np.float32]]:
    rate = source.probe.rate
    most = min(int(max_minutes * 60 * rate), MOST_FRAMES)
    expected = max(1, min(most, int((source.probe.promised or 240.0) * rate)))
    frames = 0
    told = 0.0
    for block in source.blocks:
        highest = max(float(block.max()), -float(block.min())) if block.size else 0.0
        if not highest <= HIGHEST:  # NaN compares false
            reason = "far beyond full scale" if math.isfinite(highest) else "not numbers"
            raise Refused(
                "broken", {"reason": f"at {frames / rate:.1f} seconds it holds samples that are {reason}"}
            )
        frames += len(block)
        if frames > most:
            raise Refused("too-long", {"minutes": round(most / rate / 60, 2)})
        share = min(1.0, frames / expected)
        if share - told >= STEP:
            told = share
            report(share, "decode")
        yield block


def _decoded(probe: Probe, frames: int) -> Decoded:
    if frames < LEAST_SECONDS * probe.rate:
        raise Refused("too-short", {"seconds": frames / probe.rate, "least": LEAST_SECONDS})
    return Decoded(probe, frames)
