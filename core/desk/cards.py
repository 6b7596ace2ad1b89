"""The job card: one for each order, edited in place, saying how things stand and what can be done now."""

from datetime import datetime

from core.desk import buttons, phrases
from core.desk.offer import drafted, offered, pay_buttons
from core.desk.progress import progress
from core.desk.view import View
from core.jobs import JobKind
from core.messages import Action, Button, Card, To
from core.orders import OrderState
from core.pricing import price
from core.songs import SongState
from core.text import Moment, Text, joined
from core.tills import ChargeState
from core.windows import free_round_left


def job_card(v: View) -> Card:
    """The card of an order, in the state it is in."""
    order = v.project.order
    match order.state:
        case OrderState.DRAFT:
            text, row = drafted(v)
        case OrderState.OFFERED:
            text, row = offered(v)
        case OrderState.PAYING:
            text, row = v.say("Payment is on its way …"), [buttons.human(v.say, order.id)]
        case OrderState.WORKING:
            text, row = _working(v)
        case OrderState.REVIEW | OrderState.RELEASED | OrderState.COMPLETED:
            text, row = _delivered(v)
        case OrderState.CANCELLED:
            text, row = _cancelled(v), [buttons.human(v.say, order.id)]
        case OrderState.ASIDE:
            text, row = _aside(v)
    media = tuple(song.picture for song in v.project.songs if song.picture and song.state is SongState.READY)
    shown = media[:4] if order.state in (OrderState.OFFERED, OrderState.DRAFT) else ()
    return Card(
        f"order:{order.id}",
        To.person(order.person),
        joined([_head(v), text]),
        tuple(row),
        shown,
        progress(v),
    )


def _head(v: View) -> Text:
    order = v.project.order
    head = v.say(
        "Order {number} · {title}", number=str(order.number), title=phrases.order_title(v.say, v.project)
    )
    return head + v.say(" · confidential") if order.confidential else head


def _cancelled(v: View) -> Text:
    states = {charge.state for charge in v.project.charges}
    if ChargeState.REFUNDING in states:
        return v.say("Cancelled; your money is on its way back.")
    if ChargeState.REFUNDED in states:
        return v.say("Cancelled; you have your money back.")
    return v.say("Cancelled. Nothing was charged.")


def _aside(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    text = v.say(
        "Something went wrong on our side (reference {reference}). Your files are safe, and a person "
        "is looking into it.",
        reference=order.aside or "",
    )
    row = [buttons.human(v.say, order.id)]
    if v.project.may_be_taken_back and any(charge.state is ChargeState.PAID for charge in v.project.charges):
        text += v.say(" You can also have your money back.")
        back = Action("refund", order.id, order.rev).pack()
        row.insert(0, Button(v.say.word("Give me my money back"), back))
    return text, row


def _working(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    made = [version for version in v.project.versions if version.number == order.version]
    done = sum(version.state in ("ready", "sent") for version in made)
    if order.version > 1:
        text = v.say("Making your changes: version {number} …", number=order.version)
    else:
        text = v.say("Mastering …") if order.owed else v.say("Paid. Mastering …")
    if len(made) > 1:
        text += v.say(" {done} of {count} songs are done.", done=done, count=len(made))
    return text, [buttons.human(v.say, order.id)]


def _delivered(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    lines: list[Text] = []
    row: list[Button] = []
    if order.state is OrderState.REVIEW and order.owed:
        lines.append(v.say("Version {number} is here: listen and compare.", number=order.version))
        row.extend(pay_buttons(v, price(v.project, v.rules).total))
    elif order.state is OrderState.REVIEW:
        lines.append(v.say("Version {number} is here: listen and compare.", number=order.version))
        row.append(buttons.approve(v.say, order))
    elif order.state is OrderState.RELEASED:
        made = not any(job.kind is JobKind.DELIVER for job in v.running)
        here, coming = (
            v.say("Approved. Your files are here."),
            v.say("Approved. Your files are on their way."),
        )
        lines.append(here if made else coming)
    elif order.owed:
        lines.append(v.say("Complete. It was not paid, so its files were not released."))
    else:
        lines.append(v.say("Complete. Your files are here."))
    if free_round_left(v.project, v.now):
        if order.deadline is not None:
            lines.append(v.say("Your round of changes is free until {until}.", until=Moment(order.deadline)))
        row.append(buttons.changes(v.say, order))
    elif order.state is OrderState.REVIEW and order.deadline is not None:
        lines.append(v.say("If something is wrong, tell us by {until}.", until=Moment(order.deadline)))
    if order.kept_until is not None and order.state is not OrderState.REVIEW:
        lines.append(keeping(v, order.kept_until))
    if order.state is not OrderState.REVIEW and not order.owed:
        row.append(buttons.files(v.say, order))
    row.append(buttons.human(v.say, order.id))
    return joined(lines), row


def keeping(v: View, until: datetime) -> Text:
    """Until when the files of an order are kept, before that moment and from it on."""
    if until <= v.now:
        return v.say("Kept until {until}: download now what is still here.", until=Moment(until))
    return v.say("Kept until {until} - please download.", until=Moment(until))
