"""A complaint as the staff desk sees it: about which order, why, and how long there is left."""

from core.complaints import Complaint, ComplaintState
from core.desk.scene import Scene
from core.desk.shown import buttons, phrases
from core.messages import Action, Button, Card, To
from core.money import Money
from core.orders import Project
from core.refunds import left
from core.services import BY_HAND
from core.text import Moment, Text, joined
from core.tills import ChargeState


def complaint_of(key: str) -> str | None:
    """The complaint that a card is about; None for any other card."""
    kind, _, complaint = key.partition(":")
    return complaint if kind == "complaint" else None


def card(scene: Scene, project: Project, complaint: Complaint) -> Card:
    """What it is about, its clock, and what can be done before that ends."""
    say, order = scene.to_staff, project.order
    lines = [_head(scene, project, complaint)]
    if complaint.songs:
        places = [str(song.place) for song in project.songs if song.id in complaint.songs]
        lines.append(say("It is about no. {places}.", places=", ".join(places)))
    if complaint.answered_by and complaint.state is ComplaintState.OPEN:
        lines.append(
            say(
                "{name} has explained that it is not justified; the clock runs on.",
                name=complaint.answered_by,
            )
        )
    row: tuple[Button, ...] = ()
    match complaint.state:
        case ComplaintState.OPEN if complaint.due is not None:
            lines.append(
                say(
                    "If it is not put right, the money goes back by itself {when}.",
                    when=Moment(complaint.due),
                )
            )
            again = Button(say.word("Fix: run it again with …"), Action("fix", order.id).pack())
            row = (
                *(() if order.service in BY_HAND else (again,)),
                buttons.new_master(say, order),
                buttons.give_back(say, order),
                Button(say.word("Not justified …"), form=f"unjustified:{order.id}"),
                *scene.looks(order),
            )
        case ComplaintState.OPEN:
            row = (
                Button(say.word("Credit 100 %"), form=f"credit-all:{order.id}"),
                Button(say.word("Credit 50 %"), form=f"credit-half:{order.id}"),
                Button(say.word("Other …"), form=f"credit:{order.id}"),
                Button(say.word("Refuse …"), form=f"refuse:{order.id}"),
                buttons.new_master(say, order),
                *scene.looks(order),
            )
        case ComplaintState.FROZEN:
            lines.append(say("On hold: their payment provider decides."))
        case ComplaintState.FIXED if complaint.due is None:
            lines.append(say("A new version was delivered."))
        case ComplaintState.FIXED:
            lines.append(say("Fixed in time."))
        case ComplaintState.DECIDED:
            lines.append(say("It is decided."))
        case ComplaintState.WITHDRAWN:
            lines.append(say("Withdrawn."))
        case ComplaintState.REFUNDED:
            lines.append(say("The money went back."))
    return Card(f"complaint:{complaint.id}", To.staff(), joined(lines), row, done=not row)


def _head(scene: Scene, project: Project, complaint: Complaint) -> Text:
    say, order, nothing = scene.to_staff, project.order, scene.rules.money(0)
    if complaint.due is None:
        return say(
            "Order {number} · {amount} · {service} · a refund is asked for: “{reason}”",
            number=str(order.number),
            amount=sum((left(charge, project.refunds) for charge in project.charges), nothing),
            service=phrases.service(say, order.service),
            reason=complaint.reason,
        )
    return say(
        "Order {number} · {amount} · version {version}: “{reason}”",
        number=str(order.number),
        amount=_paid(project, nothing),
        version=str(complaint.version),
        reason=complaint.reason,
    )


def changed(scene: Scene, before: Project | None, after: Project) -> tuple[Card, ...]:
    """The cards of the complaints that stand otherwise than before."""
    known = {one.id: one for one in before.complaints} if before else {}
    return tuple(card(scene, after, one) for one in after.complaints if known.get(one.id) != one)


def _paid(project: Project, nothing: Money) -> Money:
    came = (ChargeState.PAID, ChargeState.REFUNDING, ChargeState.REFUNDED, ChargeState.LOST)
    return sum((charge.amount for charge in project.charges if charge.state in came), nothing)
