"""A charge and its job: what is asked of whom, what a till is told, and which charge it answers about."""

from collections.abc import Mapping
from typing import Any

from core.desk.outcome import job_of
from core.desk.scene import Scene
from core.jobs import Job, JobKind
from core.money import Money
from core.orders import Order, Project
from core.tills import Charge, ChargeState


def charges_of(scene: Scene, order: Order, total: Money, *, quote: str | None = None) -> list[Charge] | None:
    """What is asked of whom: credit first, the rest of the outside till. None if nobody can take it."""
    charges = []
    till, credit = scene.ways.outside(order.door), scene.ways.credit(order.door)
    covered = min(scene.snapshot.balance or scene.rules.money(0), total) if credit else scene.rules.money(0)
    if credit and covered:
        id_ = scene.id("charge", credit, "row")
        paid = Charge(id_, order.id, order.person, credit, covered, ChargeState.PAID, scene.now, id_, quote)
        charges.append(paid)
    rest = total - covered
    if rest:
        if till is None:
            return None
        id_ = scene.id("charge", till, "row")
        asked = Charge(id_, order.id, order.person, till, rest, ChargeState.REQUESTED, scene.now, None, quote)
        charges.append(asked)
    return charges


def asked_of_till(charge: Charge) -> Mapping[str, Any]:
    """A charge as the job carries it that asks its till to take or to give back."""
    return {
        "charge": charge.id,
        "person": charge.person,
        "till": charge.till,
        "amount": charge.amount.amount,
        "currency": charge.amount.currency,
        "state": charge.state.value,
        "at": charge.at.isoformat(),
        "provider_id": charge.provider_id,
    }


def asking(scene: Scene, project: Project, charge: Charge) -> Job:
    """The job that asks a till to take a charge."""
    id_ = scene.id("charge", charge.till)
    return job_of(scene, project, Job(id_, JobKind.CHARGE, "", payload=asked_of_till(charge), cost=0.1))


def charge_of_job(scene: Scene) -> tuple[Project, Charge]:
    """The charge that a till has answered about, and its order."""
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    return project, next(charge for charge in project.charges if charge.id == job.payload["charge"])
