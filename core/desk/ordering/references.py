"""References in the chat: a file that is not to be mastered but listened to.

Before there is a version they are part of the order, which waits until they are measured; afterwards each is
a wish of the one batch of changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from core.aims import takes_aims
from core.changes import Changes
from core.desk.evolution import with_order, with_song
from core.desk.ordering import intake
from core.desk.outcome import job_of, outcome
from core.desk.revising import wishes
from core.desk.scene import Scene
from core.desk.shown import buttons
from core.desk.shown.stale import stale
from core.jobs import Job, JobKind
from core.messages import Button, FileRef, Notice
from core.orders import JOINABLE, Order, OrderState, Project
from core.references import AWAITED, Reference, ReferenceState
from core.revisions import Item, What
from core.songs import SongState, Trouble, title_of
from core.sources import links_of
from core.text import Text
from core.wording import Voice
from dsp.profile import Profile
from dsp.settings import MOST_REFERENCES

_MOST_BUTTONS = 20
_AT_WORK = frozenset({OrderState.PAYING, OrderState.WORKING})


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/reference`, with the file or a link to it, or before one comes."""
    links = links_of(arguments)
    files = (*scene.incoming.files, *links.files)
    if not files and links.troubles:
        return intake.not_fetched(scene, links.troubles)
    if not files:
        return asked(scene, meant(scene))
    say, known = scene.say, taken(scene, meant(scene), files)
    if scene.incoming.private:
        return known
    return known + scene.answered(say("I have it. Everything else is in our private chat."), what="pointer")


def pressed(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """[Add a reference], and what can be pressed about one."""
    match choice:
        case None:
            return asked(scene, project) if takes_aims(project, scene.now) else stale(scene, project)
        case "stop":
            return _stopped(scene, project)
        case "which":
            return _which(scene, project)
    return _from_song(scene, project, choice, version)


def meant(scene: Scene) -> Project | None:
    """The order that a reference or a destination is for: the one whose changes are being written down, else
    the newest that takes one.
    """
    can = [project for project in scene.snapshot.open if takes_aims(project, scene.now)]
    for project in can:
        if project.order.id == scene.person.focus and wishes.open_batch(project):
            return project
    return next(iter(can), None)


def asked(scene: Scene, project: Project | None) -> Changes:
    """[Add a reference], or the command alone: the files that come next are references."""
    if project is None and (busy := at_work(scene)):
        return busy
    before = project
    project = project or Project(replace(intake.new_order(scene), settled=True))
    if not _room(project.order):
        return Changes(notices=(_full(scene, project.order),))
    order = replace(project.order, reference_until=scene.now + AWAITED)
    say = scene.say
    text = say(
        "Drop a song here whose sound you like, or several. It is not mastered and costs nothing: "
        "I keep its figures, not the file."
    )
    answer = scene.answer(text, buttons.no_reference(say, order), buttons.human(say, order.id))
    return outcome(scene, before, with_order(project, order), notices=(answer,))


def _stopped(scene: Scene, project: Project) -> Changes:
    """[Never mind]: the next file is a song again."""
    after = with_order(project, replace(project.order, reference_until=None))
    answer = scene.answer(scene.say("All right. The next file is a song again."))
    return outcome(scene, project, after, notices=(answer,))


def awaited(scene: Scene) -> Project | None:
    """The order of which the files that come now are references; None if they are songs."""
    return next(
        (
            project
            for project in scene.snapshot.open
            if project.order.reference_until is not None
            and scene.now <= project.order.reference_until
            and takes_aims(project, scene.now)
        ),
        None,
    )


def at_work(scene: Scene) -> Changes | None:
    """Why nothing can be named now, where the only orders are those that are being made."""
    if not any(project.order.state in _AT_WORK for project in scene.snapshot.open):
        return None
    say = scene.say
    text = say(
        "Your master is being made right now. Say it again when it is here: then it joins your changes."
    )
    return scene.answered(text, buttons.human(say))


def taken(scene: Scene, project: Project | None, files: Sequence[FileRef]) -> Changes:
    """Files come that are references: of an order, or of one that begins with them."""
    if project is None and (busy := at_work(scene)):
        return busy
    before = project
    project = project or Project(replace(intake.new_order(scene), settled=True))
    order = replace(project.order, references=_standing(project.order))
    fits = files[: _room(order)]
    fresh = [_new(scene, project, file, index) for index, file in enumerate(fits)]
    jobs = tuple(
        _fetching(scene, project, reference, file, index)
        for index, (reference, file) in enumerate(zip(fresh, fits, strict=True))
        if reference.on_the_way
    )
    whole = bool(scene.incoming.payload.get("complete", True))
    quiet = timedelta(seconds=scene.rules.intake.quiet_seconds)
    order = replace(
        order,
        references=(*order.references, *fresh),
        reference_until=None if whole else scene.now + quiet,
    )
    notices = (_full(scene, order),) if len(fits) < len(files) else ()
    if order.state in JOINABLE:
        order = replace(order, state=OrderState.DRAFT, last_file=scene.now)
        after = intake.settled(with_order(project, order))
        return outcome(scene, before, after, jobs=jobs, notices=notices)
    items = tuple(_item(reference) for reference in fresh if reference.on_the_way)
    return wishes.added(scene, with_order(project, order), items, before=project, jobs=jobs, notices=notices)


def fetched(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A reference's bytes are here; now it is measured."""
    project, reference = _of_job(scene)
    if reference is None:  # it was taken away meanwhile
        return outcome(scene, project, project, jobs=(_shredding(scene, project),))
    if name := result.get("name"):  # what a link only let guess
        reference = replace(reference, name=title_of(str(name)))
    reference = replace(reference, state=ReferenceState.MEASURING, sha256=str(result["sha256"]))
    measure = Job(
        scene.id("reference"),
        JobKind.REFERENCE,
        "",
        payload={
            "reference": reference.id,
            "scope": reference.scope,
            "source": str(result["source"]),
            "max_minutes": scene.rules.limits.song_minutes,
        },
        cost=1.5,
    )
    return _known(scene, project, reference, (job_of(scene, project, measure),))


def measured(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A reference is known, and its audio is not needed any more."""
    project, reference = _of_job(scene)
    shred = (_shredding(scene, project),)
    if reference is None:
        return outcome(scene, project, project, jobs=shred)
    profile = {**result["profile"], "sha256": reference.sha256, "name": reference.name}
    return _known(scene, project, replace(reference, state=ReferenceState.READY, profile=profile), shred)


def unfit(scene: Scene, code: str, details: Mapping[str, Any]) -> Changes:
    """A file tells nothing: the order goes on without it."""
    project, reference = _of_job(scene)
    shred = (_shredding(scene, project),)
    if reference is None:
        return outcome(scene, project, project, jobs=shred)
    trouble = Trouble(code, dict(details))
    return _known(scene, project, replace(reference, state=ReferenceState.REFUSED, trouble=trouble), shred)


def _which(scene: Scene, project: Project) -> Changes:
    """[One is a reference]: which of the songs."""
    if project.order.state is not OrderState.OFFERED or len(project.ready) < 2:
        return stale(scene, project)
    say = scene.say
    return scene.answered(which_told(say), *which_buttons(say, project))


def which_told(say: Voice) -> Text:
    """What [One is a reference] asks."""
    return say("Which of them is only a reference? It is not mastered then, and costs nothing.")


def which_buttons(say: Voice, project: Project) -> tuple[Button, ...]:
    """One for each song, as many as a message can have."""
    return tuple(
        buttons.is_reference(say, project.order, song.place, True) for song in project.ready[:_MOST_BUTTONS]
    )


def _from_song(scene: Scene, project: Project, place: str, version: int | None) -> Changes:
    """[It is a reference]: what came as a song was measured as one, and that is all there is to know.

    What began an order of its own becomes a reference of the one that it came beside.
    """
    song = intake.chosen(project, place, version)
    if song is None or song.analysis is None:
        return stale(scene, project)
    target = _came_beside(scene, project) or project
    if not _room(target.order):
        return Changes(notices=(_full(scene, target.order),))
    sha256 = song.sha256 or ""
    reference = Reference(
        scene.id("reference"),
        song.title,
        ReferenceState.READY,
        sha256=sha256,
        profile=Profile.of(song.analysis, sha256, song.title).to_json(),
        wished=target.order.state not in JOINABLE,
    )
    left = with_song(project, replace(song, state=SongState.DROPPED, source=None, pcm=None, picture=None))
    if target is project:
        grouping = None if len(left.ready) == 1 else project.order.grouping
        after = _followed(with_order(left, replace(project.order, grouping=grouping)), reference)
        return outcome(scene, project, intake.settled(after))
    ended = with_order(left, replace(project.order, state=OrderState.CANCELLED))
    after = _followed(target, reference)
    joined = (
        wishes.added(scene, after, (_item(reference),), before=target)
        if reference.wished
        else outcome(scene, target, intake.settled(after))
    )
    return outcome(scene, project, ended) + joined


def _came_beside(scene: Scene, project: Project) -> Project | None:
    """The order that somebody had open when they dropped the only song of this one."""
    if len(project.ready) != 1:
        return None
    return next(
        (
            other
            for other in scene.snapshot.open
            if other.order.id == project.order.beside and takes_aims(other, scene.now)
        ),
        None,
    )


def _followed(project: Project, reference: Reference) -> Project:
    references = (*_standing(project.order), reference)
    return with_order(project, replace(project.order, references=references))


def taken_away(scene: Scene, project: Project, choice: str, version: int | None) -> Changes:
    """[Without it]: a reference is not followed after all."""
    order = project.order
    known = {str(number): reference for number, reference in enumerate(order.references, 1)}
    if order.state not in JOINABLE or version != order.rev or choice not in known:
        return stale(scene, project)
    gone = known[choice]
    left = tuple(reference for reference in order.references if reference is not gone)
    after = intake.settled(with_order(project, replace(order, references=left)))
    return outcome(scene, project, after)


def _standing(order: Order) -> tuple[Reference, ...]:
    """Its references; what could not be used goes when others come, for why was told."""
    return tuple(one for one in order.references if one.state is not ReferenceState.REFUSED)


def _room(order: Order) -> int:
    """How many more references an order takes."""
    return MOST_REFERENCES - len(_standing(order))


def _full(scene: Scene, order: Order) -> Notice:
    say = scene.say
    text = say("One order follows {most} references, and no more.", most=MOST_REFERENCES)
    return scene.answer(text, buttons.human(say, order.id), what="full")


def _new(scene: Scene, project: Project, file: FileRef, index: int) -> Reference:
    most = scene.rules.limits.file_bytes
    reference = Reference(
        scene.id("reference", index),
        title_of(file.name),
        ReferenceState.FETCHING,
        wished=project.order.state not in JOINABLE,
    )
    if file.size == 0:
        return replace(reference, state=ReferenceState.REFUSED, trouble=Trouble("empty"))
    if file.size is not None and file.size > most:
        trouble = Trouble("too-large", {"megabytes": most // 10**6})
        return replace(reference, state=ReferenceState.REFUSED, trouble=trouble)
    return reference


def _item(reference: Reference) -> Item:
    return Item(What.REFERENCE, 1, 1.0, text=reference.name, of=reference.id)


def _fetching(scene: Scene, project: Project, reference: Reference, file: FileRef, index: int) -> Job:
    payload = {"file": asdict(file), "reference": reference.id, "scope": reference.scope}
    fetch = Job(
        scene.id("fetch-reference", index), JobKind.FETCH, "", door=file.door, payload=payload, cost=0.1
    )
    return job_of(scene, project, fetch)


def _of_job(scene: Scene) -> tuple[Project, Reference | None]:
    """The order, and the reference that a job was about; None if it is not part of the order any more."""
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    id_ = str(job.payload["reference"])
    found = next((reference for reference in project.order.references if reference.id == id_), None)
    return project, found if takes_aims(project, scene.now) else None


def _known(scene: Scene, project: Project, reference: Reference, jobs: tuple[Job, ...]) -> Changes:
    """The order once more is known of one of its references."""
    known = tuple(reference if one.id == reference.id else one for one in project.order.references)
    after = with_order(project, replace(project.order, references=known))
    batch = wishes.open_batch(project)
    if project.order.state in JOINABLE or batch is None:
        return outcome(scene, project, intake.settled(after), jobs=jobs)
    return wishes.renewed(scene, project, after, batch, jobs=jobs)


def _shredding(scene: Scene, project: Project) -> Job:
    """The job that destroys what a reference was measured from, so that nothing is left but its figures."""
    job = scene.snapshot.job
    payload = {"scope": job.payload["scope"], "reference": job.payload["reference"]} if job else {}
    shred = Job(scene.id("shred"), JobKind.SHRED, "", payload=payload, cost=0.1)
    return job_of(scene, project, shred)
