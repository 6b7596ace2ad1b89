"""Songs and their versions."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePath
from typing import Any

from core.messages import WEB, FileRef, Media


class SongState(StrEnum):
    ARRIVING = "arriving"  # it comes in pieces beside the chat
    FETCHING = "fetching"
    CHECKING = "checking"
    READY = "ready"
    REFUSED = "refused"  # it cannot be mastered; `trouble` says why
    DROPPED = "dropped"  # the artist took it out or replaced it


ON_THE_WAY = frozenset({SongState.ARRIVING, SongState.FETCHING, SongState.CHECKING})
"""What stands in an order and is not known yet."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a song was refused: a code the desk words, and its figures."""

    code: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Song:
    """One piece of audio of an order. `place` is its number in the order, from 1."""

    id: str
    order: str
    place: int
    title: str
    state: SongState
    file: FileRef
    source: str | None = None  # blob of what was sent
    sha256: str | None = None  # of what was sent
    size: int | None = None  # bytes of what was sent
    pcm: str | None = None  # blob of the verified samples
    analysis: Mapping[str, Any] | None = None  # dsp.analysis.Analysis.to_json()
    advice: tuple[Mapping[str, Any], ...] = ()  # ({"code", "details"}, …)
    picture: Media | None = None
    trouble: Trouble | None = None
    instead_of: str | None = None  # the song whose place it takes as soon as it is here
    twin: str | None = None  # the earlier order of this person that holds the same file
    twin_number: int | None = None
    rev: int = 0

    @property
    def upload(self) -> str | None:
        """The upload that it is to be made of; None once its file is whole, or is not wanted any more."""
        awaited = self.state in (SongState.ARRIVING, SongState.FETCHING)
        return self.file.ref or None if awaited and self.file.door == WEB else None


class VersionState(StrEnum):
    RENDERING = "rendering"
    CHECKING = "checking"  # an engineer has handed it in, and it is being looked into
    HELD = "held"  # it was looked into, and waits for its engineer to send it
    READY = "ready"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  # handed in for a fix that is not wanted any more


UNNUMBERED = 0
"""The number of what is handed in for a fix by hand: it has one of its own once it is sent."""


@dataclass(frozen=True, slots=True)
class Version:
    """v1, v2 … of a song, as sent; settings, engine and source make it again bit for bit.

    One that an engineer made has no engine, and of its settings only what it was measured against.
    """

    id: str
    order: str
    song: str
    number: int
    state: VersionState
    settings: Mapping[str, Any]  # dsp.settings.Settings.to_json()
    engine: str
    master: str | None = None  # blob of the 24-bit WAV
    master_sha256: str | None = None
    measured: Mapping[str, Any] | None = None
    previews: tuple[Media, ...] = ()  # A/B clip, full-length preview, picture
    files: tuple[Media, ...] = ()  # the deliverables, once released
    sent_at: datetime | None = None
    destination: str | None = None  # a key of dsp.presets: where it goes
    lowered: float = 0.0  # LU that it was brought down, for a song of its album that stopped short
    by: str | None = None  # the account of the engineer who handed it in; None: the engine made it
    arriving: str | None = None  # what was handed in for it last, until that was looked into
    failures: tuple[Mapping[str, Any], ...] = ()  # ({"code", "details"}, …) by dsp.quality
    trouble: Trouble | None = None  # why what was handed in last cannot be used
    sent_anyway: str = ""  # the reason, where it was sent though it failed
    rev: int = 0

    @property
    def is_of_fix(self) -> bool:
        """Whether it is what was handed in for a fix that is not over."""
        return self.number == UNNUMBERED and self.state is not VersionState.DROPPED


# Controls, and what turns the direction of writing; halves of characters that no encoding takes.
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"

_MOST_BYTES = 200  # of the 255 that a file system gives a name: endings are added to ours

# What Windows keeps for its devices, whatever ending follows.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)

# What tells of a file how it is opened; ".5" in "mix v1.5" does not.
_ENDING = re.compile(r"\.(?=\d*[A-Za-z])[A-Za-z0-9]{1,5}$")

# "01 - Intro.wav", "1. Intro", "02_Midnight Drive": a track number before the name.
_NUMBERED = re.compile(r"^\s*(\d{1,3})\s*(?:[-._)]+\s*|\s+)(?=\S)")


def title_of(file_name: str) -> str:
    """A song's title from the name of its file: no folder, no ending, no track number, no underscores."""
    stem = PurePath(file_name.replace("\\", "/")).name
    stem = _ENDING.sub("", stem)
    stem = re.sub(f"[{_UNSEEN}]", "", stem)
    title = _NUMBERED.sub("", stem).replace("_", " ")
    title = " ".join(title.split())
    return (title or stem.strip() or "Song")[:120]


def track_number(file_name: str) -> int | None:
    """The track number that a file's name begins with, if it does."""
    found = _NUMBERED.match(PurePath(file_name.replace("\\", "/")).name)
    return int(found.group(1)) if found else None


def plain_name(name: str) -> str:
    """A name without separators, controls and what else no file system takes; as long as it is."""
    return " ".join(re.sub(rf'[{_UNSEEN}<>:"/\\|?*]', " ", name).split()).strip(" .")


def file_name(name: str, ending: str = "") -> str:
    """A name every file system takes: no separators or controls, at most 120 characters and 200 bytes.

    ending: what follows it, plain ASCII; without, what the name itself ends with. What is too long is cut
    before that: a WAV without `.wav` is opened by nothing.
    """
    safe = plain_name(name)
    if not ending:
        found = _ENDING.search(safe)
        ending = found.group() if found else ""
    stem = safe.removesuffix(ending)
    kept = stem[: 120 - len(ending)].encode()[: _MOST_BYTES - len(ending)].decode(errors="ignore")
    short = ((kept if kept == stem else kept.strip(" .")) or "song") + ending
    return f"_{short}" if _RESERVED.match(short) else short


def own_name(name: str) -> str:
    """A file's own name, without the folders that it lay in: nothing unseen, at most 120 characters."""
    return file_name(name.replace("\\", "/").rpartition("/")[2])
