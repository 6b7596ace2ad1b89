"""What the clock does to an order whose time has come."""

from dataclasses import replace

from core.changes import Changes
from core.desk import arriving, delivery, intake
from core.desk.evolution import with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.orders import OrderState, Project
from core.songs import SongState
from core.windows import due_at, is_open, reminder_at


def ticked(scene: Scene, project: Project) -> Changes:
    """Carry out what is due. A tick that comes late, early or twice finds nothing due and does nothing."""
    order = project.order
    due = due_at(order, scene.rules)
    if due is None or due > scene.now:
        # Nothing by this clock: but what the row was woken for must not wake it again.
        return (
            Changes()
            if due == order.due_at
            else outcome(scene, project, with_order(project, replace(order, due_at=due)))
        )
    match order.state:
        case OrderState.DRAFT if not order.settled:
            return intake.quiet(scene, project)
        case OrderState.DRAFT if any(song.state is SongState.ARRIVING for song in project.songs):
            return arriving.overdue(scene, project)
        case OrderState.DRAFT | OrderState.OFFERED:
            after = with_order(project, replace(order, state=OrderState.CANCELLED))
            return outcome(scene, project, after, more=Changes(cancel_jobs_of=(order.id,)))
        case OrderState.REVIEW | OrderState.RELEASED if not is_open(order, scene.now):
            return delivery.complete(scene, project)
        case OrderState.REVIEW if reminder_at(order, scene.rules) is not None:
            return delivery.remind(scene, project)
    return Changes()
