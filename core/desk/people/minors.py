"""Somebody under 13: everything stops, nothing of theirs is kept, a guardian is shown the way (B35)."""

from collections.abc import Iterable
from dataclasses import replace

from core.changes import Changes, Move
from core.desk.evolution import with_order
from core.desk.making import fixing
from core.desk.outcome import outcome
from core.desk.refunding import refunds
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.jobs import Job, JobKind
from core.members import MemberState
from core.messages import Card, FileRef, To
from core.orders import OrderState, Project
from core.people import Person
from core.songs import Song, Version


def too_young(scene: Scene) -> Changes:
    """[I am under 13]."""
    say, person = scene.say, scene.person
    minor = Move(person, nameless(person))
    text = say(
        "Then I must stop here, and I am deleting what you sent. A parent or guardian may order for you; "
        "they can write to me themselves."
    )
    answer = scene.answer(text, buttons.human(say))
    gone = ended(scene, scene.snapshot.open) + shredded(scene, person) + out_of(scene.snapshot.shared, person)
    return gone + Changes(people=(minor,), notices=(answer,))


def out_of(shared: Iterable[Project], person: Person) -> Changes:
    """They hear nobody else's order any more."""
    members = (member for project in shared if (member := project.member(person.id)) is not None)
    return Changes(members=tuple(Move(one, replace(one, state=MemberState.GONE)) for one in members))


def nameless(person: Person) -> Person:
    """What is kept of them: that they said so."""
    return replace(person, minor=True, expecting=None, focus=None, bulk=None, name="")


def ended(scene: Scene, projects: Iterable[Project]) -> Changes:
    """Orders of one person, ended and forgotten."""
    changes = Changes()
    for project in projects:
        changes += _stopped(scene, project)
    return changes


def shredded(scene: Scene, person: Person) -> Changes:
    """All their files are destroyed and their visits forgotten, also of accounts that became this one."""
    references = (
        reference.scope
        for project in scene.snapshot.open
        for reference in project.order.references
        if reference.on_the_way
    )
    jobs = (
        Job(scene.id("shred", scope), JobKind.SHRED, person.id, payload={"scope": scope}, cost=0.1)
        for scope in (*person.scopes, *references)
    )
    return Changes(jobs=tuple(jobs), forgotten=person.scopes)


def not_deleted(scene: Scene) -> Changes:
    """The files could not be deleted, three times: a person must."""
    job = scene.snapshot.job
    account = str(job.payload["scope"]) if job else scene.person.id
    text = scene.to_staff(
        "Somebody under 13 sent files that could not be deleted: folder {account}.", account=account
    )
    return Changes(cards=(Card(f"undeleted:{account}", To.staff(), text),))


def refuse(scene: Scene) -> Changes:
    """Nothing more is taken from somebody who said so."""
    say = scene.say
    text = say(
        "You told me that you are under 13, so I cannot take orders from you. "
        "A parent or guardian may write to me."
    )
    return scene.answered(text, buttons.human(say))


def _stopped(scene: Scene, project: Project) -> Changes:
    """One order, ended and forgotten. What was paid for work that was never released goes back."""
    order = project.order
    after = _forgotten(project)
    if order.state is OrderState.PAYING:
        return outcome(scene, project, after)  # what the till answers ends it (checkout.settled)
    if order.released_version is None:
        return refunds.give_back(scene, project, after)
    ended = replace(after.order, state=OrderState.COMPLETED, completed_at=scene.now)
    return outcome(scene, project, with_order(after, ended), more=Changes(cancel_jobs_of=(order.id,)))


def _forgotten(project: Project) -> Project:
    project = fixing.ended(project)
    return replace(
        project,
        order=replace(project.order, title="", artist="", note="", references=(), invitation=None),
        songs=tuple(_nameless(song) for song in project.songs),
        versions=tuple(_soundless(version) for version in project.versions),
        members=tuple(replace(member, state=MemberState.GONE) for member in project.members),
    )


def _nameless(song: Song) -> Song:
    return Song(
        song.id, song.order, song.place, "", song.state, FileRef(song.file.door, "", ""), rev=song.rev
    )


def _soundless(version: Version) -> Version:
    return replace(version, master=None, measured=None, previews=(), files=())
