"""The engine's part: a paid order becomes versions to render, and rendered versions become a preview."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from core.aims import first_settings
from core.albums import evened, together
from core.asks import later
from core.changes import Changes
from core.desk.delivering import preview
from core.desk.evolution import with_order, with_version
from core.desk.making import fixing
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene
from core.desk.shown import buttons, phrases
from core.desk.staffing import staff
from core.ids import derive
from core.jobs import Job, JobKind
from core.messages import Action, Button, Card, Media, To
from core.orders import Grouping, OrderState, Project
from core.revisions import Item, What
from core.songs import Song, Version, VersionState
from core.text import Text
from dsp.settings import ENGINE_VERSION, Settings


def started(scene: Scene, project: Project) -> tuple[Project, tuple[Job, ...]]:
    """An order goes to work: version 1 of each song."""
    order = replace(project.order, state=OrderState.WORKING, version=1)
    project = with_order(project, order)
    base = first_settings(order, scene.rules.styles)
    if order.grouping is Grouping.ALBUM:
        return rendering(scene, project, together(project.works, base), {})
    return rendering(scene, project, {song.id: base for song in project.works}, {})


def rendering(
    scene: Scene, project: Project, wanted: Mapping[str, Settings], items: Mapping[str, tuple[Item, ...]]
) -> tuple[Project, tuple[Job, ...]]:
    """New versions of some songs, with the jobs that make them. `wanted` and `items` are by song."""
    number = project.order.version
    jobs: list[Job] = []
    for song in project.works:
        if song.id not in wanted:
            continue
        old = project.newest_made(song)
        version = Version(
            derive("version", song.id, number),
            project.order.id,
            song.id,
            number,
            VersionState.RENDERING,
            wanted[song.id].to_json(),
            ENGINE_VERSION,
            destination=project.order.destination,
        )
        project = with_version(project, version)
        jobs.append(
            job_of(scene, project, _render(scene, project, song, version, old, items.get(song.id, ())))
        )
    return project, tuple(jobs)


def rendered(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """One song's new version is made and measured; the last of them brings the preview."""
    project, version = version_of_job(scene)
    song = next(song for song in project.songs if song.id == version.song)
    version = replace(
        version,
        state=VersionState.READY,
        master=str(result["master"]["blob"]),
        master_sha256=str(result["master"]["sha256"]),
        measured=result["measured"],
        previews=tuple(preview.media_of(scene, project, song, media) for media in result["previews"]),
    )
    project_after = with_version(project, version)
    made = [other for other in project_after.versions if other.number == version.number]
    if any(other.state is VersionState.RENDERING for other in made):
        return outcome(scene, project, project_after)
    if steps := _evened(project_after, made):
        project_after, jobs = _made_again(scene, project_after, steps)
        return outcome(scene, project, project_after, jobs=jobs)
    return finished(scene, project, project_after)


def finished(scene: Scene, before: Project, project: Project) -> Changes:
    """Every version of a round is made, by whomever: several songs get a picture of them together first."""
    if len(project.works) == 1:
        return preview.presented(scene, before, project, None)
    draw = Job(
        scene.id("album"),
        JobKind.ALBUM,
        "",
        version=project.order.version,
        payload=_album(project),
        cost=0.5,
    )
    return outcome(scene, before, project, jobs=(job_of(scene, project, draw),))


def _evened(project: Project, made: Sequence[Version]) -> Mapping[str, Settings]:
    """The settings of the songs of an album that come down, once, with one that stopped short of its level.

    None where only some of its songs are made: then what is between them was asked for.
    """
    if project.order.grouping is not Grouping.ALBUM or len(made) < len(project.works):
        return {}
    return {} if any(version.lowered for version in made) else evened(made)


def _made_again(
    scene: Scene, project: Project, steps: Mapping[str, Settings]
) -> tuple[Project, tuple[Job, ...]]:
    """The same versions of some songs once more, softer."""
    batch, number = project.sealed_batch, project.order.version
    jobs: list[Job] = []
    for song in project.works:
        version = next((v for v in project.versions if (v.song, v.number) == (song.id, number)), None)
        if version is None or song.id not in steps:
            continue
        by = float(version.settings["target_lufs"]) - steps[song.id].target_lufs
        version = replace(
            version,
            state=VersionState.RENDERING,
            settings=steps[song.id].to_json(),
            lowered=round(by, 2),
            master=None,
            master_sha256=None,
            measured=None,
            previews=(),
        )
        project = with_version(project, version)
        items = batch.about(song.id) if batch else ()
        jobs.append(
            job_of(scene, project, _render(scene, project, song, version, project.newest_made(song), items))
        )
    return project, tuple(jobs)


def album_drawn(scene: Scene, result: Mapping[str, Any] | None) -> Changes:
    """The album's picture is there (or could not be drawn, which holds nothing up)."""
    project = scene.project
    if project is None:
        raise LookupError("a job without its order")
    picture = None
    if result is not None:
        picture = Media(**result["picture"], title=Text((scene.to_artist.word("Levels across the songs"),)))
    return preview.presented(scene, project, project, picture)


def broke(scene: Scene) -> Changes:
    """The engine failed three times, or a plug-in cannot be used at all: the order is set aside for a person;
    its money can go back at once.
    """
    project = scene.project
    if project is None:
        raise LookupError("a job without its order")
    if project.order.state is not OrderState.WORKING:
        return outcome(scene, project, project)
    reference = scene.id("aside")[:6].upper()
    order = replace(project.order, state=OrderState.ASIDE, aside=reference, aside_since=scene.now)
    after = with_order(project, order)
    for version in after.versions:
        if version.state is VersionState.RENDERING:
            after = with_version(after, replace(version, state=VersionState.FAILED))
    say = scene.to_staff
    number, failed = str(project.order.number), scene.incoming.payload["failed"]
    if failed["code"] == "plug-in":
        text = say(
            "Order {number} is set aside: the plug-in {name} of its style cannot be used "
            "(reference {reference}). ./lathe doctor says more.",
            number=number,
            name=str(failed["details"]["plug_in"]),
            reference=reference,
        )
    else:
        text = say(
            "Order {number} is set aside: the engine failed three times (reference {reference}).",
            number=number,
            reference=reference,
        )
    row = (
        buttons.retry(say, project.order),
        Button(say.word("Give the money back"), Action("refund", project.order.id).pack()),
        *scene.looks(project.order),
    )
    card = Card(f"aside:{project.order.id}", To.staff(), text, row)
    jobs = fixing.looked_into_again(scene, after)
    more = Changes(cards=(card,), cancel_jobs_of=(project.order.id,))
    return outcome(scene, project, after, jobs=jobs, more=more)


def retried(scene: Scene, project: Project) -> Changes:
    """Staff let the engine try again."""
    if project.order.state is not OrderState.ASIDE:
        return staff.already_done(scene, project)
    after = staff.decided(scene, project)
    after = with_order(after, replace(after.order, state=OrderState.WORKING, aside=None))
    batch = project.sealed_batch
    jobs: list[Job] = []
    for song in after.works:
        version = next(
            (
                v
                for v in after.versions
                if v.song == song.id and v.state is VersionState.FAILED and not v.is_of_fix
            ),
            None,
        )
        if version is not None:
            version = replace(version, state=VersionState.RENDERING)
            after = with_version(after, version)
            items = batch.about(song.id) if batch else ()
            ask = _render(scene, after, song, version, after.newest_made(song), items)
            jobs.append(job_of(scene, after, ask))
    told = scene.to_staff("Order {number} is being mastered again.", number=str(project.order.number))
    card = Card(f"aside:{project.order.id}", To.staff(), staff.told(scene, told), done=True)
    if not jobs:
        return preview.presented(scene, project, after, None) + Changes(cards=(card,))
    return outcome(scene, project, after, jobs=tuple(jobs), more=Changes(cards=(card,)))


def _render(
    scene: Scene, project: Project, song: Song, version: Version, old: Version | None, items: tuple[Item, ...]
) -> Job:
    return Job(
        scene.id("render", version.id),
        JobKind.RENDER,
        "",
        song=song.id,
        version=version.number,
        payload={
            **about(scene, project, song, old, items),
            "pcm": song.pcm,
            "source_sha256": song.sha256,
            "analysis": song.analysis,
            "settings": version.settings,
        },
        cost=max(2.0, float((song.analysis or {}).get("duration", 240)) / 40),
    )


def about(
    scene: Scene, project: Project, song: Song, old: Version | None, items: tuple[Item, ...]
) -> Mapping[str, Any]:
    """What is measured and drawn of a new version, whoever makes it: its name, what came before, what was
    asked for.
    """
    say = scene.to_artist
    trimmed = float(old.settings.get("trim_start", 0.0)) if old else 0.0
    wished = {item.of for item in items if item.what is What.REFERENCE}
    return {
        "previous": old.master if old else None,
        "previous_measured": old.measured if old else None,
        "items": [asdict(later(item, trimmed)) for item in items],
        "asked": [phrases.change(say, _sayable(project, item)) for item in items],
        "references": {one.id: one.profile for one in project.order.references if one.id in wished},
        "title": "" if project.order.confidential else song.title,
        "stem": song.title,
    }


def _sayable(project: Project, item: Item) -> Item:
    """An item as a picture may show it: without the name of a reference where names are a secret."""
    return replace(item, text="") if project.order.confidential else item


def version_of_job(scene: Scene) -> tuple[Project, Version]:
    """The version that the engine was at work on, and its order."""
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    return project, next(v for v in project.versions if v.song == job.song and v.number == job.version)


def _album(project: Project) -> Mapping[str, Any]:
    secret = project.order.confidential
    songs = []
    for song in project.works:
        version = project.newest_made(song)
        songs.append(
            [
                str(song.place) if secret else song.title,
                (song.analysis or {}).get("lufs"),
                (version.measured or {}).get("lufs") if version else None,
            ]
        )
    asked = [
        float(version.settings["target_lufs"])
        for song in project.works
        if (version := project.newest_made(song)) is not None
    ]
    target = max(asked, default=Settings().target_lufs)
    return {"songs": songs, "target": target, "title": "" if secret else project.order.title}
