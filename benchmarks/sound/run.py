"""One run of the bench: what it works on, with whom it compares, and the masters that several rows share."""

import itertools
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.sound import engine, peers
from benchmarks.sound.corpus import Corpus, Song
from benchmarks.sound.peers import Peers

LOUD = -9.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A master of the dense piece by one of those compared; (channels, frames) and what was asked, LUFS."""

    audio: NDArray[np.float32]
    target: float


@dataclass(frozen=True)
class Run:
    """quick: fewer songs and shorter ones; folder: scratch space that is gone afterwards."""

    corpus: Corpus
    peers: Peers
    folder: Path
    quick: bool
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def path(self, ending: str = ".wav") -> Path:
        """A new name in the scratch folder."""
        return self.folder / f"{next(self._numbers)}{ending}"

    def written(self, song: Song) -> Path:
        """A song as a 24-bit file."""
        path = self.path()
        soundfile.write(path, song.audio.T, song.rate, subtype="PCM_24")
        return path

    @cached_property
    def dense(self) -> Song:
        """The dense piece, a minute of it in a quick run."""
        return self.corpus.dense.excerpt(60.0) if self.quick else self.corpus.dense

    @cached_property
    def loud_reference(self) -> Path:
        """Another song, mastered by this engine to LOUD: what matchering is to follow."""
        other = next(
            source
            for source in (*self.corpus.with_stems, *self.corpus.chosen(3))
            if source.name != self.dense.name
        ).song()
        song = other.excerpt(60.0)
        made = engine.master(song.audio, song.rate, LOUD)
        return self.written(Song(song.name, made.audio, song.rate))

    @cached_property
    def loud(self) -> dict[str, Piece]:
        """The dense piece at LOUD by this engine and by everybody else who is here."""
        song = self.dense
        path = self.written(song)
        gain = LOUD - engine.measure(song.audio, song.rate).integrated
        made = {engine.NAME: Piece(engine.master(song.audio, song.rate, LOUD).audio, LOUD)}
        others = {
            peers.MATCHERING: self.peers.matchering(path, self.loud_reference, self.path()),
            peers.LOUDNORM: self.peers.loudnorm(path, LOUD, self.path()),
            peers.CHAIN: self.peers.chain(path, gain, self.path()),
        }
        made |= {name: Piece(work.audio, LOUD) for name, work in others.items() if work is not None}
        return made
