"""The way of a deed: from what came through a door to the one function that decides it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.changes import Changes, Finish, Move
from core.desk import (
    arriving,
    checkout,
    clock,
    delivery,
    destinations,
    forms,
    guide,
    humans,
    intake,
    linking,
    looking,
    mastering,
    minors,
    presence,
    references,
    refunds,
    staff,
    wishes,
)
from core.desk.scene import Scene
from core.jobs import JobKind
from core.messages import Action, Kind
from core.orders import OrderState, Parcel, Project
from core.people import Role
from core.sources import links_of
from core.windows import free_round_left
from core.words import names_a_reference

OrderDeed = Callable[[Scene, Project, Action], Changes]

OF_ARTIST: Mapping[str, OrderDeed] = {
    "pay": lambda scene, project, action: checkout.pay(scene, project, action.version, action.choice),
    "style": lambda scene, project, action: (
        guide.set_style(scene, project, action.choice)
        if action.choice
        else guide.choose_style(scene, project)
    ),
    "for": lambda scene, project, action: (
        destinations.chosen(scene, project, action.choice)
        if action.choice
        else destinations.asked(scene, project)
    ),
    "reference": lambda scene, project, action: references.pressed(
        scene, project, action.choice, action.version
    ),
    "unreference": lambda scene, project, action: references.taken_away(
        scene, project, action.choice or "", action.version
    ),
    "group": lambda scene, project, action: intake.group(scene, project, action.choice, action.version),
    "leave-out": lambda scene, project, action: intake.leave_out(
        scene, project, action.choice, action.version
    ),
    "replace": lambda scene, project, action: intake.await_new_mix(
        scene, project, action.choice, action.version
    ),
    "preview": lambda scene, project, action: checkout.preview_first(scene, project, action.version),
    "without": lambda scene, project, action: arriving.without(scene, project),
    "cancel": lambda scene, project, action: guide.cancel(scene, project),
    "approve": lambda scene, project, action: delivery.approve(scene, project, action.version),
    "changes": lambda scene, project, action: wishes.begin(scene, project, action.version),
    "wish": lambda scene, project, action: wishes.quick(scene, project, action.choice),
    "unwish": lambda scene, project, action: wishes.take_back(scene, project, action.choice),
    "send": lambda scene, project, action: wishes.send(scene, project, action.version),
    "files": lambda scene, project, action: delivery.again(scene, project),
    "show": lambda scene, project, action: guide.show(scene, project),
}
"""What an artist can press on an order of their own."""

OF_STAFF: Mapping[str, OrderDeed] = {
    "retry": lambda scene, project, action: (
        checkout.asked_again(scene, project)
        if project.order.state is OrderState.PAYING
        else mastering.retried(scene, project)
    ),
    "look": lambda scene, project, action: looking.asked(scene, project, sure=action.choice == "sure"),
}
"""What the staff can press on anybody's order."""

OF_ANYBODY: Mapping[str, Callable[[Scene, Action], Changes]] = {
    "terms": lambda scene, action: guide.show_terms(scene),
    "upload": lambda scene, action: arriving.asked(scene),
    "minor": lambda scene, action: minors.too_young(scene),
    "form": lambda scene, action: forms.asked_for(scene, action.choice or "", action.id),
    "form-skip": lambda scene, action: forms.answered(scene, None),
    "form-stop": lambda scene, action: forms.stopped(scene),
    "close": lambda scene, action: humans.closed(scene),
    "join": lambda scene, action: linking.joined(scene),
    "refund": lambda scene, action: (
        refunds.asked(scene, scene.project) if scene.project else guide.lost(scene)
    ),
}

ON_COMMAND: Mapping[str, Callable[[Scene, str], Changes]] = {
    "start": lambda scene, arguments: guide.welcome(scene),
    "help": lambda scene, arguments: guide.help_(scene),
    "master": lambda scene, arguments: (
        intake.ordered(scene, note=arguments)
        if scene.incoming.files or _names_songs(arguments)
        else guide.welcome(scene)
    ),
    "reference": references.commanded,
    "for": destinations.commanded,
    "upload": lambda scene, arguments: arriving.asked(scene),
    "continue": lambda scene, arguments: guide.resume(scene),
    "orders": lambda scene, arguments: guide.orders(scene),
    "terms": lambda scene, arguments: guide.show_terms(scene),
    "paysupport": lambda scene, arguments: guide.pay_support(scene),
    "human": lambda scene, arguments: (
        humans.asked(scene, arguments.strip())
        if arguments.strip()
        else forms.asked_for(scene, "human", "none")
    ),
    "confidential": guide.confidential,
    "language": guide.language,
    "link": linking.link,
    "revoke": lambda scene, arguments: guide.revoke(scene),
    "staff": staff.sit_here,
    "grant": staff.grant_by,
}

# What is answered where others read along, with a line of its own; the staff have help at their desk too.
_PUBLIC = frozenset({"staff", "grant", "link"})
_AT_THE_DESK = _PUBLIC | {"help", "language"}


def decide(scene: Scene) -> Changes:
    """The one decision for one deed, with what follows from who did it being here."""
    before = scene.actor
    if before is None:
        return _decided(scene)
    person = presence.met(scene)
    scene = replace(scene, actor=person)
    decided = _decided(scene)
    changes = presence.back(scene, decided) + decided
    if person == before or any(move.after.id == person.id for move in changes.people):
        return changes
    return changes + Changes(people=(Move(before, person),))


def _decided(scene: Scene) -> Changes:
    incoming = scene.incoming
    match incoming.kind:
        case Kind.MESSAGE:
            return _message(scene)
        case Kind.COMMAND:
            return _command(scene)
        case Kind.PRESS:
            return _press(scene)
        case Kind.FORM:
            return _form(scene)
        case Kind.UPLOAD:
            return arriving.heard(scene, scene.project) if scene.project else Changes()
        case Kind.JOB:
            return _job(scene)
        case Kind.SENT:
            return _sent(scene)
        case Kind.TICK:
            return clock.ticked(scene, scene.project) if scene.project else Changes()
        case Kind.GRANT:
            told = incoming.payload
            return staff.grant(
                scene, str(told["role"]), str(told["door"]), str(told["external"]), told.get("name")
            )
        case Kind.OPENED:
            return _opened(scene)
        case Kind.REMOVED:
            return presence.removed(scene)
        case Kind.MOVED:
            return presence.moved(scene)
        case Kind.PAYMENT:
            return Changes()


def _message(scene: Scene) -> Changes:
    incoming, person = scene.incoming, scene.person
    words = str(incoming.payload.get("text") or "").strip()
    if forms.answers(person, incoming):
        return forms.answered(scene, words)
    if not incoming.private:
        return Changes() if _at_staff_desk(scene) else guide.elsewhere(scene)
    if person.minor:
        return minors.refuse(scene)
    links = links_of(words)
    files = (*incoming.files, *links.files)
    if files and (awaiting := references.awaited(scene)):
        return references.taken(scene, awaiting, files)
    if names_a_reference(links.words):
        for_it = references.meant(scene)
        if files:
            return references.taken(scene, for_it, files)
        if for_it is not None:
            return references.asked(scene, for_it)
    if incoming.files:
        return intake.dropped(scene)
    if not words:
        return guide.lost(scene)
    about = _spoken_of(scene, links.words)
    if links.files and not (about and links.words):
        return intake.dropped(scene)
    if about:
        return wishes.say_words(scene, about, words)
    return intake.not_fetched(scene, links.troubles) if links.troubles else guide.lost(scene)


def _at_staff_desk(scene: Scene) -> bool:
    here = (scene.incoming.door, scene.incoming.place)
    return any((desk.door, desk.address) == here for desk in scene.snapshot.desks)


def _spoken_of(scene: Scene, words: str) -> Project | None:
    """The order a bare sentence is about: the one whose changes are being written down, else one it fits."""
    can = [project for project in scene.snapshot.open if free_round_left(project, scene.now)]
    for project in can:
        if project.order.id == scene.person.focus and wishes.open_batch(project):
            return project
    return next((project for project in can if wishes.is_a_wish(project, words)), None)


def _command(scene: Scene) -> Changes:
    name = str(scene.incoming.payload["name"]).lower()
    arguments = str(scene.incoming.payload.get("arguments") or "")
    if name not in ON_COMMAND:
        return guide.unknown_command(scene, name)
    brings = bool(scene.incoming.files or links_of(arguments).files)
    ordered = brings and name in ("master", "reference")
    said_here = _AT_THE_DESK if _at_staff_desk(scene) else _PUBLIC
    if not scene.incoming.private and name not in said_here and not ordered:
        return guide.elsewhere(scene)
    if scene.person.minor and name not in ("help", "human", "paysupport", "terms", "language", "link"):
        return minors.refuse(scene)
    return ON_COMMAND[name](scene, arguments)


def _names_songs(words: str) -> bool:
    """Whether there is a link among words to a song, or to what is taken for one."""
    links = links_of(words)
    return bool(links.files or links.troubles)


def _form(scene: Scene) -> Changes:
    name = str(scene.incoming.payload["form"])
    if scene.person.minor and name in ("master", "reference"):
        return minors.refuse(scene)
    return forms.submitted(scene, name, scene.incoming.payload["values"])


def _press(scene: Scene) -> Changes:
    try:
        action = Action.unpack(str(scene.incoming.payload["action"]))
    except ValueError:
        return guide.lost(scene)
    if action.verb in OF_ANYBODY:
        return OF_ANYBODY[action.verb](scene, action)
    project = scene.project
    if project is None:
        return guide.lost(scene)
    if action.verb in OF_ARTIST and scene.owns:
        return minors.refuse(scene) if scene.person.minor else OF_ARTIST[action.verb](scene, project, action)
    if action.verb in OF_STAFF and scene.is_staff(Role.SUPPORT):
        return OF_STAFF[action.verb](scene, project, action)
    return Changes(notices=(scene.answer(scene.say("That is not yours to press.")),))


def _job(scene: Scene) -> Changes:
    told, job = scene.incoming.payload, scene.snapshot.job
    if job is None:
        return Changes()
    failed = told.get("failed")
    finish = Finish(str(told["job"]), int(told["attempt"]), failed=failed is not None)
    changes = _failed(scene, job.kind, failed) if failed else _done(scene, job.kind, told["done"])
    return changes + Changes(finish=finish)


def _done(scene: Scene, kind: JobKind, result: Mapping[str, Any]) -> Changes:
    match kind:
        case JobKind.FETCH if _is_reference(scene):
            return references.fetched(scene, result)
        case JobKind.FETCH:
            return intake.fetched(scene, result)
        case JobKind.REFERENCE:
            return references.measured(scene, result)
        case JobKind.INTAKE:
            return intake.checked(scene, result)
        case JobKind.RENDER:
            return mastering.rendered(scene, result)
        case JobKind.ALBUM:
            return mastering.album_drawn(scene, result)
        case JobKind.DELIVER:
            return delivery.delivered(scene, result)
        case JobKind.CHARGE:
            return checkout.settled(scene, result)
        case JobKind.REFUND:
            return refunds.given_back(scene, result)
        case JobKind.SHRED:
            return Changes()


def _failed(scene: Scene, kind: JobKind, failed: Mapping[str, Any]) -> Changes:
    match kind:
        case JobKind.FETCH | JobKind.REFERENCE if _is_reference(scene):
            return references.unfit(scene, str(failed["code"]), failed.get("details", {}))
        case JobKind.FETCH | JobKind.INTAKE | JobKind.REFERENCE:
            return intake.unfit(scene, str(failed["code"]), failed.get("details", {}))
        case JobKind.RENDER:
            return mastering.broke(scene)
        case JobKind.ALBUM:
            return mastering.album_drawn(scene, None)
        case JobKind.DELIVER:
            return delivery.undeliverable(scene)
        case JobKind.CHARGE:
            return checkout.unanswered(scene)
        case JobKind.REFUND:
            return refunds.stuck(scene, "unreachable")
        case JobKind.SHRED:  # what is left of a reference, nobody names: the house removes that within a day
            return Changes() if _is_reference(scene) else minors.not_deleted(scene)


def _is_reference(scene: Scene) -> bool:
    """Whether a job is about a reference, and not about a song."""
    return scene.snapshot.job is not None and "reference" in scene.snapshot.job.payload


def _sent(scene: Scene) -> Changes:
    if scene.project is None:
        return Changes()
    notice, refused = str(scene.incoming.payload["notice"]), scene.incoming.payload.get("refused")
    if refused:
        return delivery.unreachable(scene, scene.project, notice, str(refused))
    return delivery.arrived(scene, scene.project, notice)


def _opened(scene: Scene) -> Changes:
    if scene.project is None:
        return Changes()
    told = scene.incoming.payload
    return delivery.opened(scene, scene.project, Parcel(told["kind"]), int(told["version"]))
