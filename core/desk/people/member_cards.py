"""The list of changes at each member's: kept equal to that of whose order it is, whoever has changed it."""

from core.desk.revising import wish_list
from core.desk.scene import Scene
from core.messages import Card
from core.orders import Project
from core.revisions import BatchState


def changed(scene: Scene, before: Project | None, after: Project) -> tuple[Card, ...]:
    """The lists that a deed has changed, at each member's; and the open one at whoever has come or gone."""
    if before is None or not after.members:
        return ()
    old = {batch.id: batch for batch in before.batches}
    stood = {member.id: member.state for member in before.members}
    return tuple(
        wish_list.of_member(scene, after, batch, member)
        for batch in after.batches
        for member in after.members
        if (old.get(batch.id) != batch and member.is_in)
        or (batch.state is BatchState.OPEN and stood.get(member.id) is not member.state)
    )


def seen_by_actor(scene: Scene, project: Project) -> tuple[Card, ...]:
    """The open list, if there is one, at the member who did the deed."""
    member = scene.member
    return tuple(
        wish_list.of_member(scene, project, batch, member)
        for batch in project.batches
        if member is not None and batch.state is BatchState.OPEN
    )
