"""What an offer says of agreed prices: the one it has, or that one can be asked for (B67)."""

from core.agreements import worth_an_offer
from core.desk.shown import buttons
from core.desk.shown.view import View
from core.messages import Button
from core.text import Text


def told(v: View) -> list[Text]:
    """A line where the order has an agreed price, or where its artist may ask for one."""
    deal = v.project.order.deal
    if deal is not None and deal.service == v.project.order.service:
        return [
            v.say("Your agreed price, A-{number}: {each} a song.", number=str(deal.number), each=deal.each)
        ]
    if not _may_ask(v):
        return []
    return [
        v.say.many(
            "That is over {count} song this month: we can agree on a price.",
            "That is over {count} songs this month: we can agree on a price.",
            v.rules.bulk.offer_from_song - 1,
        )
    ]


def row(v: View) -> list[Button]:
    """[Ask for a quote]."""
    return [buttons.bulk_price(v.say, v.project.order)] if _may_ask(v) else []


def _may_ask(v: View) -> bool:
    """From a number of paid songs in a calendar month on, unless one is agreed or talked about. # R12"""
    live = any(one.agreement.bulk is None for one in v.trade.running)
    return not live and worth_an_offer(v.trade.month, len(v.project.works), v.rules.bulk.offer_from_song)
