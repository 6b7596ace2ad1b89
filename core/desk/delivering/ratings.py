"""How was it? One tap after the delivery, and a comment for whoever wants to leave one (B18)."""

from dataclasses import replace

from core.changes import Changes
from core.desk.evolution import with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.messages import Button, Card, To
from core.orders import Order, OrderState, Project
from core.text import Text, joined

STARS = range(1, 6)
POOR = 2
"""From here down the staff hear of it at once."""

_TAKEN = (OrderState.RELEASED, OrderState.COMPLETED)
"""States in which its artist has the files: what was only heard (core.orders.DELIVERED) is not rated yet."""


def rated(scene: Scene, project: Project, choice: str | None) -> Changes:
    """A tap on a number; another tap changes it."""
    order, say = project.order, scene.say
    if order.state not in _TAKEN or choice not in {str(stars) for stars in STARS}:
        return stale(scene, project)
    after = with_order(project, replace(order, rating=int(choice)))
    text = say("Thank you: {rating} of 5. Another tap changes it.", rating=choice)
    told = scene.answer(text, buttons.comment(say, order), buttons.human(say, order.id))
    return outcome(scene, project, after, notices=(told,), more=_to_staff(scene, project, after))


def commented(scene: Scene, words: str) -> Changes:
    """What they say to it."""
    project, say = scene.project, scene.say
    if project is None or not scene.owns or project.order.rating is None:
        return scene.answered(say("There is nothing to comment on here."))
    after = with_order(project, replace(project.order, rating_comment=words))
    told = scene.answer(say("Thank you, I have written that down."))
    return outcome(scene, project, after, notices=(told,), more=_to_staff(scene, project, after))


def _to_staff(scene: Scene, before: Project, after: Project) -> Changes:
    """A card for a poor rating; it is done with when that becomes a better one."""
    was, order = before.order, after.order
    if _is_poor(order):
        say = scene.to_staff
        return Changes(
            cards=(_card(order, _told(scene, order), (buttons.talk(say, order), *scene.looks(order))),)
        )
    return Changes(cards=(_card(order, _told(scene, order)),)) if _is_poor(was) else Changes()


def _is_poor(order: Order) -> bool:
    return order.rating is not None and order.rating <= POOR


def _told(scene: Scene, order: Order) -> Text:
    say = scene.to_staff
    head = say("Order {number} was rated {rating}.", number=str(order.number), rating=str(order.rating))
    return joined([head, Text((order.rating_comment,)) if order.rating_comment else Text()])


def _card(order: Order, text: Text, row: tuple[Button, ...] = ()) -> Card:
    return Card(f"rating:{order.id}", To.staff(), text, row, done=not row)
