"""A price for many songs is agreed: asked for, proposed, countered, accepted and written down (B67, B68).

The staff have one card for an agreement, the other side has another; both are edited in place. What a button
accepts is what it showed: it names which proposal that was.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from core.agreements import (
    MOST_SONGS,
    NEGOTIATED,
    STANDING,
    Agreement,
    AgreementState,
    Channel,
    Deed,
    Step,
    Terms,
    after,
    allows,
    end_of_day,
)
from core.bulks import Bulk
from core.changes import Changes, Move
from core.desk.scene import Scene
from core.desk.trade.concluded import agreed, moved
from core.desk.trade.deal_cards import card, choices, lines, proposal, staff_card
from core.messages import Notice, To
from core.money import Money, said
from core.orders import Project
from core.text import Moment, joined

SERVICE = "automatic"
"""The service line of a bulk order."""

LIST_PRICE_DAYS = 90
"""How long the list price of today holds for a bulk order: after its deadline, which late songs may miss, or
from now on where nobody said one.
"""


# The beginning


def asked(scene: Scene, project: Project) -> Changes:
    """[Ask for a quote] on an offer: for this order, and for those that follow it."""
    live = [one.agreement for one in scene.snapshot.trade.running if one.agreement.bulk is None]
    for agreement in live:
        if agreement.state in NEGOTIATED:
            return Changes(cards=(card(scene, agreement),)) + scene.answered(
                scene.say("We are talking about {name} already.", name=agreement.name)
            )
    agreement = begun(scene, project.order.service, len(project.works))
    return _asked(scene, agreement, None)


def begun(scene: Scene, service: str, songs: int, bulk: Bulk | None = None) -> Agreement:
    """An agreement that nobody has said anything about yet."""
    return Agreement(
        scene.id("agreement"),
        scene.snapshot.trade.next_number,
        scene.artist.id,
        AgreementState.ASKED,
        songs,
        service,
        scene.now,
        bulk=bulk.id if bulk else None,
    )


def asked_for_bulk(scene: Scene, bulk: Bulk, *, words: str = "", each: Money | None = None) -> Changes:
    """[Ask for a quote] or [Offer] for a bulk order."""
    agreement = begun(scene, SERVICE, bulk.tracks, bulk)
    done = _asked(scene, agreement, bulk, words=words, each=each)
    return done + Changes(bulks=(Move(bulk, replace(bulk, agreement=agreement.id)),))


def at_list_price(scene: Scene, bulk: Bulk) -> Changes:
    """[Take the list price]: it is agreed like any other price. What was talked about before is over."""
    talked = scene.snapshot.trade.agreement
    if talked is not None and talked.state is AgreementState.PROPOSED and not talked.steps[-1].by:
        return Changes(cards=(card(scene, talked),))  # pressed twice
    changes = Changes()
    if talked is not None and allows(talked, Deed.DECLINED):
        changes = taken_back(scene, talked)
    agreement = begun(scene, SERVICE, bulk.tracks, bulk)
    until = max(bulk.deadline or scene.now, scene.now) + timedelta(days=LIST_PRICE_DAYS)
    terms = Terms(scene.rules.money(scene.rules.line(SERVICE).price), bulk.tracks, until)
    house = Step(Deed.PROPOSED, scene.now, "", scene.rules.house.name, staff=True, terms=terms)
    agreement = after(replace(agreement, steps=(_step(scene, Deed.ASKED),)), house)
    return changes + Changes(
        agreements=(Move(None, agreement),),
        bulks=(Move(bulk, replace(bulk, agreement=agreement.id)),),
        cards=(card(scene, agreement),),
    )


def _asked(
    scene: Scene, agreement: Agreement, bulk: Bulk | None, *, words: str = "", each: Money | None = None
) -> Changes:
    offer = Terms(each, agreement.songs, scene.now) if each is not None else None
    agreement = replace(agreement, steps=(replace(_step(scene, Deed.ASKED, words=words), terms=offer),))
    text = scene.say(
        "I have passed it on as {name}. Staff will name a price, usually within {hours}.",
        name=agreement.name,
        hours=timedelta(hours=scene.rules.quotes.staff_promise_hours),
    )
    return Changes(
        agreements=(Move(None, agreement),),
        cards=(card(scene, agreement), staff_card(scene, agreement, bulk)),
    ) + scene.answered(text)


# The staff


def proposed(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Propose]: a price a song, for how many, and until when."""
    agreement, say = scene.snapshot.trade.agreement, scene.say
    if agreement is None or not allows(agreement, Deed.PROPOSED):
        return _moved_on(scene, agreement)
    if scene.judges_itself(agreement.person):
        return scene.answered(say("It is your own: somebody else of the staff must do that."))
    each = said(values.get("price", ""), scene.rules.currency)
    songs = values.get("songs", "").strip()
    until = end_of_day(values.get("until", ""), scene.now, scene.rules.zone)
    deposit_said = values.get("deposit", "").strip()
    deposit = said(deposit_said, scene.rules.currency) if deposit_said else None
    if not each or not songs.isdecimal() or not 0 < int(songs) <= MOST_SONGS or until is None:
        return scene.answered(
            say(
                "I need a price a song (4.20), for how many songs (at most {most}), and a day that is still "
                "to come (2026-12-31). Nothing was proposed.",
                most=MOST_SONGS,
            ),
        )
    terms = Terms(each, int(songs), until, deposit)
    if deposit_said and (not deposit or terms.whole < deposit):
        return scene.answered(say("The deposit is to be an amount, at most the whole. Nothing was proposed."))
    done = after(agreement, _step(scene, Deed.PROPOSED, terms=terms))
    notice = Notice(
        scene.id("proposed"),
        To.person(agreement.person),
        proposal(scene.to_artist, done),
        choices(scene.to_artist, done),
    )
    return moved(scene, agreement, done, notice)


def declined(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Decline] by the staff, with a reason."""
    agreement = scene.snapshot.trade.agreement
    if agreement is None or not allows(agreement, Deed.DECLINED):
        return _moved_on(scene, agreement)
    reason = values["reason"].strip()
    done = after(agreement, _step(scene, Deed.DECLINED, words=reason))
    say = scene.to_artist
    text = say(
        "{name}: we cannot agree on a price this time; the list price applies. {reason}",
        name=done.name,
        reason=reason,
    )
    return moved(scene, agreement, done, Notice(scene.id("declined"), To.person(done.person), text))


def recorded(scene: Scene, known: Agreement | None, terms: Terms, channel: Channel, words: str) -> Changes:
    """What the other side agreed to elsewhere: proposed, if it was not, and accepted in one."""
    agreement = known or begun(scene, SERVICE, terms.songs)
    if scene.judges_itself(agreement.person):
        return scene.answered(scene.say("It is your own: somebody else of the staff must do that."))
    if agreement.state not in STANDING or agreement.terms != terms:
        agreement = after(agreement, replace(_step(scene, Deed.PROPOSED, terms=terms), staff=True))
    step = replace(_step(scene, Deed.ACCEPTED, words=words, terms=terms), staff=True, channel=channel)
    return agreed(scene, known, after(agreement, step), "", "")


# The other side


def accepted(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Accept]: on whose behalf, and as what (B41). What was to hold until a date is accepted before that."""
    agreement = _shown(scene, Deed.ACCEPTED)
    if agreement is None or agreement.terms is None:
        return _moved_on(scene, scene.snapshot.trade.agreement)
    if agreement.terms.until < scene.now:
        return _too_late(scene, agreement, agreement.terms)
    name = " ".join(values.get("organisation", "").split())
    role = " ".join(values.get("role", "").split())
    words = f"{name} ({role})" if role else name
    done = after(agreement, _step(scene, Deed.ACCEPTED, words=words, terms=agreement.terms))
    return agreed(scene, agreement, done, name, role)


def _too_late(scene: Scene, agreement: Agreement, terms: Terms) -> Changes:
    """Its time is over: who would have accepted it asks for the same price once more."""
    done = after(agreement, _step(scene, Deed.COUNTERED, terms=terms))
    text = scene.say(
        "{name} was valid until {until}. I have asked the studio whether the price still stands.",
        name=agreement.name,
        until=Moment(terms.until),
    )
    return moved(scene, agreement, done) + scene.answered(text)


def countered(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Counter]: another price a song, in words if they like."""
    agreement = _shown(scene, Deed.COUNTERED)
    if agreement is None or agreement.terms is None:
        return _moved_on(scene, scene.snapshot.trade.agreement)
    each = said(values.get("price", ""), scene.rules.currency)
    if not each:
        return scene.answered(scene.say("I need a price a song, such as 4.20. Nothing was passed on."))
    terms = replace(agreement.terms, each=each, deposit=None)
    done = after(agreement, _step(scene, Deed.COUNTERED, words=values.get("words", "").strip(), terms=terms))
    return moved(scene, agreement, done) + scene.answered(scene.say("I have passed your price on."))


def call(scene: Scene, values: Mapping[str, str]) -> Changes:
    """[Call me]: somebody of the staff gets in touch, and writes down what comes of it."""
    agreement = _shown(scene, Deed.CALL)
    if agreement is None:
        return _moved_on(scene, scene.snapshot.trade.agreement)
    done = after(agreement, _step(scene, Deed.CALL, words=values["how"].strip()))
    return moved(scene, agreement, done) + scene.answered(
        scene.say("Somebody of the studio will get in touch.")
    )


def taken_back(scene: Scene, agreement: Agreement) -> Changes:
    """Its other side does not want it any more."""
    return moved(scene, agreement, after(agreement, _step(scene, Deed.DECLINED)))


# The end


def ended(scene: Scene) -> Changes:
    """The clock: an agreement whose time is over, which is told."""
    agreement = scene.snapshot.trade.agreement
    if agreement is None or agreement.due_at is None or scene.now < agreement.due_at:
        return Changes()
    house = Step(Deed.ENDED, scene.now, "", scene.rules.house.name, staff=True)
    say = scene.to_artist
    text = say("{name} has ended: its time is over. From now on the list price applies.", name=agreement.name)
    notice = Notice(scene.id("ended"), To.person(agreement.person), text)
    return moved(scene, agreement, after(agreement, house), notice)


# What all of them share


def _step(scene: Scene, deed: Deed, *, words: str = "", terms: Terms | None = None) -> Step:
    known = scene.snapshot.trade.agreement
    staff = known is not None and known.person != scene.person.id
    return Step(deed, scene.now, scene.person.id, scene.person.name, staff, words, terms)


def _shown(scene: Scene, deed: Deed) -> Agreement | None:
    """The agreement that its other side acts on, if it is still as they saw it."""
    agreement = scene.snapshot.trade.agreement
    if agreement is None or agreement.person != scene.person.id or scene.person.minor:
        return None
    seen = scene.form_id.partition(".")[2]
    known = allows(agreement, deed, agreement.terms) and seen == str(agreement.proposals)
    return agreement if known else None


def _moved_on(scene: Scene, agreement: Agreement | None) -> Changes:
    """Somebody was faster, or it is not theirs: how it stands now."""
    say = scene.say
    if agreement is None or not (agreement.person == scene.person.id or scene.person.role):
        return scene.answered(say("That button is not for you."))
    text = joined([say("That has changed since; this is how things stand now."), *lines(say, agreement)])
    own = agreement.person == scene.person.id and agreement.state in STANDING
    return scene.answered(text, *(choices(say, agreement) if own else ()))
