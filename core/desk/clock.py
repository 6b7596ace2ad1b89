"""What the clock does to an order whose time has come."""

from collections.abc import Mapping
from dataclasses import replace

from core.changes import Changes
from core.decisions import DecisionKind
from core.desk.delivering import delivery, keeping
from core.desk.evolution import with_order
from core.desk.making import work
from core.desk.ordering import arriving, intake
from core.desk.outcome import outcome
from core.desk.refunding import complaints, decisions, disputes, refunds
from core.desk.revising import quotes
from core.desk.scene import Scene
from core.orders import OrderState, Project
from core.refunds import any_open
from core.songs import SongState
from core.windows import due_at, files_due_at, is_open, reminder_at

CARRIED_OUT: Mapping[DecisionKind, decisions.Deed] = {
    DecisionKind.QUOTE: quotes.named,
    DecisionKind.WAIVE: quotes.waived,
    DecisionKind.CREDIT: refunds.credited,
    DecisionKind.REFUND: refunds.refunded,
    DecisionKind.REFUSE: refunds.refused,
    DecisionKind.UNJUSTIFIED: complaints.unjustified,
    DecisionKind.TAKE: disputes.taken,
}
"""What each kind of decision of the staff does when it cannot be undone any more."""


def ticked(scene: Scene, project: Project) -> Changes:
    """Carry out what is due. A tick that comes late, early or twice finds nothing due and does nothing."""
    order = project.order
    due = due_at(project, scene.rules)
    if due is None or due > scene.now:
        # Nothing by this clock: but what the row was woken for must not wake it again.
        return (
            Changes()
            if due == order.due_at
            else outcome(scene, project, with_order(project, replace(order, due_at=due)))
        )
    if decision := decisions.due(scene, project):
        return decisions.carried_out(scene, project, decision, CARRIED_OUT[decision.kind])
    if complaint := complaints.overdue(scene, project):
        return complaints.ended(scene, project, complaint)
    if quotes.overdue(scene, project):
        return quotes.expired(scene, project)
    if work.is_late(project, scene.now):
        return work.late(scene, project)
    if any_open(project.disputes):
        return Changes()  # neither approved nor given back by the clock while somebody else decides
    if any(time <= scene.now for time in files_due_at(project, scene.rules)):
        last = order.kept_until is not None and order.kept_until <= scene.now
        return keeping.deleted(scene, project) if last else keeping.warned(scene, project)
    match order.state:
        case OrderState.DRAFT if not order.settled:
            return intake.quiet(scene, project)
        case OrderState.DRAFT if any(song.state is SongState.ARRIVING for song in project.songs):
            return arriving.overdue(scene, project)
        case OrderState.DRAFT | OrderState.OFFERED:
            after = with_order(project, replace(order, state=OrderState.CANCELLED))
            return outcome(scene, project, after, more=Changes(cancel_jobs_of=(order.id,)))
        case OrderState.ASIDE:
            return refunds.failed(scene, project)
        case OrderState.REVIEW | OrderState.RELEASED if not is_open(order, scene.now):
            return delivery.complete(scene, project)
        case OrderState.REVIEW if reminder_at(order, scene.rules) is not None:
            return delivery.remind(scene, project)
    return Changes()
