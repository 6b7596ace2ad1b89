"""A bulk order from its beginning to its zip: what who pays for it does."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.access import page_of
from core.agreements import MOST_SONGS, Deed, allows, end_of_day
from core.bulks import Bulk, BulkMember, BulkState, Standing, standing_of, to_hang, to_nudge
from core.changes import Changes, Move
from core.desk.evolution import with_order
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.trade import concluded, dealing
from core.desk.trade.bulk_cards import (
    boards,
    holds,
    may_ask,
    payer_card,
    standings,
    title_shown,
    to_pay_in,
    to_payer,
)
from core.jobs import Job, JobKind
from core.ledger import deposit_returned, of_credit
from core.messages import Button, Card, Media, Notice, To
from core.money import Money, said
from core.orders import OrderState, Project
from core.songs import file_name
from core.text import Text, joined
from core.wording import Voice

MOST_NUDGED = 200
"""People who are reminded by one tap."""


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/bulk new` begins one, `/bulk here` posts its drop box, `/bulk list` shows what there is."""
    word, _, title = arguments.strip().partition(" ")
    if word.lower() == "here":
        return _here(scene, title.strip())
    say = scene.say
    new = _new(say)
    if not scene.incoming.private:
        return scene.answered(say("Say that in our private chat, please."))
    own = scene.snapshot.trade.own
    if word.lower() != "list" or not own:
        text = say("Many songs of many artists, which you pay for: tell me what it is.")
        return scene.answered(text, new, buttons.human(say))
    row = tuple(buttons.show_bulk(one) for one in own[:5])
    return scene.answered(say("Your bulk orders:"), *row, new)


def _new(say: Voice) -> Button:
    return Button(say.word("New bulk order"), form="bulk:none")


def begun(scene: Scene, values: Mapping[str, str]) -> Changes:
    """The form of `/bulk new`."""
    say = scene.say
    title = " ".join(values.get("title", "").split())
    tracks = values.get("tracks", "").strip()
    until_said = values.get("deadline", "").strip()
    if until_said.casefold() in ("-", say.word("none").casefold()):
        until_said = ""
    deadline = end_of_day(until_said, scene.now, scene.rules.zone) if until_said else None
    if not title or not tracks.isdecimal() or not 0 < int(tracks) <= MOST_SONGS:
        text = say("I need a title, and how many songs there are: 1 to {most}.", most=MOST_SONGS)
        return scene.answered(text, _new(say))
    if until_said and deadline is None:
        text = say("I need a day that is still to come, such as 2026-12-31; or none.")
        return scene.answered(text, _new(say))
    bulk = Bulk(
        scene.id("bulk"),
        scene.person.id,
        title,
        int(tracks),
        BulkState.PLANNED,
        scene.now,
        scene.incoming.door,
        by_artists=values.get("who", "").strip().casefold() not in ("me", say.word("me").casefold()),
        deadline=deadline,
        note=" ".join(values.get("note", "").split())[:500],
    )
    return Changes(bulks=(Move(None, bulk),), cards=(payer_card(scene, bulk, scene.snapshot.trade.tally),))


def pressed(scene: Scene, choice: str | None) -> Changes:
    """A button of who pays for it."""
    bulk = scene.snapshot.trade.bulk
    if bulk is None or bulk.person != scene.person.id:
        return scene.answered(scene.say("That button is not for you."))
    match choice:
        case "price" if may_ask(scene, bulk):
            return _redrawn(scene, bulk, dealing.asked_for_bulk(scene, bulk))
        case "list" if bulk.state is BulkState.PLANNED:
            return _redrawn(scene, bulk, dealing.at_list_price(scene, bulk))
        case "pay" if bulk.state is BulkState.OPEN:
            return _more_money(scene, bulk)
        case "box" if bulk.state is BulkState.OPEN:
            text = scene.say("Say /bulk here in the room where the drop box is to hang.")
            return scene.answered(text)
        case "nudge" if bulk.state is BulkState.OPEN:
            return _nudged(scene, bulk)
        case "close" if bulk.state is not BulkState.CLOSED:
            return _closed(scene, bulk)
        case "csv":
            return _table(scene, bulk)
        case "zip":
            return _zip(scene, bulk)
        case "rest" if bulk.state is BulkState.CLOSED:
            return _rest(scene, bulk)
    return _as_it_stands(scene, bulk, moved_on=choice != "show")


def _as_it_stands(scene: Scene, bulk: Bulk, *, moved_on: bool) -> Changes:
    """Its card once more, as an answer: the one that hangs far above may have nothing new to show."""
    tally = scene.snapshot.trade.tally
    card = payer_card(scene, bulk, tally)
    told = [scene.say("That has changed since; this is how things stand now.")] if moved_on else []
    answer = scene.answered(joined([*told, card.text]), *card.buttons)
    return answer + Changes(cards=boards(scene, bulk, tally))


def offered(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Offer]: they name a price themselves."""
    bulk, say = scene.snapshot.trade.bulk, scene.say
    each = said(values.get("price", ""), scene.rules.currency)
    if bulk is None or bulk.person != scene.person.id:
        return scene.answered(say("That button is not for you."))
    if not may_ask(scene, bulk):
        return _as_it_stands(scene, bulk, moved_on=True)
    if not each:
        return scene.answered(say("I need a price a song, such as 4.20. Nothing was passed on."))
    asked = dealing.asked_for_bulk(scene, bulk, words=values.get("words", "").strip(), each=each)
    return _redrawn(scene, bulk, asked)


def _redrawn(scene: Scene, bulk: Bulk, changes: Changes) -> Changes:
    """With the card of the bulk order as it is afterwards."""
    now = next((move.after for move in changes.bulks), bulk)
    asked = next((m.after for m in changes.agreements if m.after.id == now.agreement), None)
    trade = replace(scene.snapshot.trade, agreement=asked or scene.snapshot.trade.agreement)
    then = scene.with_trade(trade)
    return changes + Changes(cards=boards(then, now, trade.tally))


def _more_money(scene: Scene, bulk: Bulk) -> Changes:
    """[Pay in]: what all songs that are left cost, less what is in store for them."""
    say, running = scene.say, holds(scene, bulk)
    if running is None:
        return scene.answered(say("The agreed price has ended."))
    rest = to_pay_in(scene, bulk)
    if not rest:
        return scene.answered(say("Everything is paid in."))
    for project in _payments(scene, bulk):
        if project.order.state is OrderState.PAYING:
            return scene.answered(say("Payment is on its way …"))
        return _asked_for_again(scene, project, rest)
    return concluded.paying_in(scene, running.agreement, bulk, rest)


def _payments(scene: Scene, bulk: Bulk) -> list[Project]:
    """The payments for a bulk order that are asked for and not made, newest first."""
    known = [one for one in scene.snapshot.open if one.order.prepays is not None]
    return [one for one in known if one.order.prepays and one.order.prepays.agreement == bulk.agreement]


def _asked_for_again(scene: Scene, project: Project, rest: Money) -> Changes:
    """A payment is asked for once: who presses again is shown the same one, for what is left by now."""
    prepays = project.order.prepays
    if prepays is None:
        raise LookupError("a payment for no agreement")
    now = project
    if prepays.whole != rest:
        renewed = replace(prepays, amount=rest, whole=rest, deposit=None)
        now = with_order(project, replace(project.order, prepays=renewed))
    done = outcome(scene, project, now)
    card = next(card for card in done.cards if card.key == f"order:{project.order.id}")
    shown = scene.answer(card.text, *card.buttons, what="pay-in", order=project.order.id)
    return done + Changes(notices=(shown,))


def _here(scene: Scene, title: str) -> Changes:
    """`/bulk here`: the drop box hangs in this room from now on, and in no other."""
    say, incoming = scene.say, scene.incoming
    before = to_hang(scene.snapshot.trade.own, title)
    if incoming.private or before is None:
        text = (
            say("Say /bulk here in the room where the drop box is to hang.")
            if before is not None
            else say("You have no bulk order whose price is agreed. Begin one with /bulk new.")
        )
        return scene.answered(text)
    tally = scene.snapshot.trade.tally
    after = replace(before, room=(incoming.door, incoming.place))
    cards = boards(scene, after, tally)
    if before.room is not None and before.room != after.room:
        text = scene.to_staff("The drop box has moved.")
        cards += (Card(f"drop-box:{before.id}", To.room(*before.room), text, done=True),)
    posted = scene.answer(say("The drop box is here."))
    return Changes(bulks=(Move(before, after),), cards=cards, notices=(posted,))


def _nudged(scene: Scene, bulk: Bulk) -> Changes:
    """[Nudge missing]: who said that they would drop a song and has not, once a day each."""
    trade, say = scene.snapshot.trade, scene.say
    missing = to_nudge(trade.members, trade.dropped, scene.now)[:MOST_NUDGED]
    notices = tuple(_reminder(scene, bulk, member) for member in missing)
    text = say.many("{count} person was reminded.", "{count} people were reminded.", len(missing))
    return Changes(
        bulk_members=tuple(Move(member, replace(member, nudged=scene.now)) for member in missing),
        notices=(*notices, scene.answer(text)),
    )


def _reminder(scene: Scene, bulk: Bulk, member: BulkMember) -> Notice:
    say = scene.catalogues.voice(member.locale)
    text = say("{payer} still waits for your song for {title}.", payer=bulk.organisation, title=bulk.title)
    row = (buttons.drop_here(say, bulk.id),)
    return Notice(scene.id("nudge", member.id), To.person(member.person), text, row)


def _closed(scene: Scene, bulk: Bulk) -> Changes:
    """[Close]: nothing more can be dropped or paid in; what is in work goes on. Before its price, it ends."""
    after = replace(bulk, state=BulkState.CLOSED)
    changes = Changes(bulks=(Move(bulk, after),), cards=boards(scene, after, scene.snapshot.trade.tally))
    agreement = scene.snapshot.trade.agreement
    if bulk.state is BulkState.PLANNED and agreement is not None and allows(agreement, Deed.DECLINED):
        changes += dealing.taken_back(scene, agreement)
    for project in _payments(scene, bulk):
        if project.order.state is OrderState.OFFERED:
            ended = with_order(project, replace(project.order, state=OrderState.CANCELLED))
            changes += outcome(scene, project, ended)
    return changes


def over(scene: Scene) -> Changes:
    """The clock: the deadline is over. Who pays is told once; what comes now is taken until they close."""
    bulk, tally = scene.snapshot.trade.bulk, scene.snapshot.trade.tally
    if bulk is None or bulk.due_at is None or scene.now < bulk.due_at:
        return Changes()
    say, after = to_payer(scene, bulk), replace(bulk, deadline_told=True)
    text = joined(
        [
            say(
                "{title}: its time is over. What comes now is still taken, until you close it.",
                title=bulk.title,
            ),
            standings(say, bulk, tally),
        ]
    )
    row = (
        *(
            (buttons.of_bulk(say.word("Nudge missing"), bulk, "nudge"),)
            if bulk.by_artists and tally.missing(bulk.tracks)
            else ()
        ),
        buttons.of_bulk(say.word("Close"), bulk, "close"),
        buttons.human(say),
    )
    told = Notice(scene.id("over"), To.person(bulk.person), text, row)
    return Changes(bulks=(Move(bulk, after),), cards=boards(scene, after, tally), notices=(told,))


def _table(scene: Scene, bulk: Bulk) -> Changes:
    """[Export CSV]: a line for each song."""
    say = scene.say
    words = {
        Standing.MAKING: say.word("in work"),
        Standing.WAITING: say.word("waiting for artist"),
        Standing.APPROVED: say.word("approved"),
        Standing.PROBLEM: say.word("problem"),
        Standing.GONE: say.word("cancelled"),
    }
    head = (say.word("Order"), say.word("Song"), say.word("Artist"), say.word("State"), say.word("Price"))
    rows = [head]
    for project in sorted(scene.snapshot.trade.songs, key=lambda one: one.order.number):
        order = project.order
        title = title_shown(project, say.word("a song"))
        price = say.money(order.price) if order.price else ""
        rows.append((str(order.number), title, order.artist, words[standing_of(project)], price))
    payload = {
        "scope": scene.person.id,
        "bulk": bulk.id,
        "form": "csv",
        "name": file_name(bulk.title, ".csv"),
        "rows": rows,
    }
    return Changes(jobs=(Job(scene.id("table"), JobKind.PAPER, scene.person.id, payload=payload, cost=0.1),))


def tabled(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """The table is there: it is sent to who asked for it."""
    job = scene.snapshot.job
    if job is None:
        raise LookupError("a table that nobody asked for")
    file = Media(**result["media"], title=Text((str(job.payload["name"]),)))
    text = scene.say("The list of all songs.")
    return Changes(notices=(Notice(scene.id("table"), To.person(job.person), text, media=(file,)),))


def _zip(scene: Scene, bulk: Bulk) -> Changes:
    """[Get zip]: the page of the payment has all masters that are approved."""
    say, project = scene.say, scene.project
    if project is None or project.order.id != bulk.payment or not scene.ways.pages:
        text = say("I cannot hand over a zip here: this house has no pages. Each artist has their own files.")
        return scene.answered(text, buttons.human(say))
    page = page_of(project.order, scene.now, scene.rules)
    text = say("All approved masters in one zip are on this page.")
    return scene.answered(text, Button(say.word("Open the page"), link=page))


def _rest(scene: Scene, bulk: Bulk) -> Changes:
    """[The rest as credit]: what was paid in and not used, once nothing more can be dropped."""
    trade, say = scene.snapshot.trade, scene.say
    if not trade.deposit or trade.agreement is None:
        return scene.answered(say("Nothing is left of it."))
    moved = deposit_returned(
        trade.agreement.id, scene.id("rest"), of_credit(scene.person.id), trade.deposit, scene.now
    )
    text = say("{amount} is your credit now.", amount=trade.deposit)
    after = scene.with_trade(replace(trade, deposit=None))
    return Changes(
        agreements=(Move(trade.agreement, trade.agreement),),
        transfers=(moved,),
        notices=(scene.answer(text),),
        cards=boards(after, bulk, trade.tally),
    )
