"""Who made it and what it is called, inside the file: ID3 in WAV and MP3."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mutagen import id3
from mutagen.mp3 import MP3
from mutagen.wave import WAVE

RF64 = b"RF64"


def tag(
    path: Path,
    *,
    title: str | None = None,
    artist: str | None = None,
    album: str | None = None,
    track: int | None = None,
    isrc: str | None = None,
) -> None:
    """Write ID3v2.3 tags, which every player reads; what is None or empty is left out.

    A WAV beyond 4 GiB stays as it is: its format has no place for them that players look at.
    """
    frames = [
        frame(encoding=id3.Encoding.UTF16, text=[str(text)])
        for frame, text in (
            (id3.TIT2, title),
            (id3.TPE1, artist),
            (id3.TALB, album),
            (id3.TRCK, track),
            (id3.TSRC, isrc),
        )
        if text
    ]
    with path.open("rb") as file:
        head = file.read(4)
    if not frames or head == RF64:
        return
    read: Callable[[Path], Any] = WAVE if head == b"RIFF" else MP3
    audio = read(path)
    if audio.tags is None:
        audio.add_tags()
    for frame in frames:
        audio.tags.add(frame)
    audio.tags.save(path, v2_version=3)
