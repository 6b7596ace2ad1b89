"""A press on something that has moved on: nothing is done, and the order is shown as it stands."""

from core.changes import Changes
from core.desk.cards import job_card, view
from core.desk.scene import Scene
from core.orders import Project


def stale(scene: Scene, project: Project) -> Changes:
    """Show the card as it is now, and do nothing else."""
    text = scene.say("That has changed since; this is how things stand now.")
    return Changes(
        notices=(scene.answer(text, order=project.order.id),), cards=(job_card(view(scene, project)),)
    )
