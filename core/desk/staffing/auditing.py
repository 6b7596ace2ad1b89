"""Writing down what the staff do, see and try, with its order and the reason that they gave (A07)."""

import re
from collections.abc import Iterator
from dataclasses import fields

from core.audit import HOUSE, LONGEST, Came, Entry, asked
from core.changes import Changes
from core.decisions import Decision
from core.desk.scene import Scene
from core.desk.staffing import deeds
from core.messages import Action, Kind, Notice, To
from core.orders import Project
from core.text import Moment, Text, joined


def recorded(scene: Scene, what: str, said: str, changes: Changes, *, refused: bool) -> Changes:
    """A deed of the staff with its entry; of somebody who has no role there is none."""
    person = scene.person
    if person.role is None:
        return changes
    about = _about(scene)
    came = Came.REFUSED if refused else Came.DONE if _changes(changes) else Came.NOTHING
    entry = Entry(
        scene.id("audit"),
        scene.now,
        person.id,
        person.role,
        what,
        came,
        about.order.id if about else None,
        about.order.number if about else None,
        person.name,
        _discreet(said, about)[:LONGEST],
    )
    return changes + Changes(audited=(entry,))


def carried_out(scene: Scene, project: Project, decision: Decision, came: Came) -> Changes:
    """The entry of a decision that the clock carried out, or that came to nothing, for who decided it."""
    said = decision.reason
    if decision.amount is not None:
        said = scene.to_staff.word("{amount}: {words}", amount=decision.amount, words=said)
    entry = Entry(
        scene.id("audit", decision.id),
        scene.now,
        decision.by,
        None,
        decision.kind.value,
        came,
        project.order.id,
        project.order.number,
        decision.name,
        _discreet(said, project)[:LONGEST],
    )
    return Changes(audited=(entry,))


def said_in(scene: Scene) -> tuple[str, str]:
    """What was done and what was said with it, as the deed itself has it."""
    told = scene.incoming.payload
    match scene.incoming.kind:
        case Kind.COMMAND:
            return f"/{told['name']}", str(told.get("arguments") or "").strip()
        case Kind.PRESS:
            action = Action.unpack(str(told["action"]))
            return action.verb, action.choice or ""
    return scene.incoming.kind.value, ""


def by_house(scene: Scene, what: str, said: str) -> Changes:
    """The entry of what whoever holds the machine did on its command line."""
    entry = Entry(scene.id("audit"), scene.now, HOUSE, None, what, Came.DONE, details=said[:LONGEST])
    return Changes(audited=(entry,))


def shown(scene: Scene, arguments: str) -> Changes:
    """`/audit [ORDER] [N]`: the newest entries, in private wherever it was asked."""
    say, wanted = scene.say, asked(arguments)
    if wanted is None:
        return scene.answered(say("Say /audit, or /audit ORDER, and how many entries."))
    number, _ = wanted
    if number is not None and scene.project is None:
        text = say("There is no order {number}.", number=str(number))
        return scene.answered(text)
    text = joined([_line(scene, entry) for entry in scene.snapshot.audited]) or say("Nothing yet.")
    if scene.incoming.private:
        return scene.answered(text)
    told = Notice(scene.id("audited"), To.person(scene.person.id), text)
    pointer = scene.answer(say("I have sent it to you in private. If nothing comes, write to me there."))
    return Changes(notices=(told, pointer))


def _line(scene: Scene, entry: Entry) -> Text:
    say = scene.say
    if entry.by == HOUSE:
        who = say.word("the command line")
    elif entry.role is None:
        who = say.word("the clock, for {name}", name=entry.name or say.word("somebody who is forgotten"))
    else:
        who = f"{entry.name or say.word('somebody who is forgotten')} ({deeds.role(say, entry.role)})"
    line = Text((Moment(entry.at, record=True), f" · {who}: {deeds.named(say, entry.what)}"))
    if entry.number is not None:
        line += say(" · order {number}", number=str(entry.number))
    if entry.details:
        line += f" · {entry.details}"
    if entry.came is Came.REFUSED:
        line += say(" · refused")
    if entry.came is Came.NOTHING:
        line += say(" · changed nothing")
    return line


def _about(scene: Scene) -> Project | None:
    """The order that a deed names. Of a command it is one only if its number was said."""
    project = scene.project
    if project is None or scene.incoming.kind is not Kind.COMMAND:
        return project
    said = str(scene.incoming.payload.get("arguments") or "")
    return project if str(project.order.number) in re.findall(r"\d+", said) else None


def _changes(changes: Changes) -> bool:
    """Whether anything is otherwise afterwards than what is shown."""
    shown = ("cards", "notices", "audited")
    return any(getattr(changes, field.name) for field in fields(changes) if field.name not in shown)


def _discreet(said: str, project: Project | None) -> str:
    """Words without the titles of a confidential order."""
    if project is None or not project.order.confidential:
        return said
    for title in sorted(_titles(project), key=len, reverse=True):
        said = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", "…", said, flags=re.IGNORECASE)
    return said


def _titles(project: Project) -> Iterator[str]:
    for song in project.songs:
        yield from filter(None, (song.title,))
    yield from filter(None, (project.order.title, project.order.artist))
