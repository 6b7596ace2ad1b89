"""An engineer hands a master in: it is looked into, held, and sent with one tap, or for a reason (A20).

What is handed in before that takes the place of what was there, once it was looked into and not before.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from core.aims import destination
from core.changes import Changes
from core.commands import numbered
from core.desk.delivering import preview
from core.desk.evolution import with_version
from core.desk.making import fixing, mastering, work
from core.desk.making.work_card import card, hand_in, in_work, made, seen, sending, verdict, waits
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene, named
from core.desk.shown import troubles
from core.desk.staffing import staff
from core.ids import derive
from core.jobs import Job, JobKind
from core.messages import WEB, Audience, Button, FileRef, Notice, To
from core.orders import Grouping, Project
from core.people import Right
from core.services import MIXING
from core.songs import UNNUMBERED, Song, Trouble, Version, VersionState, title_of, track_number
from core.sources import links_of
from core.text import Text

Pairs = Sequence[tuple[Song, FileRef]]


def commanded(scene: Scene, arguments: str) -> Changes:
    """`/deliver ORDER [SONG]`, with the file or before one comes."""
    links = links_of(arguments)
    _, _, words = links.words.strip().partition(" ")
    if numbered(links.words) is None:
        return scene.answered(scene.say("Say /deliver, the number of the order, and send its file."))
    return handed(scene, scene.project, words, links.files)


def handed(
    scene: Scene, project: Project | None, words: str = "", links: tuple[FileRef, ...] = ()
) -> Changes:
    """Files come that are masters, or links to some. `words`: what was said with them; if that begins with a
    number, it is the number of the song.
    """
    say = scene.say
    if project is None:
        return work.over(scene, project)
    own = work.mine(scene, project) if in_work(project) else ()
    delivered = fixing.open_to(scene, project)
    if not own and not delivered:
        return work.not_yours(scene, project)
    files = (*scene.incoming.files, *links)
    if not files:
        text = say("There was no file in that. Hand it in with the button.")
        return scene.answered(text, hand_in(say, project.order))
    number = re.match(r"#?(\d{1,3})(?!\S)", words.strip())
    word = number[1] if number else ""
    missing = [song for song in own if made(project, song) is None]
    pairs = _meant(own, word, files, missing) or _meant(delivered, word, files)
    if not pairs:
        text = say(
            "I cannot tell which song that is. Say /deliver, the number of the order and that of the song, "
            "or name the file as the song."
        )
        return scene.answered(text)
    new = [song for song, _ in pairs if song not in own]
    begun = work.started(scene, project)
    after, taken_over = fixing.begun(scene, begun, new) if new else (begun, ())
    jobs: list[Job] = []
    for song, file in pairs:
        version = _arriving(scene, after, song)
        after = with_version(after, version)
        stored = _stored(scene)
        jobs.append(
            _looking(scene, after, song, version, stored)
            if stored
            else _fetching(scene, after, version, file)
        )
    titles = [named(project.order, song.title) for song, _ in pairs]
    told = say("I have it: {title}. I am looking into it.", title=titles[0])
    if scene.here.audience is Audience.ROOM:
        told = say("I have it. I am looking into it.")
    if len(titles) > 1:
        told = say("I have all {count}. I am looking into them.", count=len(titles))
    return outcome(scene, project, after, jobs=tuple(jobs), notices=(scene.answer(told), *taken_over))


def of_handin(scene: Scene) -> bool:
    """Whether a job is about something that was handed in."""
    return scene.snapshot.job is not None and "handin" in scene.snapshot.job.payload


def fetched(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A file that was handed in is here; now it is looked into."""
    project, version = _of_job(scene)
    if version is None:
        return outcome(scene, project, project)
    song = next(one for one in project.works if one.id == version.song)
    look = _looking(scene, project, song, version, str(result["source"]))
    return outcome(scene, project, project, jobs=(look,))


def measured(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """It is measured: its engineer reads what was found, and decides."""
    project, version = _of_job(scene)
    if version is None:
        return outcome(scene, project, project)
    song = next(one for one in project.works if one.id == version.song)
    version = replace(
        version,
        state=VersionState.HELD,
        settings=result["settings"],
        master=str(result["master"]["blob"]),
        master_sha256=str(result["master"]["sha256"]),
        measured=result["measured"],
        previews=tuple(preview.media_of(scene, project, song, media) for media in result["previews"]),
        failures=tuple(result["quality"]),
        arriving=None,
        trouble=None,
    )
    after = with_version(project, version)
    say = scene.to_staff
    row = (*sending(say, after), hand_in(say, after.order))
    told = _to_engineer(scene, version, verdict(say, after, song, version), row)
    return outcome(scene, project, after, notices=(told,))


def unfit(scene: Scene, code: str, details: Mapping[str, Any]) -> Changes:
    """It cannot be used: its engineer is told why, and what was there before stays."""
    project, version = _of_job(scene)
    if version is None:
        return outcome(scene, project, project)
    song = next(one for one in project.works if one.id == version.song)
    why = Trouble(code, dict(details))
    state = VersionState.FAILED if version.state is VersionState.CHECKING else version.state
    version = replace(version, state=state, arriving=None, trouble=why)
    say = scene.to_staff
    told = say(
        "What you handed in for {title} cannot be used. {why}",
        title=named(project.order, song.title),
        why=troubles.trouble(say, why, pages=False),
    )
    if version.state is VersionState.HELD:
        told += say(" What you handed in before is still here.")
    after = with_version(project, version)
    notice = _to_engineer(scene, version, told, (hand_in(say, project.order),))
    return outcome(scene, project, after, notices=(notice,))


def handed_over(scene: Scene, project: Project, version: int | None) -> Changes:
    """[Send to customer]: what its button was drawn for passed, and goes out."""
    fit = waits(project) and version == seen(project)
    if not fit or any(one.failures for one in _held(project)):
        return _moved_on(scene, project)
    return _sent(scene, project, "")


def sent_anyway(scene: Scene, reason: str) -> Changes:
    """[Send anyway]: what its button was drawn for failed, and goes out for a reason."""
    project = scene.project
    shown = project is not None and scene.form_id.partition(".")[2] == str(seen(project))
    if project is None or not waits(project) or not shown:
        return work.over(scene, None) if project is None else _moved_on(scene, project)
    return _sent(scene, project, " ".join(reason.split()))


def _sent(scene: Scene, project: Project, reason: str) -> Changes:
    if not in_work(project):
        return work.over(scene, project)
    if not (work.mine(scene, project) or scene.may(Right.LEAD)):
        return work.not_yours(scene, project)
    after, held = staff.decided(scene, project), _held(project)
    for version in held:
        anyway = reason if version.failures else ""
        after = with_version(after, replace(version, sent_anyway=anyway))
    if project.order.fixing:
        fixed = fixing.sent(after, [version.song for version in held])
        return preview.presented(scene, project, fixed, None, fix=True)
    for version in _held(after):
        after = with_version(after, replace(version, state=VersionState.READY))
    return mastering.finished(scene, project, after)


def _held(project: Project) -> list[Version]:
    found = [version for song in project.in_round if (version := made(project, song)) is not None]
    return [version for version in found if version.state is VersionState.HELD]


def _moved_on(scene: Scene, project: Project) -> Changes:
    if not in_work(project):
        return work.over(scene, project)
    text = scene.say("That has changed since: the card shows how things stand now.")
    return Changes(notices=(scene.answer(text),), cards=(card(scene, project),))


def _meant(own: Sequence[Song], word: str, files: Sequence[FileRef], missing: Sequence[Song] = ()) -> Pairs:
    """Which file is which song's: by what was said, else by its name, else by what is missing."""
    if word:
        named_ = next((song for song in own if str(song.place) == word.lstrip("#")), None)
        return [(named_, files[0])] if named_ is not None and len(files) == 1 else []
    if len(own) == 1:
        return [(own[0], files[0])] if len(files) == 1 else []
    pairs = [(song, file) for file in files if (song := _named_after(own, file.name)) is not None]
    if len(pairs) == len(files) == len({song.id for song, _ in pairs}):
        return pairs
    return [(missing[0], files[0])] if len(missing) == len(files) == 1 else []


def _named_after(songs: Sequence[Song], name: str) -> Song | None:
    """The song that a file is called after: by its title, by its source's name, by its number."""
    title = title_of(name).casefold()
    for song in songs:
        if title in (song.title.casefold(), title_of(song.file.name).casefold()):
            return song
    number = track_number(name)
    return next((song for song in songs if song.place == number), None)


def _arriving(scene: Scene, project: Project, song: Song) -> Version:
    """The version of a song with what comes for it now."""
    fixes = bool(project.order.fixing)
    number = UNNUMBERED if fixes else project.order.version
    known = made(project, song) or Version(
        scene.id("fix", song.id) if fixes else derive("version", song.id, number),
        project.order.id,
        song.id,
        number,
        VersionState.CHECKING,
        {},
        "",
        destination=project.order.destination,
    )
    state = known.state if known.state is VersionState.HELD else VersionState.CHECKING
    return replace(known, state=state, by=scene.person.id, arriving=scene.id("handin", song.id), trouble=None)


def _fetching(scene: Scene, project: Project, version: Version, file: FileRef) -> Job:
    payload = {"file": asdict(file), "handin": version.id, "arriving": version.arriving}
    job = Job(
        scene.id("fetch", version.id),
        JobKind.FETCH,
        "",
        song=version.song,
        version=version.number,
        door=file.door,
        payload=payload,
        cost=0.1,
    )
    return job_of(scene, project, job)


def _stored(scene: Scene) -> str | None:
    """The blob of a file that a page has filed already."""
    told = scene.incoming.payload.get("stored") if scene.incoming.door == WEB else None
    return str(told["source"]) if told else None


def _looking(scene: Scene, project: Project, song: Song, version: Version, source: str) -> Job:
    payload = {
        **_asked(scene, project, song, version),
        "source": source,
        "handin": version.id,
        "arriving": version.arriving,
    }
    job = Job(
        scene.id("measure", version.id),
        JobKind.HANDIN,
        "",
        song=version.song,
        version=version.number,
        payload=payload,
        cost=4.0,
    )
    return job_of(scene, project, job)


def _asked(scene: Scene, project: Project, song: Song, version: Version) -> Mapping[str, Any]:
    """What a master is held against: what it was made from, the version before, and where it goes."""
    order, mix = project.order, project.order.service == MIXING
    batch, old = project.sealed_batch, project.newest_made(song)
    made_from = project.ready if mix else (song,)
    goes_to = destination(order.destination)
    aims = {"target_lufs": goes_to.target_lufs, "ceiling_dbtp": goes_to.ceiling_dbtp} if goes_to else {}
    return {
        **mastering.about(scene, project, song, old, batch.about(song.id) if batch else ()),
        **aims,
        "against": [{"pcm": one.pcm, "analysis": one.analysis} for one in made_from],
        "mix": mix,
        "album": order.grouping is Grouping.ALBUM and len(project.works) > 1,
        "max_minutes": scene.rules.limits.song_minutes,
    }


def _of_job(scene: Scene) -> tuple[Project, Version | None]:
    """The order, and the version that the file of a job is for; None if another was handed in since."""
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    version = next((one for one in project.versions if one.id == job.payload["handin"]), None)
    awaited = version is not None and version.arriving == job.payload["arriving"]
    return project, version if awaited and in_work(project) else None


def _to_engineer(scene: Scene, version: Version, text: Text, row: tuple[Button, ...]) -> Notice:
    """What its engineer reads of it in private."""
    return Notice(scene.id("handed-in"), To.person(version.by or ""), text, row, order=version.order)
