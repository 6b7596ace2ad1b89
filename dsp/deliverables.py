"""From one master to the files that go home: each is written, tagged, read back and compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from dsp.blocks import block_edges
from dsp.broadcast import Figures, extension
from dsp.codec_safe import codec_safe
from dsp.decode import sniff
from dsp.formats import Format, converted, write
from dsp.proof import Reading, read
from dsp.report import Report, part
from dsp.sound import Kept, Sound
from dsp.sources import opened
from dsp.tags import Replay, tag
from dsp.true_peak import decibels

DEFAULT = (Format("wav", 24), Format("wav", 16, 44100, shaping=True), Format("mp3", kbps=320))
"""What a song is delivered as when nobody asked for anything else."""

STEP = {16: 2.0**-13, 24: 2.0**-23, 32: 1e-6}
"""How far rounding and dither may lift a peak (linear): shaped noise swings to a few LSB."""
PACKET = 2048
"""The last packet of a lossy file may be filled up by fewer frames than this."""
FULL_SCALE = 1.0


class Unfaithful(Exception):
    """A file that was read back is not what was written."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A file that was read back. true_peak: of what a player decodes, dBTP; turned_down: whether it had to be
    for that.
    """

    path: Path
    format: Format
    true_peak: float
    turned_down: bool


def deliver(
    master: Sound,
    formats: Sequence[Format],
    folder: Path,
    stem: str,
    *,
    ceiling_dbtp: float,
    tags: Mapping[str, Any],
    seed: str,
    report: Report,
) -> list[Delivered]:
    """Write a master in every format into `folder`, as `stem` and what the format adds.

    ceiling_dbtp: of what is resampled; at its own rate a master goes out as it is. tags: as dsp.tags.tag
    takes them; seed: of the dither. Each sample rate is made once for all formats that have it. A lossy file
    that decodes to more than full scale is made again from a master turned down where it does. Raises
    Unfaithful, and OSError when the disk is full.
    """
    rates: dict[int, tuple[Sound, Reading]] = {}
    delivered = []
    for done, format_ in enumerate(formats):
        step = part(report, done / len(formats), (done + 1) / len(formats))
        rate = format_.rate_of(master.rate)
        if rate not in rates:
            sound = converted(master, rate, ceiling_dbtp, folder)
            rates[rate] = sound, reading_of(sound)
        sound, reading = rates[rate]
        path = folder / f"{stem}{format_.ending}"
        peak = _made(sound, reading, path, format_, tags, seed, step)
        turned_down = format_.lossy and peak > FULL_SCALE
        if turned_down:
            safe, _ = codec_safe(sound, folder, ways={format_.kind: format_.codec})
            peak = _made(safe, reading_of(safe), path, format_, tags, seed, step)
        delivered.append(Delivered(path, format_, decibels(peak), turned_down))
    return delivered


def _made(
    sound: Sound,
    reading: Reading,
    path: Path,
    format_: Format,
    tags: Mapping[str, Any],
    seed: str,
    report: Report,
) -> float:
    """Write one file, tag it and read it back: its true peak (linear)."""
    loudness, peak = reading.loudness, decibels(reading.peak)
    figures = Figures(
        loudness.integrated, loudness.range, peak, loudness.momentary_max, loudness.short_term_max
    )
    extra = extension(figures, str(tags.get("title") or ""), str(tags.get("isrc") or ""))
    write(sound, path, format_, seed=seed, extra=extra, progress=lambda share: report(share, "files"))
    tag(path, **tags, replay=Replay(loudness.integrated, peak))
    return verified(path, format_, sound, reading.peak)


def verified(path: Path, format_: Format, sound: Sound, peak: float) -> float:
    """The true peak (linear) of what a file decodes to.

    sound: what it was written from, of the true peak `peak`. Raises Unfaithful when length, rate, channels,
    word length or, without loss, the peak are others.
    """
    with opened(path, sniff(path) or "") as source:
        probe = source.probe
        heard = Kept(path.parent, probe.channels, probe.rate)
        for block in source.blocks:
            heard.append(np.ascontiguousarray(block.T))
    most = PACKET if format_.lossy else 1
    if (probe.rate, probe.channels) != (sound.rate, sound.channels) or not (
        0 <= heard.frames - sound.frames < most
    ):
        raise Unfaithful(f"{path.name}: {heard.frames} frames, {probe.channels} channels, {probe.rate} Hz")
    found = reading_of(heard).peak
    if not format_.lossy and (probe.bits != format_.bits or abs(found - peak) > STEP[format_.bits]):
        raise Unfaithful(f"{path.name}: {probe.bits} bits, {decibels(found):.2f} dBTP")
    return found


def reading_of(sound: Sound) -> Reading:
    """What a song reads, wherever its peaks are."""
    return read(sound, np.full(block_edges(sound.frames, sound.rate).size - 1, np.inf, np.float32))
