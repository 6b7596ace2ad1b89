"""Songs come in: a drop opens or joins a draft, each file is fetched and checked, the whole gets a price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from core.aims import takes_aims
from core.albums import in_album_order
from core.changes import Changes
from core.desk import buttons, refusals
from core.desk.evolution import with_order, with_song
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene
from core.desk.stale import stale
from core.jobs import Job, JobKind
from core.messages import FileRef, Media, Notice
from core.orders import JOINABLE, Grouping, Order, OrderState, Project
from core.providers import STREAM
from core.songs import ON_THE_WAY, Song, SongState, Trouble, title_of
from core.sources import links_of
from core.styles import keys
from core.text import Text, joined


def ordered(scene: Scene, *, note: str = "", style: str | None = None) -> Changes:
    """Files or links by a command or a form, which may come from a room: there only a pointer is given."""
    say, told = scene.say, links_of(note)
    if not (scene.incoming.files or told.files or told.troubles):
        return Changes(
            notices=(scene.answer(say("There was no file in that. Please try again."), buttons.human(say)),)
        )
    if not (scene.incoming.files or told.files):
        return not_fetched(scene, told.troubles)
    taken = _with_links(scene, note, style, whole=True)
    if scene.incoming.private:
        return taken
    return taken + Changes(notices=(scene.answer(say("I have it. Everything else is in our private chat.")),))


def dropped(scene: Scene) -> Changes:
    """Files in a private message, or links to some: the first thing an artist may ever say.

    Beside a song, a link to what is for listening is an example of how it shall be.
    """
    payload = scene.incoming.payload
    return _with_links(scene, str(payload.get("text") or ""), None, whole=bool(payload.get("complete")))


def _with_links(scene: Scene, words: str, style: str | None, *, whole: bool) -> Changes:
    """Files and the links among the words with them, as one drop."""
    incoming, told = scene.incoming, links_of(words)
    both = replace(scene, incoming=replace(incoming, files=(*incoming.files, *told.files)))
    taken = drop(both, told.words, style, whole=whole)
    missed = [trouble for trouble in told.troubles if trouble.code != STREAM]
    return taken + not_fetched(scene, missed) if missed else taken


def not_fetched(scene: Scene, troubles: Sequence[Trouble]) -> Changes:
    """Links that lead to songs which I cannot take from there."""
    say = scene.say
    text = joined([refusals.of_link(say, trouble) for trouble in troubles])
    beside = (buttons.big_file(say),) if scene.ways.pages else ()
    return Changes(notices=(scene.answer(text, *beside, buttons.human(say), what="links"),))


def drop(scene: Scene, note: str, style: str | None = None, *, whole: bool) -> Changes:
    """Files open an order or join the one that is being put together. `whole`: no more are coming."""
    incoming = scene.incoming
    before = _joinable(scene)
    project = before or Project(new_order(scene))
    room = scene.rules.limits.songs_per_order - project.places_taken
    taken, left = incoming.files[:room], incoming.files[room:]
    jobs: list[Job] = []
    first = max((song.place for song in project.songs), default=0) + 1
    project, first = made_room(without_refused(project), project.order.replacing, first)
    for index, file in enumerate(taken):
        song = _new_song(scene, project, file, index, first + index)
        if song.state is SongState.FETCHING:
            jobs.append(fetching(scene, project, song, scene.id("fetch", index)))
        project = with_song(project, song)
    note = " ".join(note.split())[:500]
    order = replace(
        project.order,
        state=OrderState.DRAFT,
        last_file=scene.now,
        settled=whole,
        style=style if style in keys(scene.rules.styles) else project.order.style,
        grouping=project.order.grouping if project.order.replacing else None,
        replacing=None,
        note=note or project.order.note,
    )
    notices: tuple[Notice, ...] = ()
    if left:
        say = scene.say
        most = scene.rules.limits.songs_per_order
        text = say(
            "One order takes {most} songs; I took the first ones. Send the rest when this order is paid.",
            most=most,
        )
        notices = (scene.answer(text, buttons.human(say, order.id)),)
    return outcome(scene, before, settled(with_order(project, order)), jobs=tuple(jobs), notices=notices)


def fetching(scene: Scene, project: Project, song: Song, id_: str) -> Job:
    """The job that brings a song's file."""
    file = song.file
    payload = {"file": asdict(file)}
    fetch = Job(id_, JobKind.FETCH, "", song=song.id, door=file.door, payload=payload, cost=0.1)
    return job_of(scene, project, fetch)


def fetched(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A file's bytes are here; now it is looked into."""
    project, song = _song_of_job(scene)
    if name := result.get("name"):  # what a link only let guess
        song = replace(song, title=title_of(str(name)), file=replace(song.file, name=str(name)))
    twin = scene.snapshot.twin
    song = replace(
        song,
        state=SongState.CHECKING,
        source=str(result["source"]),
        sha256=str(result["sha256"]),
        twin=twin.order.id if twin else None,
        twin_number=twin.order.number if twin else None,
    )
    look = Job(
        scene.id("intake"),
        JobKind.INTAKE,
        "",
        song=song.id,
        payload={
            "source": song.source,
            "title": "" if project.order.confidential else song.title,
            "max_minutes": scene.rules.limits.song_minutes,
        },
        cost=2.0,
    )
    return outcome(scene, project, with_song(project, song), jobs=(job_of(scene, project, look),))


def checked(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A song is decoded and measured."""
    project, song = _song_of_job(scene)
    picture = result["picture"]
    song = replace(
        song,
        state=SongState.READY,
        pcm=str(result["pcm"]),
        analysis=result["analysis"],
        advice=tuple(result["advice"]),
        picture=Media(**picture, title=Text((scene.to_artist.word("Waveform and figures"),))),
    )
    return outcome(scene, project, settled(with_song(project, song)))


def unfit(scene: Scene, code: str, details: Mapping[str, Any]) -> Changes:
    """A file cannot be mastered; the others of the drop go on."""
    project, song = _song_of_job(scene)
    song = replace(song, state=SongState.REFUSED, trouble=Trouble(code, dict(details)))
    return outcome(scene, project, settled(with_song(project, song)))


def quiet(scene: Scene, project: Project) -> Changes:
    """Nothing more has come for a while: the drop is whole."""
    return outcome(scene, project, settled(with_order(project, replace(project.order, settled=True))))


def leave_out(scene: Scene, project: Project, place: str | None, version: int | None) -> Changes:
    """A song is taken out of the order before it is paid."""
    song = chosen(project, place, version)
    if song is None:
        return stale(scene, project)
    after = with_song(project, replace(song, state=SongState.DROPPED))
    grouping = None if len(after.ready) == 1 else project.order.grouping
    return outcome(scene, project, settled(with_order(after, replace(project.order, grouping=grouping))))


def await_new_mix(scene: Scene, project: Project, place: str | None, version: int | None) -> Changes:
    """[Send a new mix]: the next file takes the place of this song, however long it takes to come."""
    song = chosen(project, place, version)
    if song is None:
        return stale(scene, project)
    waiting = replace(project.order, replacing=song.id, last_file=scene.now)
    return outcome(scene, project, with_order(project, waiting))


def chosen(project: Project, place: str | None, version: int | None) -> Song | None:
    """The song that a button of the offer names by its place; None if the offer has changed since."""
    if project.order.state is not OrderState.OFFERED or version != project.order.rev:
        return None
    return next((song for song in project.ready if str(song.place) == place), None)


def group(scene: Scene, project: Project, choice: str | None, version: int | None) -> Changes:
    """One album, or songs that have nothing to do with each other."""
    order = project.order
    if order.state is not OrderState.OFFERED or version != order.rev or choice not in set(Grouping):
        return stale(scene, project)
    grouping = Grouping(choice)
    return outcome(scene, project, with_order(project, replace(project.order, grouping=grouping)))


def _joinable(scene: Scene) -> Project | None:
    """The order that a new file belongs to: the one that is still being put together."""
    newest = next((p for p in scene.snapshot.open if p.order.state in JOINABLE), None)
    if newest is None or newest.order.door != scene.incoming.door:
        return None
    if newest.order.replacing is not None:
        return newest
    if not any(map(stands, newest.songs)):
        return newest  # it was begun for this
    if any(song.state in (SongState.REFUSED, SongState.ARRIVING) for song in newest.songs):
        return newest  # this is the better file, or comes beside others
    if scene.now - newest.order.last_file <= timedelta(seconds=scene.rules.intake.join_seconds):
        return newest
    return None


def _beside(scene: Scene) -> str | None:
    """The order of which what begins a new one may be meant to be a reference."""
    return next((one.order.id for one in scene.snapshot.open if takes_aims(one, scene.now)), None)


def without_refused(project: Project, but: str | None = None) -> Project:
    """What could not be used goes when better files come, `but` what came through a door; why, was told."""
    for song in project.songs:
        if song.state is SongState.REFUSED and song.file.door != but:
            project = with_song(project, replace(song, state=SongState.DROPPED))
    return project


def made_room(project: Project, song: str | None, place: int) -> tuple[Project, int]:
    """The song whose new mix was awaited makes room for it; the new mix has its place, else `place`."""
    old = next((one for one in project.songs if one.id == song and stands(one)), None)
    if old is None:
        return project, place
    return with_song(project, replace(old, state=SongState.DROPPED)), old.place


def stands(song: Song) -> bool:
    """Whether a song is still part of its order."""
    return song.state is not SongState.DROPPED


def new_order(scene: Scene) -> Order:
    """An order of who speaks, to which nothing has come yet."""
    return Order(
        id=scene.id("order"),
        number=scene.snapshot.next_number,
        person=scene.person.id,
        service="automatic",
        state=OrderState.DRAFT,
        confidential=False,
        created=scene.now,
        last_file=scene.now,
        rules_version=scene.rules.terms_version,
        charge=scene.rules.charge,
        door=scene.incoming.door,
        beside=_beside(scene),
    )


def _new_song(scene: Scene, project: Project, file: FileRef, index: int, place: int) -> Song:
    most = scene.rules.limits.file_bytes
    song = Song(
        scene.id("song", index), project.order.id, place, title_of(file.name), SongState.FETCHING, file
    )
    if file.size == 0:
        return replace(song, state=SongState.REFUSED, trouble=Trouble("empty"))
    if file.size is not None and file.size > most:
        return replace(
            song, state=SongState.REFUSED, trouble=Trouble("too-large", {"megabytes": most // 10**6})
        )
    return song


def _song_of_job(scene: Scene) -> tuple[Project, Song]:
    project, job = scene.project, scene.snapshot.job
    if project is None or job is None:
        raise LookupError("a job without its order")
    return project, next(song for song in project.songs if song.id == job.song)


def settled(project: Project) -> Project:
    """A draft whose files have all come and been checked becomes an offer; its references count as files."""
    order = project.order
    standing = [song for song in project.songs if stands(song)]
    waiting = any(song.state in ON_THE_WAY for song in standing) or any(
        reference.on_the_way for reference in order.references
    )
    if order.state not in JOINABLE or not order.settled or waiting:
        return project
    if not project.ready:
        return with_order(project, replace(order, state=OrderState.DRAFT))
    ready = project.ready
    placed = [ready[index] for index in in_album_order([song.file.name for song in ready])]
    refused = [song for song in standing if song.state is SongState.REFUSED]
    dropped = [song for song in project.songs if not stands(song)]
    songs = (*(replace(song, place=number) for number, song in enumerate([*placed, *refused], 1)), *dropped)
    return replace(project, songs=songs, order=replace(order, state=OrderState.OFFERED))
