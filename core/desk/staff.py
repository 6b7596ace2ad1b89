"""Staff: who may do what, and where they sit."""

from dataclasses import replace

from core.changes import Changes, Move
from core.desk import humans
from core.desk.evolution import with_order
from core.desk.scene import Scene
from core.orders import Project
from core.people import Identity, Person, Role, StaffDesk, account_id
from core.text import Text


def sit_here(scene: Scene, arguments: str) -> Changes:
    """`/staff here`: this room becomes a staff desk, and what waits for staff is shown in it."""
    say, incoming = scene.say, scene.incoming
    if not scene.is_staff(Role.MANAGER):
        return Changes(notices=(scene.answer(say("That is for the staff.")),))
    if arguments.strip().lower() != "here" or incoming.private:
        return Changes(
            notices=(scene.answer(say("Say /staff here in the room that is to be the staff desk.")),)
        )
    desk = StaffDesk(incoming.door, incoming.place, scene.person.id, scene.now)
    known = any((d.door, d.address) == (desk.door, desk.address) for d in scene.snapshot.desks)
    text = say("This room is a staff desk already.") if known else say("This room is now a staff desk.")
    waiting = tuple(humans.card(scene, thread, order) for thread, order in scene.snapshot.waiting)
    return Changes(desks=() if known else (desk,), notices=(scene.answer(text),), cards=waiting)


def already_done(scene: Scene, project: Project) -> Changes:
    """What was to be done again is done, or in work: somebody was faster."""
    say, who = scene.say, project.order.decided_by
    text = (
        say("{name} was faster: it is being tried again.", name=who)
        if who
        else say("There is nothing to try again at this moment.")
    )
    return Changes(notices=(scene.answer(text),))


def decided(scene: Scene, project: Project) -> Project:
    """The order with the name of who decides about it, for those who come later."""
    return with_order(project, replace(project.order, decided_by=scene.person.name))


def told(scene: Scene, text: Text) -> Text:
    """What a card says from now on, with who decided it."""
    return text + Text((f" ({scene.person.name})",))


def grant(scene: Scene, role: str, door: str, external: str, name: str | None) -> Changes:
    """The house itself gives a role: the first owner is made on the command line."""
    known = scene.snapshot.target
    account = known.id if known else account_id(door, external)
    person = known or Person(account, name or external, since=scene.now)
    identities = () if known else (Identity(door, external, account, external),)
    granted = replace(person, role=Role(role))
    moves = () if known and known.role == granted.role else (Move(known, granted),)
    return Changes(people=moves, identities=identities)


def grant_by(scene: Scene, arguments: str) -> Changes:
    """`/grant ROLE DOOR:ID` by an owner."""
    say = scene.say
    if not scene.is_staff(Role.OWNER):
        return Changes(notices=(scene.answer(say("That is for the owner.")),))
    words = arguments.split()
    roles = ", ".join(Role)
    door, _, external = words[-1].partition(":") if words else ("", "", "")
    if len(words) != 2 or words[0] not in set(Role) or not door or not external:
        return Changes(notices=(scene.answer(say("Say /grant ROLE DOOR:ID. Roles: {roles}.", roles=roles)),))
    done = say("{person} is now {role}.", person=words[1], role=words[0])
    return grant(scene, words[0], door, external, None) + Changes(notices=(scene.answer(done),))
