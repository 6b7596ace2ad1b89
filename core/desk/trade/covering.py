"""A song of a bulk order is paid out of what its payer has paid in, and goes to work (B67, B80)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.agreements import left
from core.bulks import TILL, Bulk, BulkState
from core.changes import Changes
from core.desk.evolution import with_charge, with_order
from core.desk.ordering import checkout, intake
from core.desk.ordering.offer import worth_a_new_mix
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.desk.trade.agreed import dealt, drawn_on
from core.desk.trade.bulk_cards import to_payer
from core.ids import derive
from core.ledger import payment
from core.messages import Button, Notice, To
from core.orders import OrderState, Project
from core.pricing import price
from core.tills import Charge, ChargeState


def looked_into(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A song is decoded and measured: one without a fault is mastered at once, for its payer's money."""
    before, after = intake.looked_into(scene, result)
    if after.order.bulk is None or after.order.state is not OrderState.OFFERED or worth_a_new_mix(after):
        return outcome(scene, before, after)
    return covered(scene, before, after)


def pressed(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Master it]: its artist wants it as it is, or tries again once its payer has paid in more."""
    if project.order.state is not OrderState.OFFERED or version != project.order.rev:
        return stale(scene, project)
    return covered(scene, project, project)


def covered(scene: Scene, before: Project, after: Project) -> Changes:
    """It is paid at the agreed price and goes to work; or it waits, and its payer is told."""
    trade = scene.snapshot.trade
    after = dealt(scene, after)
    order, deal = after.order, after.order.deal
    total = price(after, scene.rules).total
    if deal is None or trade.deposit is None or trade.deposit < total:
        return _waits(scene, before, after)
    id_ = scene.id("charge", TILL)
    charge = Charge(
        id_, order.id, order.person, TILL, total, ChargeState.PAID, scene.now, id_, agreement=deal.agreement
    )
    paid = replace(
        order,
        state=OrderState.PAYING,
        price=total,
        paid_songs=len(after.works),
        bought=order.under(scene.rules),  # A27
    )
    after = with_charge(with_order(after, paid), charge)
    more = drawn_on(scene, after) + Changes(transfers=(payment(charge, in_house=True, at=scene.now),))
    return checkout.set_going(scene, before, after, _last(scene, after), more)


def _waits(scene: Scene, before: Project, after: Project) -> Changes:
    """The price has ended, or what was paid in does not last: its artist and its payer are told."""
    bulk, order, say = scene.snapshot.trade.bulk, after.order, scene.to_artist
    if bulk is None:
        return outcome(scene, before, after)
    why = (
        say("{title}: your song waits. The price that was agreed for it has ended.", title=bulk.title)
        if order.deal is None
        else say(
            "{title}: your song waits. {payer} has not paid in enough for it yet; I tell you when that has "
            "come.",
            title=bulk.title,
            payer=bulk.organisation,
        )
    )
    told = scene.notice(order, "waits", why)
    return outcome(scene, before, after, notices=(told, _short(scene, bulk, after)))


def _short(scene: Scene, bulk: Bulk, waiting: Project) -> Notice:
    """What who pays is told of songs that wait, once a day."""
    say = to_payer(scene, bulk)
    row: tuple[Button, ...] = (buttons.human(say),)
    if bulk.state is BulkState.CLOSED:
        text = say("{title}: songs wait, and it is closed. A person can help.", title=bulk.title)
    elif waiting.order.deal is None:
        text = say("{title}: songs wait, for the agreed price has ended.", title=bulk.title)
    else:
        text = say("{title}: songs wait, for what was paid in does not cover them.", title=bulk.title)
        row = (buttons.of_bulk(say.word("Pay in"), bulk, "pay"), *row)
    once = derive("short", bulk.id, scene.now.date().isoformat())
    return Notice(once, To.person(bulk.person), text, row)


def _last(scene: Scene, project: Project) -> tuple[Notice, ...]:
    """Who agreed on a price is told when the last song is paid at it (B68)."""
    deal = project.order.deal
    running = next(
        (one for one in scene.snapshot.trade.running if deal and one.agreement.id == deal.agreement), None
    )
    if running is None or left(running.agreement, running.used) > len(project.works):
        return ()
    payer = scene.snapshot.trade.payer or scene.artist
    say = scene.catalogues.voice(payer.locale)
    agreement = running.agreement
    text = say(
        "{name} has ended: all its songs are paid. From now on the list price applies.", name=agreement.name
    )
    return (Notice(derive("spent", agreement.id), To.person(agreement.person), text),)
