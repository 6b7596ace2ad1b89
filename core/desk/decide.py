"""The way of a deed: from what came through a door to the one function that decides it."""

from dataclasses import replace

from core.changes import Changes, Finish, Move
from core.commands import BY_NAME
from core.desk import clock, forms, worked
from core.desk.commanding import AT_THE_DESK, ON_COMMAND, PUBLIC
from core.desk.delivering import delivery
from core.desk.making import handing_in
from core.desk.making.work_card import order_of
from core.desk.ordering import arriving, intake, noting, references
from core.desk.people import members, minors, presence
from core.desk.pressing import OF_ANYBODY, OF_ARTIST, OF_MEMBER, OF_MINORS, OF_STAFF, OF_THREAD
from core.desk.refunding import disputes
from core.desk.refunding.complaint_card import complaint_of
from core.desk.revising import quotes, wishes
from core.desk.revising.readings import is_a_wish
from core.desk.scene import Scene
from core.desk.shown import guide
from core.desk.staffing import board, staff
from core.desk.trade import bulk, dealing, dropping
from core.messages import Action, Kind
from core.orders import Parcel, Project
from core.people import Right
from core.sources import links_of
from core.windows import awaits_price, takes_wishes
from core.words import names_a_reference


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
            if "agreement" in incoming.payload:
                return dealing.ended(scene)
            if "bulk" in incoming.payload:
                return bulk.over(scene)
            return clock.ticked(scene, scene.project) if scene.project else Changes()
        case Kind.GRANT:
            return staff.grant_by_house(scene)
        case Kind.OPENED:
            return _opened(scene)
        case Kind.REMOVED:
            return presence.removed(scene)
        case Kind.MOVED:
            return presence.moved(scene)
        case Kind.PAYMENT:
            return disputes.heard(scene, incoming.payload)


def _message(scene: Scene) -> Changes:
    incoming, person = scene.incoming, scene.person
    words = str(incoming.payload.get("text") or "").strip()
    if forms.answers(person, incoming):
        return forms.answered(scene, words)
    if not incoming.private and _at_staff_desk(scene):
        return _said_at_the_desk(scene, words)
    if not incoming.private:
        return guide.elsewhere(scene)
    if person.minor:
        return minors.refuse(scene)
    links = links_of(words)
    files = (*incoming.files, *links.files)
    if scene.project is not None and not scene.owns:  # another's, whose changes they were writing down
        if scene.member is not None and not files and _fits(scene, scene.project, words):
            return wishes.say_words(scene, scene.project, words)
        if scene.member is not None and not files and _for_a_list_that_waits(scene.project, words):
            return quotes.waits(scene, scene.project)
        scene = scene.alone
    if files and (meant := dropping.for_bulk(scene)):
        return dropping.dropped(scene, meant, files)
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
    if waiting := next((one for one in _known(scene) if _for_a_list_that_waits(one, links.words)), None):
        return quotes.waits(scene, waiting)
    if links.troubles:
        return intake.not_fetched(scene, links.troubles)
    by_hand = next((one for one in scene.snapshot.open if noting.takes_notes(one)), None)
    return noting.noted(scene, by_hand, words) if by_hand else guide.lost(scene)


def _said_at_the_desk(scene: Scene, words: str) -> Changes:
    """The staff talk among themselves; a file that answers the card of some work, or of a complaint, is
    handed in.
    """
    answered = scene.snapshot.answered or ""
    if not scene.incoming.files or (order_of(answered) is None and complaint_of(answered) is None):
        return Changes()
    return staff.by_staff(scene, Right.WORK, lambda: handing_in.handed(scene, scene.project, words))


def _at_staff_desk(scene: Scene) -> bool:
    here = (scene.incoming.door, scene.incoming.place)
    return any((desk.door, desk.address) == here for desk in scene.snapshot.desks)


def _fits(scene: Scene, project: Project, words: str) -> bool:
    """Whether what a member says is for the list of changes of an order."""
    if not words or not takes_wishes(project, scene.now):
        return False
    return wishes.open_batch(project) is not None or is_a_wish(project, words)


def _spoken_of(scene: Scene, words: str) -> Project | None:
    """The order a bare sentence is about: the one whose changes are being written down, else one it fits."""
    can = [project for project in _known(scene) if takes_wishes(project, scene.now)]
    for project in can:
        if project.order.id == scene.person.focus and wishes.open_batch(project):
            return project
    return next((project for project in can if is_a_wish(project, words)), None)


def _known(scene: Scene) -> tuple[Project, ...]:
    """The orders of somebody that a bare sentence may be about."""
    return (*scene.snapshot.open, *([scene.project] if scene.project and scene.owns else []))


def _for_a_list_that_waits(project: Project, words: str) -> bool:
    """Whether a sentence is for an order of which a list has been sent, and waits for its price."""
    return awaits_price(project) and is_a_wish(project, words)


def _command(scene: Scene) -> Changes:
    name = str(scene.incoming.payload["name"]).lower()
    arguments = str(scene.incoming.payload.get("arguments") or "")
    if name not in ON_COMMAND:
        return guide.unknown_command(scene, name)
    brings = bool(scene.incoming.files or links_of(arguments).files)
    ordered = brings and name in ("master", "reference")
    said_here = AT_THE_DESK if _at_staff_desk(scene) else PUBLIC
    if not scene.incoming.private and name not in said_here and not ordered:
        return guide.elsewhere(scene)
    if scene.person.minor and name not in ("help", "human", "paysupport", "terms", "language", "link"):
        return minors.refuse(scene)
    needs = BY_NAME[name].needs
    if needs is not None:
        return staff.by_staff(scene, needs, lambda: ON_COMMAND[name](scene, arguments))
    return ON_COMMAND[name](scene, arguments)


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
    if action.verb in OF_THREAD:
        needs, of_thread = OF_THREAD[action.verb]
        needs = board.needed(action) if action.verb == "card" else needs
        return staff.by_staff(scene, needs, lambda: of_thread(scene, action))
    project = scene.project
    if project is None:
        return guide.lost(scene)
    own = action.verb in OF_ARTIST and scene.owns
    if action.verb in OF_STAFF:
        needs, of_staff = OF_STAFF[action.verb]
        if scene.may(needs) or (scene.person.role and not own):
            return staff.by_staff(scene, needs, lambda: of_staff(scene, project, action))
    if own:
        if scene.person.minor and action.verb not in OF_MINORS:
            return minors.refuse(scene)
        return OF_ARTIST[action.verb](scene, project, action)
    if scene.member is not None and action.verb in OF_ARTIST:
        of_member = OF_MEMBER.get(action.verb)
        return of_member(scene, project, action) if of_member else members.for_owner(scene)
    return scene.answered(scene.say("That button is not for you."))


def _job(scene: Scene) -> Changes:
    told, job = scene.incoming.payload, scene.snapshot.job
    if job is None:
        return Changes()
    failed = told.get("failed")
    finish = Finish(str(told["job"]), int(told["attempt"]), failed=failed is not None)
    changes = (
        worked.given_up(scene, job.kind, failed) if failed else worked.done(scene, job.kind, told["done"])
    )
    return changes + Changes(finish=finish)


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
