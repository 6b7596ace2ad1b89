"""A press on something that has moved on: nothing is done, and the order is shown as it stands."""

from core.changes import Changes
from core.desk.people import member_cards
from core.desk.scene import Scene
from core.desk.shown.cards import job_card
from core.desk.shown.view import view
from core.messages import Notice
from core.orders import Project
from core.text import joined


def stale(scene: Scene, project: Project) -> Changes:
    """Answer with the card as it is now, and do nothing else."""
    if scene.member is not None:
        told = scene.answer(scene.say("That has changed since."), what="stale", order=project.order.id)
        return Changes(notices=(told,), cards=member_cards.seen_by_actor(scene, project))
    card = job_card(view(scene, project))
    text = joined([scene.say("That has changed since; this is how things stand now."), card.text])
    answer = Notice(
        scene.id("notice", "stale"),
        card.to,
        text,
        card.buttons,
        reply_handle=scene.incoming.reply_handle,
        order=project.order.id,
    )
    return Changes(notices=(answer,), cards=(card,))
