"""What must be known for what is done about agreements and bulk orders."""

import re
from dataclasses import replace

from core.bulks import to_hang
from core.commands import spoken_of as person
from core.jobs import JobKind
from core.messages import Incoming, Kind
from core.snapshot import Needs, Snapshot
from core.sources import links_of
from core.trade import Asked

OF_AGREEMENT = frozenset({"propose", "turn-down", "agree", "counter", "call"})
"""Forms whose id names an agreement, and after a dot which proposal was seen."""

_NUMBER = re.compile(r"A-?(\d{1,9})", re.IGNORECASE)


def named(needs: Needs, verb: str, id_: str, choice: str | None) -> Needs | None:
    """What the id of a button or a form names, if that is one of these; None if it is not."""
    match verb, choice:
        case "bulk", _:
            return replace(needs, trade=Asked(bulk=id_, people=choice == "nudge", songs=choice == "csv"))
        case "drop", _:
            return replace(needs, trade=Asked(bulk=id_, people=True))
        case "bulk-price", _:
            return replace(needs, order=id_, trade=Asked(own=True))
        case "form", "offer":
            return replace(needs, trade=Asked(bulk=id_))
        case "form", str() if choice in OF_AGREEMENT:
            return replace(needs, trade=Asked(agreement=id_.partition(".")[0]))
    return None


def spoken_of(needs: Needs, arguments: str) -> Needs:
    """What `/agreement` names by its number, A-17; or whom, where one is to be written down for them."""
    words = [word for word in arguments.split(maxsplit=2)[:2] if word.lower() != "record"]
    named = words[0] if words else ""
    if found := _NUMBER.fullmatch(named):
        return replace(needs, trade=Asked(number=int(found[1])))
    return replace(needs, target=person(named), trade=Asked(begins=True)) if person(named) else needs


def followed(needs: Needs, incoming: Incoming, snapshot: Snapshot) -> Needs:
    """What else must be known, once it is known what the deed is about."""
    trade, order = _trade(needs.trade, incoming, snapshot), needs.order
    bulk = snapshot.trade.bulk
    if order is None and bulk is not None and _wants_zip(incoming):
        order = bulk.payment
    return replace(needs, trade=trade, order=order)


def _trade(asked: Asked, incoming: Incoming, snapshot: Snapshot) -> Asked:
    project, job, actor = snapshot.project, snapshot.job, snapshot.actor
    if asked.own and asked.bulk is None and incoming.kind is Kind.COMMAND:
        _, _, title = str(incoming.payload.get("arguments") or "").strip().partition(" ")
        hangs = to_hang(snapshot.trade.own, title)
        return replace(asked, bulk=hangs.id) if hangs else asked
    if asked.any:
        return asked
    if project is not None and project.order.bulk is not None:
        return Asked(bulk=project.order.bulk)
    if project is not None and project.order.prepays is not None:
        return Asked(agreement=project.order.prepays.agreement, songs=True)
    if job is not None and job.kind is JobKind.PAPER:
        return Asked(agreement=job.payload.get("agreement"), bulk=job.payload.get("bulk"))
    if actor is not None and actor.bulk is not None and _brings_a_song(incoming):
        return Asked(bulk=actor.bulk)
    return asked


def _wants_zip(incoming: Incoming) -> bool:
    return incoming.kind is Kind.PRESS and str(incoming.payload.get("action", "")).startswith("bulk.zip:")


def _brings_a_song(incoming: Incoming) -> bool:
    if incoming.kind is not Kind.MESSAGE or not incoming.private:
        return False
    return bool(incoming.files or links_of(str(incoming.payload.get("text") or "")).files)
