"""Decisions of the staff: one tap and a reason, carried out when the time to undo is over."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from core.audit import Came
from core.changes import Changes, Move
from core.decisions import Decision, DecisionKind, DecisionState, second_needed
from core.desk.evolution import with_decision
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.staffing import auditing
from core.messages import Button, Card, To
from core.money import Money
from core.orders import Project
from core.text import Moment, Text, joined
from core.wording import Voice

Deed = Callable[[Scene, Project, Decision], Changes]
"""What a decision does when its time has come, to the project as it is then. Where what it was about has
moved, it moves nothing: the order stays as it is, and the decision is void.
"""

OF_MONEY = frozenset({DecisionKind.CREDIT, DecisionKind.REFUND, DecisionKind.REFUSE})
"""What becomes of the money of an order: there is one decision about that at a time."""

_SECOND = frozenset({DecisionKind.CREDIT, DecisionKind.REFUND})
_OPEN = frozenset({DecisionState.ASKED, DecisionState.PENDING})
_STANDS = frozenset({DecisionState.PENDING, DecisionState.DONE})


def made(
    scene: Scene,
    project: Project,
    kind: DecisionKind,
    *,
    reason: str,
    amount: Money | None = None,
    about: str | None = None,
) -> Changes:
    """Somebody of the staff has decided. It is carried out when it cannot be undone any more: at once where
    the house gives no time for that, after a second person approved it where it is about much money.
    """
    if (other := _same(project, kind, about)) is not None:
        text = scene.say("{name} was faster: that is decided.", name=other.name)
        return Changes(notices=(scene.answer(text),), cards=(card(scene, project, other),))
    staff, say = scene.rules.staff, scene.say
    if scene.judges_itself(project.order.person):
        return _of_their_own(scene)
    above = scene.rules.money(staff.second_approver_above)
    whole = _with_what_they_gave(scene, project, amount) if kind in _SECOND else None
    waits = second_needed(whole, above, scene.snapshot.managers)
    decision = Decision(
        id=scene.id("decision", kind),
        order=project.order.id,
        kind=kind,
        state=DecisionState.ASKED if waits else DecisionState.PENDING,
        by=scene.person.id,
        name=scene.person.name,
        reason=reason,
        at=scene.now,
        due=None if waits else scene.now + timedelta(seconds=staff.undo_seconds),
        amount=amount,
        about=about,
    )
    after = with_decision(project, decision)
    answer = (
        say("More than {amount}: somebody else must approve it.", amount=above)
        if waits
        else say("It is carried out {when}.", when=Moment(decision.due or scene.now))
        if staff.undo_seconds
        else say("It is done.")
    )
    row = (buttons.undo(say, project.order, after.decisions.index(decision)),) if decision.due else ()
    return outcome(
        scene,
        project,
        after,
        notices=(scene.answer(answer, *row if staff.undo_seconds else ()),),
        more=Changes(cards=(card(scene, after, decision),)),
    )


def undone(scene: Scene, project: Project, number: int | None) -> Changes:
    """[Undo]: until it is carried out, anybody who may decide takes it back."""
    decision = _numbered(project, number)
    undoable = decision is not None and (
        decision.state is DecisionState.ASKED
        or (decision.state is DecisionState.PENDING and decision.due is not None and scene.now < decision.due)
    )
    if decision is None or not undoable:
        return _too_late(scene, project, decision)
    text = scene.say("It is undone; nobody was told of it.")
    return _settled(scene, project, replace(decision, state=DecisionState.UNDONE), text)


def approved(scene: Scene, project: Project, number: int | None) -> Changes:
    """[Approve] by a second person: it is carried out when it cannot be undone any more."""
    decision = _numbered(project, number)
    if decision is None or decision.state is not DecisionState.ASKED:
        return _too_late(scene, project, decision)
    if decision.by == scene.person.id:
        text = scene.say("Somebody else must approve what you decided.")
        return scene.answered(text)
    if scene.judges_itself(project.order.person):
        return _of_their_own(scene)
    due = scene.now + timedelta(seconds=scene.rules.staff.undo_seconds)
    pending = replace(decision, state=DecisionState.PENDING, approved_by=scene.person.id, due=due)
    text = scene.say("Approved. It is carried out {when}.", when=Moment(due))
    return _settled(scene, project, pending, text)


def refused(scene: Scene, project: Project, number: int | None) -> Changes:
    """[Refuse] by a second person: nothing comes of it."""
    decision = _numbered(project, number)
    if decision is None or decision.state is not DecisionState.ASKED:
        return _too_late(scene, project, decision)
    if decision.by == scene.person.id:  # there is no second person in that
        return undone(scene, project, number)
    no = replace(decision, state=DecisionState.REFUSED, approved_by=scene.person.id)
    return _settled(scene, project, no, scene.say("It is refused; nobody was told of it."))


def _with_what_they_gave(scene: Scene, project: Project, amount: Money | None) -> Money | None:
    """An amount with what the same person gave of this order before, alone: the limit is not for parts."""
    if amount is None:
        return None
    for one in project.decisions:
        alone = one.by == scene.person.id and one.approved_by is None
        if alone and one.kind in _SECOND and one.state in _STANDS and one.amount is not None:
            amount += one.amount
    return amount


def _of_their_own(scene: Scene) -> Changes:
    text = scene.say("It is your own: somebody else of the staff must do that.")
    return scene.answered(text)


def due(scene: Scene, project: Project) -> Decision | None:
    """The decision whose time has come first, if there is one."""
    ready = [
        decision
        for decision in project.decisions
        if decision.state is DecisionState.PENDING and decision.due is not None and decision.due <= scene.now
    ]
    return min(ready, key=lambda decision: decision.due or scene.now, default=None)


def carried_out(scene: Scene, project: Project, decision: Decision, deed: Deed) -> Changes:
    """What was decided happens, once; where what it was about has moved, it is void."""
    done = replace(decision, state=DecisionState.DONE)
    changes = deed(scene, with_decision(project, done), done)
    if not changes.orders:
        void = replace(decision, state=DecisionState.VOID)
        after = with_decision(project, void)
        entry = auditing.carried_out(scene, project, decision, Came.NOTHING)
        return outcome(scene, project, after, more=entry + Changes(cards=(card(scene, after, void),)))
    shown = card(scene, with_decision(project, done), done)
    entry = auditing.carried_out(scene, project, decision, Came.DONE)
    return changes + entry + Changes(decisions=(Move(decision, done),), cards=(shown,))


def card(scene: Scene, project: Project, decision: Decision) -> Card:
    """A decision as the staff desk sees it: who, what, how much, why, and what can still be done about it."""
    say, order = scene.to_staff, project.order
    number = project.decisions.index(decision)
    lines = [_what(say, project, decision)]
    if decision.reason:
        lines.append(say("{name}: {words}", name=decision.name, words=decision.reason))
    row: tuple[Button, ...] = ()
    match decision.state:
        case DecisionState.ASKED:
            lines.append(say("Somebody else must approve it."))
            row = (
                buttons.second(say, order, number, yes=True),
                buttons.second(say, order, number, yes=False),
                buttons.undo(say, order, number),
            )
        case DecisionState.PENDING if decision.due is not None:
            lines.append(say("It is carried out {when}.", when=Moment(decision.due)))
            row = (buttons.undo(say, order, number),)
        case DecisionState.DONE:
            lines.append(say("Done."))
        case DecisionState.UNDONE:
            lines.append(say("Undone; nobody was told of it."))
        case DecisionState.REFUSED:
            lines.append(say("Refused by a second person."))
        case DecisionState.VOID:
            lines.append(say("Not carried out: things have changed since."))
    return Card(f"decision:{decision.id}", To.staff(), joined(lines), row, done=decision.state not in _OPEN)


def _what(say: Voice, project: Project, decision: Decision) -> Text:
    number, name = str(project.order.number), decision.name
    amount: Money | str = "" if decision.amount is None else decision.amount
    match decision.kind:
        case DecisionKind.QUOTE:
            return say(
                "Order {number}: {name} names {amount} for changes.", number=number, name=name, amount=amount
            )
        case DecisionKind.WAIVE if not decision.amount:
            return say("Order {number}: {name} waives the price of changes.", number=number, name=name)
        case DecisionKind.WAIVE:
            return say(
                "Order {number}: {name} lowers the price of changes to {amount}.",
                number=number,
                name=name,
                amount=amount,
            )
        case DecisionKind.CREDIT:
            return say(
                "Order {number}: {name} gives {amount} credit.", number=number, name=name, amount=amount
            )
        case DecisionKind.REFUND:
            return say("Order {number}: {name} gives {amount} back.", number=number, name=name, amount=amount)
        case DecisionKind.REFUSE:
            return say("Order {number}: {name} refuses a refund.", number=number, name=name)
        case DecisionKind.UNJUSTIFIED:
            return say("Order {number}: {name} finds a complaint not justified.", number=number, name=name)
        case DecisionKind.TAKE:
            return say(
                "Order {number}: {name} takes {amount} of credit.", number=number, name=name, amount=amount
            )


def _same(project: Project, kind: DecisionKind, about: str | None) -> Decision | None:
    """A decision about the same thing that stands already."""
    for decision in project.decisions:
        alike = decision.kind is kind and decision.about == about
        if decision.state in _OPEN and (alike or (kind in OF_MONEY and decision.kind in OF_MONEY)):
            return decision
    return None


def _numbered(project: Project, number: int | None) -> Decision | None:
    if number is None or number >= len(project.decisions):
        return None
    return project.decisions[number]


def _settled(scene: Scene, project: Project, decision: Decision, text: Text) -> Changes:
    after = with_decision(project, decision)
    shown = Changes(cards=(card(scene, after, decision),))
    return outcome(scene, project, after, notices=(scene.answer(text),), more=shown)


def _too_late(scene: Scene, project: Project, decision: Decision | None) -> Changes:
    text = scene.say("That cannot be undone or decided any more.")
    shown = (card(scene, project, decision),) if decision is not None else ()
    return Changes(notices=(scene.answer(text),), cards=shown)
