"""How an agreement looks: to the staff, to its other side, and as the record of it."""

from core.agreements import (
    FOR_STAFF,
    NEGOTIATED,
    STANDING,
    Agreement,
    AgreementState,
    Channel,
    Deed,
    Step,
    Terms,
)
from core.bulks import Bulk
from core.desk.scene import Scene
from core.messages import Button, Card, To
from core.organisations import Organisation
from core.text import Moment, Text, Title, joined
from core.wording import Voice


def card(scene: Scene, agreement: Agreement) -> Card:
    """What the other side sees of an agreement."""
    say = scene.to_artist
    open_ = agreement.state in STANDING
    return Card(
        _key(agreement),
        To.person(agreement.person),
        joined(lines(say, agreement)),
        choices(say, agreement) if open_ else (),
    )


def staff_card(scene: Scene, agreement: Agreement, bulk: Bulk | None) -> Card:
    """What the staff see: who asks, for how much, how it went so far."""
    say, trade = scene.to_staff, scene.snapshot.trade
    list_price = scene.rules.money(scene.rules.line(agreement.service).price)
    told = [_head(scene, agreement)]
    if bulk is not None:
        told.append(say("For: {title}", title=Title(bulk.title)))
        if bulk.note:
            told.append(say("Note: {note}", note=bulk.note))
    told.append(
        say(
            "List: {songs} × {each} = {whole}. Paid this month: {month}.",
            songs=agreement.songs,
            each=list_price,
            whole=list_price * agreement.songs,
            month=trade.month,
        )
    )
    told.extend(_history(say, agreement))
    row: tuple[Button, ...] = ()
    if agreement.state in NEGOTIATED:
        row = (
            Button(say.word("Propose …"), form=f"propose:{agreement.id}"),
            Button(say.word("Decline …"), form=f"turn-down:{agreement.id}"),
        )
    return Card(_key(agreement), To.staff(), joined(told), row, done=agreement.state not in FOR_STAFF)


def _head(scene: Scene, agreement: Agreement) -> Text:
    """Who asks; and what came of it, once something has."""
    say, name, person = scene.to_staff, agreement.name, scene.artist.name
    match agreement.state:
        case AgreementState.ACCEPTED:
            return say("{name}: agreed with {person}.", name=name, person=person)
        case AgreementState.DECLINED:
            return say("{name}: {person} asked for a quote; it was declined.", name=name, person=person)
        case AgreementState.ENDED:
            return say("{name}: the agreement with {person} has ended.", name=name, person=person)
    return say.many(
        "{name}: {person} asks for a quote for {count} song.",
        "{name}: {person} asks for a quote for {count} songs.",
        agreement.songs,
        name=name,
        person=person,
    )


def lines(say: Voice, agreement: Agreement) -> list[Text]:
    """How an agreement stands, what it says, and how it came about."""
    match agreement.state:
        case AgreementState.PROPOSED | AgreementState.CALLED:
            return [proposal(say, agreement)]
        case AgreementState.ASKED | AgreementState.COUNTERED:
            state = say("{name}: waiting for the studio.", name=agreement.name)
        case AgreementState.ACCEPTED:
            state = say("{name} is agreed.", name=agreement.name)
        case AgreementState.DECLINED:
            state = say("{name} was declined.", name=agreement.name)
        case AgreementState.ENDED:
            state = say("{name} has ended.", name=agreement.name)
    return [state, *([terms_of(say, agreement.terms)] if agreement.terms else []), *_history(say, agreement)]


def proposal(say: Voice, agreement: Agreement) -> Text:
    """What the other side accepts."""
    if agreement.terms is None:
        raise LookupError("a proposal without terms")
    return say("Proposal {name}: {terms}", name=agreement.name, terms=terms_of(say, agreement.terms))


def terms_of(say: Voice, terms: Terms) -> Text:
    """So many songs, at so much, until when."""
    text = say.many(
        "{count} song, {each} each, {whole}, valid until {until}. One round of changes is free for it.",
        "{count} songs, {each} each, {whole}, valid until {until}. One round of changes is free for each.",
        terms.songs,
        each=terms.each,
        whole=terms.whole,
        until=Moment(terms.until),
    )
    if terms.deposit:
        text += say(" To begin with, a deposit of {deposit} is enough.", deposit=terms.deposit)
    return text


def choices(say: Voice, agreement: Agreement) -> tuple[Button, ...]:
    """What the other side can say to a proposal; each names which proposal that was."""
    shown = f"{agreement.id}.{agreement.proposals}"
    return (
        Button(say.word("Accept"), form=f"agree:{shown}"),
        Button(say.word("Counter …"), form=f"counter:{shown}"),
        Button(say.word("Call me …"), form=f"call:{shown}"),
    )


def record(scene: Scene, agreement: Agreement, organisation: Organisation | None) -> list[str]:
    """The record of an agreement, line by line: who, what, when, how, in which words (B68)."""
    say, house = scene.to_artist, scene.rules.house
    other = scene.artist.name
    if organisation is not None:
        other = say.word(
            "{organisation}, for which {person} answers", organisation=organisation.name, person=other
        )
        if organisation.role:
            other += f" ({organisation.role})"
    told = [
        say("Studio: {house}", house=" · ".join(filter(None, (house.name, house.contact)))),
        say("Customer: {customer}", customer=other),
        *([terms_of(say, agreement.terms)] if agreement.terms else []),
        say("How it came about:"),
        *_history(say, agreement),
        say("Reference: {reference}", reference=agreement.id),
    ]

    def on_paper(moment: Moment) -> str:
        return f"{moment.at.astimezone(scene.rules.zone):%Y-%m-%d %H:%M} ({scene.rules.time_zone})"

    return [text.plain(moment=on_paper, title=lambda one: one.title) for text in told]


def _history(say: Voice, agreement: Agreement) -> list[Text]:
    """Each step in a line: when, who, what, in which words."""
    told = []
    for step in agreement.steps:
        line = say(
            "{at}: {name} {what}", at=Moment(step.at, record=True), name=step.name, what=_what(say, step)
        )
        told.append(line + f": {step.words}" if step.words else line)
    return told


def _what(say: Voice, step: Step) -> Text:
    match step.deed:
        case Deed.ASKED if step.terms is not None:
            return say("offered {each} each", each=step.terms.each)
        case Deed.ASKED:
            return say("asked for a quote")
        case Deed.PROPOSED if step.terms is not None:
            return say("proposed {each} each", each=step.terms.each)
        case Deed.COUNTERED if step.terms is not None:
            return say("countered with {each} each", each=step.terms.each)
        case Deed.CALL:
            return say("wants to be called")
        case Deed.ACCEPTED if step.channel is Channel.PHONE:
            return say("recorded that it was accepted by phone")
        case Deed.ACCEPTED if step.channel is Channel.EMAIL:
            return say("recorded that it was accepted by e-mail")
        case Deed.ACCEPTED:
            return say("accepted, in this chat, for")
        case Deed.DECLINED:
            return say("declined")
    return say("ended it")


def _key(agreement: Agreement) -> str:
    return f"deal:{agreement.id}"
