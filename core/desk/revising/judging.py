"""What a list of changes costs as the house has it: the verdict about a draft (core/verdicts.py)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from core.delivered import not_done
from core.orders import Project
from core.revisions import Batch, BatchState, Item
from core.rules import HouseRules
from core.services import BY_HAND
from core.songs import Song, Version
from core.verdicts import Verdict, judge
from core.work.verify import measured_change, moved_as_well


def judged(project: Project, items: Iterable[Item], rules: HouseRules, now: datetime) -> Verdict:
    """What these wishes cost if they are sent now, and why."""
    order = project.order
    bought = order.under(rules)
    return judge(
        with_faults(project, items),
        songs=[song.id for song in project.works],
        batches=project.batches,
        service_floor=bought.fee_floor,
        deadline=order.deadline,
        now=now,
        by_hand=order.service in BY_HAND,
        faults_free_late=bought.faults_are_free_after_deadline,
        auto_quote=rules.quotes.auto_quote_floor,
    )


def with_faults(project: Project, items: Iterable[Item]) -> tuple[Item, ...]:
    """The items, those marked as faults that were asked for and, by measurement, not done. # C9"""
    return tuple(
        item if item.fault else replace(item, fault=True) if _was_not_done(project, item) else item
        for item in items
    )


def _was_not_done(project: Project, item: Item) -> bool:
    songs = [song for song in project.works if item.song in (None, song.id)]
    return bool(songs) and all(_not_done(project, song, item) for song in songs)


def _not_done(project: Project, song: Song, item: Item) -> bool:
    """Whether the newest version of a song has nothing of a wish that its last round was to bring."""
    new = project.newest_made(song)
    batch = next(
        (
            batch
            for batch in reversed(project.batches)
            if batch.state is BatchState.DELIVERED and batch.about(song.id)
        ),
        None,
    )
    old = _before(project, song, batch) if batch else None
    if new is None or old is None or batch is None or batch.about_version >= new.number:
        return False
    asked = next((other for other in batch.about(song.id) if _the_same(item, other)), None)
    if asked is None or moved_as_well(asked, batch.about(song.id)) is not None:
        return False
    return not_done(asked, measured_change(asked, old.measured or {}, new.measured or {}))


def _before(project: Project, song: Song, batch: Batch) -> Version | None:
    """The version of a song before the one that a round brought; fixes may have come since, and before it."""
    brought = [
        version.number
        for version in project.versions
        if version.song == song.id
        and version.number > batch.about_version
        and (version.sent_at is None or batch.delivered is None or version.sent_at >= batch.delivered)
    ]
    return project.newest_made(song, min(brought) - 1) if brought else None


def _the_same(item: Item, other: Item) -> bool:
    return (item.what, item.direction, item.place, item.of) == (
        other.what,
        other.direction,
        other.place,
        other.of,
    )
