"""A person to talk to (A26): what an artist says goes to the staff desk, and the answer comes back."""

from dataclasses import replace

from core.changes import Changes, Move
from core.desk.scene import Scene, named
from core.messages import Action, Button, Card, Notice, To
from core.orders import Project
from core.text import Text, joined
from core.threads import Entry, Thread, ThreadState

_SHOWN = 6  # the newest entries that a staff card shows


def asked(scene: Scene, words: str) -> Changes:
    """An artist speaks to the staff."""
    known = scene.snapshot.thread
    own = (
        known
        if known is not None and known.person == scene.person.id and known.state is not ThreadState.CLOSED
        else None
    )
    order = scene.project.order.id if scene.project and scene.owns else None
    base = own or Thread(scene.id("thread"), scene.person.id, ThreadState.WAITING, scene.now, order)
    entry = Entry(
        scene.id("entry"), base.id, scene.person.id, scene.person.name, staff=False, text=words, at=scene.now
    )
    thread = replace(
        base, state=ThreadState.WAITING, order=order or base.order, entries=(*base.entries, entry)
    )
    say = scene.say
    if scene.snapshot.desks:
        text = say("I have passed it on. The answer will come here.")
    else:
        text = say(
            "I have written it down. Nobody is at the staff desk yet; whoever comes first will see it."
        )
    return Changes(
        threads=(Move(own, thread),),
        cards=(card(scene, thread, scene.project),),
        notices=(scene.answer(text),),
    )


def answered(scene: Scene, words: str) -> Changes:
    """A member of the staff answers."""
    thread = scene.snapshot.thread
    if thread is None or not scene.is_staff():
        return Changes(notices=(scene.answer(scene.say("That is for the staff.")),))
    entry = Entry(
        scene.id("entry"), thread.id, scene.person.id, scene.person.name, staff=True, text=words, at=scene.now
    )
    after = replace(thread, state=ThreadState.ANSWERED, entries=(*thread.entries, entry))
    say = scene.catalogues.voice(scene.snapshot.artist.locale if scene.snapshot.artist else None)
    notice = Notice(
        scene.id("reply"),
        To.person(thread.person),
        say("{name} from the studio: {words}", name=scene.person.name, words=words),
        (Button(say.word("Answer"), form=f"human:{thread.order or 'none'}"),),
        order=thread.order,
    )
    return Changes(
        threads=(Move(thread, after),), cards=(card(scene, after, scene.project),), notices=(notice,)
    )


def closed(scene: Scene) -> Changes:
    """Staff are done with it. The artist may always begin anew."""
    thread = scene.snapshot.thread
    if thread is None or not scene.is_staff():
        return Changes(notices=(scene.answer(scene.say("That is for the staff.")),))
    if thread.state is ThreadState.CLOSED:
        text = scene.say("{name} was faster: it is closed.", name=thread.closed_by or "?")
        again = card(scene, thread, scene.project)
        return Changes(cards=(again,), notices=(scene.answer(text),))
    after = replace(thread, state=ThreadState.CLOSED, closed_by=scene.person.name)
    return Changes(threads=(Move(thread, after),), cards=(card(scene, after, scene.project),))


def card(scene: Scene, thread: Thread, project: Project | None) -> Card:
    """The thread as the staff desk sees it, with the order that it is about."""
    say = scene.to_staff
    who = next((entry.name for entry in reversed(thread.entries) if not entry.staff), "?")
    head = say("{name} wants to talk to a person.", name=who)
    if project is not None and project.order.id == thread.order:
        head += say(
            " Order {number}, {state}.", number=str(project.order.number), state=project.order.state.value
        )
        if len(project.ready) == 1 and thread.state is not ThreadState.CLOSED:
            head += say(" {title}", title=named(project.order, project.ready[0].title))
    lines = [head]
    for entry in thread.entries[-_SHOWN:]:
        mark = (
            say("{name} (staff): {words}", name=entry.name, words=entry.text)
            if entry.staff
            else Text((f"{entry.name}: {entry.text}",))
        )
        lines.append(mark)
    if thread.state is ThreadState.CLOSED:
        lines.append(say("Closed by {name}.", name=thread.closed_by or "?"))
        return Card(f"thread:{thread.id}", To.staff(), joined(lines), done=True)
    row = [
        Button(say.word("Reply"), form=f"reply:{thread.id}"),
        Button(say.word("Close"), Action("close", thread.id).pack()),
    ]
    if (
        project is not None
        and project.order.id == thread.order
        and any(c.state == "paid" for c in project.charges)
    ):
        row.append(
            Button(
                say.word("Give the money back"), Action("refund", project.order.id, project.order.rev).pack()
            )
        )
    if project is not None and project.order.id == thread.order:
        row.extend(scene.looks(project.order))
    return Card(f"thread:{thread.id}", To.staff(), joined(lines), tuple(row))
