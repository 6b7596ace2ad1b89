"""Rebate codes at the desk: said once, a line on the offer, looked at again at the paying tap (B51)."""

from dataclasses import replace

from core.changes import Changes, Move
from core.desk.evolution import with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.orders import JOINABLE, Order, Project
from core.rebates import Refusal, refusal
from core.text import Text


def coded(scene: Scene, words: str) -> Changes:
    """`/code SUMMER`: it counts for the order that is being put together."""
    say, code = scene.say, words.strip().upper()
    project = next((one for one in scene.snapshot.open if one.order.state in JOINABLE), None)
    if project is None:
        return _answer(scene, say("Drop a song first; then say /code and your code."))
    if not code:
        return _answer(scene, say("Say /code and your code."))
    why = _refusal(scene, code, project.order)
    if why is not None:
        return _answer(scene, _told(scene, code, why))
    return outcome(scene, project, with_order(project, replace(project.order, rebate=code)))


def standing(scene: Scene, project: Project) -> Project:
    """The project without a code that takes nothing off any more."""
    order = project.order
    if order.rebate is None or _refusal(scene, order.rebate, order) is None:
        return project
    return with_order(project, replace(order, rebate=None))


def spent(scene: Scene, project: Project) -> Changes:
    """Who pays with a code moves: two orders that are paid with one at the same moment meet there."""
    return Changes(people=(Move(scene.person, scene.person),)) if project.order.rebate else Changes()


def _refusal(scene: Scene, code: str, order: Order) -> Refusal | None:
    today = scene.now.astimezone(scene.rules.zone).date()
    return refusal(code, order, scene.rules, today, scene.snapshot.rebates)


def _told(scene: Scene, code: str, why: Refusal) -> Text:
    say, code = scene.say, code[:20]
    match why:
        case Refusal.UNKNOWN:
            return say("There is no code {code}.", code=code)
        case Refusal.OVER:
            return say("The code {code} is over.", code=code)
        case Refusal.USED:
            return say("You have had {code} for an order already; it is for one.", code=code)
        case Refusal.ELSEWHERE:
            return say("The code {code} is for another service. Choose that one first.", code=code)
        case Refusal.AGREED:
            return say("This order has an agreed price; a code takes nothing off it.")


def _answer(scene: Scene, text: Text) -> Changes:
    return scene.answered(text, buttons.human(scene.say))
