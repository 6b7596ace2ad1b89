"""A studio's own plug-ins in a style: processors of pedalboard and VST3s, one after the other.

All songs go into the first of them equally loud (Style.chain_lufs), and come back as loud as they were but
for what the plug-ins did. Each plug-in gets blocks of one length, for a change of length makes some begin
anew. It may be as late as it likes, if it says so: what comes out first belongs to the first frame of the
song, and silence after the last brings out the rest. So no song becomes later or longer, and in pieces it
becomes bit for bit what it would become in one.

A VST3 is loaded on the main thread of a process, which may end over it: that is the end of one job.
"""

import hashlib
import math
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pedalboard
from numpy.typing import NDArray

from dsp.errors import Refused
from dsp.settings import PlugIn, Settings, Style

BLOCK = 8192
"""Frames that a plug-in gets at a time."""
MOST_LATE = 10.0
"""Seconds by which a plug-in may be late."""
UNFIT = frozenset({"Convolution", "GSMFullRateCompressor", "IIRFilter", "PitchShift", "Plugin"})
"""What is no processor for a chain: it needs a file, is nothing by itself, or loses frames between blocks."""
LOADING = (AttributeError, ImportError, RuntimeError, TypeError, ValueError)
"""What pedalboard raises where a plug-in does not do what is asked."""

Audio = NDArray[np.float32]


def processors() -> Mapping[str, type[pedalboard.Plugin]]:
    """pedalboard's own processors that can stand in a chain, by name."""
    others = (pedalboard.PluginContainer, pedalboard.ExternalPlugin)
    return {
        name: kind
        for name, kind in sorted(vars(pedalboard).items())
        if isinstance(kind, type)
        and issubclass(kind, pedalboard.Plugin)
        and not issubclass(kind, others)
        and name not in UNFIT
    }


def through(style: Style, pieces: Iterator[Audio], channels: int, rate: int, lufs: float) -> Iterator[Audio]:
    """A song through the chain of a style: piece after piece, as many and as long as they come, none late.

    pieces: (channels, frames) each; lufs: how loud the song is. A mono song goes in as two equal channels,
    since many plug-ins take nothing else, and comes out as their mean. Raises Refused("plug-in").
    """
    gain = np.float32(10 ** ((style.chain_lufs - lufs) / 20) if math.isfinite(lufs) else 1.0)
    heard: Iterator[Audio] = (np.repeat(piece * gain, 2 // channels, axis=0) for piece in pieces)
    for plug_in in style.chain:
        heard = _through(plug_in, loaded(plug_in), heard, rate)
    if channels == 1:
        heard = (piece.mean(axis=0, keepdims=True) for piece in heard)
    return (piece / gain for piece in heard)


def loaded(plug_in: PlugIn) -> pedalboard.Plugin:
    """A plug-in with its parameters set, for one song. Raises Refused("plug-in") when it cannot be had."""
    if plug_in.file:
        return _of_file(plug_in)
    kinds = processors()
    if plug_in.name not in kinds:
        raise _refused(plug_in, f"is not one of pedalboard's for a chain: {', '.join(kinds)}")
    kind = kinds[plug_in.name]
    own = {name for name in dir(kind) if isinstance(getattr(kind, name), property)}
    made: pedalboard.Plugin = kind()
    return _set(plug_in, made, sorted(own - {"is_effect", "is_instrument"}))


def faults(chain: Sequence[PlugIn]) -> list[tuple[int, str, str]]:
    """What is wrong with each plug-in of a chain, tried with a moment of silence in stereo: its index, the
    parameter that it is about or "", and a sentence.
    """
    found = []
    silence = np.zeros((2, BLOCK), np.float32)
    for index, plug_in in enumerate(chain):
        try:
            for _ in _through(plug_in, loaded(plug_in), iter((silence,)), 44100):
                pass
        except Refused as refusal:
            found.append((index, str(refusal.details["parameter"]), str(refusal)))
    return found


def as_found(settings: Settings) -> Settings:
    """Settings that say what the files of their plug-ins hold here and now, so that a fingerprint knows."""
    own = settings.own_style
    if own is None or not any(plug_in.file for plug_in in own.chain):
        return settings
    chain = tuple(
        replace(plug_in, sha256=_held(plug_in)) if plug_in.file else plug_in for plug_in in own.chain
    )
    return replace(settings, own_style=replace(own, chain=chain))


def _through(
    plug_in: PlugIn, plugin: pedalboard.Plugin, pieces: Iterator[Audio], rate: int
) -> Iterator[Audio]:
    """Stereo pieces through one plug-in."""
    heard = np.empty((2, 0), np.float32)
    owed: deque[int] = deque()
    for block in _blocks(pieces, owed, rate):
        heard = np.concatenate([heard, _played(plug_in, plugin, block, rate)], axis=1)
        while owed and heard.shape[1] >= owed[0]:
            length = owed.popleft()
            yield heard[:, :length]
            heard = heard[:, length:]
    if owed:
        raise _refused(plug_in, "kept the end of the song to itself")


def _blocks(pieces: Iterator[Audio], owed: deque[int], rate: int) -> Iterator[Audio]:
    """Pieces in blocks of one length, then silence as long as anything is owed, but no longer than MOST_LATE.

    owed: takes the length of each piece as it comes.
    """
    waiting = np.empty((2, 0), np.float32)
    for piece in pieces:
        owed.append(piece.shape[1])
        waiting = np.concatenate([waiting, piece], axis=1)
        whole = waiting.shape[1] - waiting.shape[1] % BLOCK
        for start in range(0, whole, BLOCK):
            yield waiting[:, start : start + BLOCK]
        waiting = waiting[:, whole:]
    for _ in range(1 + math.ceil(MOST_LATE * rate / BLOCK)):
        if not owed:
            return
        yield np.pad(waiting, ((0, 0), (0, BLOCK - waiting.shape[1])))
        waiting = waiting[:, :0]


def _played(plug_in: PlugIn, plugin: pedalboard.Plugin, block: Audio, rate: int) -> Audio:
    """What a plug-in answers to a block: fewer frames as long as it is late, and none at first."""
    try:
        heard: Audio = plugin.process(block, rate, BLOCK, reset=False)
    except LOADING as error:
        raise _refused(plug_in, f"broke off: {_line(error)}") from error
    if heard.shape[0] != block.shape[0] or not np.isfinite(heard).all():
        raise _refused(plug_in, "returned no sound")
    return heard


def _of_file(plug_in: PlugIn) -> pedalboard.Plugin:
    if not Path(plug_in.file).exists():
        raise _refused(plug_in, f"is not there: {plug_in.file}")
    try:
        made = pedalboard.VST3Plugin(plug_in.file, plugin_name=plug_in.name or None)
    except LOADING as error:
        raise _refused(plug_in, f"cannot be loaded: {_line(error)}") from error
    if not made.is_effect:
        raise _refused(plug_in, "is an instrument, which takes no song")
    return _set(plug_in, made, made.parameters)  # type: ignore[attr-defined]  # mixed in by pedalboard


def _set(plug_in: PlugIn, made: pedalboard.Plugin, known: Collection[str]) -> pedalboard.Plugin:
    for name, value in plug_in.parameters:
        if name not in known:
            raise _refused(plug_in, f"has no {name!r}; it has {', '.join(known) or 'nothing to set'}", name)
        try:
            setattr(made, name, value)
        except LOADING as error:
            why = "" if isinstance(error, TypeError) else f": {_line(error)}"
            raise _refused(plug_in, f"does not take {value!r} for {name!r}{why}", name) from error
    return made


def _held(plug_in: PlugIn) -> str:
    """Hex SHA-256 of a VST3, which is a file or a folder of files."""
    path = Path(plug_in.file)
    if not path.exists():
        raise _refused(plug_in, f"is not there: {path}")
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file():
            with file.open("rb") as held:
                content = hashlib.file_digest(held, "sha256").hexdigest()
            digest.update(f"{file.relative_to(path.parent).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _refused(plug_in: PlugIn, reason: str, parameter: str = "") -> Refused:
    return Refused("plug-in", {"plug_in": str(plug_in), "reason": reason, "parameter": parameter})


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
