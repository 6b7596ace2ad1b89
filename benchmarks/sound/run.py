"""One run of the bench: what it works on, with whom it compares, and the masters that several rows share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.sound import engine, peers
from benchmarks.sound.corpus import Corpus, Song
from benchmarks.sound.peers import Peers, Work

LOUD = -9.0
SECONDS, QUICK_SECONDS = 240.0, 30.0
REFERENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A master of the dense piece, in a file; work: what it cost somebody else, None for this engine."""

    path: Path
    work: Work | None = None

    @property
    def audio(self) -> NDArray[np.float32]:
        """(channels, frames)."""
        samples, _ = soundfile.read(self.path, dtype="float32", always_2d=True)
        return np.ascontiguousarray(samples.T)


@dataclass(frozen=True)
class Run:
    """quick: fewer songs and shorter ones; folder: scratch space that is gone afterwards."""

    corpus: Corpus
    peers: Peers
    folder: Path
    quick: bool

    @property
    def seconds(self) -> float:
        """How long the song is that everybody masters."""
        return QUICK_SECONDS if self.quick else SECONDS

    def path(self) -> Path:
        """A new name in the scratch folder."""
        return self.folder / f"{uuid4().hex}.wav"

    @contextmanager
    def new_folder(self) -> Iterator[Path]:
        """An empty one in the scratch folder, gone with all that is in it afterwards."""
        with TemporaryDirectory(dir=self.folder) as folder:
            yield Path(folder)

    def written(self, song: Song) -> Path:
        """A song as a 24-bit file."""
        path = self.path()
        soundfile.write(path, song.audio.T, song.rate, subtype="PCM_24")
        return path

    @cached_property
    def dense_file(self) -> Path:
        """The dense piece, as long as this run's songs are, at 24 bits."""
        most = self.seconds if self.quick else 2 * self.seconds
        return self.written(self.corpus.dense.song(most).as_long_as(self.seconds))

    @property
    def dense(self) -> Song:
        samples, rate = soundfile.read(self.dense_file, dtype="float32", always_2d=True)
        return Song(self.corpus.dense.name, np.ascontiguousarray(samples.T), rate)

    @cached_property
    def loud_reference(self) -> Path:
        """Another song, mastered by this engine to LOUD: what matchering is to follow."""
        name = self.corpus.dense.name
        sources = (*self.corpus.with_stems, *self.corpus.chosen(3))
        song = next(source for source in sources if source.name != name).song(REFERENCE_SECONDS)
        made = engine.master(song.audio, song.rate, LOUD)
        return self.written(Song(song.name, made.audio, song.rate))

    @cached_property
    def loud(self) -> dict[str, Piece]:
        """The dense piece at LOUD by this engine and by everybody else who is here."""
        song = self.dense
        own = engine.master(song.audio, song.rate, LOUD)
        made = {engine.NAME: Piece(self.written(Song(song.name, own.audio, song.rate)))}
        matched = self.peers.matchering([(self.dense_file, self.loud_reference, self.path())])
        works = dict(zip((peers.MATCHERING,), matched, strict=False)) | self.turned(LOUD)
        return made | {name: Piece(work.out, work) for name, work in works.items()}

    def turned(self, target: float) -> dict[str, Work]:
        """The dense piece by those that can be told how loud."""
        song = self.dense
        gain = target - engine.measure(song.audio, song.rate).integrated
        normalised = self.peers.loudnorm(self.dense_file, target, self.path())
        works = {peers.LOUDNORM: normalised} if normalised else {}
        return works | {peers.CHAIN: self.peers.chain(self.dense_file, gain, self.path())}
