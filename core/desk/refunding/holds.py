"""What a dispute holds: the money of a charge, where no refund finds it, until it is decided (B66)."""

from dataclasses import replace

from core.changes import Changes
from core.desk.evolution import with_dispute
from core.desk.scene import Scene
from core.ledger import GOODWILL, INCOME, Transfer, hold, of_deposit, of_order
from core.money import Money
from core.orders import OrderState, Project
from core.refunds import Dispute, DisputeState, Refund, RefundState, RefundTo
from core.tills import Charge, ChargeState


def begun(scene: Scene, project: Project, charge: Charge, dispute: Dispute) -> tuple[Project, Changes]:
    """A dispute with what there is of its charge: all that its provider has not had back from us."""
    by_method = (
        one.amount.amount
        for one in project.refunds
        if one.charge == charge.id and one.to is RefundTo.METHOD and one.state is not RefundState.FAILED
    )
    rest = Money(charge.amount.amount - sum(by_method), charge.amount.currency)
    whole = any(one.charge == charge.id and one.whole for one in project.refunds)
    if charge.state is not ChargeState.PAID or whole or not rest:
        return with_dispute(project, dispute), Changes()
    return _held(scene, project, dispute, rest, _source(scene, project, charge, rest))


def not_sent(scene: Scene, project: Project, charge: Charge, failed: Refund) -> tuple[Project, Changes]:
    """A refund on its way when the dispute began has come back: its money is held as well."""
    for dispute in project.disputes:
        if dispute.charge == charge.id and dispute.state is DisputeState.OPEN:
            source = dispute.source or (
                of_order(charge.order) if failed.whole else _source(scene, project, charge, failed.amount)
            )
            return _held(scene, project, dispute, failed.amount, source)
    return project, Changes()


def _held(
    scene: Scene, project: Project, dispute: Dispute, amount: Money, source: str
) -> tuple[Project, Changes]:
    moved: Transfer = hold(dispute, amount, source, scene.now)
    held = amount if dispute.held is None else dispute.held + amount
    return with_dispute(project, replace(dispute, held=held, source=source)), Changes(transfers=(moved,))


def _source(scene: Scene, project: Project, charge: Charge, amount: Money) -> str:
    """Where the money of a charge is: with the order until that is released, then it is ours.

    What was paid for changes is earned when they are delivered; until the studio knows, it vouches for it.
    So it does for what was paid in, once songs have used some of that.
    """
    order, stored = project.order, scene.snapshot.trade.deposit
    if charge.quote is not None:
        return GOODWILL
    if order.prepays is not None and order.paid_at is not None:
        return of_deposit(order.prepays.agreement) if stored is not None and amount <= stored else GOODWILL
    earned = order.released_version is not None and order.state is not OrderState.CANCELLED
    return INCOME if earned else of_order(charge.order)
