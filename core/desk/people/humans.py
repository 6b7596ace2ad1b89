"""A person to talk to (A26, B17): what an artist says is a ticket at the staff desk, and is answered."""

from dataclasses import replace

from core.changes import Changes, Move
from core.desk.scene import Scene, named
from core.desk.shown import buttons
from core.messages import Button, Card, Notice, To
from core.orders import OrderState, Project
from core.people import Role
from core.text import Moment, Text, joined
from core.threads import Entry, Thread, ThreadState, same_talk
from core.wording import Voice

ANSWERING = (Role.OWNER, Role.MANAGER, Role.ENGINEER, Role.SUPPORT)
"""Whom a ticket can be handed over to."""

_SHOWN = 6  # the newest entries that a staff card shows


def asked(scene: Scene, words: str) -> Changes:
    """An artist speaks to the staff."""
    order = scene.project.order.id if scene.project and scene.owns else None
    known = same_talk(scene.snapshot.talks, order, scene.now)
    base = known or Thread(
        scene.id("thread"),
        scene.person.id,
        ThreadState.WAITING,
        scene.now,
        order,
        number=scene.snapshot.next_ticket,
    )
    waits = known is not None and known.state is ThreadState.WAITING
    thread = replace(
        base,
        state=ThreadState.WAITING,
        order=base.order or order,
        asked=base.since if waits else scene.now,
        closed=None,
        closed_by=None,
        entries=(*base.entries, _entry(scene, base, words, staff=False)),
    )
    say = scene.say
    number = str(thread.number)
    if thread.assigned:
        name = thread.assigned_name
        text = say("I have passed it on to {name} (ticket {number}).", name=name, number=number)
    elif scene.snapshot.desks:
        text = say("I have passed it on. The answer will come here. (Ticket {number})", number=number)
    else:
        text = say(
            "I have written it down. Nobody is at the staff desk yet; whoever comes first will see it. "
            "(Ticket {number})",
            number=number,
        )
    about = scene.project if scene.project and scene.project.order.id == thread.order else None
    return Changes(
        threads=(Move(known, thread),),
        cards=(card(scene, thread, about),),
        notices=(scene.answer(text),),
    )


def answered(scene: Scene, words: str) -> Changes:
    """A member of the staff answers; the ticket is theirs if it was nobody's."""
    thread = scene.snapshot.thread
    if thread is None:
        return gone(scene)
    mine = thread if thread.assigned else thread.taken(scene.person)
    after = replace(
        mine,
        state=ThreadState.ANSWERED,
        first_answered=thread.first_answered or scene.now,
        entries=(*thread.entries, _entry(scene, thread, words, staff=True)),
    )
    say = scene.to_artist
    text = say("{name} from the studio: {words}", name=scene.person.name, words=words)
    return _moved(scene, thread, after, _to_artist(scene, after, "reply", text))


def begun(scene: Scene, words: str) -> Changes:
    """[Talk to them]: somebody of the staff speaks to an artist first, about an order."""
    project = scene.project
    if project is None:
        return gone(scene)
    known = next(reversed(scene.snapshot.about), None)
    base = known or Thread(
        scene.id("thread"),
        project.order.person,
        ThreadState.ANSWERED,
        scene.now,
        project.order.id,
        number=scene.snapshot.next_ticket,
        first_answered=scene.now,
    )
    entries = (*base.entries, _entry(scene, base, words, staff=True))
    after = replace(base.taken(scene.person), state=ThreadState.ANSWERED, entries=entries)
    say = scene.to_artist
    text = say("{name} from the studio: {words}", name=scene.person.name, words=words)
    return _moved(scene, known, after, _to_artist(scene, after, "reply", text))


def taken(scene: Scene, *, over: bool) -> Changes:
    """[I take it]: the artist hears who has it. What somebody has, another takes over only on purpose."""
    thread, say = scene.snapshot.thread, scene.say
    if thread is None or thread.state is ThreadState.CLOSED:
        return gone(scene)
    if thread.assigned == scene.person.id:
        return scene.answered(say("You have it already."))
    if thread.assigned and not over:
        text = say("{name} was faster and has it.", name=thread.assigned_name)
        return scene.answered(text, buttons.take_over(say, thread.id))
    return _moved(scene, thread, thread.taken(scene.person), _reads_it(scene, thread))


def handed_over(scene: Scene, role: str, note: str) -> Changes:
    """[Hand over]: those of another role may answer it now, and nobody has it."""
    thread, say = scene.snapshot.thread, scene.say
    if thread is None or thread.state is ThreadState.CLOSED:
        return gone(scene)
    if role not in ANSWERING:
        text = say("There is no role {role} that answers: {roles}.", role=role, roles=", ".join(ANSWERING))
        return scene.answered(text, buttons.hand(say, thread.id))
    entries = thread.entries
    if note:
        entries = (*entries, _entry(scene, thread, note, staff=True, inner=True))
    after = replace(thread, handed=Role(role), assigned=None, assigned_name="", entries=entries)
    done = scene.answer(say("Ticket {number} is handed over: {role}.", number=str(thread.number), role=role))
    return _moved(scene, thread, after, done)


def closed(scene: Scene) -> Changes:
    """Staff are done with it. The artist may always begin anew."""
    thread = scene.snapshot.thread
    if thread is None:
        return gone(scene)
    if thread.state is ThreadState.CLOSED:
        text = scene.say("{name} was faster: it is closed.", name=thread.closed_by or "?")
        again = card(scene, thread, scene.project)
        return Changes(cards=(again,), notices=(scene.answer(text),))
    after = replace(thread, state=ThreadState.CLOSED, closed_by=scene.person.name, closed=scene.now)
    return _moved(scene, thread, after)


def gone(scene: Scene) -> Changes:
    """There is no such conversation."""
    return scene.answered(scene.say("There is nothing to answer here any more."))


def card(scene: Scene, thread: Thread, project: Project | None) -> Card:
    """The ticket as the staff desk sees it, with the order that it is about."""
    say = scene.to_staff
    about = project if project is not None and project.order.id == thread.order else None
    lines = [_head(scene, thread, about), _standing(scene, thread)]
    for entry in thread.entries[-_SHOWN:]:
        if entry.inner:
            lines.append(say("{name} (among us): {words}", name=entry.name, words=entry.text))
        elif entry.staff:
            lines.append(say("{name} (staff): {words}", name=entry.name, words=entry.text))
        else:
            lines.append(Text((f"{entry.name}: {entry.text}",)))
    if thread.state is ThreadState.CLOSED:
        lines.append(say("Closed by {name}.", name=thread.closed_by or "?"))
        return Card(f"thread:{thread.id}", To.staff(), joined(lines), done=True)
    row = [buttons.reply(say, thread.id)]
    if not thread.assigned:
        row.append(buttons.take(say, thread.id))
    row += [buttons.hand(say, thread.id), buttons.close(say, thread.id)]
    if about is not None:
        if about.is_paid:
            row.append(buttons.give_back(say, about.order))
        row.extend(scene.looks(about.order))
    return Card(f"thread:{thread.id}", To.staff(), joined(lines), tuple(row))


def _head(scene: Scene, thread: Thread, about: Project | None) -> Text:
    say = scene.to_staff
    who = next((entry.name for entry in reversed(thread.entries) if not entry.staff), None)
    head = (
        say("{name} wants to talk to a person.", name=who)
        if who
        else say("We have written to {name}.", name=scene.artist.name)
    )
    if about is not None:
        number, state = str(about.order.number), _state(say, about.order.state)
        head += say(" Order {number}, {state}.", number=number, state=state)
        if len(about.ready) == 1 and thread.state is not ThreadState.CLOSED:
            head += say(" {title}", title=named(about.order, about.ready[0].title))
    return head


def _state(say: Voice, state: OrderState) -> str:
    """How an order stands, for the staff."""
    return {
        OrderState.DRAFT: say.word("being checked"),
        OrderState.OFFERED: say.word("not paid yet"),
        OrderState.PAYING: say.word("payment on its way"),
        OrderState.WORKING: say.word("in work"),
        OrderState.REVIEW: say.word("waiting for artist"),
        OrderState.RELEASED: say.word("delivered"),
        OrderState.COMPLETED: say.word("complete"),
        OrderState.CANCELLED: say.word("cancelled"),
        OrderState.ASIDE: say.word("set aside"),
    }[state]


def _standing(scene: Scene, thread: Thread) -> Text:
    """The number of a ticket, who has it, and how long its artist waits or waited."""
    say = scene.to_staff
    line = say("Ticket {number}.", number=str(thread.number))
    if thread.assigned and thread.state is not ThreadState.CLOSED:
        line += say(" {name} has it.", name=thread.assigned_name)
    if thread.handed is not None:
        line += say(" Handed over: {role}.", role=thread.handed.value)
    if thread.state is ThreadState.WAITING:
        line += say(" Waits since {when}.", when=Moment(thread.since, record=True))
    if thread.first_wait is not None:
        line += say(" First answer after {time}.", time=thread.first_wait)
    return line


def _entry(scene: Scene, thread: Thread, words: str, *, staff: bool, inner: bool = False) -> Entry:
    person = scene.person
    return Entry(scene.id("entry"), thread.id, person.id, person.name, staff, words, scene.now, inner)


def _moved(scene: Scene, before: Thread | None, after: Thread, *notices: Notice) -> Changes:
    return Changes(
        threads=(Move(before, after),), cards=(card(scene, after, scene.project),), notices=notices
    )


def _reads_it(scene: Scene, thread: Thread) -> Notice:
    say = scene.to_artist
    text = say(
        "{name} from the studio has ticket {number} and will answer you here.",
        name=scene.person.name,
        number=str(thread.number),
    )
    return _to_artist(scene, thread, "taken", text)


def _to_artist(scene: Scene, thread: Thread, what: str, text: Text) -> Notice:
    say = scene.to_artist
    return Notice(
        scene.id(what),
        To.person(thread.person),
        text,
        (Button(say.word("Answer"), form=f"human:{thread.order or 'none'}"),),
        order=thread.order,
    )
