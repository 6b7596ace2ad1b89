"""Complaints: a fault with what was delivered, its reason, and the clock of its fix (B63-B66, C9-C12)."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.songs import Song, Version, VersionState


class ComplaintState(StrEnum):
    OPEN = "open"  # the clock runs
    FIXED = "fixed"  # a new version was delivered in time (B64)
    WITHDRAWN = "withdrawn"
    REFUNDED = "refunded"  # at the end of the clock (B65)
    DECIDED = "decided"  # by the staff, who gave a credit or none (A24, A25)
    FROZEN = "frozen"  # a dispute is open: its provider decides (B66)


STANDING = frozenset({ComplaintState.OPEN, ComplaintState.FROZEN})
"""States in which something may still come of it."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint about one delivered version. `songs`: those it is about; none means all of the order.

    What people made has no clock: the staff decide about it (A24, A25).
    """

    id: str
    order: str
    state: ComplaintState
    version: int
    reason: str
    opened: datetime
    due: datetime | None  # the fix must be delivered before this moment (C11); None: no clock runs
    songs: tuple[str, ...] = ()
    answered_by: str | None = None  # the name of who explained that it is not justified
    closed: datetime | None = None
    rev: int = 0

    @property
    def runs(self) -> bool:
        """Whether its clock runs, at whose end the money goes back. # B64, B65"""
        return self.state is ComplaintState.OPEN and self.due is not None


def unfixed(
    complaint: Complaint, songs: Sequence[Song], versions: Iterable[Version], wished: Collection[int]
) -> tuple[Song, ...]:
    """The songs it is about of which no newer version was delivered in time. # B64, C11

    `wished`: the numbers of the versions that the artist's own changes brought: those put nothing right. # C9
    """
    fixed = {
        version.song
        for version in versions
        if version.number > complaint.version
        and version.number not in wished
        and version.state is VersionState.SENT
        and version.sent_at is not None
        and (complaint.due is None or version.sent_at < complaint.due)
    }
    return tuple(song for song in about(complaint, songs) if song.id not in fixed)


def about(complaint: Complaint, songs: Sequence[Song]) -> tuple[Song, ...]:
    """The songs of an order that a complaint is about."""
    return tuple(song for song in songs if not complaint.songs or song.id in complaint.songs)


_NUMBER = r"\d{1,3}\b(?![:.]\d|\s*(?:%|(?:db|s|sec|seconds?|minutes?|hours?|days?|weeks?|times)\b))"
_NUMBERED = re.compile(
    rf"(?:\bsongs?|\btracks?|\blied(?:er)?|\btitel|\bnr\.?|\bno\.?|#)\s*"
    rf"({_NUMBER}(?:\s*(?:,|&|\+|/|-|–|and|und|to|bis|or|oder)\s*(?:,|and|und)?\s*#?{_NUMBER})*)",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(\d+)\s*(?:-|–|to|bis)\s*#?(\d+)")


def songs_meant(reason: str, songs: Sequence[Song]) -> tuple[str, ...]:
    """The songs that a reason names, by title or by number ("track 3", "songs 2 and 5-7"); none if it names
    none, or all.
    """
    numbers = {number for listed in _NUMBERED.findall(reason) for number in _numbers(listed)}
    meant = tuple(song.id for song in songs if song.place in numbers or _says(reason, song.title))
    return () if len(meant) == len(songs) else meant


def _numbers(listed: str) -> set[int]:
    found = {int(number) for number in re.findall(r"\d+", listed)}
    return found.union(*(range(int(first), int(last)) for first, last in _SPAN.findall(listed)))


def _says(reason: str, title: str) -> bool:
    return bool(title) and re.search(rf"(?<!\w){re.escape(title)}(?!\w)", reason, re.IGNORECASE) is not None
