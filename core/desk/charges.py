"""A charge and its job: what a till is told, and which charge it answers about."""

from collections.abc import Mapping
from typing import Any

from core.desk.scene import Scene
from core.orders import Project
from core.tills import Charge


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


def charge_of_job(scene: Scene) -> tuple[Project, Charge]:
    """The charge that a till has answered about, and its order."""
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    return project, next(charge for charge in project.charges if charge.id == job.payload["charge"])
