"""The songs a run is made with: real music from a folder, or what our own generator plays."""

import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from dsp.example import example_song

SUFFIXES = frozenset({".ogg", ".wav", ".flac"})
DENSE = "internal_degeneration"
"""The densest piece of Debian's fretsonfire-songs-muldjord."""
STEMS = frozenset({"song", "guitar"})
"""What the files of a folder are called that are stems of one song."""
FADE_SECONDS = 0.05
MIX_PEAK_DB = -9.5
"""Sample peak of stems that were put together: their sum alone would be far over full scale."""
LEAST_BYTES = 600_000
"""Jingles are left out: under half a minute of music."""


@dataclass(frozen=True, slots=True)
class Song:
    """Audio (channels, frames) at a rate in Hz."""

    name: str
    audio: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return float(self.audio.shape[1] / self.rate)

    def excerpt(self, seconds: float) -> "Song":
        """The middle of it, or all where it is shorter."""
        frames = round(seconds * self.rate)
        start = max(0, (self.audio.shape[1] - frames) // 2)
        return Song(self.name, np.ascontiguousarray(self.audio[:, start : start + frames]), self.rate)

    def as_long_as(self, seconds: float) -> "Song":
        """Its beginning, or itself again and again, for exactly as long."""
        frames = round(seconds * self.rate)
        times = -(-frames // self.audio.shape[1])
        audio = np.ascontiguousarray(np.tile(self.audio, (1, times))[:, :frames])
        return Song(self.name, audio, self.rate)

    def softened(self) -> "Song":
        """With short fades at its ends, as a song has and an excerpt has not."""
        frames = round(FADE_SECONDS * self.rate)
        audio = self.audio.copy()
        rise = np.linspace(0, 1, frames, dtype=np.float32)
        audio[:, :frames] *= rise
        audio[:, -frames:] *= rise[::-1]
        return Song(self.name, audio, self.rate)

    def turned(self, decibels: float) -> "Song":
        return Song(self.name, self.audio * np.float32(10 ** (decibels / 20)), self.rate)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Where songs come from: each is one file, or the stems of one folder together."""

    sources: tuple[tuple[Path, ...], ...]

    @property
    def real(self) -> bool:
        return bool(self.sources)

    @property
    def told(self) -> str:
        return f"{len(self.sources)} pieces of real music" if self.real else "songs of our own generator"

    def chosen(self, count: int) -> list["Source"]:
        """So many songs, spread evenly over all of them."""
        if not self.real:
            return [Source(seed=seed) for seed in range(1, count + 1)]
        at = np.linspace(0, len(self.sources) - 1, min(count, len(self.sources))).round().astype(int)
        return [Source(self.sources[n]) for n in at]

    def neighbours(self, count: int) -> list[tuple["Source", "Source"]]:
        """So many songs, each with another one that stands beside it, of the same folder if it has one."""
        everything = self.chosen(max(len(self.sources), count + 1))
        pairs = []
        for source in self.chosen(count):
            at = everything.index(source)
            pairs.append((source, everything[at + 1 if at + 1 < len(everything) else at - 1]))
        return pairs

    @property
    def dense(self) -> "Source":
        """The piece that limiters are tried with."""
        named = [paths for paths in self.sources if DENSE in str(paths[0])]
        return Source(named[0]) if named else self.chosen(1)[0]

    @property
    def with_stems(self) -> list["Source"]:
        return [Source(paths) for paths in self.sources if len(paths) > 1]


@dataclass(frozen=True, slots=True)
class Source:
    """One song that is not in memory yet."""

    paths: tuple[Path, ...] = ()
    seed: int = 0

    @property
    def name(self) -> str:
        if not self.paths:
            return f"our own song {self.seed}"
        return self.paths[0].parent.name if len(self.paths) > 1 else self.paths[0].stem

    def song(self, most: float = math.inf) -> Song:
        """So many seconds from the middle, or all of it; two minutes where our generator plays it."""
        if not self.paths:
            return Song(self.name, example_song(min(most, 120.0), 44_100, self.seed), 44_100)
        stems = self.stems(most)
        mix = np.zeros_like(stems[0].audio)
        for stem in stems:
            mix += stem.audio
        if len(stems) > 1:
            mix *= np.float32(10 ** (MIX_PEAK_DB / 20) / np.abs(mix).max())
        return Song(self.name, mix, stems[0].rate)

    def stems(self, most: float = math.inf) -> list[Song]:
        """Each file by itself, all as long as the longest."""
        read = [_middle(path, most) for path in self.paths]
        frames = max(len(samples) for samples, _ in read)
        stems = []
        for path, (samples, rate) in zip(self.paths, read, strict=True):
            padded = np.zeros((2, frames), np.float32)
            padded[:, : len(samples)] = samples.T[[0, -1]]
            stems.append(Song(path.stem, padded, rate))
        return stems


def _middle(path: Path, most: float) -> tuple[NDArray[np.float32], int]:
    """(frames, channels) and rate of so many seconds (or all) in the middle of a file."""
    with soundfile.SoundFile(path) as file:
        frames = int(min(file.frames, most * file.samplerate))
        file.seek((file.frames - frames) // 2)
        return file.read(frames, dtype="float32", always_2d=True), file.samplerate


def found(folder: Path | None) -> Corpus:
    """The songs below a folder, by name; none where no folder is given."""
    if folder is None:
        return Corpus(())
    folders: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SUFFIXES and path.stat().st_size >= LEAST_BYTES:
            folders[path.parent].append(path)
    sources: list[tuple[Path, ...]] = []
    for paths in folders.values():
        if len(paths) > 1 and {path.stem for path in paths} <= STEMS:
            sources.append(tuple(sorted(paths, key=lambda path: path.stem != "song")))
        else:
            sources += [(path,) for path in paths]
    return Corpus(tuple(sources))
