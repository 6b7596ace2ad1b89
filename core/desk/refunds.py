"""Money goes back: who may ask for it, the way it takes, and what happens when a till will not move it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.changes import Changes
from core.desk import buttons, humans, staff
from core.desk.charges import asked_of_till, charge_of_job
from core.desk.evolution import with_charge, with_order
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene
from core.desk.stale import stale
from core.jobs import Job, JobKind
from core.ledger import refund, unearning
from core.messages import Action, Button, Card, Notice, To
from core.orders import OrderState, Project
from core.people import Role
from core.tills import Charge, ChargeState


def asked(scene: Scene, project: Project) -> Changes:
    """The artist may take the money back from an order that was set aside; a manager from any."""
    own = scene.owns and project.may_be_taken_back
    if not (own or scene.is_staff(Role.MANAGER)):
        return Changes(notices=(scene.answer(scene.say("That is not yours to press.")),))
    if not _can_go_back(scene, project):
        return stale(scene, project) if scene.owns else _nothing_left(scene, project)
    if scene.owns:
        return give_back(scene, project, project)
    done = give_back(scene, project, staff.decided(scene, project))
    return done + Changes(notices=(scene.answer(scene.say("The money is going back.")),))


def _nothing_left(scene: Scene, project: Project) -> Changes:
    """There is no money here, or it is moving: for whoever else decided that, first."""
    say, who = scene.say, project.order.decided_by
    text = (
        say("{name} was faster: that is decided.", name=who)
        if who
        else say("There is nothing to give back at this moment.")
    )
    return Changes(notices=(scene.answer(text),))


def give_back(scene: Scene, before: Project, after: Project) -> Changes:
    """All of an order's money goes back the way it came; the order ends.

    A till that would not, or did not answer, is asked again: it knows the charge by its id.
    """
    order = after.order
    ended = with_order(after, replace(order, state=OrderState.CANCELLED))
    more = Changes(cancel_jobs_of=(order.id,))
    if order.released_version is not None and order.price:
        more += Changes(transfers=(unearning(order.id, order.price, scene.now),))
    jobs: tuple[Job, ...] = ()
    notices: tuple[Notice, ...] = ()
    for charge in after.charges:
        if charge.state not in _GIVEN:
            continue
        if charge.till in scene.ways.in_house:
            ended = with_charge(ended, replace(charge, state=ChargeState.REFUNDED))
            more += Changes(transfers=(refund(charge, owner=order.person, in_house=True, at=scene.now),))
            notices += (_returned(scene, ended, charge),)
        else:
            ended = with_charge(ended, replace(charge, state=ChargeState.REFUNDING))
            id_ = scene.id("refund", charge.id)
            ask = Job(id_, JobKind.REFUND, "", payload=asked_of_till(charge), cost=0.1)
            jobs += (job_of(scene, ended, ask),)
    if order.aside:
        more += Changes(cards=(_on_its_way(scene, ended, "aside"),))
    if any(charge.state is ChargeState.REFUNDING for charge in before.charges):
        more += Changes(cards=(_on_its_way(scene, ended, "stuck"),))
    more += Changes(cards=tuple(humans.card(scene, thread, ended) for thread in scene.snapshot.about))
    return outcome(scene, before, ended, jobs=jobs, notices=notices, more=more)


def given_back(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A till has given the money back, or will not."""
    project, charge = charge_of_job(scene)
    if charge.state is not ChargeState.REFUNDING:
        return outcome(scene, project, project)
    if result.get("declined"):
        return stuck(scene, str(result["declined"]))
    returned = replace(charge, state=ChargeState.REFUNDED)
    more = Changes(transfers=(refund(charge, owner=project.order.person, in_house=False, at=scene.now),))
    notice = _returned(scene, project, charge)
    return outcome(scene, project, with_charge(project, returned), notices=(notice,), more=more)


def stuck(scene: Scene, reason: str) -> Changes:
    """Money that a till would not move: a person must look, and can have it asked again."""
    project, _ = charge_of_job(scene)
    say = scene.to_staff
    text = say(
        "Order {number}: money could not be moved ({reason}).",
        number=str(project.order.number),
        reason=reason,
    )
    again = Button(say.word("Try again"), Action("refund", project.order.id).pack())
    card = Card(f"stuck:{project.order.id}", To.staff(), text, (again, *scene.looks(project.order)))
    return outcome(scene, project, project, more=Changes(cards=(card,)))


_GIVEN = frozenset({ChargeState.PAID, ChargeState.REFUNDING})


def _can_go_back(scene: Scene, project: Project) -> bool:
    """Whether there is money here that nobody is moving at this moment.

    While a payment is on its way a till may have taken it already: what it answers must not be lost. That
    holds as well when it did not answer at all: it must be asked again first (checkout.asked_again).
    """
    moving = any(job.kind in (JobKind.CHARGE, JobKind.REFUND) for job in scene.snapshot.running)
    unknown = any(charge.state is ChargeState.REQUESTED for charge in project.charges)
    return not (moving or unknown) and any(charge.state in _GIVEN for charge in project.charges)


def _returned(scene: Scene, project: Project, charge: Charge) -> Notice:
    say, order = scene.to_artist, project.order
    text = say("You have {amount} back for order {number}.", amount=charge.amount, number=str(order.number))
    return Notice(
        scene.id("refunded", charge.id),
        To.person(order.person),
        text,
        (buttons.human(say, order.id),),
        order=order.id,
    )


def _on_its_way(scene: Scene, project: Project, key: str) -> Card:
    """What the staff saw with buttons, now without them."""
    text = scene.to_staff("Order {number}: the money is going back.", number=str(project.order.number))
    if not scene.owns and scene.is_staff():
        text = staff.told(scene, text)
    return Card(f"{key}:{project.order.id}", To.staff(), text, done=True)
