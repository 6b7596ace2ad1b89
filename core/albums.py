"""Albums: the loudest song meets the target, the others keep their distance from it."""

from collections.abc import Mapping, Sequence

from core.songs import Song, track_number

MOST_DISTANCE = 8.0  # LU: a hidden track at -40 should still be heard on an album at -14


def in_album_order(names: Sequence[str]) -> list[int]:
    """The indices of files by track number where every name has its own; else the order they were sent in."""
    numbers = [track_number(name) for name in names]
    if None in numbers or len(set(numbers)) < len(numbers):
        return list(range(len(names)))
    return sorted(range(len(names)), key=lambda index: numbers[index] or 0)


def targets(songs: Sequence[Song], target: float) -> Mapping[str, float]:
    """Each song's own target in LUFS: the album's differences are kept (AES TD1008, album-normalised)."""
    loudness = {song.id: float((song.analysis or {}).get("lufs") or -70.0) for song in songs}
    loudest = max(loudness.values())
    return {id_: round(target - min(loudest - lufs, MOST_DISTANCE), 2) for id_, lufs in loudness.items()}
