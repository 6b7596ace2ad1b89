"""Songs come in: a drop opens or joins a draft, each file is fetched and checked, the whole gets a price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from core.aims import takes_aims
from core.albums import in_album_order
from core.changes import Changes
from core.desk.evolution import with_order, with_song
from core.desk.ordering import noting, refusals
from core.desk.outcome import job_of, outcome
from core.desk.scene import Scene, named
from core.desk.shown import buttons, troubles
from core.desk.shown.stale import stale
from core.jobs import Job, JobKind
from core.messages import FileRef, Media, Notice
from core.orders import JOINABLE, Grouping, Order, OrderState, Project
from core.providers import STREAM
from core.services import AUTOMATIC, MIXING
from core.songs import ON_THE_WAY, Song, SongState, Trouble, title_of
from core.sources import links_of
from core.stems import is_zip, title_of_stems
from core.styles import keys
from core.text import Text, joined
from core.wording import Voice

_MOST_TOLD = 10  # files that were left in a zip, by name


def ordered(scene: Scene, *, note: str = "", style: str | None = None) -> Changes:
    """Files or links by a command or a form, which may come from a room: there only a pointer is given."""
    say, told = scene.say, links_of(note)
    if not (scene.incoming.files or told.files or told.troubles):
        return scene.answered(say("There was no file in that. Please try again."), buttons.human(say))
    if not (scene.incoming.files or told.files):
        return not_fetched(scene, told.troubles)
    taken = _with_links(scene, note, style, whole=True)
    if scene.incoming.private:
        return taken
    return taken + scene.answered(say("I have it. Everything else is in our private chat."))


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
    return scene.answered(text, *beside, buttons.human(say), what="links")


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
    note = noting.joined_note(project.order, note)
    order = replace(
        project.order,
        state=OrderState.DRAFT,
        last_file=scene.now,
        settled=whole,
        style=style if style in keys(scene.rules.styles) else project.order.style,
        grouping=project.order.grouping if project.order.replacing else None,
        replacing=None,
        note=note[: noting.MOST_NOTE],
    )
    say = scene.say
    told = [_only_the_first(say, scene)] if left else []
    told += noting.told_too_long(scene, note)
    row = (buttons.human(say, order.id),)
    notices = (scene.answer(joined(told), *row),) if told else ()
    return outcome(scene, before, settled(with_order(project, order)), jobs=tuple(jobs), notices=notices)


def with_file(scene: Scene, project: Project, file: FileRef, index: int) -> tuple[Project, tuple[Job, ...]]:
    """An order with one file more, and the job that brings it; none for a file that cannot be taken."""
    song = _new_song(scene, project, file, index, len(project.songs) + 1)
    after = with_song(project, song)
    fetch = song.state is SongState.FETCHING
    return after, (fetching(scene, after, song, scene.id("fetch", index)),) if fetch else ()


def fetching(scene: Scene, project: Project, song: Song, id_: str) -> Job:
    """The job that brings a song's file."""
    file = song.file
    payload = {"file": asdict(file)}
    fetch = Job(id_, JobKind.FETCH, "", song=song.id, door=file.door, payload=payload, cost=0.1)
    return job_of(scene, project, fetch)


def _only_the_first(say: Voice, scene: Scene) -> Text:
    return say(
        "One order takes {most} songs; I took the first ones. Send the rest when this order is paid.",
        most=scene.rules.limits.songs_per_order,
    )


def fetched(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """A file's bytes are here; now it is looked into, or taken out of its zip."""
    project, song = _song_of_job(scene)
    if name := result.get("name"):  # what a link only let guess
        song = replace(song, title=title_of(str(name)), file=replace(song.file, name=str(name)))
    twin = scene.snapshot.twin
    song = replace(
        song,
        state=SongState.CHECKING,
        source=str(result["source"]),
        sha256=str(result["sha256"]),
        size=result.get("size"),
        twin=twin.order.id if twin else None,
        twin_number=twin.order.number if twin else None,
    )
    zip_ = result.get("zip") or is_zip(song.file)
    if zip_ and project.order.bulk is not None:  # there each song is an order, and has a place of its own
        refused = replace(song, state=SongState.REFUSED, trouble=Trouble("one-by-one"))
        return outcome(scene, project, settled(with_song(project, refused)))
    look = _unpacking(scene, project, song) if zip_ else _looking(scene, project, song, "intake")
    return outcome(scene, project, with_song(project, song), jobs=(look,))


def unpacked(scene: Scene, result: Mapping[str, Any]) -> Changes:
    """The songs that were in a zip take its place, and each is looked into."""
    project, zip_ = _song_of_job(scene)
    after = with_song(project, replace(zip_, state=SongState.DROPPED, source=None, sha256=None))
    first = max(song.place for song in project.songs) + 1
    room = scene.rules.limits.songs_per_order - after.places_taken
    jobs: list[Job] = []
    for index, file in enumerate(result["files"][:room]):
        name = str(file["name"])
        song = Song(
            scene.id("song", index),
            project.order.id,
            first + index,
            title_of(name),
            SongState.CHECKING,
            FileRef(zip_.file.door, "", name, int(file["size"])),
            source=str(file["source"]),
            sha256=str(file["sha256"]),
        )
        after = with_song(after, song)
        jobs.append(_looking(scene, after, song, "intake", index))
    full = len(result["files"]) > room
    notices = (_left_inside(scene, project, zip_, result["left"], full=full),)
    some = full or result["left"]
    return outcome(scene, project, settled(after), jobs=tuple(jobs), notices=notices if some else ())


def _left_inside(
    scene: Scene, project: Project, zip_: Song, left: Sequence[Mapping[str, Any]], *, full: bool
) -> Notice:
    """What was not taken out of a zip, and why. `full`: the order has no room for all of its songs."""
    say, order = scene.to_artist, project.order
    lines = [say("Not taken from {name}:", name=named(order, zip_.file.name))] if left else []
    for one in left[:_MOST_TOLD]:
        why = Trouble(str(one["code"]), one.get("details", {}))
        told = troubles.trouble(say, why, pages=scene.ways.pages)
        lines.append(say("  {name}: {trouble}", name=named(order, str(one["name"])), trouble=told))
    if len(left) > _MOST_TOLD:
        lines.append(
            say.many("  and {count} more file.", "  and {count} more files.", len(left) - _MOST_TOLD)
        )
    if full:
        lines.append(_only_the_first(say, scene))
    return scene.notice(order, "left", joined(lines))


def _unpacking(scene: Scene, project: Project, song: Song) -> Job:
    """The job that takes the songs out of a zip."""
    payload = {"source": song.source}
    job = Job(scene.id("unpack"), JobKind.UNPACK, "", song=song.id, payload=payload, cost=2.0)
    return job_of(scene, project, job)


def _looking(scene: Scene, project: Project, song: Song, *what: str | int) -> Job:
    """The job that decodes and measures a song."""
    payload = {
        "source": song.source,
        "title": "" if project.order.confidential else song.title,
        "max_minutes": scene.rules.limits.song_minutes,
    }
    job = Job(scene.id(*what), JobKind.INTAKE, "", song=song.id, payload=payload, cost=2.0)
    return job_of(scene, project, job)


def looked_into(scene: Scene, result: Mapping[str, Any]) -> tuple[Project, Project]:
    """A song is decoded and measured: its order before that, and from then on."""
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
    return project, settled(with_song(project, song))


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
    """One album, songs that have nothing to do with each other, or the stems of one song."""
    order = project.order
    if order.state is not OrderState.OFFERED or version != order.rev or choice not in set(Grouping):
        return stale(scene, project)
    grouping = Grouping(choice)
    if grouping is Grouping.STEMS and not scene.rules.line(MIXING).offered:
        return stale(scene, project)
    title = order.title or (title_of_stems(project.songs) if grouping is Grouping.STEMS else "")
    return outcome(scene, project, with_order(project, replace(order, grouping=grouping, title=title)))


def _joinable(scene: Scene) -> Project | None:
    """The order that a new file belongs to: the one that is still being put together."""
    newest = next((p for p in scene.snapshot.open if p.order.state in JOINABLE), None)
    if newest is None or newest.order.door != scene.incoming.door or newest.order.prepays is not None:
        return None
    if newest.order.bulk is not None and all(song.state is not SongState.REFUSED for song in newest.songs):
        return newest if newest.order.replacing is not None else None
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
        service=AUTOMATIC,
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
