"""What follows from an agreement: its record, its price on what is offered, money paid in (B67, B68)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.agreements import Agreement, Prepayment, Running
from core.bulks import Bulk, BulkState
from core.changes import Changes, Move
from core.desk.evolution import with_order
from core.desk.ordering.offer import worth_a_new_mix
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.desk.trade.agreed import dealt
from core.desk.trade.bulk_cards import boards, payer_card
from core.desk.trade.deal_cards import card, record, staff_card, terms_of
from core.ids import derive
from core.jobs import Job, JobKind
from core.ledger import deposit_paid, of_order
from core.messages import Action, Button, Media, Notice, To
from core.money import Money
from core.orders import JOINABLE, Order, OrderState, Project
from core.organisations import Organisation, of_name
from core.text import Text, joined


def moved(scene: Scene, before: Agreement | None, now: Agreement, *notices: Notice) -> Changes:
    """An agreement has moved on: both sides see it, and so does who planned a bulk order with it."""
    trade = scene.snapshot.trade
    then = scene.with_trade(replace(trade, agreement=now))
    planned = trade.bulk is not None and trade.bulk.agreement == now.id
    plans = (payer_card(then, trade.bulk, trade.tally),) if planned and trade.bulk is not None else ()
    return Changes(
        agreements=(Move(before, now),),
        cards=(card(scene, now), staff_card(scene, now, trade.bulk), *plans),
        notices=notices,
    )


def agreed(scene: Scene, before: Agreement | None, now: Agreement, name: str, role: str) -> Changes:
    """It is agreed: the record is made, the price holds, and the songs of a bulk order can be paid for."""
    organisation, moves = _organisation(scene, now.person, name, role)
    now = replace(now, organisation=organisation.id if organisation else None)
    bulk, more = scene.snapshot.trade.bulk, Changes()
    if bulk is not None and bulk.agreement == now.id:
        opened = replace(
            bulk,
            state=BulkState.OPEN,
            tracks=now.terms.songs if now.terms else bulk.tracks,
            organisation=organisation.name if organisation else scene.artist.name,
            payment=scene.id("pay-in"),
        )
        trade = replace(scene.snapshot.trade, agreement=now, running=(Running(now, 0),))
        then = scene.with_trade(trade)
        more += Changes(bulks=(Move(bulk, opened),)) + paying_in(scene, now, opened)
        more += Changes(cards=boards(then, opened, trade.tally))
    say = scene.to_artist
    text = joined(
        [
            say("{name} is agreed. The record comes as a file.", name=now.name),
            *([terms_of(say, now.terms)] if now.terms else []),
        ]
    )
    notice = Notice(scene.id("agreed"), To.person(now.person), text)
    done = moved(scene, before, now, notice) + Changes(
        organisations=moves, jobs=(_writing(scene, now, organisation),)
    )
    return done + more + _renewed(scene, now)


def _organisation(
    scene: Scene, person: str, name: str, role: str
) -> tuple[Organisation | None, tuple[Move[Organisation], ...]]:
    if not name:
        return None, ()
    known = of_name(name, scene.snapshot.trade.organisations)
    if known is None:
        made = Organisation(derive("organisation", person, name.casefold()), name, person, role, scene.now)
        return made, (Move(None, made),)
    if known.role == role:
        return known, ()
    renamed = replace(known, role=role)
    return renamed, (Move(known, renamed),)


def _renewed(scene: Scene, agreement: Agreement) -> Changes:
    """What stands in offers of the other side has the price that holds now."""
    if scene.person.id != agreement.person or agreement.bulk is not None:
        return Changes()
    trade = scene.snapshot.trade
    known = replace(trade, running=(*trade.running, Running(agreement, 0)))
    now = scene.with_trade(known)
    changes = Changes()
    for project in scene.snapshot.open:
        if project.order.state in JOINABLE and dealt(now, project) != project:
            changes += outcome(now, project, dealt(now, project))
    return changes


def paying_in(scene: Scene, agreement: Agreement, bulk: Bulk, rest: Money | None = None) -> Changes:
    """The card by which a bulk order is paid in advance: an order that holds money instead of songs.

    `rest`: what is still to be paid, if something was before.
    """
    if agreement.terms is None:
        return Changes()
    whole = rest or agreement.terms.whole
    deposit = None if rest else agreement.terms.deposit
    order = Order(
        id=scene.id("pay-in"),
        number=scene.snapshot.next_number,
        person=agreement.person,
        service=agreement.service,
        state=OrderState.OFFERED,
        confidential=False,
        created=scene.now,
        last_file=scene.now,
        rules_version=scene.rules.terms_version,
        door=bulk.door,
        title=bulk.title,
        settled=True,
        prepays=Prepayment(agreement.id, agreement.number, whole, whole, deposit),
    )
    return outcome(scene, None, Project(order))


def part_chosen(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """[Only the deposit] or [All of it]: what the next tap pays."""
    order = project.order
    if order.prepays is None or order.state is not OrderState.OFFERED or version != order.rev:
        return stale(scene, project)
    prepays = order.prepays
    amount = prepays.deposit if choice == "deposit" and prepays.deposit else prepays.whole
    chosen = replace(order, prepays=replace(prepays, amount=amount))
    return outcome(scene, project, with_order(project, chosen))


def paid_in(
    scene: Scene, before: Project, after: Project, notices: tuple[Notice, ...], more: Changes
) -> Changes:
    """Money has come for an agreement: it lies in store for its songs, and those that waited can go on."""
    order = after.order
    if order.prepays is None or order.price is None:
        raise LookupError("money for no agreement")
    done = replace(order, state=OrderState.COMPLETED, completed_at=scene.now)
    stored = deposit_paid(order.prepays.agreement, order.id, of_order(order.id), order.price, scene.now)
    more += Changes(transfers=(stored,))
    waiting = _can_go_on(scene, order.price)
    return outcome(scene, before, with_order(after, done), notices=(*notices, *waiting), more=more)


def _can_go_on(scene: Scene, paid: Money) -> tuple[Notice, ...]:
    """The artists whose songs wait for money are told that it has come: as many as it is enough for."""
    trade, say = scene.snapshot.trade, scene.to_staff  # what they speak is not known here
    if trade.bulk is None or trade.agreement is None or trade.agreement.terms is None:
        return ()
    store = (trade.deposit or paid * 0) + paid
    told = []
    for project in sorted(trade.songs, key=lambda one: one.order.number):
        order, cost = project.order, trade.agreement.terms.each * len(project.works)
        if order.state is not OrderState.OFFERED or worth_a_new_mix(project) or store < cost:
            continue
        store -= cost
        text = say("{title}: the money for your song has come. It can go on.", title=trade.bulk.title)
        begin = Button(say.word("Master it"), Action("pay", order.id, order.rev).pack())
        row = (begin, buttons.human(say, order.id))
        told.append(Notice(scene.id("goes-on", order.id), To.person(order.person), text, row, order=order.id))
    return tuple(told)


def _writing(scene: Scene, agreement: Agreement, organisation: Organisation | None) -> Job:
    """The job that makes the record of an agreement a document."""
    say = scene.to_artist
    paper = {
        "form": "pdf",
        "name": f"{agreement.name}.pdf",
        "title": say.word("Price agreement {name}", name=agreement.name),
        "lines": record(scene, agreement, organisation),
        "at": scene.now.isoformat(),
    }
    payload = {"scope": agreement.person, "agreement": agreement.id, "locale": say.language, **paper}
    return Job(scene.id("record"), JobKind.PAPER, agreement.person, payload=payload, cost=0.5)


def written(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """The record is a document: it is kept with the agreement, and sent."""
    agreement, job = scene.snapshot.trade.agreement, scene.snapshot.job
    if agreement is None or job is None:
        raise LookupError("a record of no agreement")
    say = scene.to_artist
    title = Text((str(job.payload["title"]),))
    paper = Media(**result["media"], title=title)
    text = say("The record of {name}.", name=agreement.name)
    notice = Notice(scene.id("record"), To.person(agreement.person), text, media=(paper,))
    return Changes(agreements=(Move(agreement, replace(agreement, paper=paper)),), notices=(notice,))
