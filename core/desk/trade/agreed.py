"""An order has the agreed price that holds when it is offered, looked up each time until it is paid (B67)."""

from dataclasses import replace

from core.agreements import price_for
from core.changes import Changes, Move
from core.desk.evolution import with_order
from core.desk.scene import Scene
from core.orders import Project


def dealt(scene: Scene, project: Project) -> Project:
    """An order that is not paid yet, at the price that holds for it now."""
    order, bulk = project.order, scene.snapshot.trade.bulk
    if order.price is not None or order.prepays is not None:
        return project
    known = bulk is not None and bulk.id == order.bulk if order.bulk else _is_artists(scene, project)
    if not known:
        return project  # what its agreements are, was not asked for
    deal = price_for(
        scene.snapshot.trade.running,
        service=order.service,
        bulk=order.bulk,
        songs=len(project.works),
        now=scene.now,
    )
    return with_order(project, replace(order, deal=deal)) if deal != order.deal else project


def drawn_on(scene: Scene, project: Project) -> Changes:
    """Who pays at an agreed price moves the agreement: two who take its last song meet there."""
    deal = project.order.deal
    running = (one.agreement for one in scene.snapshot.trade.running)
    found = next((one for one in running if deal and one.id == deal.agreement), None)
    return Changes(agreements=(Move(found, found),)) if found else Changes()


def _is_artists(scene: Scene, project: Project) -> bool:
    """Whether the agreements that are known are those of who ordered it."""
    artist = scene.snapshot.artist or scene.actor
    return artist is not None and artist.id == project.order.person
