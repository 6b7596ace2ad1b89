"""A fix by hand: a new master of songs that were delivered. Their order stands as it stood until it is sent.

So nothing has to be put back where none comes: the artist keeps what they have, and every clock runs on
(C9, C11, R2). What is handed in for it has no number until then; the handing in is in
core/desk/making/handing_in.py.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from core.changes import Changes
from core.complaints import ComplaintState, about
from core.desk.evolution import with_order, with_version
from core.desk.making import booking
from core.desk.making.work_card import card, hand_in
from core.desk.outcome import outcome
from core.desk.scene import Scene
from core.jobs import Job
from core.messages import Action, Button, Notice, To
from core.orders import DELIVERED, Project
from core.people import Right
from core.services import BY_HAND
from core.songs import Song, VersionState


def asked(scene: Scene, project: Project) -> Changes:
    """[Upload new master]: who taps it takes the songs that the complaint is about. # B64"""
    say, order = scene.say, project.order
    wanted = [song for song in project.works if song.id in _complained(project)]
    free = [song for song in open_to(scene, project) if song in wanted and song.id not in order.fixing]
    if not free:
        return _not_free(scene, project, wanted)
    after, told = begun(scene, project, free)
    text = say(
        "It is yours. Hand the new master in as a reply to its card, by button or by /deliver {number}.",
        number=str(order.number),
    )
    row = (Button(say.word("Open files"), Action("originals", order.id).pack()), hand_in(say, order))
    return outcome(scene, project, after, notices=(scene.answer(text, *row), *told))


def _not_free(scene: Scene, project: Project, wanted: Iterable[Song]) -> Changes:
    """Why nothing of a complaint can be taken: there is none, or somebody has it."""
    say, order = scene.say, project.order
    held = [one for song in wanted if order.state in DELIVERED and (one := project.booking(song))]
    if not held:
        text = say("There is no complaint to fix, or a new version is in work already.")
        return scene.answered(text)
    text = say("You have it already.")
    if any(one.engineer != scene.person.id for one in held):
        names = ", ".join(dict.fromkeys(one.name for one in held))
        text = say("That is for {name}, who has taken it.", name=names)
    return Changes(notices=(scene.answer(text),), cards=(card(scene, project),) if order.fixing else ())


def open_to(scene: Scene, project: Project) -> tuple[Song, ...]:
    """The delivered songs of which who does it may hand a new master in: who made one, and who leads; of what
    somebody complains about, whoever works here first.
    """
    if project.order.state not in DELIVERED:
        return ()
    return tuple(song for song in project.works if _is_open_to(scene, project, song))


def begun(scene: Scene, project: Project, songs: Iterable[Song]) -> tuple[Project, tuple[Notice, ...]]:
    """The project once who does it has taken songs to fix, and what those read who had one of them."""
    fixed = list(songs)
    after, told = booking.taken(scene, project, fixed, scene.person)
    wanted = {*project.order.fixing, *(song.id for song in fixed)}
    fixing = tuple(song.id for song in project.works if song.id in wanted)
    return with_order(after, replace(after.order, fixing=fixing)), told


def sent(project: Project, songs: Collection[str]) -> Project:
    """The project with a new version, which what was handed in of some songs is."""
    number = project.order.version + 1
    for version in project.versions:
        if version.song in songs and version.is_of_fix and version.state is VersionState.HELD:
            project = with_version(project, replace(version, number=number, state=VersionState.READY))
    return _left(with_order(project, replace(project.order, version=number)), songs)


def ended(project: Project, songs: Collection[str] | None = None) -> Project:
    """The project once no new master comes of songs, or of any: what was handed in of them is not sent."""
    over = _over(project, songs)
    for version in project.versions:
        if version.song in over and version.is_of_fix:
            dropped = replace(version, state=VersionState.DROPPED, arriving=None, master=None, previews=())
            project = with_version(project, dropped)
    return _left(project, over)


def told_over(scene: Scene, project: Project, songs: Collection[str] | None = None) -> tuple[Notice, ...]:
    """What those read who were at work on a fix of songs, or of any, that is wanted no more."""
    say = scene.to_staff
    text = say("Order {number}: no new master is wanted any more.", number=str(project.order.number))
    over = _over(project, songs)
    own = {one.engineer for one in project.claims if one.song in over}
    return tuple(Notice(scene.id("fix-over", person), To.person(person), text) for person in sorted(own))


def looked_into_again(scene: Scene, project: Project) -> tuple[Job, ...]:
    """What looks into that which was handed in, asked for once more where every job of the order stops."""
    if not project.order.fixing:
        return ()
    looking = (job for job in scene.snapshot.running if "handin" in job.payload)
    return tuple(
        Job(
            scene.id("again", job.id),
            job.kind,
            job.person,
            order=job.order,
            song=job.song,
            version=job.version,
            community=job.community,
            plan=job.plan,
            payload=job.payload,
            cost=job.cost,
            door=job.door,
        )
        for job in looking
    )


def _over(project: Project, songs: Collection[str] | None) -> list[str]:
    return [id_ for id_ in project.order.fixing if songs is None or id_ in songs]


def _left(project: Project, songs: Collection[str]) -> Project:
    """The project with some songs out of the fix. On an automatic line they are nobody's then."""
    order = project.order
    fixing = tuple(id_ for id_ in order.fixing if id_ not in songs)
    for one in project.claims if order.service not in BY_HAND else ():
        if one.song in songs:
            project = booking.let_go(project, one)
    return with_order(project, replace(project.order, fixing=fixing))


def _complained(project: Project) -> Collection[str]:
    """The songs about which a complaint is open."""
    return {
        song.id
        for complaint in project.complaints
        if complaint.state is ComplaintState.OPEN
        for song in about(complaint, project.works)
    }


def _is_open_to(scene: Scene, project: Project, song: Song) -> bool:
    held, made = project.booking(song), project.newest_made(song)
    if made is None or made.master is None:  # its files are gone
        return False
    if held is not None:
        leads = scene.may(Right.LEAD) and song.id not in project.order.fixing
        return held.engineer == scene.person.id or leads
    return made.by == scene.person.id or song.id in _complained(project) or scene.may(Right.LEAD)
