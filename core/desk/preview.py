"""The preview: what goes out when a version is made, and what is said with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

from core.access import linked
from core.changes import Changes
from core.desk import buttons, phrases
from core.desk.evolution import with_batch, with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene, named
from core.ids import derive
from core.messages import Button, Media, Notice, To
from core.orders import Order, OrderState, Parcel, Project
from core.revisions import Batch, BatchState
from core.songs import Song
from core.text import Text, joined


def presented(scene: Scene, before: Project, project: Project, picture: Media | None) -> Changes:
    """The preview goes out. Its confirmed sending, not this moment, starts the clock (C3).

    Until then there is no deadline, so that none can pass while a new version is still on its way (A13).
    """
    order = replace(project.order.reached(Parcel.PREVIEW), state=OrderState.REVIEW, deadline=None)
    project = with_order(project, order)
    batch = project.sealed_batch
    if batch is not None:
        project = with_batch(project, replace(batch, state=BatchState.DELIVERED))
    fresh = [song for song in project.ready if _is_new(project, song)]
    say = scene.to_artist
    row: tuple[Button, ...] = () if order.owed else (buttons.approve(say, order),)
    if batch is None:
        row += (buttons.changes(say, order),)
    notice = Notice(
        preview_id(order, order.version),
        To.person(order.person),
        joined([*_told(scene, project, fresh, batch), *_promise(scene, project, batch)]),
        (*row, buttons.human(say, order.id)),
        _shown(scene, project, fresh, picture),
        confirm=True,
        order=order.id,
    )
    return outcome(scene, before, project, notices=(notice,))


def preview_id(order: Order, number: int) -> str:
    """The id of the notice that brings a version to its artist."""
    return derive("preview", order.id, number)


def media_of(scene: Scene, project: Project, song: Song, media: Mapping[str, Any]) -> Media:
    """A recipe's audio or picture as the artist is shown it."""
    say, plain = scene.to_artist, dict(media)
    title = named(project.order, song.title)
    what = {
        "ab": say("{title}: original and master in turns, equally loud", title=title),
        "preview": say("{title}: the whole master", title=title),
        "picture": say("{title}: what changed", title=title)
        if project.order.version > 1
        else say("{title}: before and after", title=title),
    }[str(plain.pop("role"))]
    return Media(**plain, title=what, performer=project.order.artist or scene.rules.house.name)


def _shown(scene: Scene, project: Project, fresh: list[Song], picture: Media | None) -> tuple[Media, ...]:
    """What comes with the preview: everything for up to three songs; for more, the full previews and one
    comparison, of the loudest song, which is the one that the level of all follows.

    A private link leads to each but the album's picture: that one is drawn for this message, and not kept.
    """
    versions = [version for song in fresh if (version := project.newest_made(song)) is not None]
    if len(fresh) <= 3:
        shown = [media for version in versions for media in version.previews]
    else:
        loudest = max(versions, key=lambda version: (version.measured or {}).get("lufs") or -inf)
        shown = [*loudest.previews[:1], *(media for each in versions for media in each.previews[1:2])]
    media = tuple(linked(project.order, one, scene.now, scene.rules) for one in shown)
    return (*media, picture) if picture else media


def _told(scene: Scene, project: Project, fresh: list[Song], batch: Batch | None) -> list[Text]:
    """What was made: each new version's figures; of a revision, what was asked beside what was measured."""
    say, order = scene.to_artist, project.order
    lines: list[Text] = []
    lowered: list[float] = []
    for song in fresh:
        version = project.newest_made(song)
        if version is None or version.measured is None:
            continue
        lines.append(
            say(
                "{title} v{number}: {figures}.",
                title=named(order, song.title),
                number=str(version.number),
                figures=phrases.figures(say, version.measured),
            )
        )
        if not version.measured.get("reached", True):
            lines.append(phrases.not_reached(say, version))
        if version.lowered:
            lowered.append(version.lowered)
        if batch is not None:
            changes = version.measured.get("changes", ())
            lines.extend(Text((f"  {change['asked']} - {change['measured']}",)) for change in changes)
    if lowered:
        lines.append(phrases.album_lowered(say, max(lowered)))
    return lines


def _promise(scene: Scene, project: Project, batch: Batch | None) -> list[Text]:
    say, windows = scene.to_artist, scene.rules.windows
    if batch is None and project.order.version == 1:
        return [
            say(
                "Changes are free for {days} from now: one round, so tell me everything at once.",
                days=timedelta(days=windows.first_days),
            )
        ]
    if project.order.owed:
        return [
            say("Listen, and pay for the files when it is right. If something is wrong, talk to a person.")
        ]
    return [say("Listen, and approve it when it is right. If something is wrong, talk to a person.")]


def _is_new(project: Project, song: Song) -> bool:
    version = project.newest_made(song)
    return version is not None and version.number == project.order.version
