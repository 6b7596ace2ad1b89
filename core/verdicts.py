"""Verdicts: what a batch of changes costs, and why (A13, A15, A18, A19, A21-A23, C1-C9).

A verdict is about one list of wishes at one time. Each wish of each song has one cause, by the first test
that it meets: a fault of ours; a batch that nobody has begun, which it joins; a batch in work; a change back;
the first batch; the same further; else it is new. What comes after the deadline is late as well.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from core.delivered import Round, is_back, is_further, rounds, taken_apart
from core.money import Money
from core.revisions import Batch, BatchState, Item, What


class Cause(StrEnum):
    """Why a wish is free, or is not."""

    FIRST = "first"  # nothing was asked before (A11)
    JOINED = "joined"  # it goes with a batch that nobody has begun (A18)
    FIX = "fix"  # asked but not done, or broken by us (C9)
    REFINE = "refine"  # the same further (A13)
    ADDITIONAL = "additional"  # a new wish, or any while a batch is in work (A19)
    REVERSAL = "reversal"  # back from what was delivered (A21, A22)
    LATE = "late"  # after the deadline (A15)
    UNREADABLE = "other"  # what nobody could read; staff price it (A23)


CLAUSES: Mapping[Cause, tuple[str, ...]] = {
    Cause.FIRST: ("A11",),
    Cause.JOINED: ("A18",),
    Cause.FIX: ("C9",),
    Cause.REFINE: ("A13",),
    Cause.ADDITIONAL: ("A19",),
    Cause.REVERSAL: ("A21", "A22"),
    Cause.LATE: ("A15",),
    Cause.UNREADABLE: ("A23",),
}
"""The clauses that each cause carries out."""

_PAID = frozenset({Cause.ADDITIONAL, Cause.REVERSAL, Cause.UNREADABLE})
_FREE_FIRST = (Cause.FIRST, Cause.JOINED, Cause.REFINE, Cause.FIX)


class Outcome(StrEnum):
    FREE = "free"
    FEE = "fee"  # at the floor, at once
    QUOTE = "quote"  # staff name the price, not under the floor


@dataclass(frozen=True, slots=True)
class Reason:
    """A wish for one song, and the test that it met. That it is late stands in the line."""

    item: Item
    cause: Cause


@dataclass(frozen=True, slots=True)
class Line:
    """What one song costs: one floor, whatever the causes (C6)."""

    song: str
    causes: tuple[Cause, ...]  # in alphabetical order
    items: tuple[Item, ...]
    amount: Money  # the least that it may cost


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a list of wishes costs. `free` and the items of `lines` are all of it, but for `apart`."""

    outcome: Outcome
    free: tuple[Item, ...]  # what is left of the list when the paid lines are dropped
    lines: tuple[Line, ...]  # in the order of the songs
    total: Money  # of the floors
    joins: bool  # it goes into the batch that nobody has begun
    free_cause: Cause | None  # why `free` is; of several the one that says most
    reasons: tuple[Reason, ...]
    apart: tuple[Item, ...] = ()  # what an automatic line does not take: what only a person could read

    @property
    def clauses(self) -> tuple[str, ...]:
        """What the sentence about it cites: the clauses of what costs, else of what makes it free."""
        causes: list[Cause] = sorted({cause for line in self.lines for cause in line.causes})
        if not causes and self.free_cause:
            causes = [self.free_cause]
        return tuple(clause for cause in causes for clause in CLAUSES[cause])

    def cheaper_anew(self, price_of_a_song: Money) -> tuple[str, ...]:
        """The songs whose fee is not below the price of a new order of that song."""
        return tuple(line.song for line in self.lines if price_of_a_song <= line.amount)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the batches stand when a wish is judged."""

    done: tuple[Round, ...]
    any_sealed: bool
    in_work: bool
    joins: bool
    late: bool
    faults_free_late: bool

    def cause(self, item: Item) -> Cause:
        """The first test that an item of one song meets."""
        if item.fault:
            return Cause.FIX
        if self.joins:
            return Cause.JOINED
        if self.in_work:
            return Cause.UNREADABLE if self.unread(item) else Cause.ADDITIONAL
        if is_back(item, self.done):
            return Cause.REVERSAL
        if not self.any_sealed:
            return Cause.FIRST
        if self.unread(item):
            return Cause.UNREADABLE
        return Cause.REFINE if is_further(item, self.done) else Cause.ADDITIONAL

    def unread(self, item: Item) -> bool:
        """Words for a person, or the undoing of what never was delivered."""
        if item.fault:
            return False
        return item.what is What.OTHER or (item.what is What.UNDO and not is_back(item, self.done))

    def charged(self, cause: Cause) -> frozenset[Cause]:
        """What a line says of an item with that cause; nothing if it is free."""
        paid = _PAID & {cause}
        if not self.late or self.joins or (cause is Cause.FIX and self.faults_free_late):
            return paid
        return paid | {Cause.LATE}


def judge(
    items: Iterable[Item],
    *,
    songs: Sequence[str],
    batches: Sequence[Batch],
    service_floor: Money,
    deadline: datetime | None,
    now: datetime,
    by_hand: bool,
    faults_free_late: bool,
    auto_quote: bool,
) -> Verdict:
    """What a list of wishes costs if it is sent now.

    `songs`: the ids of the order's songs, in order; an item without a song is about all of them. `batches`:
    those of the same window (the order's, or a song's in a bulk order); lists that are still written down,
    wait for a price or were dropped are no batches yet. `service_floor`: the service's fee_floor, for a song
    (A22, A23, C4). `deadline` still counts itself; None: nothing was delivered yet. `by_hand`: an engineer's
    line; on an automatic one work begins with the seal, so nothing is ever joined. `faults_free_late`: faults
    are free after the deadline too. `auto_quote`: a fee in time may be shown at the floor at once; else staff
    name it.

    ValueError: an item of a song that is not in the order.
    """
    standing = _standing(batches, deadline, now, by_hand=by_hand, faults_free_late=faults_free_late)
    wishes = _distinct(taken_apart(items, batches))
    apart = () if by_hand else tuple(item for item in wishes if standing.unread(item))
    free: list[Item] = []
    reasons: list[Reason] = []
    paid: dict[str, list[Item]] = {song: [] for song in songs}
    causes: dict[str, set[Cause]] = {song: set() for song in songs}
    for item in wishes:
        if item in apart:
            continue
        kept = []
        for of_song in _by_song(item, songs):
            song = of_song.song or ""
            reason = Reason(of_song, standing.cause(of_song))
            reasons.append(reason)
            if charged := standing.charged(reason.cause):
                paid[song].append(of_song)
                causes[song] |= charged
            else:
                kept.append(of_song)
        free.extend((item,) if item.song is None and len(kept) == len(songs) else kept)
    lines = tuple(
        Line(song, tuple(sorted(causes[song])), tuple(paid[song]), service_floor)  # C6
        for song in songs
        if paid[song]
    )
    return Verdict(
        _outcome(lines, auto_quote=auto_quote),
        tuple(free),
        lines,
        service_floor * len(lines),
        standing.joins and bool(reasons),
        _free_cause(reasons, standing),
        tuple(reasons),
        apart,
    )


def _standing(
    batches: Sequence[Batch],
    deadline: datetime | None,
    now: datetime,
    *,
    by_hand: bool,
    faults_free_late: bool,
) -> _Standing:
    sealed = [batch for batch in batches if batch.state is BatchState.SEALED]
    waiting = [batch for batch in sealed if by_hand and batch.started is None]
    late = _after(now, deadline)
    return _Standing(
        done=rounds(batches),
        any_sealed=any(batch.state in (BatchState.SEALED, BatchState.DELIVERED) for batch in batches),
        in_work=len(sealed) > len(waiting),
        joins=any(not late or not _after(batch.sealed, deadline) for batch in waiting),
        late=late,
        faults_free_late=faults_free_late,
    )


def _after(moment: datetime | None, deadline: datetime | None) -> bool:
    return moment is not None and deadline is not None and moment > deadline


def _distinct(items: Iterable[Item]) -> tuple[Item, ...]:
    """Each once; what is asked of every song is asked of each."""
    once = dict.fromkeys(items)
    return tuple(item for item in once if item.song is None or replace(item, song=None) not in once)


def _by_song(item: Item, songs: Sequence[str]) -> list[Item]:
    if item.song is None:
        return [replace(item, song=song) for song in songs]
    if item.song not in songs:
        raise ValueError(f"{item.song!r} is no song of the order")
    return [item]


def _outcome(lines: Sequence[Line], *, auto_quote: bool) -> Outcome:
    if not lines:
        return Outcome.FREE
    by_staff = {Cause.LATE, Cause.UNREADABLE}  # A15
    if not auto_quote or any(by_staff.intersection(line.causes) for line in lines):
        return Outcome.QUOTE
    return Outcome.FEE


def _free_cause(reasons: Iterable[Reason], standing: _Standing) -> Cause | None:
    causes = {reason.cause for reason in reasons if not standing.charged(reason.cause)}
    return next((cause for cause in _FREE_FIRST if cause in causes), None)
