"""The forms of agreements and bulk orders: what they ask, what they start with, and what becomes of them."""

from collections.abc import Callable, Mapping

from core.changes import Changes
from core.desk.scene import Scene
from core.desk.trade import bulk, dealing
from core.messages import Field, Form
from core.people import Right
from core.trade import Trade
from core.wording import Voice


def _with_price(say: Voice, name: str, title: str) -> Form:
    """A price that somebody names who is to pay it."""
    price = Field("price", say.word("Price of a song"), most=20)
    return Form(
        name,
        title,
        (price, Field("words", say.word("Anything we should know"), "long", required=False, most=500)),
    )


FORMS: Mapping[str, Callable[[Voice], Form]] = {
    "bulk": lambda say: Form(
        "bulk",
        say.word("New bulk order"),
        (
            Field("title", say.word("What is it called?"), most=80),
            Field("tracks", say.word("How many songs?"), most=4),
            Field("deadline", say.word("Until when? (2026-12-31)"), required=False, most=20),
            Field(
                "who",
                say.word("Who sends the songs: artists, or me?"),
                "choice",
                choices=(("artists", say.word("artists")), ("me", say.word("me"))),
            ),
            Field("note", say.word("Anything we should know"), "long", required=False, most=500),
        ),
    ),
    "offer": lambda say: _with_price(say, "offer", say.word("Offer a price")),
    "propose": lambda say: Form(
        "propose",
        say.word("Propose a price"),
        (
            Field("price", say.word("Price of a song"), most=20),
            Field("songs", say.word("For how many songs?"), most=4),
            Field("until", say.word("Valid until (2026-12-31)"), most=20),
            Field("deposit", say.word("A deposit, if less than all is enough"), required=False, most=20),
        ),
    ),
    "turn-down": lambda say: Form(
        "turn-down",
        say.word("Decline"),
        (Field("reason", say.word("Why (they read it)"), "long", most=500),),
    ),
    "agree": lambda say: Form(
        "agree",
        say.word("Accept the price"),
        (
            Field("organisation", say.word("For whom? A server, a group, yourself"), most=80),
            Field("role", say.word("What are you there?"), required=False, most=60),
        ),
    ),
    "counter": lambda say: _with_price(say, "counter", say.word("Another price")),
    "call": lambda say: Form(
        "call",
        say.word("Call me"),
        (Field("how", say.word("A number or an address, and when"), "long", most=300),),
    ),
}

OF_STAFF: Mapping[str, Right] = {"propose": Right.MONEY, "turn-down": Right.MONEY}
"""Those that are for the staff, and the right that each needs."""

_SUBMITTED: Mapping[str, Callable[[Scene, Mapping[str, str]], Changes]] = {
    "bulk": bulk.begun,
    "offer": bulk.offered,
    "propose": dealing.proposed,
    "turn-down": dealing.declined,
    "agree": dealing.accepted,
    "counter": dealing.countered,
    "call": dealing.call,
}


def submitted(scene: Scene, name: str, values: Mapping[str, str]) -> Changes:
    """One of these was filled in."""
    return _SUBMITTED[name](scene, values)


def prefilled(name: str, trade: Trade) -> Mapping[str, str]:
    """What one of these starts with."""
    agreement = trade.agreement
    if name == "propose" and agreement is not None:
        return {"songs": str(agreement.terms.songs if agreement.terms else agreement.songs)}
    if name == "agree" and trade.organisations:
        newest = trade.organisations[-1]
        return {"organisation": newest.name, **({"role": newest.role} if newest.role else {})}
    return {}
