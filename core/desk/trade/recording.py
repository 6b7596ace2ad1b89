"""What was agreed by phone or e-mail: the staff write it down, and it holds like any price (B68, C22)."""

import re
from dataclasses import dataclass, replace

from core.agreements import MOST_SONGS, NEGOTIATED, STANDING, Agreement, Channel, Terms, end_of_day
from core.changes import Changes
from core.commands import spoken_of
from core.desk.scene import Scene
from core.desk.trade import dealing
from core.desk.trade.deal_cards import lines, staff_card
from core.money import said
from core.people import Person
from core.text import Text, joined

_TERMS = re.compile(r"(\d{1,4})\s*[x×]\s*(\S+)\s+until\s+(\S+)\s+(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What somebody of the staff writes down: how it was said, in which words, and what, if they say it."""

    channel: Channel
    words: str
    terms: Terms | None


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/agreement A-17` shows one; `/agreement record A-17 phone words` writes down that it was accepted.

    Where no price was proposed its words begin with it: `40 x 4.20 until 2026-12-31`. Then it may be for
    somebody who has not asked for a price here: `/agreement record telegram:123 phone 40 x 4.20 until …`.
    """
    say, agreement = scene.say, scene.snapshot.trade.agreement
    words = arguments.split(maxsplit=3)
    if not words or words[0].lower() != "record":
        if agreement is None:
            return scene.answered(_usage(scene))
        card = staff_card(scene, agreement, scene.snapshot.trade.bulk)
        return Changes(cards=(card,)) + scene.answered(joined(lines(say, agreement)))
    if len(words) < 4 or words[2].lower() not in (Channel.PHONE, Channel.EMAIL):
        text = say("Say how it was agreed, phone or email, and what was said by whom.")
        return scene.answered(text if agreement is not None else _usage(scene))
    heard = _heard(scene, Channel(words[2].lower()), words[3])
    if heard is None:
        text = say(
            "I need how many songs (at most {most}), a price a song, and a day that is still to come: "
            "40 x 4.20 until 2026-12-31. Nothing was recorded.",
            most=MOST_SONGS,
        )
        return scene.answered(text)
    if agreement is not None:
        return _accepted(scene, agreement, heard)
    if spoken_of(words[1]) is None:
        return scene.answered(_usage(scene))
    return _begun(scene, scene.snapshot.target, heard)


def _heard(scene: Scene, channel: Channel, words: str) -> _Heard | None:
    """What was said, with the terms if it begins with them; None if those are no terms."""
    found = _TERMS.fullmatch(words)
    if found is None:
        return _Heard(channel, words, None)
    each = said(found[2], scene.rules.currency)
    until = end_of_day(found[3], scene.now, scene.rules.zone)
    if not each or until is None or not 0 < int(found[1]) <= MOST_SONGS:
        return None
    return _Heard(channel, found[4].strip(), Terms(each, int(found[1]), until))


def _accepted(scene: Scene, agreement: Agreement, heard: _Heard) -> Changes:
    """An agreement that is talked about: what was proposed, or what is said now."""
    terms = heard.terms
    if terms is None and agreement.state in STANDING:
        terms = agreement.terms
    if agreement.state not in NEGOTIATED or terms is None:
        text = scene.say(
            "No price stands there that could be accepted. Say which one was agreed before the words: "
            "40 x 4.20 until 2026-12-31."
        )
        return scene.answered(text)
    return dealing.recorded(scene, agreement, terms, heard.channel, heard.words)


def _begun(scene: Scene, person: Person | None, heard: _Heard) -> Changes:
    """Somebody who has not asked here: all of it was agreed elsewhere."""
    if heard.terms is None:
        return scene.answered(_usage(scene))
    if person is None or person.minor:
        return scene.answered(scene.say("I do not know them: they must have written to me once."))
    trade = replace(scene.snapshot.trade, organisations=())
    theirs = replace(scene, snapshot=replace(scene.snapshot, artist=person, trade=trade))
    return dealing.recorded(theirs, None, heard.terms, heard.channel, heard.words)


def _usage(scene: Scene) -> Text:
    return scene.say(
        "Say /agreement A-17, or /agreement record A-17 phone WHO SAID WHAT. What was agreed without a "
        "proposal: /agreement record A-17 phone 40 x 4.20 until 2026-12-31 WHO SAID WHAT, or with the "
        "person (telegram:123) in the place of A-17."
    )
