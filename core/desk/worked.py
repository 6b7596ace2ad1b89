"""What follows from the end of a job: of what was made, and of what could not be made."""

from collections.abc import Mapping
from typing import Any

from core.changes import Changes
from core.desk.delivering import delivery
from core.desk.making import handing_in, mastering
from core.desk.ordering import checkout, intake, references
from core.desk.people import minors
from core.desk.refunding import returning
from core.desk.scene import Scene
from core.desk.trade import bulk, concluded, covering
from core.jobs import JobKind


def done(scene: Scene, kind: JobKind, result: Mapping[str, Any]) -> Changes:
    """A job has ended with a result."""
    match kind:
        case JobKind.FETCH if _is_reference(scene):
            return references.fetched(scene, result)
        case JobKind.FETCH if handing_in.of_handin(scene):
            return handing_in.fetched(scene, result)
        case JobKind.HANDIN:
            return handing_in.measured(scene, result)
        case JobKind.FETCH:
            return intake.fetched(scene, result)
        case JobKind.REFERENCE:
            return references.measured(scene, result)
        case JobKind.UNPACK:
            return intake.unpacked(scene, result)
        case JobKind.INTAKE:
            return covering.looked_into(scene, result)
        case JobKind.RENDER:
            return mastering.rendered(scene, result)
        case JobKind.ALBUM:
            return mastering.album_drawn(scene, result)
        case JobKind.DELIVER:
            return delivery.delivered(scene, result)
        case JobKind.CHARGE:
            return checkout.settled(scene, result)
        case JobKind.REFUND:
            return returning.given_back(scene, result)
        case JobKind.SHRED:
            return Changes()
        case JobKind.PAPER:
            return bulk.tabled(scene, result) if _is_of_bulk(scene) else concluded.written(scene, result)


def given_up(scene: Scene, kind: JobKind, failed: Mapping[str, Any]) -> Changes:
    """A job was set aside after its attempts, or need not be tried again. `failed`: {"code", "details"}."""
    code, details = str(failed["code"]), failed.get("details", {})
    match kind:
        case JobKind.FETCH | JobKind.REFERENCE if _is_reference(scene):
            return references.unfit(scene, code, details)
        case JobKind.FETCH if handing_in.of_handin(scene):
            return handing_in.unfit(scene, code, details)
        case JobKind.HANDIN:
            return handing_in.unfit(scene, code, details)
        case JobKind.FETCH | JobKind.UNPACK | JobKind.INTAKE | JobKind.REFERENCE:
            return intake.unfit(scene, code, details)
        case JobKind.RENDER:
            return mastering.broke(scene)
        case JobKind.ALBUM:
            return mastering.album_drawn(scene, None)
        case JobKind.DELIVER:
            return delivery.undeliverable(scene)
        case JobKind.CHARGE:
            return checkout.unanswered(scene)
        case JobKind.REFUND:
            return returning.stuck(scene, "unreachable")
        case JobKind.PAPER:
            return Changes()  # its words stand in the chat
        case JobKind.SHRED:  # what is left of a reference, nobody names: the house removes that within a day
            return Changes() if _is_reference(scene) else minors.not_deleted(scene)


def _is_of_bulk(scene: Scene) -> bool:
    """Whether a document is about a bulk order, and not the record of an agreement."""
    return scene.snapshot.job is not None and "bulk" in scene.snapshot.job.payload


def _is_reference(scene: Scene) -> bool:
    """Whether a job is about a reference, and not about a song."""
    return scene.snapshot.job is not None and "reference" in scene.snapshot.job.payload
