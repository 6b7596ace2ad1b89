"""What each button does: for whose order it is, for members, for the staff by their rights, for anybody."""

from collections.abc import Callable, Mapping

from core.changes import Changes
from core.desk import forms
from core.desk.delivering import delivery, ratings
from core.desk.making import fixing, handing_in, mastering, work
from core.desk.ordering import anew, arriving, checkout, destinations, intake, references
from core.desk.people import humans, linking, members, minors
from core.desk.refunding import complaints, decisions, refunds
from core.desk.revising import quotes, wishes
from core.desk.scene import Scene
from core.desk.shown import guide
from core.desk.staffing import board, looking
from core.desk.trade import bulk, concluded, covering, dealing, dropping
from core.messages import Action
from core.orders import Project
from core.people import Right
from core.tills import ChargeState

OrderDeed = Callable[[Scene, Project, Action], Changes]

OF_ARTIST: Mapping[str, OrderDeed] = {
    "pay": lambda scene, project, action: (
        covering.pressed(scene, project, action.version)
        if project.order.bulk
        else checkout.pay(scene, project, action.version, action.choice)
    ),
    "pay-in": lambda scene, project, action: concluded.part_chosen(
        scene, project, action.choice, action.version
    ),
    "bulk-price": lambda scene, project, action: dealing.asked(scene, project),
    "style": lambda scene, project, action: (
        guide.set_style(scene, project, action.choice)
        if action.choice
        else guide.choose_style(scene, project)
    ),
    "service": lambda scene, project, action: guide.set_service(
        scene, project, action.choice, action.version
    ),
    "for": lambda scene, project, action: (
        destinations.chosen(scene, project, action.choice)
        if action.choice
        else destinations.asked(scene, project)
    ),
    "reference": lambda scene, project, action: references.pressed(
        scene, project, action.choice, action.version
    ),
    "unreference": lambda scene, project, action: references.taken_away(
        scene, project, action.choice or "", action.version
    ),
    "group": lambda scene, project, action: intake.group(scene, project, action.choice, action.version),
    "leave-out": lambda scene, project, action: intake.leave_out(
        scene, project, action.choice, action.version
    ),
    "replace": lambda scene, project, action: intake.await_new_mix(
        scene, project, action.choice, action.version
    ),
    "preview": lambda scene, project, action: checkout.preview_first(scene, project, action.version),
    "without": lambda scene, project, action: arriving.without(scene, project),
    "cancel": lambda scene, project, action: guide.cancel(scene, project),
    "approve": lambda scene, project, action: delivery.approve(scene, project, action.version),
    "changes": lambda scene, project, action: wishes.begin(scene, project, action.version),
    "wish": lambda scene, project, action: wishes.quick(scene, project, action.choice, action.version),
    "unwish": lambda scene, project, action: wishes.take_back(scene, project, action.choice, action.version),
    "send": lambda scene, project, action: wishes.send(scene, project, action.version),
    "accept": lambda scene, project, action: (
        wishes.accept(scene, project, action.version)
        if action.choice == "fee"
        else quotes.accept(scene, project, action.version)
    ),
    "decline": lambda scene, project, action: quotes.decline(scene, project, action.version),
    "ask-price": lambda scene, project, action: wishes.ask_price(scene, project, action.version),
    "change-list": lambda scene, project, action: wishes.change_list(scene, project, action.version),
    "why": lambda scene, project, action: wishes.explained(scene, project),
    "anew": lambda scene, project, action: anew.ordered(scene, project, action.choice),
    "files": lambda scene, project, action: delivery.again(scene, project),
    "rate": lambda scene, project, action: ratings.rated(scene, project, action.choice),
    "show": lambda scene, project, action: guide.show(scene, project),
    "refund": lambda scene, project, action: refunds.asked(scene, project),
    "withdraw": lambda scene, project, action: complaints.withdrawn(scene, project, action.version),
    "uninvite": lambda scene, project, action: members.stopped(scene, project),
    "remove": lambda scene, project, action: members.removed(scene, project, action.choice),
}
"""What an artist can press on an order of their own."""

OF_STAFF: Mapping[str, tuple[Right, OrderDeed]] = {
    "retry": (
        Right.WORK,
        lambda scene, project, action: (
            checkout.asked_again(scene, project)
            if any(charge.state is ChargeState.REQUESTED for charge in project.charges)
            else mastering.retried(scene, project)
        ),
    ),
    "look": (
        Right.READ,
        lambda scene, project, action: looking.asked(scene, project, sure=action.choice == "sure"),
    ),
    "refund": (Right.MONEY, lambda scene, project, action: refunds.asked(scene, project)),
    "undo": (Right.MONEY, lambda scene, project, action: decisions.undone(scene, project, action.version)),
    "second": (
        Right.MONEY,
        lambda scene, project, action: (
            decisions.approved(scene, project, action.version)
            if action.choice == "yes"
            else decisions.refused(scene, project, action.version)
        ),
    ),
    "fix": (Right.WORK, lambda scene, project, action: complaints.run_again(scene, project, action.choice)),
    "new-master": (Right.WORK, lambda scene, project, action: fixing.asked(scene, project)),
    "claim": (Right.WORK, lambda scene, project, action: work.claimed(scene, project)),
    "let-go": (Right.WORK, lambda scene, project, action: work.let_go(scene, project)),
    "begin": (Right.WORK, lambda scene, project, action: work.begun(scene, project)),
    "originals": (
        Right.WORK,
        lambda scene, project, action: work.originals(scene, project, sure=action.choice == "sure"),
    ),
    "hand-over": (
        Right.WORK,
        lambda scene, project, action: handing_in.handed_over(scene, project, action.version),
    ),
    "quote": (
        Right.MONEY,
        lambda scene, project, action: quotes.pressed(scene, project, action.choice, action.version),
    ),
}
"""What the staff can press on anybody's order, and the right that each needs."""

OF_MEMBER: Mapping[str, OrderDeed] = {
    "changes": OF_ARTIST["changes"],
    "wish": OF_ARTIST["wish"],
    "unwish": lambda scene, project, action: (
        wishes.take_back(scene, project, action.choice, action.version)
        if action.choice == "last"
        else members.for_owner(scene)
    ),
}
"""What of it a member can press too; all else is for whose order it is. # B50"""

OF_THREAD: Mapping[str, tuple[Right, Callable[[Scene, Action], Changes]]] = {
    "take": (Right.TALK, lambda scene, action: humans.taken(scene, over=action.choice == "over")),
    "close": (Right.TALK, lambda scene, action: humans.closed(scene)),
    "card": (Right.VIEW, board.opened),
}
"""What the staff can press on a conversation, and the right that each needs."""

OF_ANYBODY: Mapping[str, Callable[[Scene, Action], Changes]] = {
    "terms": lambda scene, action: guide.show_terms(scene),
    "upload": lambda scene, action: arriving.asked(scene),
    "minor": lambda scene, action: minors.too_young(scene),
    "form": lambda scene, action: forms.asked_for(scene, action.choice or "", action.id),
    "form-skip": lambda scene, action: forms.answered(scene, None),
    "form-stop": lambda scene, action: forms.stopped(scene),
    "join": lambda scene, action: linking.joined(scene),
    "enter": lambda scene, action: members.joined_by(scene, action.id),
    "bulk": lambda scene, action: bulk.pressed(scene, action.choice),
    "drop": lambda scene, action: minors.refuse(scene) if scene.person.minor else dropping.asked(scene),
}

OF_MINORS = frozenset({"refund"})
"""What somebody under 13 can do with an order of theirs: take their money back."""
