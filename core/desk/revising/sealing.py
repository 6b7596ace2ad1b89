"""A batch goes to work: by the engine at once, by hand at the staff desk; or it joins one."""

from collections.abc import Mapping
from dataclasses import replace

from core.aims import re_aimed
from core.albums import standing
from core.asks import applied
from core.changes import Changes
from core.desk.evolution import with_batch, with_order
from core.desk.making import work
from core.desk.making.mastering import rendering
from core.desk.making.work_card import card
from core.desk.scene import Scene
from core.jobs import Job
from core.orders import Grouping, OrderState, Project
from core.revisions import Batch, BatchState, Item, What, together
from core.services import BY_HAND
from core.songs import Version
from dsp.settings import Settings


def into_work(scene: Scene, project: Project, batch: Batch) -> tuple[Project, tuple[Job, ...], Changes]:
    """A batch that costs nothing, or is paid, is sealed. What is in work already is done before it."""
    sealed = replace(batch, state=BatchState.SEALED, sealed=scene.now)
    if project.order.service not in BY_HAND:
        return *_by_the_engine(scene, project, replace(sealed, started=scene.now)), Changes()
    busy = project.order.state is OrderState.WORKING
    project = with_batch(project, sealed)
    if busy:
        return project, (), Changes(cards=(card(scene, project),))
    project, more = work.asked(scene, project, sealed)
    return project, (), more


def joined(scene: Scene, project: Project, batch: Batch) -> tuple[Project, Changes]:
    """Its wishes go into the batch that nobody has begun yet. # A18"""
    waiting = project.waiting_batch
    if waiting is None:
        raise LookupError("there is no round to join")
    both = replace(
        waiting,
        items=together((*waiting.items, *batch.items)),
        not_understood=waiting.not_understood + batch.not_understood,
    )
    project = with_batch(with_batch(project, both), replace(batch, state=BatchState.JOINED))
    return project, Changes(cards=(card(scene, project),))


def _by_the_engine(scene: Scene, project: Project, batch: Batch) -> tuple[Project, tuple[Job, ...]]:
    """On an automatic line the work begins with the seal."""
    order = project.order
    goes_to = next((item.of for item in batch.items if item.what is What.DESTINATION), order.destination)
    after = with_order(
        with_batch(project, batch),
        replace(order, state=OrderState.WORKING, version=order.version + 1, destination=goes_to),
    )
    items = {song.id: batch.about(song.id) for song in project.works}
    return rendering(scene, after, _settings(project, batch, items), items)


def _settings(
    project: Project, batch: Batch, items: Mapping[str, tuple[Item, ...]]
) -> Mapping[str, Settings]:
    """What the songs that a batch is about are made with from now on. Of a master that was made by hand there
    are no settings to change: the engine goes on from what it made itself.
    """
    now = {
        song.id: standing(made, _beside(project, made))
        for song in project.works
        if items[song.id] and (made := project.newest_by_engine(song)) is not None
    }
    album = project.order.grouping is Grouping.ALBUM
    aimed = re_aimed(now, project.order, batch.items, album=album)
    return {song: applied(settings, items[song]) for song, settings in aimed.items()}


def _beside(project: Project, version: Version) -> list[Version]:
    """The versions that were made together with one."""
    return [other for other in project.versions if other.number == version.number]
