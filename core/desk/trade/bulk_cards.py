"""How a bulk order looks: to who pays for it, and in the room where its drop box hangs (B41)."""

from collections.abc import Iterable
from dataclasses import replace

from core.agreements import Agreement, AgreementState, Running, in_force, left, worth_an_offer
from core.bulks import Bulk, BulkState, Standing, Tally, standing_of
from core.changes import Changes, Move
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.ledger import Transfer, moved, of_deposit
from core.messages import Button, Card, To
from core.money import Money
from core.orders import OrderState, Project
from core.text import Moment, Text, Title, joined
from core.wording import Voice


def boards(scene: Scene, bulk: Bulk, tally: Tally) -> tuple[Card, ...]:
    """Both cards of a bulk order, with so many songs standing how."""
    mine = (payer_card(scene, bulk, tally),)
    return (*mine, room_card(scene, bulk, tally)) if bulk.room else mine


def told_to_payer(
    scene: Scene, before: Project | None, after: Project, transfers: Iterable[Transfer]
) -> Changes:
    """What who pays sees of an order: that it stands otherwise, or that money of theirs has moved.

    The bulk order moves with it, so that two songs at once are both counted.
    """
    trade = scene.snapshot.trade
    bulk, agreement, tally = trade.bulk, trade.agreement, trade.tally
    prepays = after.order.prepays is not None and after.order.bulk is None
    if bulk is None or not (after.order.bulk == bulk.id or prepays):
        return Changes()
    change = moved(of_deposit(agreement.id), transfers) if agreement is not None else 0
    if not prepays:
        was, stands = standing_of(before) if before else None, standing_of(after)
        if was == stands and not change:
            return Changes()
        tally = tally.put(None, stands)
    elif not change:
        return Changes()
    before_it = trade.deposit or scene.rules.money(0)
    deposit = replace(before_it, amount=before_it.amount + change) if change else trade.deposit
    running = tuple(_used(one, before, after) for one in trade.running)
    now = scene.with_trade(replace(trade, deposit=deposit, running=running))
    return Changes(bulks=(Move(bulk, bulk),), cards=boards(now, bulk, tally))


def _used(running: Running, before: Project | None, after: Project) -> Running:
    """How much of an agreement is used once an order stands otherwise."""

    def songs(project: Project | None) -> int:
        deal = project.order.deal if project else None
        if project is None or deal is None or deal.agreement != running.agreement.id:
            return 0
        return 0 if project.order.state is OrderState.CANCELLED else project.order.paid_songs or 0

    return replace(running, used=running.used + songs(after) - songs(before))


def holds(scene: Scene, bulk: Bulk) -> Running | None:
    """The agreement by which the songs of a bulk order are paid now; None once it has ended."""
    known = (one for one in scene.snapshot.trade.running if one.agreement.id == bulk.agreement)
    return next((one for one in known if in_force(one.agreement, one.used, scene.now)), None)


def to_pay_in(scene: Scene, bulk: Bulk) -> Money:
    """What all songs that are left cost, less what is in store for them."""
    running, nothing = holds(scene, bulk), scene.rules.money(0)
    if running is None or running.agreement.terms is None:
        return nothing
    rest = running.agreement.terms.each * left(running.agreement, running.used)
    rest -= scene.snapshot.trade.deposit or nothing
    return max(rest, nothing)


def may_ask(scene: Scene, bulk: Bulk) -> bool:
    """Whether a price can be asked for: nobody is talking about one, and none is agreed."""
    asked = scene.snapshot.trade.agreement
    over = asked is not None and asked.id == bulk.agreement and asked.state is AgreementState.DECLINED
    return bulk.state is BulkState.PLANNED and (bulk.agreement is None or over)


def payer_card(scene: Scene, bulk: Bulk, tally: Tally) -> Card:
    """What who pays for it sees: how far it is, and what can be done."""
    say = to_payer(scene, bulk)
    told = [Text((Title(bulk.title),))]
    if bulk.state is BulkState.PLANNED:
        told.extend(_price(scene, say, bulk))
    else:
        told.append(standings(say, bulk, tally))
        if scene.snapshot.trade.deposit is not None:
            told.append(say("Paid in and not used yet: {deposit}.", deposit=scene.snapshot.trade.deposit))
    told.extend(_until(scene, say, bulk))
    if bulk.state is BulkState.CLOSED:
        told.append(say("Closed: nothing more can be dropped."))
    return Card(f"bulk:{bulk.id}", To.person(bulk.person), joined(told), _row(scene, say, bulk))


def _until(scene: Scene, say: Voice, bulk: Bulk) -> list[Text]:
    """The deadline, and what becomes of a song that comes after it."""
    if bulk.deadline is None or bulk.state is BulkState.CLOSED:
        return []
    if bulk.is_late(scene.now):
        return [
            say("It was until {until}; what comes now is late, and still taken.", until=Moment(bulk.deadline))
        ]
    return [say("Until {until}.", until=Moment(bulk.deadline))]


def room_card(scene: Scene, bulk: Bulk, tally: Tally) -> Card:
    """The drop box: a title and a number, no songs. Who drops one, agrees to the terms (A03, B35)."""
    say = scene.to_staff  # the house's own language: others read it
    if bulk.room is None:
        raise LookupError("a drop box that hangs nowhere")
    told = [say("{title}: {count}/{tracks}", title=bulk.title, count=tally.dropped, tracks=bulk.tracks)]
    row: tuple[Button, ...] = ()
    if bulk.state is BulkState.OPEN:
        told.extend(_until(scene, say, bulk))
        told.append(consent(scene, say, bulk))
        row = (buttons.drop_here(say, bulk.id), buttons.terms(say))
    else:
        told.append(say("Closed: nothing more can be dropped."))
    return Card(f"drop-box:{bulk.id}", To.room(*bulk.room), joined(told), row)


def consent(scene: Scene, say: Voice, bulk: Bulk) -> Text:
    """What dropping a song says, and what becomes of it."""
    return say(
        "It costs you nothing: {payer} pays, and gets the master once you approve it. By dropping a song you "
        "accept the terms ({version}) and say that you are 13 or older.",
        payer=bulk.organisation,
        version=scene.rules.terms_version,
    )


def standings(say: Voice, bulk: Bulk, tally: Tally) -> Text:
    """So many songs stand how: numbers, no titles."""
    missing = tally.missing(bulk.tracks)
    parts = [
        say("{count} approved", count=tally.of(Standing.APPROVED)),
        say("{count} waiting for artist", count=tally.of(Standing.WAITING)),
        say("{count} in work", count=tally.of(Standing.MAKING)),
        say("{count} missing", count=missing),
        say.many("{count} problem", "{count} problems", tally.of(Standing.PROBLEM)),
    ]
    return joined(parts, " · ")


def _price(scene: Scene, say: Voice, bulk: Bulk) -> list[Text]:
    each = scene.rules.money(scene.rules.line("automatic").price)
    told = [
        say(
            "{tracks} songs. List price: {tracks} × {each} = {whole}.",
            tracks=bulk.tracks,
            each=each,
            whole=each * bulk.tracks,
        )
    ]
    asked = scene.snapshot.trade.agreement
    if asked is not None and asked.id == bulk.agreement:
        return [*told, *_asked(say, asked)]
    from_song = scene.rules.bulk.offer_from_song
    if worth_an_offer(scene.snapshot.trade.month, bulk.tracks, from_song):  # B67
        told.append(
            say.many(
                "That is over {count} song a month: we can agree on a price.",
                "That is over {count} songs a month: we can agree on a price.",
                from_song - 1,
            )
        )
    return told


def _asked(say: Voice, agreement: Agreement) -> list[Text]:
    """How the price stands that was asked for."""
    match agreement.state:
        case AgreementState.ASKED | AgreementState.COUNTERED:
            return [say("{name}: waiting for the studio.", name=agreement.name)]
        case AgreementState.PROPOSED | AgreementState.CALLED:
            return [say("{name}: the studio has proposed a price, and waits for you.", name=agreement.name)]
        case AgreementState.DECLINED:
            return [say("{name} was declined.", name=agreement.name)]
    return []


def _row(scene: Scene, say: Voice, bulk: Bulk) -> tuple[Button, ...]:
    def verb(label: str, choice: str) -> Button:
        return buttons.of_bulk(label, bulk, choice)

    if bulk.state is BulkState.PLANNED:
        ask = (
            verb(say.word("Ask for a quote"), "price"),
            Button(say.word("Offer …"), form=f"offer:{bulk.id}"),
        )
        return (
            *(ask if may_ask(scene, bulk) else ()),
            verb(say.word("Take the list price"), "list"),
            verb(say.word("Cancel"), "close"),
            buttons.human(say),
        )
    ends = (verb(say.word("Export CSV"), "csv"), verb(say.word("Get zip"), "zip"))
    if bulk.state is BulkState.CLOSED:
        rest = scene.snapshot.trade.deposit
        back = (verb(say.word("The rest as credit"), "rest"),) if rest else ()
        return (*ends, *back)
    drop = (verb(say.word("Post drop box"), "box") if bulk.by_artists else buttons.drop_here(say, bulk.id),)
    more = (verb(say.word("Pay in"), "pay"),) if to_pay_in(scene, bulk) else ()
    return (
        *more,
        *drop,
        *((verb(say.word("Nudge missing"), "nudge"),) if bulk.by_artists else ()),
        verb(say.word("Close"), "close"),
        *ends,
    )


def title_shown(project: Project, untitled: str) -> str:
    """What a song is called in a table for who pays; a confidential one has no title there (B62)."""
    if project.order.confidential:
        return untitled
    return " / ".join(song.title for song in project.ready) or untitled


def to_payer(scene: Scene, bulk: Bulk) -> Voice:
    """The voice for who pays for a bulk order."""
    payer = scene.snapshot.trade.payer
    known = payer if payer is not None and payer.id == bulk.person else scene.actor
    return scene.catalogues.voice(known.locale if known else None)
