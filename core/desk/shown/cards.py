"""The job card: one for each order, edited in place, saying how things stand and what can be done now."""

from datetime import datetime

from core.complaints import STANDING, about
from core.desk.ordering.offer import drafted, offered, pay_buttons
from core.desk.shown import buttons, phrases
from core.desk.shown.progress import progress
from core.desk.shown.view import View
from core.desk.trade.offer_many import for_somebody, paid_in, pay_in
from core.jobs import JobKind
from core.messages import Action, Button, Card, To
from core.orders import OrderState
from core.pricing import price
from core.refunds import any_open
from core.services import BY_HAND, MIXING
from core.songs import SongState
from core.text import Moment, Text, joined
from core.tills import ChargeState
from core.windows import awaits_price, free_round_left, is_open, takes_wishes


def job_card(v: View) -> Card:
    """The card of an order, in the state it is in."""
    order = v.project.order
    match order.state:
        case OrderState.DRAFT:
            text, row = drafted(v)
        case OrderState.OFFERED if order.prepays is not None:
            text, row = pay_in(v, order.prepays)
        case OrderState.OFFERED if order.bulk is not None:
            text, row = for_somebody(v)
        case OrderState.OFFERED:
            text, row = offered(v)
        case OrderState.PAYING:
            text, row = v.say("Payment is on its way …"), [buttons.human(v.say, order.id)]
        case OrderState.WORKING:
            text, row = _working(v)
        case OrderState.COMPLETED if order.prepays is not None:
            text, row = paid_in(v, order.prepays), [buttons.human(v.say, order.id)]
        case OrderState.REVIEW | OrderState.RELEASED | OrderState.COMPLETED:
            text, row = _delivered(v)
        case OrderState.CANCELLED:
            text, row = _cancelled(v), [*_files(v), buttons.human(v.say, order.id)]
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


def _files(v: View) -> list[Button]:
    """The way to the files that were released, whatever is made of the order since."""
    order = v.project.order
    there = order.released_version is not None and not order.owed and order.deleted_at is None
    return [buttons.files(v.say, order)] if there else []


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
    if ChargeState.LOST in states:
        return v.say("Cancelled; your payment provider gave you your money back.")
    if ChargeState.REFUNDED in states and v.project.order.bulk is not None:
        return v.say("Cancelled; what was paid for it went back to whoever paid.")
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
    row = [*_files(v), buttons.human(v.say, order.id)]
    if v.project.may_be_taken_back and v.project.is_paid:
        text += v.say(" You can also have your money back.")
        back = Action("refund", order.id, order.rev).pack()
        row.insert(0, Button(v.say.word("Give me my money back"), back))
    return text, row


def _working(v: View) -> tuple[Text, list[Button]]:
    order = v.project.order
    if order.service in BY_HAND:
        return _by_hand(v), [*_files(v), buttons.human(v.say, order.id)]
    made = [version for version in v.project.versions if version.number == order.version]
    done = sum(version.state in ("ready", "sent") for version in made)
    if order.version > 1:
        text = v.say("Making your changes: version {number} …", number=order.version)
    else:
        text = v.say("Mastering …") if order.owed else v.say("Paid. Mastering …")
    if len(made) > 1:
        text += v.say(" {done} of {count} songs are done.", done=done, count=len(made))
    return text, [*_files(v), buttons.human(v.say, order.id)]


def _by_hand(v: View) -> Text:
    """What a person does for it, and by when."""
    order = v.project.order
    if order.version > 1:
        text = v.say("A person makes your changes: version {number}.", number=order.version)
    elif order.service == MIXING:
        text = v.say("Paid. A person mixes it.")
    else:
        text = v.say("Paid. A person masters it.")
    if order.overdue:
        return text + v.say(" It takes longer than we said; it is not forgotten.")
    return text + v.say(" It is here by {when}.", when=Moment(order.promised)) if order.promised else text


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
    elif order.deleted_at is None:
        lines.append(v.say("Complete. Your files are here."))
    else:
        lines.append(v.say("Complete."))
    if free_round_left(v.project, v.now):
        if order.deadline is not None:
            lines.append(v.say("Your round of changes is free until {until}.", until=Moment(order.deadline)))
        row.append(buttons.changes(v.say, order))
    elif awaits_price(v.project):
        lines.append(v.say("The changes that you have sent wait for their price, or for your answer to it."))
        row.append(buttons.changes(v.say, order))
    elif takes_wishes(v.project, v.now):
        lines.append(_more_changes(v))
        row.append(buttons.changes(v.say, order))
    if order.kept_until is not None and order.state is not OrderState.REVIEW:
        lines.append(keeping(v, order.kept_until))
    row.extend(_files(v))
    told, more = _complaint(v)
    return joined([*lines, *told]), [*row, *more, buttons.human(v.say, order.id)]


def _complaint(v: View) -> tuple[list[Text], list[Button]]:
    """A complaint that stands, or the way to one (B63)."""
    order, rules = v.project.order, v.project.order.under(v.rules)
    standing = next((one for one in v.project.complaints if one.state in STANDING), None)
    if any_open(v.project.disputes):
        return [v.say("Your payment provider decides about this order.")], []
    if standing is not None and standing.due is None:
        text = v.say("You asked for your money back; the studio decides about a credit.")
        return [text], [buttons.withdraw(v.say, standing)]
    if standing is not None and standing.due is not None:
        when = Moment(standing.due)
        if order.bulk is not None:
            text = v.say("You complained. It is to be put right before {when}.", when=when)
        elif standing.songs:
            text = v.say(
                "You complained about {songs}. If that is not put right before {when}, what it cost comes "
                "back by itself.",
                songs=phrases.titles(order, about(standing, v.project.works)),
                when=when,
            )
        else:
            text = v.say(
                "You complained. If it is not put right before {when}, your money comes back by itself.",
                when=when,
            )
        return [text], [buttons.withdraw(v.say, standing)]
    in_time = order.deadline is None or is_open(order, v.now) or not rules.complaints_within_window_only
    said = any(one.version == order.version for one in v.project.complaints)
    if v.project.is_paid and (rules.refund == "credit" or (in_time and not said)):
        return [], [buttons.unhappy(v.say, order)]
    return [], []


def _more_changes(v: View) -> Text:
    """What changes cost once the first round is used, or its time is over (A13, A15, A19)."""
    order = v.project.order
    floor = order.under(v.rules).fee_floor
    if order.deadline is not None and not is_open(order, v.now):
        return v.say("Changes cost something now: staff name a price, {floor} a song or more.", floor=floor)
    if order.deadline is None:
        return v.say("More of the same is free; new wishes cost from {floor} a song.", floor=floor)
    return v.say(
        "More of the same is free until {until}; new wishes cost from {floor} a song.",
        until=Moment(order.deadline),
        floor=floor,
    )


def keeping(v: View, until: datetime) -> Text:
    """Until when the files of an order are kept, before that moment and from it on; or that they are gone."""
    if v.project.order.deleted_at is not None:
        return v.say("Its files were kept until {until}, and are deleted.", until=Moment(until))
    if until <= v.now:
        return v.say("Kept until {until}: download now what is still here.", until=Moment(until))
    return v.say("Kept until {until} - please download.", until=Moment(until))
