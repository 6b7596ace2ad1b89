"""Songs of a bulk order: who drops one has an order of their own, which somebody else pays for (B80)."""

from dataclasses import replace

from core.bulks import Bulk, BulkMember, BulkState, Standing
from core.changes import Changes, Move
from core.consent import ConsentKind
from core.desk.ordering import intake
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.trade.bulk_cards import boards, consent, holds
from core.ids import derive
from core.messages import FileRef, Notice, To
from core.orders import Project
from core.terms import terms
from core.text import joined


def asked(scene: Scene) -> Changes:
    """[Drop my song]: the next file that somebody sends in private is for this bulk order."""
    bulk, person, say = scene.snapshot.trade.bulk, scene.person, scene.say
    if bulk is None or bulk.state is not BulkState.OPEN or not (bulk.by_artists or bulk.person == person.id):
        return scene.answered(say("Nothing more can be dropped there."))
    if not scene.snapshot.trade.tally.missing(bulk.tracks):
        return scene.answered(say("All places there are taken."), buttons.human(say))
    if holds(scene, bulk) is None:
        return _ended(scene, bulk)
    here = replace(person, bulk=bulk.id)
    people = () if person == here else (Move(person, here),)
    known = any(member.person == person.id for member in scene.snapshot.trade.members)
    member = BulkMember(
        derive("member", bulk.id, person.id), bulk.id, person.id, scene.now, locale=person.locale
    )
    members = () if known or not bulk.by_artists else (Move(None, member),)
    text = joined([say("{title}: send me your song here.", title=bulk.title), consent(scene, say, bulk)])
    invited = Notice(
        scene.id("drop"),
        To.person(person.id),
        text,
        (buttons.terms(say), buttons.too_young(say), buttons.human(say)),
    )
    notices: tuple[Notice, ...] = (invited,)
    if not scene.incoming.private:
        notices = (scene.answer(say("Send me your song in our private chat.")), invited)
    return Changes(people=people, bulk_members=members, notices=notices)


def _ended(scene: Scene, bulk: Bulk) -> Changes:
    """The price by which its songs are paid has ended."""
    say = scene.say
    text = say(
        "{title}: the price that {payer} agreed has ended, so nothing more can be dropped there.",
        title=bulk.title,
        payer=bulk.organisation,
    )
    return scene.answered(text, buttons.human(say))


def for_bulk(scene: Scene) -> Bulk | None:
    """The bulk order that what somebody sends now is for; None: it is an order like any other."""
    bulk = scene.snapshot.trade.bulk
    meant = bulk is not None and scene.person.bulk == bulk.id and scene.incoming.private
    return bulk if meant else None


def dropped(scene: Scene, bulk: Bulk, files: tuple[FileRef, ...]) -> Changes:
    """Each file is an order of its own: heard, changed and approved by itself."""
    say, tally = scene.say, scene.snapshot.trade.tally
    free = tally.missing(bulk.tracks) if bulk.state is BulkState.OPEN and holds(scene, bulk) else 0
    taken = files[: free if not bulk.by_artists else min(free, 1)]
    person = scene.person if taken and not bulk.by_artists else replace(scene.person, bulk=None)
    people = () if person == scene.person else (Move(scene.person, person),)
    changes = Changes(people=people)
    trade = scene.snapshot.trade
    alone = scene.with_trade(replace(trade, bulk=None))
    for index, file in enumerate(taken):
        changes += _one(alone, bulk, file, index)
        tally = tally.put(None, Standing.MAKING)
    if taken:  # who drops the last song and who drops one more meet at the bulk order
        changes += Changes(bulks=(Move(bulk, bulk),), cards=boards(scene, bulk, tally))
    if not taken:
        text = say("{title}: nothing more can be dropped there.", title=bulk.title)
        changes += scene.answered(text, buttons.human(say))
    elif len(taken) < len(files):
        text = say("I took one song. If you have another, press [Drop my song] again.")
        changes += scene.answered(text, buttons.human(say), what="more")
    return changes


def _one(scene: Scene, bulk: Bulk, file: FileRef, index: int) -> Changes:
    agreed = terms(scene.rules, scene.say)
    order = replace(
        intake.new_order(scene),
        id=scene.id("order", index),
        number=scene.snapshot.next_number + index,
        beside=None,
        bulk=bulk.id,
        charge="before-work",
        settled=True,
        terms_version=agreed.version,
        terms_sha256=agreed.sha256,
    )
    project, fetching = intake.with_file(scene, Project(order), file, index)
    consents = tuple(
        scene.consent(kind, agreed.version, agreed.sha256, order.id, index)
        for kind in (ConsentKind.TERMS, ConsentKind.AGE)
    )
    return outcome(scene, None, project, jobs=fetching, more=Changes(consents=consents))
