"""Files are kept for some days after completion: the artist is warned, then they are deleted (A16, A17)."""

from dataclasses import replace

from core.changes import Changes
from core.desk.evolution import with_order, with_song, with_version
from core.desk.making import fixing
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.orders import Project
from core.text import Moment


def warned(scene: Scene, project: Project) -> Changes:
    """Some days before, and once more: what is not downloaded by then is gone."""
    order, say = project.order, scene.to_artist
    after = with_order(project, replace(order, warned=scene.now))
    if order.kept_until is None:
        return outcome(scene, project, after)
    text = say(
        "The files of order {number} are kept until {until}; then they are deleted. "
        "Please download them now.",
        number=str(order.number),
        until=Moment(order.kept_until),
    )
    notice = scene.notice(order, "warned", text, buttons.files(say, order))
    return outcome(scene, project, after, notices=(notice,))


def deleted(scene: Scene, project: Project) -> Changes:
    """Nothing names the audio and the pictures of this order any more, so the house destroys them.

    What was asked for, paid and measured stays.
    """
    after = fixing.ended(project)
    after = with_order(after, replace(after.order, deleted_at=scene.now, unreached=()))
    for song in project.songs:
        after = with_song(after, replace(song, source=None, pcm=None, picture=None))
    for version in after.versions:
        after = with_version(after, replace(version, master=None, previews=(), files=()))
    return outcome(scene, project, after, notices=fixing.told_over(scene, project))
