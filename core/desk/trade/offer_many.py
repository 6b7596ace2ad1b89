"""The job cards of bulk orders: songs that somebody else pays for, and money that is paid in for many."""

from core.agreements import Prepayment
from core.desk.ordering.offer import mend, pay_buttons, song_line, worth_a_new_mix
from core.desk.shown import buttons
from core.desk.shown.view import View, standing
from core.messages import Action, Button
from core.pricing import price
from core.text import Text, joined


def for_somebody(v: View) -> tuple[Text, list[Button]]:
    """A song that waits: it has a fault that its artist can mend, or what was paid in does not cover it."""
    order = v.project.order
    lines = [song_line(v, song, alone=True) for song in standing(v.project)]
    if worth_a_new_mix(v.project):
        lines.append(v.say("Somebody else pays for it. Have it mastered as it is, or send a better mix."))
        label = v.say.word("Master it as it is")
    else:
        lines.append(v.say("Somebody else pays for it. It waits until what they paid in covers it."))
        label = v.say.word("Master it")
    begin = Button(label, Action("pay", order.id, order.rev).pack())
    return joined(lines), [
        begin,
        *mend(v, several=False),
        buttons.terms(v.say, order.id),
        buttons.cancel(v.say, order),
        buttons.human(v.say, order.id),
    ]


def pay_in(v: View, prepays: Prepayment) -> tuple[Text, list[Button]]:
    """What is paid before the first song; by the tap its payer accepts the terms, like anybody (A02, A03)."""
    order = v.project.order
    lines = [
        v.say(
            "Agreement A-{number}: {amount} to pay in. Its songs are paid from it, one by one.",
            number=str(prepays.number),
            amount=prepays.amount,
        ),
        v.say(
            "By paying you accept the terms ({version}) and say that you are 13 or older.",
            version=v.rules.terms_version,
        ),
    ]
    row = list(pay_buttons(v, price(v.project, v.rules).total))
    if prepays.deposit is not None:
        other = prepays.whole if prepays.amount == prepays.deposit else prepays.deposit
        choice = "whole" if other == prepays.whole else "deposit"
        label = (
            v.say.word("All of it: {amount}", amount=other)
            if choice == "whole"
            else v.say.word("Only the deposit: {amount}", amount=other)
        )
        row.append(Button(label, Action("pay-in", order.id, order.rev, choice=choice).pack()))
    return joined(lines), [
        *row,
        buttons.terms(v.say, order.id),
        buttons.cancel(v.say, order),
        buttons.human(v.say, order.id),
    ]


def paid_in(v: View, prepays: Prepayment) -> Text:
    """It is paid in."""
    return v.say(
        "Agreement A-{number}: {amount} is paid in.", number=str(prepays.number), amount=prepays.amount
    )
