"""A new order of a song that was ordered before: where that costs no more than another revision."""

from dataclasses import replace

from core.changes import Changes
from core.desk.ordering import intake
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown.stale import stale
from core.orders import OrderState, Project
from core.songs import Song, SongState


def ordered(scene: Scene, project: Project, place: str | None) -> Changes:
    """[New master of this song: $6]: a new offer of the same song, measured already. Nothing is charged.

    Not of one whose files are gone, and not a second one while the first waits.
    """
    song = next((song for song in project.ready if str(song.place) == place and song.pcm), None)
    if song is None:
        return stale(scene, project)
    if waiting := next((one for one in scene.snapshot.open if _is_of(one, song)), None):
        return stale(scene, waiting)
    order = replace(
        intake.new_order(scene),
        state=OrderState.OFFERED,
        settled=True,
        confidential=project.order.confidential,
        artist=project.order.artist,
        style=project.order.style,
        beside=None,
    )
    again = replace(
        song,
        id=scene.id("song"),
        order=order.id,
        place=1,
        state=SongState.READY,
        instead_of=None,
        twin=project.order.id,
        twin_number=project.order.number,
        rev=0,
    )
    return outcome(scene, None, Project(order, (again,)))


def _is_of(project: Project, song: Song) -> bool:
    """Whether it is such an offer of a song, which nobody has bought yet."""
    offered = project.order.state is OrderState.OFFERED
    return offered and [(one.twin, one.pcm) for one in project.ready] == [(song.order, song.pcm)]
