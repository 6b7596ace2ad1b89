"""How the price of a batch looks: to the staff who name it, and to who is to accept it."""

from core.desk.revising import causes, wish_list
from core.desk.scene import Scene
from core.desk.shown import phrases
from core.ids import seen
from core.messages import Action, Button, Card, To
from core.money import Money
from core.orders import OrderState, Project
from core.quotes import STANDING, Quote, QuoteState
from core.revisions import Batch
from core.text import Moment, joined


def card_of(scene: Scene, project: Project, quote: Quote) -> Card:
    """What the staff desk sees of a price: the list, why it costs, and what to do."""
    say, order = scene.to_staff, project.order
    batch = batch_of(project, quote)
    head = say(
        "Order {number} ({service}): a price for changes. Floor {floor}.",
        number=str(order.number),
        service=phrases.service(say, order.service),
        floor=quote.floor,
    )
    reasons = {cause for line in quote.lines for cause in line.causes}
    lines = [head, *wish_list.numbered(say, project, batch)]
    lines.extend(causes.short(say, cause) for cause in sorted(reasons))
    row: tuple[Button, ...] = ()
    match quote.state:
        case QuoteState.ASKED:
            row = (
                _price(scene, project, quote, "floor", quote.floor),
                _price(scene, project, quote, "more", half_more(quote.floor)),
                Button(say.word("Other …"), form=f"quote:{order.id}"),
                Button(say.word("Waive …"), form=f"waive:{order.id}"),
                *scene.looks(order),
            )
        case QuoteState.OFFERED if quote.total is not None and quote.expires is not None:
            lines.append(
                say("Offered: {price}, until {until}.", price=quote.total, until=Moment(quote.expires))
            )
        case QuoteState.ACCEPTED if quote.total:
            lines.append(say("Accepted: {price}; the payment is on its way.", price=quote.total))
        case QuoteState.PAID if quote.total:
            lines.append(say("Accepted and paid: {price}.", price=quote.total))
        case QuoteState.PAID:
            lines.append(say("Free of charge."))
        case QuoteState.DECLINED:
            lines.append(say("Declined."))
        case QuoteState.EXPIRED:
            lines.append(say("Nobody accepted it in time."))
        case QuoteState.VOID if order.state is OrderState.CANCELLED:
            lines.append(say("The order is cancelled."))
        case QuoteState.VOID:
            lines.append(say("The list is being changed; a new one will come."))
    done = quote.state not in STANDING
    return Card(f"quote:{quote.id}", To.staff(), joined(lines), row, done=done)


def for_staff(scene: Scene, project: Project, quote: Quote) -> tuple[Card, ...]:
    """Their card of a price; none for one that the house rules named, of which they need not know."""
    by_the_rules = quote.total is not None and quote.named_by is None
    return () if by_the_rules else (card_of(scene, project, quote),)


def batch_of(project: Project, quote: Quote) -> Batch:
    """The batch that a price is of."""
    return next(batch for batch in project.batches if batch.id == quote.batch)


def half_more(floor: Money) -> Money:
    """Half as much again, the second price that the card offers."""
    return Money(floor.amount * 3 // 2, floor.currency)


def _price(scene: Scene, project: Project, quote: Quote, choice: str, amount: Money) -> Button:
    say = scene.to_staff
    return Button(
        say.word("{price}", price=amount),
        Action("quote", project.order.id, seen(quote.id, quote.rev), choice=choice).pack(),
    )


def price_of(quote: Quote) -> Money:
    """What it costs; at least, until somebody has named that."""
    return quote.floor if quote.total is None else quote.total


def answers(scene: Scene, project: Project, quote: Quote) -> tuple[Button, ...]:
    say, order = scene.to_artist, project.order
    accept_ = say.word("Accept {price}", price=price_of(quote))
    return (
        Button(accept_, Action("accept", order.id, seen(quote.id, quote.rev), choice="quote").pack()),
        Button(say.word("Decline"), Action("decline", order.id, seen(quote.id, quote.rev)).pack()),
    )


def change(scene: Scene, project: Project, quote: Quote) -> Button:
    say, order = scene.to_artist, project.order
    return Button(
        say.word("Change my list"), Action("change-list", order.id, seen(quote.id, quote.rev)).pack()
    )
