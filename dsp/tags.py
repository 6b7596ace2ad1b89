"""Who made it, what it is called and how loud it is, inside the file: ID3 in WAV, AIFF and MP3, Vorbis
comments in FLAC and Opus, atoms in M4A.

ReplayGain 2.0 brings a song to -18 LUFS; Opus has a gain of its own towards -23 LUFS (RFC 7845).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutagen import id3
from mutagen.aiff import AIFF
from mutagen.flac import FLAC
from mutagen.mp3 import MP3
from mutagen.mp4 import MP4, MP4FreeForm
from mutagen.oggopus import OggOpus
from mutagen.wave import WAVE

RF64 = b"RF64"
REPLAY_LUFS = -18.0
OPUS_LUFS = -23.0
Reader = Callable[[Path], Any]
"""mutagen's classes and functions have no types."""

ID3: Mapping[str, Reader] = {".wav": WAVE, ".aiff": AIFF, ".mp3": MP3}
COMMENTED: Mapping[str, Reader] = {".flac": FLAC, ".opus": OggOpus}
MP4_FILE: Reader = MP4
FREE_FORM: Callable[[bytes], Any] = MP4FreeForm
FRAMES: Mapping[str, Callable[..., Any]] = {
    "title": id3.TIT2, "artist": id3.TPE1, "album": id3.TALB, "track": id3.TRCK, "isrc": id3.TSRC,
}  # fmt: skip
COMMENTS = {
    "title": "TITLE", "artist": "ARTIST", "album": "ALBUM", "track": "TRACKNUMBER", "isrc": "ISRC",
}  # fmt: skip
ATOMS = {"title": "\xa9nam", "artist": "\xa9ART", "album": "\xa9alb"}
FREE = "----:com.apple.iTunes:"
TEXT: Callable[..., Any] = id3.TXXX


@dataclass(frozen=True, slots=True)
class Replay:
    """How loud a song is (LUFS) and its true peak (dBTP), for players that level songs."""

    lufs: float
    true_peak: float

    @property
    def lines(self) -> dict[str, str]:
        """As ReplayGain writes them."""
        return {
            "REPLAYGAIN_TRACK_GAIN": f"{REPLAY_LUFS - self.lufs:.2f} dB",
            "REPLAYGAIN_TRACK_PEAK": f"{10 ** (self.true_peak / 20):.6f}",
        }

    @property
    def opus_gain(self) -> int:
        """1/256 dB."""
        return round(256 * (OPUS_LUFS - self.lufs))


def tag(
    path: Path,
    *,
    title: str | None = None,
    artist: str | None = None,
    album: str | None = None,
    track: int | None = None,
    isrc: str | None = None,
    replay: Replay | None = None,
) -> None:
    """Write tags where players of this kind of file look for them; what is None or empty is left out.

    ID3 is v2.3, which every player reads. A WAV beyond 4 GiB stays as it is: its format has no place for
    them that players look at.
    """
    named = {"title": title, "artist": artist, "album": album, "track": track, "isrc": isrc}
    told = {name: str(text) for name, text in named.items() if text}
    loud = replay if replay is not None and math.isfinite(replay.lufs) else None
    with path.open("rb") as file:
        head = file.read(4)
    if not (told or loud) or head == RF64:
        return
    if path.suffix in ID3:
        _id3(ID3[path.suffix](path), path, told, loud)
    elif path.suffix == ".m4a":
        _atoms(path, told, loud)
    else:
        _comments(path, told, loud)


def _id3(audio: Any, path: Path, told: Mapping[str, str], replay: Replay | None) -> None:
    if audio.tags is None:
        audio.add_tags()
    for name, text in told.items():
        audio.tags.add(FRAMES[name](encoding=id3.Encoding.UTF16, text=[text]))
    for line, text in (replay.lines if replay else {}).items():
        audio.tags.add(TEXT(encoding=id3.Encoding.LATIN1, desc=line, text=[text]))
    audio.tags.save(path, v2_version=3)


def _comments(path: Path, told: Mapping[str, str], replay: Replay | None) -> None:
    audio = COMMENTED[path.suffix](path)
    if audio.tags is None:
        audio.add_tags()
    for name, text in told.items():
        audio.tags[COMMENTS[name]] = text
    if replay and path.suffix == ".opus":
        audio.tags["R128_TRACK_GAIN"] = str(replay.opus_gain)
    elif replay:
        for line, text in replay.lines.items():
            audio.tags[line] = text
    audio.save()


def _atoms(path: Path, told: Mapping[str, str], replay: Replay | None) -> None:
    audio = MP4_FILE(path)
    if audio.tags is None:
        audio.add_tags()
    tags = audio.tags
    for name, text in told.items():
        if name == "track":
            tags["trkn"] = [(int(text), 0)]
        elif name in ATOMS:
            tags[ATOMS[name]] = [text]
        else:
            tags[f"{FREE}ISRC"] = [FREE_FORM(text.encode())]
    for line, text in (replay.lines if replay else {}).items():
        tags[f"{FREE}{line.lower()}"] = [FREE_FORM(text.encode())]
    audio.save()
