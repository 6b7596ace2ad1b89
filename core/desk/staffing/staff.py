"""Staff: who may do what, and where they sit."""

from collections.abc import Callable
from dataclasses import replace

from core.changes import Changes, Move
from core.commands import numbered
from core.desk.evolution import with_order
from core.desk.people import humans
from core.desk.scene import Scene
from core.desk.staffing import deeds
from core.desk.staffing.auditing import by_house, recorded, said_in
from core.orders import Project
from core.people import Identity, Person, Right, Role, StaffDesk, account_id, holders
from core.text import Text, joined


def by_staff(
    scene: Scene, needs: Right, decided: Callable[[], Changes], said: tuple[str, str] | None = None
) -> Changes:
    """What is for the staff, if who does it may; else why not. All of it comes this way, and is written down.

    `said`: what was done and in which words, where the deed itself does not have them: of forms.
    """
    allowed = scene.may(needs)
    changes = decided() if allowed else refused(scene, needs)
    return recorded(scene, *(said or said_in(scene)), changes, refused=not allowed)


def refused(scene: Scene, needs: Right) -> Changes:
    """They may not: whose it is."""
    say, role = scene.say, scene.person.role
    if role is None:
        return scene.answered(say("That is for the staff."))
    roles = ", ".join(deeds.role(say, one) for one in holders(needs))
    text = say("You are {role} here; that is for: {roles}.", role=deeds.role(say, role), roles=roles)
    return scene.answered(text)


def not_so(scene: Scene, arguments: str, usage: Text) -> Changes:
    """A command about an order that is not said like that; or well said, and of no order of the house."""
    number = numbered(arguments)
    if scene.project is None and number is not None:
        return scene.answered(scene.say("There is no order {number}.", number=str(number)))
    return scene.answered(usage)


def sit_here(scene: Scene, arguments: str) -> Changes:
    """`/staff here`: this room becomes a staff desk, and what waits for staff is shown in it; `/staff gone`:
    it is one no longer.
    """
    say, incoming = scene.say, scene.incoming
    word = arguments.strip().lower()
    if word == "gone" and not incoming.private:
        return _gone(scene)
    if word != "here" or incoming.private:
        text = say(
            "Say /staff here in the room that is to be the staff desk, /staff gone in one that is to be none."
        )
        return scene.answered(text)
    desk = StaffDesk(incoming.door, incoming.place, scene.person.id, scene.now)
    known = any((d.door, d.address) == (desk.door, desk.address) for d in scene.snapshot.desks)
    text = say("This room is a staff desk already.") if known else say("This room is now a staff desk.")
    waiting = tuple(humans.card(scene, thread, order) for thread, order in scene.snapshot.waiting)
    return Changes(desks=() if known else (desk,), notices=(scene.answer(text),), cards=waiting)


def _gone(scene: Scene) -> Changes:
    """Nothing is shown in this room any more. What was said there, nobody but its people can take away."""
    say, here = scene.say, (scene.incoming.door, scene.incoming.place)
    known = tuple(desk for desk in scene.snapshot.desks if (desk.door, desk.address) == here)
    if not known:
        return scene.answered(say("This room is no staff desk."))
    text = say("This room is no staff desk any more. What was shown here stays until somebody deletes it.")
    return Changes(desks_gone=known, notices=(scene.answer(text),))


def already_done(scene: Scene, project: Project) -> Changes:
    """What was to be done again is done, or in work: somebody was faster."""
    say, who = scene.say, project.order.decided_by
    text = (
        say("{name} was faster: it is being tried again.", name=who)
        if who
        else say("There is nothing to try again at this moment.")
    )
    return scene.answered(text)


def decided(scene: Scene, project: Project) -> Project:
    """The order with the name of who decides about it, for those who come later."""
    return with_order(project, replace(project.order, decided_by=scene.person.name))


def told(scene: Scene, text: Text) -> Text:
    """What a card says from now on, with who decided it."""
    return text + Text((f" ({scene.person.name})",))


NOBODY = "none"
"""What `/grant` says in the place of a role to take one away."""


def grant(scene: Scene, role: str, door: str, external: str, name: str | None) -> Changes:
    """Somebody is given a role, or loses theirs; whoever is not known yet is from now on."""
    known = scene.snapshot.target
    account = known.id if known else account_id(door, external)
    person = known or Person(account, name or external, since=scene.now)
    identities = () if known else (Identity(door, external, account, external),)
    granted = replace(person, role=None if role == NOBODY else Role(role))
    moves: tuple[Move[Person], ...] = ()
    if known is None or known.role != granted.role:
        moves = (Move(known, granted),)
    if moves and known is not None and known.role is Role.OWNER:
        moves += _staying(scene, known)
    return Changes(people=moves, identities=identities)


def _staying(scene: Scene, leaving: Person) -> tuple[Move[Person], ...]:
    """The guard against owners who leave at once: all who do move the row of one and the same who stays."""
    others = [owner for owner in _owners(scene) if owner.id != leaving.id]
    if not others:
        return ()
    stays = min(others, key=lambda owner: owner.id)
    if scene.actor is not None and scene.actor.id == stays.id:
        stays = scene.actor
    return (Move(stays, stays),)


def _owners(scene: Scene) -> list[Person]:
    return [member.person for member in scene.snapshot.staff if member.person.role is Role.OWNER]


def grant_by_house(scene: Scene) -> Changes:
    """A role by whoever holds the machine. The last owner stays; the command line looks what came of it."""
    told = scene.incoming.payload
    role, door, external = str(told["role"]), str(told["door"]), str(told["external"])
    if _is_last_owner(scene, role):
        return Changes()
    done = grant(scene, role, door, external, told.get("name"))
    return done + by_house(scene, "/grant", f"{role} {door}:{external}")


def grant_by(scene: Scene, arguments: str) -> Changes:
    """`/grant ROLE DOOR:ID`, `/grant none DOOR:ID`; alone it lists who has what."""
    say, words = scene.say, arguments.split()
    if not words:
        return _who_is_who(scene)
    roles = ", ".join((*Role, NOBODY))
    door, _, external = words[-1].partition(":")
    if len(words) != 2 or words[0].lower() not in (*Role, NOBODY) or not door or not external:
        return scene.answered(say("Say /grant ROLE DOOR:ID. Roles: {roles}.", roles=roles))
    role = words[0].lower()
    if scene.snapshot.target is None and door not in scene.ways.of_door:
        doors = ", ".join(sorted(scene.ways.of_door))
        text = say("There is no door {door} here. Doors: {doors}.", door=door[:40], doors=doors)
        return scene.answered(text)
    if scene.snapshot.target is None and role == NOBODY:
        return scene.answered(say("I do not know {person}.", person=words[1][:80]))
    if _is_last_owner(scene, role):
        text = say("{person} is the only owner: make somebody else owner first.", person=words[1])
        return scene.answered(text)
    done = (
        say("{person} has no role any more.", person=words[1])
        if role == NOBODY
        else say("{person} is now {role}.", person=words[1], role=role)
    )
    return grant(scene, role, door, external, None) + scene.answered(done)


def _is_last_owner(scene: Scene, role: str) -> bool:
    """Whether a role would be given to the only owner in the place of theirs."""
    target = scene.snapshot.target
    return target is not None and role != Role.OWNER and [one.id for one in _owners(scene)] == [target.id]


def _who_is_who(scene: Scene) -> Changes:
    say = scene.say
    lines = [
        Text((f"{role}: {member.person.name} ({', '.join(member.known_as)})",))
        for role in Role
        for member in scene.snapshot.staff
        if member.person.role is role
    ]
    hint = say("Say /grant ROLE DOOR:ID. Roles: {roles}.", roles=", ".join((*Role, NOBODY)))
    return scene.answered(joined([*lines, hint]))
